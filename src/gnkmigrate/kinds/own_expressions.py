"""Expressions that partitions and children have of their own for a generated column.

SET EXPRESSION on a parent goes over them (tablecmds.c, ATPrepSetExpression).
"""

from collections.abc import Iterator

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.kinds.altering import alter_table_of
from gnkmigrate.kinds.expressions import reprintable
from gnkmigrate.kinds.kind import Context, Unplannable
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.postgres.quoting import identifier, qualified

# ALTER COLUMN ... SET EXPRESSION came with this release.
SET_EXPRESSION = 170000


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


def put_back_below(column: Fact, context: Context) -> Iterator[Statement]:
    """The expressions that tables below keep once the parent's has gone over them."""
    *table, name = column.identity.path
    stored = column.payload["generation"] == "stored"
    for below in dict.fromkeys(context.below(table)):
        for kind in ("column", "inherited column"):
            own = context.target.get(kind, *below, name)
            if own is not None and own.payload["generated"]:
                of_child = Fact(Identity("column", (*below, name)), Identity("table", below), {})
                yield expression_set(of_child, own.payload["generated"], stored, context)
