"""Lines with a hanging indent and nothing after their last word."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from gnkmigrate.text.escape import printable

_STYLES = {
    "ok": "green",
    "done": "green",
    "ready": "green",
    "note": "cyan",
    "warning": "yellow",
    "FAILED": "bold red",
}


def write_line(
    console: Console, mark: str, text: str, *, width: int = 6, indent: int = 2, hang: int = 0
) -> None:
    """One line with its mark in front, which says the same without colour.

    Args:
        console: where to.
        mark: such as "ok"; "" for a line that belongs to the one before.
        text: wrapped below itself where it is too long.
        width: columns that the mark takes.
        indent: columns before the mark.
        hang: columns of the text that its further lines leave empty as well.
    """
    first = Text(" " * indent + mark.ljust(width + 1))
    first.stylize(_STYLES.get(mark, ""), indent)
    first.append(printable(text[:hang]))
    write_hanging(console, first, Text(printable(text[hang:])))


def write_hanging(console: Console, first: Text, text: Text) -> None:
    """`text` after `first`, and its further lines below its own beginning."""
    rest = Text(" " * first.cell_len)
    width = max(console.width - first.cell_len, 20)
    for number, line in enumerate(text.wrap(console, width) or [Text()]):
        whole = Text.assemble(rest if number else first, line)
        whole.rstrip()
        console.print(whole, soft_wrap=True)


def write_table(
    console: Console, columns: Sequence[str], rows: Sequence[Sequence[Any]], *, indent: int
) -> None:
    """Rows below the names of their columns, numbers to the right; NULL is left empty."""
    texts = [["" if value is None else printable(str(value)) for value in row] for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(columns, *texts, strict=True)]
    to_the_right = [
        bool(rows) and all(isinstance(row[place], int | float | Decimal) for row in rows)
        for place in range(len(columns))
    ]
    for number, row in enumerate((columns, *texts)):
        cells = map(_cell, row, widths, to_the_right)
        line = " " * indent + "  ".join(cells)
        console.print(line.rstrip(), style="" if number else "dim", soft_wrap=True)


def _cell(text: str, width: int, right: bool) -> str:
    space = " " * (width - cell_len(text))
    return space + text if right else text + space
