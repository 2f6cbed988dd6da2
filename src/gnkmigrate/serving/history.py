"""The audits of one database, one after another: how it went with them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from gnkmigrate.serving.report_folder import AuditDocument, Finding, Kept


@dataclass(frozen=True)
class Audit:
    """An audit, beside the one before it.

    Attributes:
        kept: its report.
        document: what it says.
        new: findings that the one before did not have; None for the first.
        fixed: findings that the one before had.
    """

    kept: Kept
    document: AuditDocument
    new: int | None
    fixed: int | None


@dataclass(frozen=True)
class History:
    """All audits of one database.

    Attributes:
        database: its address, without whom it was asked as.
        audits: the latest first.
    """

    database: str
    audits: tuple[Audit, ...]

    @property
    def scores(self) -> tuple[int, ...]:
        """From the first audit on."""
        return tuple(each.document.summary.score for each in reversed(self.audits))


def histories(reports: Sequence[Kept]) -> tuple[History, ...]:
    """The history of every database that there are reports of, by its address."""
    found: defaultdict[str, list[tuple[Kept, AuditDocument]]] = defaultdict(list)
    for kept in sorted(reports, key=lambda each: each.time):
        if isinstance(kept.document, AuditDocument):
            place = kept.document.summary.database.rpartition("@")[2]
            found[place].append((kept, kept.document))
    return tuple(History(place, _compared(found[place])) for place in sorted(found))


def _compared(audits: Sequence[tuple[Kept, AuditDocument]]) -> tuple[Audit, ...]:
    before: frozenset[str] | None = None
    compared = []
    for kept, document in audits:
        now = _fingerprints(document.findings)
        new = None if before is None else len(now - before)
        fixed = None if before is None else len(before - now)
        compared.append(Audit(kept, document, new, fixed))
        before = now
    return tuple(reversed(compared))


def _fingerprints(findings: Sequence[Finding]) -> frozenset[str]:
    return frozenset(each.fingerprint for each in findings)
