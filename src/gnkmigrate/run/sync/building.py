"""New columns that are built beside those that they will replace, while the application writes.

The recipe: add the new columns, let a trigger keep them in step, fill them in batches, build their
indexes concurrently, then exchange the columns in one short transaction that only changes names.
"""

from collections.abc import Sequence

from gnkmigrate import own_objects
from gnkmigrate.run.names import column, quoted
from gnkmigrate.run.sync.column_pair import ColumnPair
from gnkmigrate.run.sync.function_settings import COLUMNS_FIRST, PINNED
from gnkmigrate.run.sync.session_mark import not_filling, oid

# Triggers fire in the order of their names: after the user's, whose changes it must see.
TRIGGER = "zz_gnkmigrate_columns"


def add(table: str, pairs: Sequence[ColumnPair], function: str) -> str:
    """Statements that add the columns and the trigger that keeps them in step."""
    columns = ", ".join(
        f"ADD COLUMN {column(pair.built)} {pair.change.type} DEFAULT {mark(pair.change.type)}"
        for pair in pairs
    )
    assignments = "\n    ".join(
        pair.change.assigned(
            f"NEW.{column(pair.built)}",
            pair.new_value("NEW", pair.change.column),
            f"NEW.{column(pair.change.column)}",
        )
        for pair in pairs
    )
    return f"""
ALTER TABLE {quoted(table)} {columns};
CREATE FUNCTION {function}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER {PINNED} AS $body$
{COLUMNS_FIRST}
BEGIN
    {assignments}
    RETURN NEW;
END
$body$;
CREATE TRIGGER {TRIGGER} BEFORE INSERT OR UPDATE ON {quoted(table)} FOR EACH ROW
    WHEN ({not_filling(oid(quoted(table)))}) EXECUTE FUNCTION {function}();
ALTER TABLE {quoted(table)} ENABLE ALWAYS TRIGGER {TRIGGER}"""


def mark(type_: str) -> str:
    """SQL for the default of a column while it is built: NULL, by a function that tells it as ours.

    Such a column is no gap: nobody but gnkmigrate knows of it yet.
    """
    return f"{own_objects.JOURNAL}.built(NULL::{type_})"


def fill(table: str, pairs: Sequence[ColumnPair]) -> str:
    """The statement that fills a batch; `:batch` stands for its condition on alias `filled`."""
    values = ", ".join(
        f"{column(pair.built)} = {pair.new_value('filled', pair.change.column)}" for pair in pairs
    )
    return f"UPDATE {quoted(table)} AS filled SET {values} WHERE :batch"


def drop_trigger(table: str, function: str) -> str:
    """Statements that end the keeping in step."""
    return (
        f"DROP TRIGGER IF EXISTS {TRIGGER} ON {quoted(table)};\n"
        f"DROP FUNCTION IF EXISTS {function}();\n"
    )


def drop(table: str, pairs: Sequence[ColumnPair], function: str) -> str:
    """Statements that take `add` back."""
    columns = ", ".join(f"DROP COLUMN IF EXISTS {column(pair.built)}" for pair in pairs)
    return f"{drop_trigger(table, function)}ALTER TABLE {quoted(table)} {columns}"
