"""The rows in which two queries disagree, as a person reads them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from gnkmigrate.run.batches.row_key import Columns
from gnkmigrate.run.names import column
from gnkmigrate.run.rows import SHOWN, one_line
from gnkmigrate.run.work import Work
from gnkmigrate.text.secret import looks_secret

# No column of a user's query is called so: its name would be taken for the whole row's.
COMPARED = "gnkmigrate_compared"

_SIDE = f"""
SELECT {{key}} AS key, ROW({COMPARED}.*)::text AS whole,
       (SELECT array_agg(ARRAY[name, value] ORDER BY place)
        FROM json_each_text(row_to_json({COMPARED}))
             WITH ORDINALITY AS pair (name, value, place)) AS pairs
FROM ({{query}}) AS {COMPARED} WHERE {{condition}}
"""
_DIFFERENCES = """
WITH expected AS ({expected}), actual AS ({actual})
SELECT key, pairs, wanted FROM (
    SELECT *, true AS wanted FROM (TABLE expected EXCEPT ALL TABLE actual) AS lacking
    UNION ALL
    SELECT *, false FROM (TABLE actual EXCEPT ALL TABLE expected) AS surplus
) AS differing
ORDER BY key, whole, wanted
LIMIT {limit}
"""

_Row: TypeAlias = Mapping[str, str | None]


def shown(work: Work, queries: tuple[str, str], key: Columns, condition: str) -> Sequence[str]:
    """The first rows that only one of two queries gives.

    Args:
        work: the session, in the transaction that has seen the difference.
        queries: what is expected, and what there is.
        key: the columns that tell their rows apart; none: nothing does.
        condition: which rows, on the alias COMPARED.
    """
    texts = ", ".join(f"{COMPARED}.{column(name)}::text" for name in key)
    expected, actual = (
        _SIDE.format(key=f"ARRAY[{texts}]::text[]", query=query, condition=condition)
        for query in queries
    )
    query = _DIFFERENCES.format(expected=expected, actual=actual, limit=2 * SHOWN)
    sides: dict[tuple[str, ...], tuple[list[_Row], list[_Row]]] = defaultdict(lambda: ([], []))
    for place, pairs, wanted in work.connection.execute(query.encode()).fetchall():
        sides[tuple(place)][0 if wanted else 1].append(dict(pairs))
    lines = [line for wanted, found in sides.values() for line in _lines(key, wanted, found)]
    return lines[:SHOWN]


def _lines(key: Columns, wanted: Sequence[_Row], found: Sequence[_Row]) -> Iterator[str]:
    if key and len(wanted) == len(found) == 1:
        (right,), (wrong,) = wanted, found
        told = [
            f"{name} is {_value(name, wrong[name])}, expected {_value(name, right[name])}"
            for name in right
            if right[name] != wrong[name]
        ]
        yield f"{_of(right, key)}: {'; '.join(told) or 'its values only look alike'}"
        return
    yield from (f"missing: {_of(row, tuple(row))}" for row in wanted)
    yield from (f"surplus: {_of(row, tuple(row))}" for row in found)


def _of(row: _Row, names: Columns) -> str:
    return ", ".join(f"{name}: {_value(name, row[name])}" for name in names)


def _value(name: str, value: str | None) -> str:
    return "(not shown)" if looks_secret(name) and value is not None else one_line(value)
