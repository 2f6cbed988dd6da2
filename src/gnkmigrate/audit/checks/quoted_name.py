"""Names that have to be written in double quotes.

Capitals, spaces and other characters make PostgreSQL look for a name exactly as it is written,
while it folds names without quotes to small letters. Whoever forgets the quotes reads that the
column does not exist. Reserved words are reported by reserved-name.

Source: PostgreSQL manual, 4.1.1 (identifiers and key words).
"""

import re
from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._style import for_each_schema, named
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.snapshot import Snapshot

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*\Z")

# What people write in queries; names of constraints, indexes and triggers they seldom do.
_WRITTEN = (
    "table", "foreign table", "column", "view", "materialized view", "sequence", "enum", "domain",
    "composite type", "range type",
)  # fmt: skip


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    del home
    return for_each_schema(
        named(snapshot, _WRITTEN, _is_quoted),
        "Name NAME of schema SCHEMA has to be written in double quotes.",
        "COUNT names of schema SCHEMA have to be written in double quotes.",
        "names",
    )


def _is_quoted(name: str) -> bool:
    return not _PLAIN.match(name)


CHECK = StructureCheck(
    id="GNK-S029",
    slug="quoted-name",
    title="No name needs double quotes",
    severity=Severity.INFO,
    impact="Every query has to quote them, and one that does not fails.",
    recommendation="Use small letters, digits and underscores: created_at.",
    find=find,
)
