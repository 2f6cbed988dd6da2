"""The gap between the live database and the target, as findings."""

from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Finding, fingerprint
from gnkmigrate.audit.gap import Gap
from gnkmigrate.audit.gap_message import evidence, message
from gnkmigrate.audit.judgement import gap_check, words_of
from gnkmigrate.audit.repair import Repair
from gnkmigrate.facts.fact import content_hash
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import satellites, subject


def gap_finding(
    gap: Gap, live: Snapshot, target: Snapshot, default_schema: str, repair: Repair
) -> Finding:
    """What the audit says about a gap; its phase and the project's opinion come later."""
    check, slug = gap_check(gap)
    words = words_of(gap)
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
        severity=words.severity,
        message=message(gap, live, target, default_schema),
        impact=words.impact,
        recommendation=words.recommendation,
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
    """What tells it from other gaps of its kind about the same object.

    A constraint's name may be any: what it is about stays. What hangs on a thing has that thing's
    name, and things of several kinds may have the same.
    """
    if gap.shape != "object":
        return ""
    if gap.subject.kind == "constraint":
        return content_hash(subject(gap.subject))
    return str(gap.subject.identity) if gap.subject.kind in satellites() else ""
