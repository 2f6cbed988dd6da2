"""Rows as a person reads them in a message: counted, and a few of them shown."""

from collections.abc import Sequence

from gnkmigrate.run.work import Work

SHOWN = 10
LONGEST = 60

# SQL for what stands in the place of a value that looks secret.
HIDDEN = "'(not shown)'"

# As text, which is all that a message needs: Python has no 'infinity' and no year BC.
_AS_TEXT = """
SELECT (SELECT array_agg(ARRAY[name, value] ORDER BY place)
        FROM json_each_text(row_to_json(listed)) WITH ORDINALITY AS pair (name, value, place))
FROM ({query}) AS listed
LIMIT {shown}
"""


def listed(work: Work, query: str) -> tuple[int, Sequence[str]]:
    """How many rows a query gives, and the first few as lines of "name: value"."""
    bare = query.strip().rstrip(";")
    total = int(work.value(f"SELECT count(*) FROM ({bare}) AS listed"))
    if not total:
        return 0, ()
    rows = work.execute(_AS_TEXT.format(query=bare, shown=SHOWN)).fetchall()
    lines = [", ".join(f"{name}: {one_line(value)}" for name, value in row[0]) for row in rows]
    if total > SHOWN:
        lines.append(f"... and {total - SHOWN} more")
    return total, lines


def one_line(value: str | None) -> str:
    """A value on one line without control characters, cut where it is long."""
    text = "NULL" if value is None else value
    text = "".join(mark if mark.isprintable() else "\N{REPLACEMENT CHARACTER}" for mark in text)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
