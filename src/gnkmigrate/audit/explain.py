"""What a check is about, as a page for people: `gnkmigrate audit --explain` and docs/checks/."""

from collections.abc import Mapping, Sequence
from typing import get_args

from gnkmigrate.audit.check import Check, ComparisonCheck, DataCheck, ServerCheck, StructureCheck
from gnkmigrate.audit.finding import Category
from gnkmigrate.audit.outcome import judges_target, target_names
from gnkmigrate.audit.selection import Selection

_HEADINGS: Mapping[str, str] = {
    "data": "Data against the target",
    "project": "The project's own",
    "structure": "Structure",
    "security": "Security",
    "performance": "Performance",
    "operations": "Operations",
    "target": "The target itself",
}

_INTRODUCTION = """\
Every check of `gnkmigrate audit`, by group. A static check judges the catalog alone; a runtime
check asks the running server. Static checks judge the target too, and so do those runtime checks
that facts, grants and owners can answer, under an id of their own: GNK-T002 is GNK-S002 of the
target, GNK-TA001 GNK-A001; a check's page has it. The pages are made from the checks themselves,
and `gnkmigrate audit --explain CHECK` prints them."""


def explain(name: str, checks: Sequence[Check]) -> str:
    """The page of the check with this id or slug, be it that of its finding about the target.

    Raises:
        SettingsError: there is none.
    """
    Selection(only=(name,)).refuse_unknown({each for check in checks for each in names(check)})
    wanted = name.casefold()
    return next(
        page(check) for check in checks if wanted in {each.casefold() for each in names(check)}
    )


def names(check: Check) -> tuple[str, ...]:
    """Every id and slug under which a check's findings appear."""
    twins = target_names(check) if judges_target(check) else ()
    return (check.id, check.slug, *twins)


def page(check: Check) -> str:
    """The check's documentation in Markdown."""
    lines = [
        f"# {check.id} {check.slug}",
        f"**{check.title}.**",
        check.documentation or "A check of the project's own.",
        _table(_properties(check)),
        f"**Impact.** {check.impact}" if check.impact else "",
        f"**Recommendation.** {check.recommendation}" if check.recommendation else "",
    ]
    return "\n\n".join(line for line in lines if line) + "\n"


def index(checks: Sequence[Check]) -> str:
    """The list of all checks in Markdown, by group."""
    parts = [
        "# The checks",
        _INTRODUCTION,
    ]
    for category in get_args(Category):
        group = [check for check in checks if check.category == category]
        if group:
            rows = "\n".join(_row(check) for check in group)
            head = "| id | name | severity | | a database that passes |\n|---|---|---|---|---|"
            parts += [f"## {_HEADINGS[category]}", f"{head}\n{rows}"]
    return "\n\n".join(parts) + "\n"


def _row(check: Check) -> str:
    how = "runtime" if check.runtime else "static"
    link = f"[{check.slug}]({check.slug}.md)"
    return f"| {check.id} | {link} | {check.severity.label} | {how} | {check.title} |"


def _properties(check: Check) -> dict[str, str]:
    properties = {
        "group": check.category,
        "severity": f"{check.severity.label}, where nothing else is said",
        "reads": _reads(check),
        "PostgreSQL": f"{check.minimum_version // 10_000} and later",
        "privileges": ", ".join(check.privileges) or "none beyond CONNECT",
    }
    if judges_target(check):
        properties["on the target"] = " ".join(target_names(check))
    return properties


def _reads(check: Check) -> str:
    if isinstance(check, StructureCheck):
        return "the catalog's facts (static)"
    if isinstance(check, ComparisonCheck):
        return "the facts of both sides (static)"
    if isinstance(check, DataCheck):
        return "the live rows (runtime)"
    if isinstance(check, ServerCheck):
        return "the running server (runtime)"
    return "what its own query lists (runtime)"


def _table(properties: Mapping[str, str]) -> str:
    rows = "\n".join(f"| {label} | {value} |" for label, value in properties.items())
    return f"| | |\n|---|---|\n{rows}"
