"""The score: one number from 0 to 100 for how much there is to do.

100 x 100 / (100 + points): a database with nothing to say about has 100, each finding takes away
less than the one before it, and 0 is never quite reached. What is critical or high counts in full;
of the rest it is the share of the tables that counts, so that a large database is not worse than a
small one of the same quality. Partitions count with their table: four hundred are no reason to
think less of what is wrong elsewhere. docs/audit.md explains it to people.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gnkmigrate.audit.finding import Finding, Severity
from gnkmigrate.facts.fact import Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.foreign_keys import wholes_above

POINTS: Mapping[Severity, int] = {
    Severity.CRITICAL: 25,
    Severity.HIGH: 10,
    Severity.MEDIUM: 3,
    Severity.LOW: 1,
    Severity.INFO: 0,
}
FULL = 100

# As many tables as have findings counted one by one; of more the share counts.
FEW = 10
_IN_FULL = frozenset({Severity.CRITICAL, Severity.HIGH})


def count(severities: Iterable[Severity]) -> Mapping[Severity, int]:
    """How many there are of each severity, the most severe first, none left out."""
    counted = Counter(severities)
    return {severity: counted[severity] for severity in sorted(Severity, reverse=True)}


def score(counts: Mapping[Severity, int], tables: int) -> int:
    """The score of so many findings of each severity.

    Args:
        counts: how many there are of each.
        tables: how many tables the database has, as `size` counts them.

    Returns:
        100 for a database without any that has points, and never for another.
    """
    share = FEW / max(FEW, tables)
    points = sum(
        POINTS[severity] * number * (1 if severity in _IN_FULL else share)
        for severity, number in counts.items()
    )
    return min(round(FULL * FULL / (FULL + points)), FULL - 1 if points else FULL)


def size(live: Snapshot) -> int:
    """How many tables a database has, partitions left out."""
    wholes = live.once(_wholes)
    return sum(table.identity.path not in wholes for table in live.of_kind("table"))


def weighed(findings: Iterable[Finding], live: Snapshot) -> Iterator[Severity]:
    """The severities that have points: what is said of several partitions of a table, once."""
    wholes, told = live.once(_wholes), set[tuple[str, Sequence[str], Severity]]()
    for each in findings:
        whole = wholes.get((each.object.schema, each.object.table))
        key = None if whole is None else (each.check, whole, each.severity)
        if key is None or key not in told:
            yield each.severity
        if key is not None:
            told.add(key)


def _wholes(live: Snapshot) -> Mapping[Sequence[str], Sequence[str]]:
    """The table at the top, for each partition."""
    found: dict[Sequence[str], Sequence[str]] = {}
    for partition in live.of_kind("partition"):
        next_up = tuple(partition.value("of"))
        *_, top = (next_up, *wholes_above(Identity("table", next_up), live))
        found[partition.identity.path[:2]] = top
    return found
