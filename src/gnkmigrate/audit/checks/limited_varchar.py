"""Columns of type varchar(n).

A limit that was guessed (50, 100, 255) refuses a value one day, and raising it has to wait for a
lock. The limit makes nothing faster or smaller. Where a limit is a rule of the matter, varchar(n)
is right; where it is not, text does.

Source: PostgreSQL manual, 8.3 (character types).
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._style import columns_of_type, for_each_schema
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.snapshot import Snapshot


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    del home
    limited = (
        column
        for column in columns_of_type(snapshot, "character varying")
        if "(" in str(column.payload["type"])
    )
    return for_each_schema(
        limited,
        "Column NAME of schema SCHEMA is a varchar with a limit.",
        "COUNT columns of schema SCHEMA are varchar with a limit.",
        "columns",
    )


CHECK = StructureCheck(
    id="GNK-S023",
    slug="limited-varchar",
    title="No text has a limit",
    severity=Severity.INFO,
    impact="A limit that is no rule of the matter refuses a value one day.",
    recommendation="Keep the limits that are rules, and use text for the rest.",
    find=find,
)
