"""The report on a terminal: verdict and most severe findings on one screen, the rest on request."""

import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from gnkmigrate.audit import recommendations
from gnkmigrate.audit.finding import Finding, Severity
from gnkmigrate.audit.result import AuditResult, NotRun
from gnkmigrate.diff.omitted import told
from gnkmigrate.render.parts.console import console_for
from gnkmigrate.render.parts.grouping import groups, sentence
from gnkmigrate.render.parts.summary import Next, Summary, summarise
from gnkmigrate.render.parts.view import View
from gnkmigrate.text.escape import visible
from gnkmigrate.text.numbers import counted

# Lines of the first screen, and of its findings where all else takes more than that.
_SCREEN = 24
_FEWEST = 3

# Lines that tell why checks could not run.
_REASONS = 4

# Evidence of what a missing table consists of.
_PARTS = {"columns", "constraints", "indexes"}

_STYLES = {
    Severity.CRITICAL: "bold red",
    Severity.HIGH: "red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "cyan",
    Severity.INFO: "dim",
}


@dataclass(frozen=True)
class _Row:
    """A line of the findings: one, or those of a check.

    Attributes:
        severity: how severe they are.
        text: what they are.
        phase: which phases close them.
        state: what they are to an earlier report.
        findings: how many they are.
    """

    severity: Severity
    text: str
    phase: str
    state: str
    findings: int = 1


def render(result: AuditResult, view: View) -> str:
    """The report for a window of `view.width` columns."""
    summary = summarise(result)
    above, below = [*_above(result, summary)], [*_below(result, summary, view)]
    if view.details:
        rows = tuple(_row(result, each) for each in result.findings)
        found = [*_table(result, rows), *_details(result)] if rows else []
        return _text([*above, *found, *below], view)
    rows = tuple(_rows(result))
    head, foot = _text(above, view), _text(below, view)
    return head + _first(result, rows, view, head.count("\n") + foot.count("\n")) + foot


def _text(parts: Iterable[RenderableType], view: View) -> str:
    text = io.StringIO()
    console = console_for(view, text)
    for part in parts:
        # By itself, so that Rich does not join texts and forget that some must not wrap.
        console.print(Group(part), crop=False)
    # Rich pads lines; whoever copies or compares the text wants none of that.
    return "".join(f"{line.rstrip()}\n" for line in text.getvalue().splitlines())


def _first(result: AuditResult, rows: tuple[_Row, ...], view: View, taken: int) -> str:
    """The rows that fit on a screen beside so many lines, and how many findings the rest are."""
    for number in range(min(len(rows), _SCREEN), -1, -1):
        text = _text([*_table(result, rows[:number]), *_rest(rows[number:])], view)
        if number <= _FEWEST or text.count("\n") + taken <= _SCREEN:
            return text
    return ""


def _above(result: AuditResult, summary: Summary) -> Iterator[RenderableType]:
    yield _head(result)
    yield Text.assemble((summary.status, "bold"), "  ", visible(summary.verdict))
    if result.findings:
        yield Text()
        yield _counts(summary)
    if summary.trend:
        yield Text(visible(summary.trend))


def _below(result: AuditResult, summary: Summary, view: View) -> Iterator[RenderableType]:
    yield Text()
    yield from _settled(result, view)
    yield from _checks(result, view)
    yield from _points(result, view)
    yield from (Text(visible(line), "yellow") for line in told(result.not_compared))
    yield from _next(result, summary, view)


def _head(result: AuditResult) -> Text:
    target = f", target {result.target_name}" if result.target_name else ""
    names = ", ".join(result.schemas)
    schemas = "" if result.schemas == (result.default_schema,) else f"\nschemas: {names or 'none'}"
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


def _rows(result: AuditResult) -> Iterator[_Row]:
    """What is severe one by one, while it is little; the rest by check, with counts."""
    for group in groups(result.findings):
        if group.severity >= Severity.HIGH and len(group.findings) <= _FEWEST:
            yield from (_row(result, each) for each in group.findings)
        else:
            states = Counter(_state(result, each) for each in group.findings)
            said = ", ".join(f"{number} {state}" for state, number in states.items())
            state = said if len(states) > 1 else "".join(states)
            text = sentence(result, group)
            yield _Row(group.severity, text, group.phases, state, len(group.findings))


