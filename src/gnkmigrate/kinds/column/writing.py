"""Whether a change of a column writes the rows of its table anew."""

from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.column.domains import has_default, is_checked
from gnkmigrate.kinds.context import Context


def is_written(change: Change, context: Context) -> bool:
    """Whether PostgreSQL looks after everything that keeps rows of the table."""
    fact, differing = change.fact, frozenset(change.differing)
    if change.after is None or fact.parent is None or context.is_new(fact.parent):
        return False
    if change.before is not None:
        computed = bool(fact.payload["generated"]) and "generated" in differing
        return computed or not {"type", "collation"}.isdisjoint(differing)
    return bool(
        fact.payload["generated"]
        or context.target.children(fact.identity, "default")
        or context.target.children(fact.identity, "identity")
        or has_default(fact, context)
        or is_checked(fact, context)
    )
