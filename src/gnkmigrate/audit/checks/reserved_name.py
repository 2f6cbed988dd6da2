"""Names that are words of SQL.

A table user or a column order has to be written in double quotes, and without them some mean
something else: SELECT user is who is logged in. Which words those are is PostgreSQL's own list.

Source: PostgreSQL manual, appendix C (SQL key words); pg_get_keywords().
"""

import re
from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._style import for_each_schema, named
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.quoting import identifier

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*\Z")

# Words that quote_ident() quotes although they may name tables and columns as they are: those
# that pg_get_keywords() calls unreserved but unfit for functions and types.
_USABLE_TEXT = """
    between bigint bit boolean char character coalesce dec decimal exists extract float greatest
    grouping inout int integer interval json json_array json_exists json_object json_query
    json_scalar json_serialize json_table json_value least merge_action national nchar none
    normalize nullif numeric out overlay position precision real row setof smallint substring time
    timestamp treat trim values varchar
"""
_USABLE = frozenset(_USABLE_TEXT.split())

# What people write in queries.
_WRITTEN = (
    "table", "foreign table", "column", "view", "materialized view", "sequence", "enum", "domain",
    "composite type", "range type",
)  # fmt: skip


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    del home
    return for_each_schema(
        named(snapshot, _WRITTEN, _is_reserved),
        "Name NAME of schema SCHEMA is a reserved word of SQL.",
        "COUNT names of schema SCHEMA are reserved words of SQL.",
        "names",
    )


def _is_reserved(name: str) -> bool:
    return bool(_PLAIN.match(name)) and identifier(name) != name and name not in _USABLE


CHECK = StructureCheck(
    id="GNK-S030",
    slug="reserved-name",
    title="No name is a reserved word",
    severity=Severity.INFO,
    impact="Without quotes a query fails, or means something else.",
    recommendation="Choose another word, such as users for user.",
    find=find,
)
