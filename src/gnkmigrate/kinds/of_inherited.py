"""What hangs on columns that tables merely inherit, which are no facts of their own."""

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.context import Context


def goes_along(fact: Fact, context: Context) -> bool:
    """Whether a satellite is on an inherited column, and goes when the parent's column does."""
    on_column = fact.identity.path[0] == "column"
    if not on_column or fact.parent is None or fact.parent.kind not in {"table", "foreign table"}:
        return False
    return not context.column_left(fact.identity.path, fact.parent)
