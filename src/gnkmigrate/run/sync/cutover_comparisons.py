"""What is compared before a cutover: each new row with what the old ones say that it is to be."""

from collections.abc import Sequence

from gnkmigrate.run import relation
from gnkmigrate.run.batches.row_key import Columns, listed
from gnkmigrate.run.names import column, quoted
from gnkmigrate.run.sync.reshaping import Reshaping
from gnkmigrate.run.sync.row_checksum import Comparison
from gnkmigrate.run.template import render
from gnkmigrate.run.work import Work

# A text is the same with a limit to its length, and would be cut to it without a word.
_UNLIMITED = "character varying"

# Both sides of a comparison have to have one order of their keys.
_COLLATIONS = """
SELECT attname::text, format(' COLLATE %%I.%%I', nspname, collname)
FROM pg_catalog.pg_attribute
JOIN pg_catalog.pg_collation ON pg_collation.oid = attcollation
JOIN pg_catalog.pg_namespace ON pg_namespace.oid = collnamespace
WHERE attrelid = %s::regclass AND attnum > 0
"""

# Unique at every moment, over all rows and plain columns that are NOT NULL; the primary one first.
_KEYS = """
SELECT array_agg(attname::text ORDER BY place)
FROM pg_catalog.pg_index
CROSS JOIN LATERAL unnest(indkey[0:indnkeyatts - 1]) WITH ORDINALITY AS key (number, place)
LEFT JOIN pg_catalog.pg_attribute ON attrelid = indrelid AND attnum = number
WHERE indrelid = %s::regclass AND indisunique AND indimmediate AND indisvalid AND indpred IS NULL
GROUP BY indexrelid, indisprimary, indnkeyatts
HAVING bool_and(coalesce(attnotnull, false))
ORDER BY indisprimary DESC, indnkeyatts, 1
"""


def of_swap(work: Work, table: str, staged: str, compare: str, along: Columns) -> Comparison:
    """The rows of a staged table with those of the live one.

    Args:
        work: the session.
        table: "schema.table" of the live table.
        staged: that of the staged one.
        compare: the revision's SELECT of what the new rows are to be, by the names of their
            columns; "" where what old and new columns of one name hold is to be the same.
        along: the columns along which they are compared; none: the staged table's key.
    """
    names = relation.column_names(work, staged)
    old = compare or f"SELECT * FROM {quoted(table)}"
    given = work.connection.execute(
        f"SELECT * FROM ({_bare(render(old, work.parameters))}) AS given LIMIT 0".encode()
    ).description
    said = [each.name for each in given or ()]
    compared = tuple(said if compare else (name for name in names if name in said))
    found = relation.columns(work, staged, compared)
    collations: dict[str, str] = dict(
        work.connection.execute(_COLLATIONS, (quoted(staged),)).fetchall()
    )
    values = ", ".join(
        f"given.{column(name)}::{_type(found[name])}{collations.get(name, '')} AS {column(name)}"
        if name in found
        else f"given.{column(name)}"  # PostgreSQL says what is wrong with it
        for name in compared
    )
    return Comparison(
        table=staged,
        expected=f"SELECT {values} FROM ({_bare(old)}) AS given",
        actual=f"SELECT {listed(compared)} FROM {quoted(staged)}",
        key=along or _key(work, staged, compared),
        hint=""
        if compare
        else "Where the new rows are to be something else, say what they are to be: "
        'compare="SELECT ..." of op.swap_table',
    )


def _bare(query: str) -> str:
    return query.strip().rstrip(";")


def _type(declared: relation.Column) -> str:
    base = str(declared["base_type"])
    return base if base == _UNLIMITED else str(declared["type"])


def _key(work: Work, table: str, compared: Columns) -> Columns:
    """The first key of a table of ours, of which there are no facts, whose columns are compared."""
    keys = work.connection.execute(_KEYS, (quoted(table),)).fetchall()
    return next((tuple(key) for (key,) in keys if set(compared).issuperset(key)), ())


def of_columns(work: Work, spec: Reshaping) -> Sequence[Comparison]:
    """The new columns of a table with its old ones.

    Where values are looked up in other tables, these may have changed since a row was written, and
    nothing is claimed.
    """
    pairs = [pair for pair in spec.pairs(work) if not pair.change.keep]
    if not pairs:
        return ()
    key = spec.old_key(work)
    old = ", ".join(
        f"{pair.new_value('old', pair.change.column)} AS {column(pair.built)}" for pair in pairs
    )
    new = ", ".join(f"old.{column(pair.built)}" for pair in pairs)
    source = f"FROM {quoted(spec.table)} AS old"
    return (
        Comparison(
            table=spec.table,
            expected=f"SELECT {listed(key, 'old')}, {old} {source}",
            actual=f"SELECT {listed(key, 'old')}, {new} {source}",
            key=key,
        ),
    )
