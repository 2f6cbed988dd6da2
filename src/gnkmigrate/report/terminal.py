"""The report on a terminal: verdict and most severe findings on one screen, the rest on request."""

import io
from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from gnkmigrate.audit.finding import Finding, Severity
from gnkmigrate.audit.result import AuditResult
from gnkmigrate.diff.omitted import told
from gnkmigrate.report.summary import Summary, counted, summarise
from gnkmigrate.report.view import View
from gnkmigrate.text.escape import visible

# So many findings leave room for the rest on a screen of 24 lines.
_FIRST = 8

# Evidence of what a missing table consists of.
_PARTS = {"columns", "constraints", "indexes"}

_STYLES = {
    Severity.CRITICAL: "bold red",
    Severity.HIGH: "red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "cyan",
    Severity.INFO: "dim",
}


def render(result: AuditResult, view: View) -> str:
    """The report for a window of `view.width` columns."""
    text = io.StringIO()
    console = Console(
        file=text,
        width=view.width,
        force_terminal=view.color,
        color_system="standard" if view.color else None,
        no_color=not view.color,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    for part in _parts(result, summarise(result), view):
        # By itself, so that Rich does not join texts and forget that some must not wrap.
        console.print(Group(part), crop=False)
    # Rich pads lines; whoever copies or compares the text wants none of that.
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"


def _parts(result: AuditResult, summary: Summary, view: View) -> Iterator[RenderableType]:
    yield _head(result)
    yield Text.assemble((summary.status, "bold"), "  ", visible(summary.verdict))
    if result.findings:
        yield Text()
        yield _counts(summary)
    if summary.trend:
        yield Text(visible(summary.trend))
    if result.findings:
        shown = result.findings if view.details else result.findings[:_FIRST]
        yield _table(result, shown)
        yield from _rest(result.findings[len(shown) :])
        if view.details:
            yield from _details(result)
    yield Text()
    yield from _settled(result, view)
    yield from _checks(result, view)
    yield from (Text(visible(line), "yellow") for line in told(result.not_compared))
    if summary.next_command:
        yield Text.assemble("Next: ", (summary.next_command, "bold"))


def _head(result: AuditResult) -> Text:
    target = f", target {result.target_name}" if result.target_name else ""
    names = ", ".join(result.schemas)
    schemas = "" if result.schemas == (result.home,) else f"\nschemas: {names or 'none'}"
    head = f"{result.database}, PostgreSQL {result.server_version}{target}"
    return Text("\n".join(map(visible, f"{head}{schemas}".split("\n"))), "dim")


def _counts(summary: Summary) -> Text:
    words = [
        (f"{count} {severity.label}", _STYLES[severity] if count else "dim")
        for severity, count in summary.counts.items()
    ]
    parts: list[str | tuple[str, str]] = []
    for word in words:
        parts += [word, " · "]
    return Text.assemble(*parts[:-1], f"     score {summary.score} of 100")


def _table(result: AuditResult, findings: tuple[Finding, ...]) -> Table:
    phases = any(finding.phase for finding in findings)
    trend = result.trend
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=True, header_style="dim")
    table.add_column("severity", no_wrap=True)
    table.add_column("finding", overflow="fold")
    if phases:
        table.add_column("phase", no_wrap=True)
    if trend is not None:
        table.add_column("since then", no_wrap=True)
    for finding in findings:
        cells = [
            Text(finding.severity.label, _STYLES[finding.severity]),
            Text(visible(finding.message)),
        ]
        cells += [Text(visible(finding.phase or ""))] if phases else []
        cells += [Text(trend.state(finding))] if trend is not None else []
        table.add_row(*cells)
    return table


def _rest(findings: tuple[Finding, ...]) -> Iterator[Text]:
    if findings:
        more = counted(len(findings), "more finding")
        yield Text(f"and {more}: gnkmigrate audit --details shows all of it", "dim")


def _details(result: AuditResult) -> Iterator[RenderableType]:
    for finding in result.findings:
        yield Text()
        yield Text.assemble(
            (finding.severity.label, _STYLES[finding.severity]),
            "  ",
            (visible(finding.message), "bold"),
        )
        lines = [Text(f"{finding.id}  {finding.slug}", "dim")]
        lines += [Text(visible(text)) for text in (finding.impact, finding.recommendation) if text]
        lines += _evidence(finding)
        yield Padding(Group(*lines), (0, 0, 0, 2))
        yield from _sql(finding)


def _evidence(finding: Finding) -> Iterator[Text]:
    for label, value in finding.evidence.items():
        if label in _PARTS and finding.fix:
            continue  # the statement that creates it says the same
        items = value if isinstance(value, list | tuple) else str(value).splitlines()
        if len(items) == 1:
            yield Text(visible(f"{label}: {items[0]}"))
            continue
        yield Text(visible(f"{label}:"))
        yield from (Text(visible(f"  {item}")) for item in items)


def _sql(finding: Finding) -> Iterator[Text]:
    """The statements unwrapped, so that they can be copied."""
    for statement in finding.fix:
        for line in f"{statement};".splitlines():
            yield Text(visible(f"  {line}"), "green", no_wrap=True, overflow="ignore")


def _settled(result: AuditResult, view: View) -> Iterator[Text]:
    """What is accepted, what a baseline excuses, and what has been put right."""
    if result.accepted:
        accepted = counted(len(result.accepted), "accepted finding")
        yield Text(f"{accepted} {'is' if len(result.accepted) == 1 else 'are'} not counted.")
    if view.details:
        yield from (
            Text(visible(f"  accepted {each.date}  {each.finding.message} {each.reason}"))
            for each in result.accepted
        )
        fixed = result.trend.fixed if result.trend is not None else ()
        yield from (Text(visible(f"  fixed    {each.id}  {each.message}")) for each in fixed)
    if result.excused:
        has = counted(len(result.excused), "finding")
        yield Text(f"The baseline has {has} of these: no reason to fail.")


def _checks(result: AuditResult, view: View) -> Iterator[Text]:
    passed, not_run = len(result.passed), len(result.not_run)
    yield Text(f"{counted(passed, 'check')} passed, {not_run} could not run.")
    if view.details:
        yield from (
            Text(visible(f"  passed   {each.check}  {each.title}")) for each in result.passed
        )
    shown = result.not_run if view.details else result.not_run[:3]
    yield from (Text(visible(f"  not run  {each.check}  {each.reason}"), "dim") for each in shown)
