"""The score: one number from 0 to 100 for how much there is to do.

100 x 100 / (100 + points): a database with nothing to say about has 100, each finding takes away
less than the one before it, and 0 is never quite reached. docs/audit.md explains it to people.
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


def count(severities: Iterable[Severity]) -> Mapping[Severity, int]:
    """How many there are of each severity, the most severe first, none left out."""
    counted = Counter(severities)
    return {severity: counted[severity] for severity in sorted(Severity, reverse=True)}


def score(counts: Mapping[Severity, int]) -> int:
    """The score of so many findings of each severity."""
    points = sum(POINTS[severity] * number for severity, number in counts.items())
    return round(FULL * FULL / (FULL + points))
