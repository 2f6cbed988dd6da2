"""The summary as Markdown."""

from collections.abc import Iterator, Mapping, Sequence

from gnkmigrate.fleet.result import Result, State, Summary, counts
from gnkmigrate.fleet.wording import Apart, apart, by_label, head, line, some, troubled
from gnkmigrate.render.parts.tables import markdown_table
from gnkmigrate.render.parts.view import View
from gnkmigrate.text.escape import code, markdown

_MOST_NAMES = 20
_MOST_TRAITS = 30


def render(summary: Summary, view: View) -> str:
    """The page, with a newline at its end."""
    del view
    lines = [
        f"# {markdown(head(summary))}",
        "",
        *markdown_table(("state", "targets"), _numbers(counts(summary.results))),
        *_labels(summary),
        *_troubled(summary),
        *_groups(summary),
        "",
        "## Targets",
        "",
        *markdown_table(
            ("target", "state", "result", "s"), [_row(each) for each in summary.results]
        ),
    ]
    return "\n".join(lines) + "\n"


def _numbers(found: Mapping[State, int]) -> list[tuple[str, str]]:
    return [(state, f"{number:,}") for state, number in found.items()]


def _labels(summary: Summary) -> Iterator[str]:
    labels = by_label(summary)
    if labels:
        yield from ("", f"## By {markdown(summary.group_by or '')}", "")
        for value, states in labels.items():
            said = ", ".join(f"{state} {number:,}" for state, number in states.items())
            yield f"- {markdown(value)}: {said}"


def _troubled(summary: Summary) -> Iterator[str]:
    for state, troubles in troubled(summary):
        yield from ("", f"## {state.capitalize()}", "")
        for each in troubles:
            hint = f" Next: {markdown(each.hint)}" if each.hint else ""
            names = markdown(some(each.names, _MOST_NAMES))
            yield f"- {names}: {markdown(each.error)}{hint}"
            yield from (f"    - {markdown(detail)}" for detail in each.details)


def _groups(summary: Summary) -> Iterator[str]:
    groups = apart(summary)
    if groups:
        yield from ("", "## How they differ from each other", "")
    for group in groups:
        yield from _group(group)


def _group(group: Apart) -> Iterator[str]:
    targets = f"{len(group.names):,} target{'s' * (len(group.names) != 1)}"
    yield f"**{targets}** {markdown(group.title)}: {markdown(some(group.names, _MOST_NAMES))}"
    yield ""
    for mark, traits in (("+", group.more), ("lacks", group.less)):
        yield from (f"- {mark} {markdown(line(trait))}" for trait in traits[:_MOST_TRAITS])
        left = max(0, len(traits) - _MOST_TRAITS) + (group.left_out if mark == "+" else 0)
        if left:
            yield f"- and {left:,} more"
    yield ""


def _row(result: Result) -> Sequence[str]:
    text = result.error if result.error is not None else result.found.text
    return code(result.name), result.state, markdown(text), f"{result.seconds:.1f}"
