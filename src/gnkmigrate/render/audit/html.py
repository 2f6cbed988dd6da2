"""The report as one HTML page that needs nothing else: templates/html/.

It opens without a network, in light and dark, on paper and on a telephone. Its only script shows,
hides and copies; without it everything is there. The content security policy lets nothing run or
load but the page's own style and script, known by their hashes, and every text is escaped, so
that a table may be called whatever it likes.
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources

import jinja2
from markupsafe import Markup

from gnkmigrate import __version__
from gnkmigrate.audit import recommendations
from gnkmigrate.audit.finding import Finding, Severity
from gnkmigrate.audit.result import AuditResult
from gnkmigrate.audit.script import Step
from gnkmigrate.facts.fact import Identity
from gnkmigrate.render.parts.chart import chart
from gnkmigrate.render.parts.drawing import Pictures
from gnkmigrate.render.parts.grouping import Group, groups, places
from gnkmigrate.render.parts.pairs import pairs
from gnkmigrate.render.parts.summary import summarise
from gnkmigrate.render.parts.view import View
from gnkmigrate.text.escape import visible
from gnkmigrate.text.numbers import counted

_FOLDER = "html"

# Nobody reads longer scripts on a page; `gnkmigrate plan` writes them.
_MOST_STATEMENTS = 300

# So many findings are seen at a glance.
_FEW = 6

# Evidence of what a missing table consists of: the statement that creates it says the same.
_PARTS = frozenset({"columns", "constraints", "indexes"})


def render(result: AuditResult, view: View) -> str:
    """The report as a page."""
    del view
    tables, summary = pairs(result), summarise(result)
    anchors = {table.identity: f"t{number}" for number, table in enumerate(tables, start=1)}
    style, script = asset("page.css"), asset("page.js")
    template = environment().get_template(f"{_FOLDER}/page.html.j2")
    return template.render(
        result=result,
        summary=summary,
        version=__version__,
        most_statements=_MOST_STATEMENTS,
        policy=_policy(style, script),
        style=Markup(style),  # noqa: S704 (a file of this package)
        script=Markup(script),  # noqa: S704 (a file of this package)
        groups=groups(result.findings),
        checks=_by_check(result),
        chart=chart(result, summary),
        categories=tuple(dict.fromkeys(each.category for each in result.findings)),
        severities=tuple(sorted(Severity, reverse=True)),
        phases=_phases(result),
        unphased=tuple(each for each in result.gaps if each.phase is None),
        tables=tables,
        anchors=anchors,
        anchor_of=_anchor_of(result.findings, anchors),
        ids=_ids(result.findings),
        pictures=Pictures(tables, anchors),
    )


@cache
def environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("gnkmigrate.render.parts"),
        autoescape=True,
        finalize=_shown,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "points_told": recommendations.told,
        "counted": counted,
        "statements": lambda fix: "\n".join(f"{statement};" for statement in fix),
        "script": _script,
        "lines": _lines,
        "evidence": _evidence,
        "headed": lambda text: text[:1].upper() + text[1:],
    }
    return environment


def _shown(value: object) -> object:
    """What a template prints, with signs that do not show made visible; Jinja escapes it then."""
    return visible(value, lines=True) if type(value) is str else value


@cache
def asset(name: str) -> str:
    files = resources.files("gnkmigrate.render.parts").joinpath("templates", _FOLDER, name)
    return files.read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """What the page may do (www.w3.org/TR/CSP3): run this script, wear this style, nothing else."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _by_check(result: AuditResult) -> tuple[tuple[Group, str], ...]:
    """The groups with where their findings are, while there is more than one screen of them."""
    found = groups(result.findings)
    if len(result.findings) < _FEW:
        return ()
    return tuple((group, places(result, group.findings)) for group in found)


def _phases(result: AuditResult) -> Mapping[str, tuple[Finding, ...]]:
    """Every phase with the gaps that it closes."""
    found = result.gaps
    return {name: tuple(each for each in found if each.phase == name) for name in result.phases}


def _anchor_of(
    findings: Iterable[Finding], anchors: Mapping[Identity, str]
) -> Mapping[tuple[str, str], str]:
    """Where the table of a finding is, by schema and name."""
    known = {(each.object.schema, each.object.table) for each in findings}
    return {
        (identity.path[0], identity.path[1]): anchor
        for identity, anchor in anchors.items()
        if (identity.path[0], identity.path[1]) in known
    }


def _ids(findings: Iterable[Finding]) -> Mapping[Finding, str]:
    """A word for each finding, which stays as long as the finding does."""
    found: dict[Finding, str] = {}
    taken: set[str] = set()
    for finding in findings:
        word, number = f"f-{finding.fingerprint[:10]}", 1
        while word in taken:
            number += 1
            word = f"f-{finding.fingerprint[:10]}-{number}"
        taken.add(word)
        found[finding] = word
    return found


def _evidence(finding: Finding) -> dict[str, object]:
    return {
        label: value
        for label, value in finding.evidence.items()
        if not (label in _PARTS and finding.fix)
    }


def _lines(value: object) -> str:
    return "\n".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _script(steps: tuple[Step, ...]) -> str:
    """Statements, each under the reason that it is there and what it takes away."""
    parts = []
    for step in steps:
        lines = [f"-- {visible(step.reason)}"] if step.reason else []
        lines += [f"-- Takes away {visible(step.loses)}."] if step.loses else []
        parts.append("\n".join([*lines, f"{step.sql};"]))
    return "\n\n".join(parts)
