"""The score: one number from 0 to 100 for how much there is to do.

100 x 100 / (100 + points): a database with nothing to say about has 100, each finding takes away
less than the one before it, and 0 is never quite reached. What is critical or high counts in full;
of the rest it is the share of the tables that counts, so that a large database is not worse than a
small one of the same quality. docs/audit.md explains it to people.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from gnkmigrate.audit.finding import Severity

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
        tables: how many tables the database has; partitions count as such.

    Returns:
        100 for a database without any that has points, and never for another.
    """
    share = FEW / max(FEW, tables)
    points = sum(
        POINTS[severity] * number * (1 if severity in _IN_FULL else share)
        for severity, number in counts.items()
    )
    return min(round(FULL * FULL / (FULL + points)), FULL - 1 if points else FULL)
