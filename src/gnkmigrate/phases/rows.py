"""Rows as a person reads them in a message: counted, a few shown, secrets left out."""

from collections.abc import Sequence
from typing import Any

from gnkmigrate.phases.work import Work

SHOWN = 10
LONGEST = 60


def listed(work: Work, query: str) -> tuple[int, Sequence[str]]:
    """How many rows a query gives, and the first few as lines of "name: value"."""
    bare = query.strip().rstrip(";")
    total = work.value(f"SELECT count(*) FROM ({bare}) AS listed")
    if not total:
        return 0, ()
    cursor = work.execute(f"SELECT * FROM ({bare}) AS listed LIMIT {SHOWN}")
    names = [column.name for column in cursor.description or ()]
    lines = [_line(names, row) for row in cursor.fetchall()]
    if total > SHOWN:
        lines.append(f"... and {total - SHOWN} more")
    return int(total), lines


def _line(names: Sequence[str], row: Sequence[Any]) -> str:
    return ", ".join(f"{name}: {_shown(value)}" for name, value in zip(names, row, strict=True))


def _shown(value: Any) -> str:
    """A value on one line without control characters, cut where it is long."""
    text = "NULL" if value is None else str(value)
    text = "".join(mark if mark.isprintable() else "\N{REPLACEMENT CHARACTER}" for mark in text)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
