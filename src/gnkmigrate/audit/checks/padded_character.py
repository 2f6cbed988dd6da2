"""A column of type character(n).

PostgreSQL pads its values with spaces to the full length, stores them so, and leaves the spaces
out of account when it compares, but not when a pattern is matched. Nothing is gained: it is not
faster, and a CHECK says better that a code has so many characters.

Source: PostgreSQL manual, 8.3 (character types).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._style import columns_of_type
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.snapshot import Snapshot


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    for column in columns_of_type(snapshot, "character"):
        about = object_of(column)
        type_ = str(column.payload["type"]).replace("character", "char", 1)
        yield Observation(
            about, f"Column {about.label(home)} is {type_}, which is filled up with spaces."
        )


CHECK = StructureCheck(
    id="GNK-S019",
    slug="padded-character",
    title="No text is filled up with spaces",
    severity=Severity.LOW,
    impact="Values come back longer than they were written, and patterns meet the spaces.",
    recommendation="Use text or varchar, with a CHECK on char_length where the length is fixed.",
    find=find,
)
