"""Expressions that partitions and children have of their own for a generated column.

SET EXPRESSION on a parent goes over them (tablecmds.c, ATPrepSetExpression).
"""

from collections.abc import Iterator

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.kinds.altering import alter_table_of
from gnkmigrate.kinds.change import Unplannable
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.expressions import reprintable
from gnkmigrate.kinds.inheritance import heirs, tables_below
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.postgres.quoting import identifier, qualified

# ALTER COLUMN ... SET EXPRESSION came with this release.
SET_EXPRESSION = 170000
_DROPPED_FAR_BELOW = 150000


def expression_set(column: Fact, expression: str, stored: bool, context: Context) -> Statement:
    """The statement that has a column computed by `expression`."""
    name = qualified(*column.identity.path)
    if context.source.server_version < SET_EXPRESSION:
        raise Unplannable(
            f"Column {name} is computed otherwise than its parent's, and this release of "
            "PostgreSQL cannot change how.",
            hint="Make the table again in a revision of your own, and plan again.",
        )
    action = f"SET EXPRESSION AS ({reprintable(expression)})"
    return alter_table_of(
        column,
        f"ALTER COLUMN {identifier(column.identity.name)} {action}",
        f"Column {name} has an expression of its own in the target.",
        rewrites=stored,
    )


def refuse_far_below(column: Fact, context: Context) -> None:
    """Stops where PostgreSQL 14 cannot drop an expression: it goes down by one level alone."""
    if context.source.server_version >= _DROPPED_FAR_BELOW:
        return
    *table, _ = column.identity.path
    for child in heirs(context.source).get(tuple(table), ()):
        for below in tables_below(child, context.source):
            raise Unplannable(
                f"{column.identity} is computed no more, and {qualified(*below)} has it of "
                f"{qualified(*child)}, which has it of {qualified(*table)}: this release of "
                "PostgreSQL drops no expression from tables so far below.",
                hint=f"Take {qualified(*child)} from its parent, drop the expression in both, and "
                "put it back in a revision of your own.",
            )


def put_back_below(column: Fact, context: Context) -> Iterator[Statement]:
    """The expressions that tables below keep once the parent's has gone over them."""
    *table, name = column.identity.path
    stored = column.payload["generation"] == "stored"
    for below in dict.fromkeys(context.below(table)):
        for kind in ("column", "inherited column"):
            own = context.target.get(kind, *below, name)
            if own is None or context.is_new(own.identity):
                continue
            if own.payload["generated"]:
                of_child = Fact(Identity("column", (*below, name)), Identity("table", below), {})
                yield expression_set(of_child, own.payload["generated"], stored, context)
