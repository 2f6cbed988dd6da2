"""What the overflow holds of a row: each value by its column, as the text that its type writes.

The same text is what the type reads (manual, 8, Data Types), so that it comes back as it was to the
last bit: a json with its blanks, an array with its bounds, a zero with its sign, which jsonb of the
values themselves would not keep.
"""

from collections.abc import Sequence

from gnkmigrate.run.names import column, literal, quoted


def of(row: str, names: Sequence[str]) -> str:
    """SQL for what is kept of a row, a jsonb object of texts.

    Args:
        row: the row's alias.
        names: the columns that are kept.
    """
    keys = ", ".join(map(literal, names))
    values = ", ".join(_written(f"{row}.{column(name)}") for name in names)
    return f"jsonb_object(ARRAY[{keys}]::text[], ARRAY[{values}]::text[])"


def _written(value: str) -> str:
    """What the type's output function gives: a cast to text may be another function."""
    return f"CASE num_nulls({value}) WHEN 0 THEN format('%s', {value}) END"


def row(table: str, content: str) -> str:
    """SQL for the row of a table that was kept; NULL in the columns of which nothing was.

    Args:
        table: "schema.table".
        content: SQL for what was kept.
    """
    on = quoted(table)
    value = f"{content} ->> attname::text"
    escaped = rf"""replace(replace({value}, '\', '\\'), '"', '""')"""
    part = f"""coalesce('"' || {escaped} || '"', '')"""
    # As a composite value is written (manual, 8.16.6); its columns' types read the parts.
    return f"""(
        SELECT '(' || string_agg({part}, ',' ORDER BY attnum) || ')'
        FROM pg_catalog.pg_attribute
        WHERE attrelid = {literal(on)}::regclass AND attnum > 0 AND NOT attisdropped)::{on}"""
