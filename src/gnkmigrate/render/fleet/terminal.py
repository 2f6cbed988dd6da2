"""The summary on a terminal: how many stand how, what failed, and how targets differ."""

import io
from collections.abc import Iterator

from rich.text import Text

from gnkmigrate.fleet.result import Summary, counts
from gnkmigrate.fleet.wording import Apart, Trouble, apart, by_label, head, line, some, troubled
from gnkmigrate.render.parts.console import console_for
from gnkmigrate.render.parts.view import View
from gnkmigrate.text.escape import visible

_STYLES = {"failed": "bold red", "failed for now": "red", "findings": "yellow", "pending": "yellow"}
_MOST_SHOWN = 20  # targets of one kind
_MOST_NAMES = 6
_MOST_TRAITS = 8
_MARK = 16


def render(summary: Summary, view: View) -> str:
    """The summary for a window of `view.width` columns."""
    text = io.StringIO()
    console = console_for(view, text)
    for indent, words in _lines(summary, details=view.details):
        for wrapped in words.wrap(console, max(view.width - indent, 20)) or [Text()]:
            console.print(Text.assemble(" " * indent, wrapped), soft_wrap=True)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"


def _lines(summary: Summary, *, details: bool) -> Iterator[tuple[int, Text]]:
    """Each line with the columns before it."""
    yield 0, Text(head(summary), style="bold")
    yield 0, Text()
    for state, number in counts(summary.results).items():
        yield 2, Text.assemble((state.ljust(_MARK), _STYLES.get(state, "")), f"{number:>7,}")
    if summary.stopped:
        yield 0, Text()
        yield 0, Text(f"Stopped: {visible(summary.stopped)}.")
    yield from _labels(summary)
    yield from _troubled(summary, details=details)
    yield from _groups(summary)
    if details:
        yield from _each(summary)


def _labels(summary: Summary) -> Iterator[tuple[int, Text]]:
    labels = by_label(summary)
    if labels:
        yield 0, Text()
        yield 0, Text(f"by {visible(summary.group_by or '')}", style="bold")
    width = max((len(visible(value)) for value in labels), default=0)
    for value, states in labels.items():
        said = ", ".join(f"{number:,} {state}" for state, number in states.items())
        yield 2, Text(f"{visible(value):{width}}  {said}")


def _troubled(summary: Summary, *, details: bool) -> Iterator[tuple[int, Text]]:
    for state, troubles in troubled(summary):
        yield 0, Text()
        yield 0, Text(state, style=_STYLES.get(state, "bold"))
        shown = len(troubles) if details else _MOST_SHOWN
        for each in troubles[:shown]:
            yield from _trouble(each)
        if len(troubles) > shown:
            yield 2, Text(f"and {len(troubles) - shown:,} more; --details shows all")


def _trouble(trouble: Trouble) -> Iterator[tuple[int, Text]]:
    yield 2, Text(visible(some(trouble.names, _MOST_NAMES)))
    if trouble.error:
        yield 4, Text(visible(trouble.error))
    for detail in trouble.details:
        yield 6, Text(visible(detail))
    if trouble.hint:
        yield 4, Text(f"next: {visible(trouble.hint)}")


def _groups(summary: Summary) -> Iterator[tuple[int, Text]]:
    groups = apart(summary)
    if not groups:
        return
    yield 0, Text()
    yield 0, Text("how they differ from each other", style="bold")
    for group in groups:
        yield from _group(group)


def _group(group: Apart) -> Iterator[tuple[int, Text]]:
    number = len(group.names)
    verb = group.title if number != 1 else group.title.replace("have ", "has ", 1)
    yield 2, Text(f"{number:,} {verb}: {visible(some(group.names, _MOST_NAMES))}")
    for mark, traits in (("", group.more), ("lacks: ", group.less)):
        for trait in traits[:_MOST_TRAITS]:
            yield 6, Text(f"{mark}{visible(line(trait))}")
        left = max(0, len(traits) - _MOST_TRAITS) + (0 if mark else group.left_out)
        if left:
            yield 6, Text(f"and {left:,} more")


def _each(summary: Summary) -> Iterator[tuple[int, Text]]:
    yield 0, Text()
    yield 0, Text("targets", style="bold")
    width = max((len(visible(each.name)) for each in summary.results), default=0)
    for each in summary.results:
        state = (each.state.ljust(_MARK), _STYLES.get(each.state, ""))
        text = visible(each.error if each.error is not None else each.found.text)
        yield 2, Text.assemble(f"{visible(each.name):{width}}  ", state, f" {text}")
