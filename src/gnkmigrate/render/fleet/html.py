"""The summary as one page that needs nothing else: no script, no network, light and dark."""

from collections.abc import Iterator, Sequence

from gnkmigrate.fleet.result import Result, Summary, counts
from gnkmigrate.fleet.wording import Apart, apart, by_label, head, line, some, troubled
from gnkmigrate.render.parts.tables import html_table, html_text
from gnkmigrate.render.parts.view import View

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 75rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; }
tr { border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
li { overflow-wrap: anywhere; }
.failed { font-weight: bold; }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_MOST_NAMES = 50


def render(summary: Summary, view: View) -> str:
    """The page; everything that comes from a list or a database is escaped."""
    del view
    title = html_text(head(summary))
    return "\n".join(
        (
            "<!doctype html>",
            f'<html lang="en"><head><meta charset="utf-8"><title>{title}</title>',
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<style>{_STYLE}</style></head><body><main>",
            f"<h1>{title}</h1>",
            *html_table(
                ("state", "targets"),
                [(state, f"{number:,}") for state, number in counts(summary.results).items()],
            ),
            *_labels(summary),
            *_troubled(summary),
            *_groups(summary),
            "<h2>Targets</h2>",
            *html_table(
                ("target", "state", "result", "seconds", "database"),
                [_row(each) for each in summary.results],
            ),
            "</main></body></html>",
            "",
        )
    )


def _labels(summary: Summary) -> Iterator[str]:
    labels = by_label(summary)
    if labels:
        yield f"<h2>By {html_text(summary.group_by or '')}</h2>"
        rows = [
            (value, ", ".join(f"{state} {number:,}" for state, number in states.items()))
            for value, states in labels.items()
        ]
        yield from html_table((summary.group_by or "", "targets"), rows)


def _troubled(summary: Summary) -> Iterator[str]:
    for state, troubles in troubled(summary):
        yield f"<h2>{html_text(state.capitalize())}</h2>"
        rows = [
            (some(each.names, _MOST_NAMES), "; ".join((each.error, *each.details)), each.hint)
            for each in troubles
        ]
        yield from html_table(("targets", "why", "next"), rows)


def _groups(summary: Summary) -> Iterator[str]:
    groups = apart(summary)
    if groups:
        yield "<h2>How they differ from each other</h2>"
    for group in groups:
        yield from _group(group)


def _group(group: Apart) -> Iterator[str]:
    targets = f"{len(group.names):,} target{'s' * (len(group.names) != 1)}"
    names = html_text(some(group.names, _MOST_NAMES))
    yield f"<p><strong>{targets}</strong> {html_text(group.title)}: {names}</p><ul>"
    yield from (f"<li>{html_text(line(trait))}</li>" for trait in group.more)
    yield from (f"<li>lacks: {html_text(line(trait))}</li>" for trait in group.less)
    if group.left_out:
        yield f"<li>and {group.left_out:,} more</li>"
    yield "</ul>"


def _row(result: Result) -> Sequence[str]:
    text = result.error if result.error is not None else result.found.text
    return result.name, result.state, text, f"{result.seconds:.1f}", result.database
