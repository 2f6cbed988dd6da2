"""What becomes of what depends on a column whose type or expression changes."""

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds import rebuilt_indexes
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import Effect
from gnkmigrate.kinds.types import are_comparable

_MOVED_OUT_OF_THE_WAY = frozenset(
    {"view", "materialized view", "trigger", "function", "column", "policy", "rule", "statistics",
     "publication table"}
)  # fmt: skip
_REBUILT = frozenset({"default", "constraint", "index"})
HAVE_INDEXES = frozenset({"constraint", "index"})


def effect_on(change: Change, dependent: Fact, context: Context) -> Effect:
    """What becomes of `dependent` where a column is altered."""
    retyped = not {"type", "collation"}.isdisjoint(change.differing)
    if change.before is None or not (retyped or "generated" in change.differing):
        return Effect.NONE
    if dependent.kind in HAVE_INDEXES and rebuilt_indexes.loses_more(dependent, context):
        return Effect.REPLACED
    if not retyped:
        return Effect.REPLACED if dependent.kind == "statistics" else Effect.NONE
    if dependent.kind in _MOVED_OUT_OF_THE_WAY or _is_held(dependent, change, context):
        return Effect.REPLACED
    if dependent.kind == "constraint" and dependent.payload["type"] == "foreign key":
        old, new = change.before.payload["type"], change.fact.payload["type"]
        definition = str(dependent.payload["definition"])
        # PostgreSQL makes its triggers again, as they usually are.
        # One over periods goes by an index that the other type's operators do not fit.
        plain = not dependent.payload["firing"] and ", PERIOD " not in definition
        carried = are_comparable(old, new) and plain
        return Effect.REBUILT if carried else Effect.REPLACED
    return Effect.REBUILT if dependent.kind in _REBUILT else Effect.NONE


def _is_held(key: Fact, change: Change, context: Context) -> bool:
    """Whether it is a key that includes the column, and foreign keys keep it from being rebuilt."""
    if key.payload.get("type") not in {"primary key", "unique"}:
        return False
    name = (change.before or change.fact).identity.name
    return name not in key.payload["columns"] and any(
        key.identity in other.depends_on
        for other in context.source.of_kind("constraint")
        if other.payload["references"]
    )
