"""Tables without a comment.

COMMENT ON TABLE keeps what a table is for in the database itself, where every tool shows it.

Source: PostgreSQL manual, COMMENT.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._style import for_each_schema, is_child
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.snapshot import Snapshot


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    del home
    silent = (
        table
        for table in snapshot.of_kind("table")
        if not is_child(table) and snapshot.get("comment", "table", *table.identity.path) is None
    )
    return for_each_schema(
        silent,
        "Table NAME of schema SCHEMA has no comment.",
        "COUNT tables of schema SCHEMA have no comment.",
        "tables",
    )


CHECK = StructureCheck(
    id="GNK-S032",
    slug="missing-comment",
    title="Every table says what it is for",
    severity=Severity.INFO,
    impact="Newcomers have to guess, or to ask.",
    recommendation="Write one sentence with COMMENT ON TABLE.",
    find=find,
)
