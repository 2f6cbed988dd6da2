"""The report as a Markdown document that a code host renders well: templates/audit.md.j2."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gnkmigrate.audit.describe import object_of
from gnkmigrate.audit.finding import Category, Finding, Severity
from gnkmigrate.audit.result import AuditResult
from gnkmigrate.diff.omitted import told
from gnkmigrate.render.parts.diagram import mermaid
from gnkmigrate.render.parts.grouping import groups, places
from gnkmigrate.render.parts.markdown_templates import environment
from gnkmigrate.render.parts.sheets import Sheet, records, sheet
from gnkmigrate.render.parts.summary import of_type, summarise
from gnkmigrate.render.parts.view import View

# The parts of section 5, by category.
_CHECKED: dict[Category, str] = {
    "security": "Security",
    "structure": "Structure",
    "performance": "Performance",
    "operations": "Operations",
    "target": "The target itself",
}
# So many severe findings are listed one by one where the report has to be short.
_LISTED = 50
_BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class TableGaps:
    """An existing table and what separates it from the target, indexes apart."""

    name: str
    findings: tuple[Finding, ...]

    @property
    def designs(self) -> tuple[Finding, ...]:
        """The finding that the table as a whole is another, if there is one."""
        return tuple(each for each in self.findings if each.slug == "table-design")

    @property
    def columns(self) -> tuple[Finding, ...]:
        """The findings about its parts."""
        return tuple(each for each in self.findings if each.slug != "table-design")

    @property
    def impacts(self) -> dict[str, list[str]]:
        return _grouped(self.columns, lambda finding: finding.impact)

    @property
    def recommendations(self) -> dict[str, list[str]]:
        return _grouped(self.columns, lambda finding: finding.recommendation)


@dataclass(frozen=True)
class TableState:
    """A table of the target or of the database, and how far the one is from the other."""

    name: str
    state: str
    gaps: int


@dataclass(frozen=True)
class PhaseGaps:
    """A phase and what it closes; an empty name stands for what no phase closes."""

    name: str
    findings: tuple[Finding, ...]


def render(result: AuditResult, view: View) -> str:
    """The report as Markdown: all of it where details are asked for, else what fits a comment."""
    text = _whole(result) if view.details else _brief(result)
    return _BLANK_LINES.sub("\n\n", text).strip() + "\n"


def _brief(result: AuditResult) -> str:
    """What is severe, the rest by check, and what has not been looked at."""
    severe = result.at_least(Severity.HIGH)
    return (
        environment()
        .get_template("brief.md.j2")
        .render(
            result=result,
            summary=summarise(result),
            severe=severe[:_LISTED],
            unlisted=len(severe[_LISTED:]),
            rest=groups(each for each in result.findings if each.severity < Severity.HIGH),
            places=places,
            not_compared=told(result.not_compared),
        )
    )


def _whole(result: AuditResult) -> str:
    template = environment().get_template("audit.md.j2")
    found = result.gaps
    live = tuple(_sheets(result))
    return template.render(
        result=result,
        summary=summarise(result),
        records=records(result),
        gaps=found,
        live=live,
        enums=tuple(_enums(result)),
        states=tuple(_states(result, found)),
        missing_tables=of_type(found, "missing", "table"),
        table_gaps=tuple(_by_table(result, found)),
        missing_indexes=_missing_indexes(result),
        index_advice=_grouped(
            _missing_indexes(result), lambda each: f"{each.impact} {each.recommendation}"
        ),
        left=tuple(_left(result, found)),
        other_gaps=tuple(_others(result, found)),
        data=_of_category(result, "data", "project"),
        checked={title: _of_category(result, name) for name, title in _CHECKED.items()},
        unasked=result.partial or any(each.check.startswith("GNK-D") for each in result.not_run),
        target_lint=_of_category(result, "target"),
        phases=tuple(_phases(result)),
        recommendations=_recommendations(result),
        diagrams=_diagrams(result),
        tables_in_target=len(result.target.of_kind("table")) if result.target else 0,
    )


def _left(result: AuditResult, found: tuple[Finding, ...]) -> Iterator[Finding]:
    """The gaps that the script leaves to the phases."""
    yield from (finding for finding in found if finding.fingerprint in result.script.left)


def _grouped(
    findings: tuple[Finding, ...], choose: Callable[[Finding], str]
) -> dict[str, list[str]]:
    """The names of the findings' objects by what is said about them."""
    groups: dict[str, list[str]] = {}
    for finding in findings:
        if choose(finding):
            name = finding.object.name or finding.object.table
            groups.setdefault(choose(finding), []).append(name)
    return groups


