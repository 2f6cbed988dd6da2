"""The gap between the live database and the target, as findings."""

from gnkmigrate.audit.advice import impact, recommendation
from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Finding, fingerprint
from gnkmigrate.audit.fold import Gap
from gnkmigrate.audit.repair import Repair
from gnkmigrate.audit.severity import gap_check, gap_severity
from gnkmigrate.audit.wording import evidence, message
from gnkmigrate.facts.fact import content_hash
from gnkmigrate.facts.snapshot import Snapshot


def gap_finding(gap: Gap, live: Snapshot, target: Snapshot, home: str, repair: Repair) -> Finding:
    """What the audit says about a gap; its phase and the project's opinion come later."""
    check, slug = gap_check(gap)
    facts = evidence(gap, live, target)
    if repair.losses:
        facts["loses"] = list(repair.losses)
    if repair.obstacle:
        facts["no SQL"] = repair.obstacle
    return Finding(
        check=check,
        kind=gap.kind,
        category="gap",
        object=object_of(gap.subject),
        severity=gap_severity(gap),
        message=message(gap, live, target, home),
        impact=impact(gap),
        recommendation=recommendation(gap),
        fix=tuple(statement.sql for statement in repair.fix),
        undo=tuple(statement.sql for statement in repair.undo),
        evidence=facts,
        subject=_subject(gap),
        slug=slug,
    )


def gap_fingerprint(gap: Gap) -> str:
    """The fingerprint that a gap's finding will have."""
    return fingerprint(gap_check(gap)[0], object_of(gap.subject), _subject(gap))


def _subject(gap: Gap) -> str:
    """What a constraint is about, since its name may be any; else the name is enough."""
    if gap.shape == "object" and gap.subject.kind == "constraint":
        return content_hash(gap.subject.subject)
    return ""
