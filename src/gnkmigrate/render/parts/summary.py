"""What an audit comes to: counts, score, verdict, and the command to type next."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gnkmigrate.audit import score
from gnkmigrate.audit.finding import Finding, Severity
from gnkmigrate.audit.result import AuditResult
from gnkmigrate.diff.omitted import AS_FAR, is_whole
from gnkmigrate.text.numbers import counted


@dataclass(frozen=True)
class Next:
    """A command to type, and what it does."""

    command: str
    why: str


@dataclass(frozen=True)
class Summary:
    """The result in a few values.

    Attributes:
        counts: how many findings there are of each severity, the most severe first.
        score: 100 for no finding, falling towards 0.
        status: COMPLETE, INCOMPLETE, DIFFERENT; CHECKED where there is no target, PARTIAL where
            not every check was asked for, or something was not compared.
        verdict: the result in one or two sentences.
        next_commands: what to type now; empty where nothing is left to do.
        trend: what has changed since an earlier report; empty where there is none.
    """

    counts: Mapping[Severity, int]
    score: int
    status: str
    verdict: str
    next_commands: tuple[Next, ...]
    trend: str


def summarise(result: AuditResult) -> Summary:
    """The result in a few values."""
    counts = score.count(finding.severity for finding in result.findings)
    weighed = score.count(score.weighed(result.findings, result.live))
    points = score.score(weighed, score.size(result.live))
    return Summary(
        counts=counts,
        score=points,
        status=_status(result),
        verdict=_verdict(result),
        next_commands=tuple(_next_commands(result)),
        trend=_trend(result, points),
    )


def of_type(findings: tuple[Finding, ...], kind: str, type_: str) -> tuple[Finding, ...]:
    """The findings of a kind about objects of a type."""
    return tuple(each for each in findings if each.kind == kind and each.object.type == type_)


def _status(result: AuditResult) -> str:
    if result.partial:
        return "PARTIAL"
    if result.target is None:
        return "CHECKED"
    found = result.gaps
    if not found:
        return "COMPLETE" if is_whole(result.not_compared) else "PARTIAL"
    return "INCOMPLETE" if any(gap.kind == "missing" for gap in found) else "DIFFERENT"


def _verdict(result: AuditResult) -> str:
    found = result.gaps
    rest = len(result.findings) - len(found)
    things = counted(rest, "thing") if rest else "nothing"
    checked = f"the checks found {things} to look at"
    if result.partial:
        compared = f"{counted(len(found), 'gap')}; " if found else ""
        return f"Only the checks that were asked for have run: {compared}{checked}."
    if result.target_lacks:
        return f"The target could not be loaded here, and is not compared; {checked}."
    if result.target is None:
        return f"There is no target to compare with; {checked}."
    if not found and any(each.finding.category == "gap" for each in result.accepted):
        return f"No gap is left but accepted ones; {checked}."
    if not found:
        limit = "" if is_whole(result.not_compared) else f", {AS_FAR}"
        return f"The database is as the target declares it{limit}; {checked}."
    return f"{_gaps_in_words(result, found)}; {checked}."


def _gaps_in_words(result: AuditResult, found: tuple[Finding, ...]) -> str:
    target = result.target
    of = len(target.of_kind("table")) if target is not None else 0
    tables = len(of_type(found, "missing", "table"))
    apart = counted(len(found), "gap separates", "gaps separate")
    missing = f": {tables} of its {counted(of, 'table')} {'is' if tables == 1 else 'are'} missing"
    return f"{apart} the database from the target{missing if tables else ''}"


def _trend(result: AuditResult, points: int) -> str:
    trend = result.trend
    if trend is None:
        return ""
    still = len(result.findings) - len(trend.new) - len(trend.worse)
    parts = [
        f"{len(trend.new):,} new",
        *([f"{len(trend.worse):,} worse"] if trend.worse else []),
        f"{len(trend.fixed):,} fixed",
        f"{still:,} still open",
        *([f"{len(trend.unknown):,} not looked for"] if trend.unknown else []),
    ]
    since = f"Since {trend.time:%Y-%m-%d} ({trend.name})"
    return f"{since}: {', '.join(parts)}; score {trend.score} then, {points} now."


def _next_commands(result: AuditResult) -> Iterator[Next]:
    found = result.gaps
    if any(gap.phase for gap in found):
        yield Next("gnkmigrate upgrade --dry-run", "tries the phases, and rolls them back")
    elif found:
        yield Next("gnkmigrate plan", "shows the SQL that closes the gap")
    elif result.target is None and not (result.target_lacks or result.partial):
        yield Next("gnkmigrate init --from-url URL", "keeps this schema as the target")