def _sheets(result: AuditResult) -> Iterator[Sheet]:
    for table in result.live.of_kind("table"):
        yield sheet(result.live, table, result.default_schema)


def _enums(result: AuditResult) -> Iterator[tuple[str, str]]:
    for enum in result.live.of_kind("enum"):
        yield object_of(enum).label(result.default_schema), ", ".join(enum.payload["labels"])


def _states(result: AuditResult, found: tuple[Finding, ...]) -> Iterator[TableState]:
    """Every table of both sides, those of the target first."""
    if result.target is None:
        return
    counts = Counter((gap.object.schema, gap.object.table) for gap in found)
    here = {fact.identity: fact for fact in result.live.of_kind("table")}
    there = {fact.identity: fact for fact in result.target.of_kind("table")}
    for identity, fact in {**there, **here}.items():
        about = object_of(fact)
        count = counts[about.schema, about.table]
        state = "exists, with gaps" if count else "exists"
        if identity not in here:
            state = "missing"
        elif identity not in there:
            state = "not in the target"
        yield TableState(about.label(result.default_schema), state, count)


def _by_table(result: AuditResult, found: tuple[Finding, ...]) -> Iterator[TableGaps]:
    """The gaps of tables that both sides have, without indexes."""
    if result.target is None:
        return
    of_table: dict[tuple[str, str], list[Finding]] = {}
    for gap in found:
        if gap.object.type != "index":
            of_table.setdefault((gap.object.schema, gap.object.table), []).append(gap)
    for fact in result.live.of_kind("table"):
        about = object_of(fact)
        findings = of_table.get((about.schema, about.table), [])
        if findings and fact.identity in result.target:
            yield TableGaps(about.label(result.default_schema), tuple(findings))


def _missing_indexes(result: AuditResult) -> tuple[Finding, ...]:
    """Those that the target has, and those that a check of the project's own misses."""
    return of_type(result.findings, "missing", "index")


def _others(result: AuditResult, found: tuple[Finding, ...]) -> Iterator[Finding]:
    """The gaps that no other section lists."""
    listed = {
        *of_type(found, "missing", "table"),
        *_missing_indexes(result),
        *(finding for table in _by_table(result, found) for finding in table.findings),
    }
    yield from (gap for gap in found if gap not in listed)


def _of_category(result: AuditResult, *categories: Category) -> tuple[Finding, ...]:
    return tuple(
        finding
        for finding in result.findings
        if finding.category in categories and finding.kind == "check"
    )


def _phases(result: AuditResult) -> Iterator[PhaseGaps]:
    """Every phase with what it closes, then what none closes."""
    found = result.gaps
    for name in result.phases:
        yield PhaseGaps(name, tuple(gap for gap in found if gap.phase == name))
    yield PhaseGaps("", tuple(gap for gap in found if gap.phase is None))


def _recommendations(result: AuditResult) -> dict[str, dict[str, list[str]]]:
    """What to do and where, by severity; what is merely low or info has its own section."""
    advice: dict[str, dict[str, list[str]]] = {}
    for finding in result.at_least(Severity.MEDIUM):
        if finding.recommendation:
            where = advice.setdefault(finding.severity.label, {})
            where.setdefault(finding.recommendation, []).append(
                finding.object.label(result.default_schema)
            )
    return advice


def _diagrams(result: AuditResult) -> dict[str, str]:
    """The diagrams by what they show."""
    drawn = {"Current": mermaid(result.live, result.default_schema)}
    if result.target is not None:
        missing = {
            fact.identity
            for fact in result.target.of_kind("table")
            if fact.identity not in result.live
        }
        drawn["Target"] = mermaid(result.target, result.default_schema, missing=missing)
    return drawn
