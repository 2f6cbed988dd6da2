"""What was measured on a terminal: a table of the queries, each one's plan, and the indexes."""

from collections.abc import Collection, Iterable, Sequence
from io import StringIO

from rich.padding import Padding
from rich.table import Table

from gnkmigrate.impact import wording
from gnkmigrate.impact.outcome import Impact
from gnkmigrate.render.parts.console import console_for
from gnkmigrate.render.parts.view import View
from gnkmigrate.text.escape import printable

_OF_NUMBERS = range(1, len(wording.QUERY_HEAD)), range(2, 4)  # columns of queries, of indexes


def render(impact: Impact, view: View) -> str:
    """The queries, what a figure does not say, and what the indexes are for."""
    of_queries, of_indexes = _OF_NUMBERS
    text = StringIO()
    console = console_for(view, text)
    console.print(printable(impact.database), soft_wrap=True)
    console.print(wording.basis(impact))
    console.print()
    rows = map(wording.query_row, impact.queries)
    console.print(_table(wording.QUERY_HEAD, rows, of_queries))
    for query in impact.queries:
        console.print(f"\n{printable(query.name)}", style="bold")
        for remark in wording.remarks(query):
            console.print(Padding(printable(remark), (0, 0, 0, 2)))
    if impact.indexes:
        console.print("\nIndexes", style="bold")
        rows = map(wording.index_row, impact.indexes)
        console.print(_table(wording.INDEX_HEAD, rows, of_indexes))
        for line in wording.useless(impact):
            console.print(printable(line))
    return text.getvalue()


def _table(
    head: Sequence[str], rows: Iterable[Sequence[str]], of_numbers: Collection[int]
) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, title in enumerate(head):
        table.add_column(
            title, justify="right" if number in of_numbers else "left", overflow="fold"
        )
    for row in rows:
        table.add_row(*map(printable, row))
    return table
