"""What was measured as one page with bars: no script, no network, light and dark."""

from collections.abc import Iterator
from html import escape

from gnkmigrate.impact import wording
from gnkmigrate.impact.outcome import Impact, QueryImpact
from gnkmigrate.render.parts.tables import html_table
from gnkmigrate.render.parts.view import View

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0;
    overflow-wrap: anywhere; }
tr { border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
.bars { display: grid; grid-template-columns: 4rem 1fr 11rem; gap: .3rem .6rem;
    align-items: center; }
.bar { height: 1.1rem; min-width: 2px; border-radius: 2px; }
.before { background: #b26a00; }
.after { background: #1f6feb; }
.time { text-align: right; font-variant-numeric: tabular-nums; }
section { margin: 2rem 0; }
li { overflow-wrap: anywhere; }
"""


def render(impact: Impact, view: View) -> str:
    """The report; everything that comes from the database or a file is escaped."""
    del view
    title = f"What queries cost in {escape(impact.database)}"
    return "\n".join(
        (
            "<!doctype html>",
            f'<html lang="en"><head><meta charset="utf-8"><title>{title}</title>',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<style>{_STYLE}</style></head><body><main>",
            f"<h1>{title}</h1>",
            f"<p>{escape(wording.basis(impact))} Each query has its own scale.</p>",
            *(line for query in impact.queries for line in _query(query)),
            *_indexes(impact),
            "</main></body></html>",
            "",
        )
    )


def _query(query: QueryImpact) -> Iterator[str]:
    about = "about " if query.is_estimated else ""
    ratio = "" if query.ratio is None else f": {about}{wording.times(query.ratio)} times as fast"
    yield f"<section><h2>{escape(query.name)}{ratio}</h2>"
    longest = max((found.total_ms for found in query.shapes.values()), default=0.0)
    yield '<div class="bars">'
    for shape, found in query.shapes.items():
        mark = " (estimated)" if found.is_estimated else ""
        width = 100 * found.total_ms / longest if longest else 0.0
        yield (
            f'<span>{shape}</span><div class="bar {shape}" style="width:{width:.1f}%"></div>'
            f'<span class="time">{wording.milliseconds(found.total_ms)}{mark}</span>'
        )
    yield "</div><ul>"
    yield from (f"<li>{escape(remark)}</li>" for remark in wording.remarks(query))
    yield "</ul></section>"


def _indexes(impact: Impact) -> Iterator[str]:
    if not impact.indexes:
        return
    yield "<section><h2>Indexes</h2>"
    yield from html_table(wording.INDEX_HEAD, [wording.index_row(each) for each in impact.indexes])
    yield "<ul>"
    yield from (f"<li>{escape(line)}</li>" for line in wording.useless(impact))
    yield "</ul></section>"
