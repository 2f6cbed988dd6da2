"""Names of 63 bytes, the most that PostgreSQL keeps.

A longer name is cut without more than a notice. A name of exactly that length may be the rest of a
longer one; two names that differ only behind it would clash.

Source: PostgreSQL manual, 4.1.1 (identifiers and key words), NAMEDATALEN.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._style import for_each_schema, named
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.quoting import MAXIMUM_BYTES

# What people name themselves. Constraints mostly have names that PostgreSQL made, which it cuts
# where they still tell things apart; so do indexes and sequences of these endings.
_NAMED = (
    "table", "foreign table", "column", "index", "view", "materialized view", "sequence", "enum",
    "domain", "composite type", "range type", "trigger", "policy", "statistics",
)  # fmt: skip
_MADE = ("_idx", "_seq")

_BYTES = 4  # that a character has at most in UTF-8


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    del home
    return for_each_schema(
        named(snapshot, _NAMED, _is_longest),
        "Name NAME of schema SCHEMA is as long as a name can be, and may have been cut.",
        "COUNT names of schema SCHEMA are as long as a name can be, and may have been cut.",
        "names",
    )


def _is_longest(name: str) -> bool:
    # A name of fewer characters than that may still have as many bytes.
    longest = len(name) * _BYTES >= MAXIMUM_BYTES and len(name.encode()) == MAXIMUM_BYTES
    return longest and not name.endswith(_MADE)


CHECK = StructureCheck(
    id="GNK-S031",
    slug="name-at-limit",
    title="No name may have been cut",
    severity=Severity.INFO,
    impact="Code that uses the whole name works by chance, and a similar name clashes.",
    recommendation="Choose shorter names.",
    find=find,
)
