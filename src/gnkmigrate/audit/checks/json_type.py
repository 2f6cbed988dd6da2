"""Columns of type json.

It keeps the text as it was written, with spaces, order and repeated keys, and takes it apart anew
at every question; jsonb takes it apart once, can be indexed and can be compared. The type json is
right where the very text matters, such as for a signature.

Source: PostgreSQL manual, 8.14 (JSON types).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._style import columns_of_type, for_each_schema
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.snapshot import Snapshot


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    del home
    return for_each_schema(
        columns_of_type(snapshot, "json"),
        "Column NAME of schema SCHEMA is json and not jsonb.",
        "COUNT columns of schema SCHEMA are json and not jsonb.",
        "columns",
    )


CHECK = StructureCheck(
    id="GNK-S021",
    slug="json-type",
    title="JSON is stored as jsonb",
    severity=Severity.INFO,
    impact="Every question parses the text again, and no index helps.",
    recommendation="Use jsonb, unless the very text matters.",
    find=find,
)
