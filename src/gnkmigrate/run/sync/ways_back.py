"""The functions that give an old column's value for the new one's.

PostgreSQL reads their bodies when they are made, so that they go on when what they name gets
another name: a type of the old shape that is put aside (manual, CREATE FUNCTION, sql_body). It
puts such a body into the expression that calls it.

Which values the old column cannot hold, a conversion may leave to be found out. Then there is one
more function, which gives NULL where the first one fails: the new application writes whatever the
new column holds.
"""

from collections.abc import Mapping
from typing import Any

from gnkmigrate import own_objects
from gnkmigrate.run.names import column, quoted, split
from gnkmigrate.run.own_names import own_name
from gnkmigrate.run.sync.conversion import ALWAYS, COLUMN, Conversion

# Whatever is cast to these is cut, and never refused (manual, 8.3).
_TEXTS = frozenset({"text", "character varying", "character"})


def function(table: str, phase: str, change: Conversion) -> str:
    """The function of a column, qualified and quoted; a table may have one of each phase."""
    return _named("back_", table, phase, change)


def make(
    table: str, phase: str, change: Conversion, before: Mapping[str, Any], new_column: str
) -> str:
    """Statements that make it; the columns have their names of before the exchange.

    Args:
        table: "schema.table", which has the old column.
        phase: in which it changes.
        change: the column's conversion.
        before: how the column was declared, as relation.columns says it.
        new_column: the new one, qualified and quoted: its type is the argument's.
    """
    value = change.reverted("$1", str(before["type"]))
    if change.holds != ALWAYS:
        value = f"CASE WHEN {change.holds.replace(COLUMN, '$1')} THEN {value} END"
    types = f"({new_column}%TYPE) RETURNS {quoted(table)}.{column(change.column)}%TYPE"
    called = function(table, phase, change)
    if not _may_fail(change, before):
        return f"CREATE OR REPLACE FUNCTION {called}{types} LANGUAGE sql RETURN {value}"
    attempted = _attempted(table, phase, change)
    return f"""
CREATE OR REPLACE FUNCTION {attempted}{types} LANGUAGE sql RETURN {value};
CREATE OR REPLACE FUNCTION {called}{types} LANGUAGE plpgsql AS $body$
BEGIN
    RETURN {attempted}($1);
EXCEPTION WHEN data_exception OR integrity_constraint_violation THEN
    RETURN NULL;
END
$body$"""


def drop(table: str, phase: str, change: Conversion) -> str:
    """Statements that drop it."""
    names = (function(table, phase, change), _attempted(table, phase, change))
    return ";\n".join(f"DROP FUNCTION IF EXISTS {name}" for name in names)


def _may_fail(change: Conversion, before: Mapping[str, Any]) -> bool:
    is_cast = change.back == COLUMN
    stays = is_cast and not change.type
    return change.holds == ALWAYS and not (stays or (is_cast and before["base_type"] in _TEXTS))


def _attempted(table: str, phase: str, change: Conversion) -> str:
    return _named("attempted_", table, phase, change)


def _named(prefix: str, table: str, phase: str, change: Conversion) -> str:
    return f"{own_objects.JOURNAL}.{column(own_name(prefix, *split(table), change.column, phase))}"
