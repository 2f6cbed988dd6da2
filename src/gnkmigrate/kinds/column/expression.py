"""The expression of a generated column: altered, or a new column is needed."""

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.kinds.altering import alter_table_of
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.column.definition import column_name
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.expressions import reprintable
from gnkmigrate.kinds.inheritance import columns_above
from gnkmigrate.kinds.own_expressions import SET_EXPRESSION, put_back_below, refuse_far_below
from gnkmigrate.kinds.row_valued_columns import refuse_held
from gnkmigrate.kinds.statement import Statements
from gnkmigrate.kinds.types import Type, are_comparable
from gnkmigrate.postgres.quoting import identifier


def altered_expression(change: Change, context: Context) -> Statements | None:
    """Statements for the expression of a generated column; None where it cannot be altered."""
    if not {"generated", "generation"} & set(change.differing) or change.before is None:
        return ()
    column, after = identifier(change.identity.name), change.fact.payload
    if not after["generated"] and _goes_above(change.before, context):
        return ()
    if not after["generated"] and change.before.payload["generation"] == "stored":
        refuse_far_below(change.before, context)
        action = f"ALTER COLUMN {column} DROP EXPRESSION"
        return (alter_table_of(change.fact, action, "The target does not compute this column."),)
    newer = context.source.server_version >= SET_EXPRESSION
    if after["generation"] == "virtual" and _has_checks(change.before.parent, context):
        return None  # PostgreSQL 18 sets no expression then (tablecmds.c, ATExecSetExpression)
    if newer and change.before.payload["generation"] == after["generation"]:
        action = f"ALTER COLUMN {column} SET EXPRESSION AS ({reprintable(after['generated'])})"
        rewrites = after["generation"] == "stored"
        if rewrites:
            what = f"Column {column_name(change.fact)} is computed otherwise"
            refuse_held(change.before, what, context, rows_only=True)
        reason = "The target computes this column otherwise."
        altered = alter_table_of(change.fact, action, reason, rewrites=rewrites)
        return (altered, *put_back_below(change.fact, context))
    return None


def _goes_above(column: Fact, context: Context) -> bool:
    """Whether the expression goes with that of a table above, as PostgreSQL will have it."""
    above = columns_above(column.identity.path, context.source)
    stays = any(columns_above(context.names.of(column.identity).path, context.target))
    return stays and any(each.payload["generation"] == "stored" for each in above)


def _has_checks(table: Identity | None, context: Context) -> bool:
    return table is not None and any(
        each.payload["type"] == "check" for each in context.source.children(table, "constraint")
    )


def is_computed_anew(change: Change) -> bool:
    """Whether a generated column gets a type in which it takes a new one to be right.

    ALTER COLUMN TYPE converts what was computed for the old type, and takes no USING here.
    """
    if change.before is None or "type" not in change.differing:
        return False
    before, after = change.before.payload, change.fact.payload
    if not (before["generated"] and after["generated"]):
        return False
    if "generated" in change.differing:
        return True
    # Integers and strings are what they were, if they fit; other digits may have been cut off.
    name = Type.parse(before["type"]).name
    other = name == Type.parse(after["type"]).name and name != "character varying"
    return other or not are_comparable(before["type"], after["type"])


def loses_values(fact: Fact, context: Context) -> bool:
    """Whether values go with a column; those that are computed do where a plain one follows."""
    if fact.payload["generated"] is None:
        return True
    after = context.target.facts.get(context.names.of(fact.identity))
    return bool(after and after.identity in context.created and not after.payload["generated"])
