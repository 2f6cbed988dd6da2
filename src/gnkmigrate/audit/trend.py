"""What has become of the findings of an earlier report."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from gnkmigrate.audit.finding import Finding, Severity


@dataclass(frozen=True)
class PastFinding:
    """What a report of the past says about one finding."""

    fingerprint: str
    id: str
    severity: Severity
    message: str


@dataclass(frozen=True)
class PastScore:
    """The score of an audit of the past, and when that was."""

    time: datetime
    score: int


@dataclass(frozen=True)
class PastNumbers:
    """How far sequences were at an audit of the past.

    Attributes:
        name: the report's file.
        time: when it was made, with time zone.
        last: the last number of each sequence, by (schema, name).
    """

    name: str
    time: datetime
    last: Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Trend:
    """What has become of the findings of an earlier report.

    Attributes:
        name: the earlier report's file.
        time: when it was made, with time zone.
        score: its score.
        new: the fingerprints of findings that it does not have.
        worse: the fingerprints of findings that were less severe in it.
        fixed: what it has and the database has no more.
        unknown: what it has and this audit has not looked for.
    """

    name: str
    time: datetime
    score: int
    new: frozenset[str] = frozenset()
    worse: frozenset[str] = frozenset()
    fixed: tuple[PastFinding, ...] = ()
    unknown: tuple[PastFinding, ...] = ()

    def state(self, finding: Finding) -> Literal["new", "worse", "open"]:
        """What a finding of today is to the earlier report; open: it had it too."""
        if finding.fingerprint in self.new:
            return "new"
        return "worse" if finding.fingerprint in self.worse else "open"