def _row(result: AuditResult, finding: Finding) -> _Row:
    return _Row(finding.severity, finding.message, finding.phase or "", _state(result, finding))


def _state(result: AuditResult, finding: Finding) -> str:
    return result.trend.state(finding) if result.trend is not None else ""


def _table(result: AuditResult, rows: tuple[_Row, ...]) -> Iterator[Table]:
    if not rows:
        return
    phases = any(row.phase for row in rows)
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=True, header_style="dim")
    table.add_column("severity", no_wrap=True)
    table.add_column("finding", overflow="fold")
    if phases:
        table.add_column("phase", no_wrap=True)
    if result.trend is not None:
        table.add_column("since then", no_wrap=True)
    for row in rows:
        text = Text(visible(row.text), no_wrap=row.findings > 1, overflow="ellipsis")
        cells = [Text(row.severity.label, _STYLES[row.severity]), text]
        cells += [Text(visible(row.phase))] if phases else []
        cells += [Text(row.state)] if result.trend is not None else []
        table.add_row(*cells)
    yield table


def _rest(rows: tuple[_Row, ...]) -> Iterator[Text]:
    if rows:
        more = counted(sum(row.findings for row in rows), "more finding")
        grave = Counter[Severity]()
        for row in rows:
            grave[row.severity] += row.findings if row.severity >= Severity.HIGH else 0
        said = [f"{count:,} {severity.label}" for severity, count in sorted(grave.items()) if count]
        among = f", {' and '.join(reversed(said))}" if said else ""
        yield Text(f"and {more} by {counted(len(rows), 'check')}{among}", "dim")


def _next(result: AuditResult, summary: Summary, view: View) -> Iterator[Text]:
    """The commands that come next, each with what it does."""
    commands = [*summary.next_commands]
    if result.findings and not view.details:
        commands.append(
            Next("gnkmigrate audit --details", "shows all of it, with evidence and SQL")
        )
    width = max((len(each.command) for each in commands), default=0)
    for number, each in enumerate(commands):
        lead = "      " if number else "Next: "
        command = each.command.ljust(width)
        yield Text.assemble(lead, (command, "bold"), (f"  {each.why}", "dim"))


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


def _points(result: AuditResult, view: View) -> Iterator[Text]:
    """Which of the project's own recommendations are done."""
    if result.points:
        yield Text(f"Recommendations: {recommendations.told(result.points)}.")
    for each in result.points if view.details else ():
        why = f": {each.why}" if each.why else ""
        yield Text(visible(f"  {each.state:15}  {each.number:2} {each.title}{why}"))


def _checks(result: AuditResult, view: View) -> Iterator[Text]:
    passed, not_run = len(result.passed), len(result.not_run)
    yield Text(f"{counted(passed, 'check')} passed, {not_run} could not run.")
    if view.details:
        yield from (
            Text(visible(f"  passed   {each.check}  {each.title}")) for each in result.passed
        )
    lines = [f"not run  {line}" for line in _missed(result.not_run, view)]
    cut = not view.details and not result.target_lacks
    for line in lines:
        yield Text(visible(f"  {line}"), "dim", no_wrap=cut, overflow="ellipsis")


def _missed(not_run: Sequence[NotRun], view: View) -> Iterator[str]:
    """What could not run and why, by reason: what the role may not read, then what is worst."""
    if view.details:
        yield from (f"{each.check}  {each.reason}" for each in not_run)
        return
    reasons: dict[str, list[str]] = {}
    for each in sorted(not_run, key=lambda each: (not each.is_closed, -each.severity)):
        reasons.setdefault(each.reason, []).append(each.check)
    told = [*reasons.items()]
    last = _REASONS if len(told) <= _REASONS else _REASONS - 1
    for reason, ids in told[:last]:
        yield f"{ids[0] if len(ids) == 1 else counted(len(ids), 'check')}  {reason}"
    if rest := told[last:]:
        number = sum(len(ids) for _, ids in rest)
        yield f"{number:,} more, for {len(rest):,} other reasons"
