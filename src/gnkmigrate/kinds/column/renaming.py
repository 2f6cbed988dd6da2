"""RENAME COLUMN: tables below have the column of that name then as well."""

from gnkmigrate.kinds import not_null_renames
from gnkmigrate.kinds.altering import alter_table_of
from gnkmigrate.kinds.change import Change, Unplannable
from gnkmigrate.kinds.column_obstacles import refuse_name_below, refuse_other_parents
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.inheritance import columns_above
from gnkmigrate.kinds.statement import Statements
from gnkmigrate.kinds.wording import last_names
from gnkmigrate.postgres.quoting import qualified


def renamed(change: Change, context: Context) -> Statements:
    """Gives a column its new name, and its NOT NULL the one that goes with it."""
    refuse_other_parents(change.before or change.fact, context)
    refuse_name_below(change.before or change.fact, change.identity.name, context)
    old, new = last_names(change)
    reason = f"Column {old} is to be called {new}."
    itself = alter_table_of(change.fact, f"RENAME COLUMN {old} TO {new}", reason)
    along = _comes_with_parent_s(change, context)
    return (*(() if along else (itself,)), *not_null_renames.follows_column(change, context))


def _comes_with_parent_s(change: Change, context: Context) -> bool:
    """Whether its table has it of another too, with which it gets its new name."""
    before = (change.before or change.fact).identity
    path = context.meanwhile.get(before, before).path
    above = [each.identity for each in columns_above(path, context.source)]
    above = [each for each in above if each.kind == "column" and each not in context.dropped]
    for each in above:
        if context.names.of(each).name != change.identity.name:
            raise Unplannable(
                f"Column {qualified(*path)} is to be called {change.identity.name}, and its table "
                f"inherits it of {qualified(*each.path[:-1])}, where it is not.",
                hint=f"Give column {qualified(*each.path)} that name too, and plan again.",
            )
    return bool(above)
