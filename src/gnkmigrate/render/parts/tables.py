"""Tables of a page and of a Markdown document, line by line."""

from collections.abc import Iterator, Sequence
from html import escape

from gnkmigrate.text.escape import visible

Rows = Sequence[Sequence[str]]


def html_table(head: Sequence[str], rows: Rows) -> Iterator[str]:
    """A table of texts; a row that says "failed" shows it."""
    titles = "".join(f'<th scope="col">{html_text(title)}</th>' for title in head)
    yield f"<table><thead><tr>{titles}</tr></thead><tbody>"
    for row in rows:
        failed = ' class="failed"' if "failed" in row else ""
        cells = "".join(f"<td>{html_text(cell)}</td>" for cell in row)
        yield f"<tr{failed}>{cells}</tr>"
    yield "</tbody></table>"


def html_text(text: str) -> str:
    """A text in a page, with signs that do not show made visible."""
    return escape(visible(text))


def markdown_table(head: Sequence[str], rows: Rows) -> Iterator[str]:
    """A table of Markdown."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
