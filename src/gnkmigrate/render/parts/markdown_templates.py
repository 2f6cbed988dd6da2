"""The templates of Markdown reports, and what they print with.

Everything that a template prints is escaped unless it is Markdown already, so a table may be
called whatever it likes.
"""

from functools import cache

import jinja2

from gnkmigrate.audit import recommendations
from gnkmigrate.audit.finding import Finding
from gnkmigrate.audit.script import Step
from gnkmigrate.render.parts.grouping import groups
from gnkmigrate.text import escape
from gnkmigrate.text.numbers import counted


@cache
def environment() -> jinja2.Environment:
    """Where `get_template` finds them."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("gnkmigrate.render.parts"),
        # For HTML and XML alone; what Markdown needs is `finalize`.
        autoescape=jinja2.select_autoescape(),
        finalize=_escaped,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {
        "points_told": recommendations.told,
        "code": escape.code,
        "sql": lambda text: escape.code_block(text, "sql"),
        "plain": lambda text: escape.code_block(text, "text"),
        "mermaid": lambda text: escape.Markdown(f"```mermaid\n{text}\n```"),
        "raw": escape.Markdown,
        "facts": _facts,
        "groups": groups,
        # Unlike capitalize, it leaves the rest alone: TimeZone stays TimeZone.
        "headed": lambda text: text[:1].upper() + text[1:],
        "terminated": "{};".format,
        "script": _script,
        "undo_script": _undo_script,
        "counted": counted,
    }
    return made


def _escaped(value: object) -> object:
    """What a template prints, escaped unless it is Markdown or a number."""
    if isinstance(value, escape.Markdown | int | float):
        return value
    return escape.markdown(str(value))


def _script(steps: tuple[Step, ...]) -> escape.Markdown:
    """Statements, each under the reason that it is there."""
    parts = [[f"-- {escape.visible(step.reason)}", *_with_loss(step)] for step in steps]
    return escape.code_block("\n\n".join("\n".join(part) for part in parts), "sql")


def _undo_script(steps: tuple[Step, ...]) -> escape.Markdown:
    """Statements without a reason: that would speak of the database as if it were the target."""
    return escape.code_block("\n".join(line for step in steps for line in _with_loss(step)), "sql")


def _with_loss(step: Step) -> list[str]:
    loss = [f"-- Takes away {escape.visible(step.loses)}."] if step.loses else []
    return [*loss, f"{step.sql};"]


def _facts(finding: Finding) -> tuple[str, ...]:
    """The evidence for a finding, line by line."""
    return tuple(
        line
        for value in finding.evidence.values()
        for line in (value if isinstance(value, list | tuple) else str(value).splitlines())
    )
