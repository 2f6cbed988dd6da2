"""Comments (manual: COMMENT). Each belongs to the thing it is about."""

from collections.abc import Iterator, Sequence

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kind_of, locks
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.of_inherited import goes_along
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.quoting import literal, qualified

# Things whose comment takes a lock on the table that they are in.
_ON_TABLE = frozenset({"constraint", "trigger", "policy", "rule"})

# What initdb says of schema public: without a fact of another comment it has this one.
_USUAL = "standard public schema"


class Comment(Kind):
    name = "comment"
    attributes = {"text": How.ALTERED}
    rank = 116
    is_satellite = True
    has_comment = False

    def words(self, fact: Fact) -> str:
        kind, *path = fact.identity.path
        return f"Comment on {kind} {qualified(*path)}"

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts
        return _comment(fact, fact.payload["text"], context.find(fact.parent))

    def drop(self, fact: Fact, context: Context) -> Statements:
        if goes_along(fact, context):
            return ()
        thing = context.before(fact.parent)
        usual = thing.payload.get("usual_comment") if thing else None  # an extension's own
        if fact.identity.path == ("schema", "public"):
            usual = _USUAL
        return _comment(fact, usual, thing)

    def waits_for(self, fact: Fact, target: Snapshot) -> Iterator[Identity]:
        # One on a partitioned table's index would go down with a new type of its column.
        thing = target.facts.get(fact.parent) if fact.parent else None
        if thing is not None and fact.identity.path[0] == "index":
            yield from thing.depends_on

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        del differing
        thing = context.find(change.fact.parent)
        return _comment(change.fact, change.fact.payload["text"], thing)


def _comment(fact: Fact, text: str | None, thing: Fact | None) -> Statements:
    if thing is None:
        return ()
    kind, *path = fact.identity.path
    if thing.kind == kind:
        reference, words = kind_of(kind).reference(thing), kind_of(kind).words(thing)
    else:  # a part that is no fact of its own
        reference = f"{kind.upper()} {qualified(*path)}"
        words = f"{kind.capitalize()} {qualified(*path)}"
    says, text = ("has no comment", "NULL") if text is None else ("has this comment", literal(text))
    lock, relation = _lock(fact)
    return (
        Statement(
            f"COMMENT ON {reference} IS {text}",
            f"{words} {says} in the target.",
            lock=lock,
            relation=relation,
        ),
    )


def _lock(fact: Fact) -> tuple[str, str]:
    """The lock that COMMENT takes, and on what."""
    kind, *path = fact.identity.path
    if kind in _ON_TABLE:
        return locks.COMMENT_ON_PART, qualified(*path[:-1])
    if kind == "column":
        return locks.COMMENT_ON_RELATION, qualified(*path[:-1])
    if kind == "index" or kind_of(kind).is_relation:
        return locks.COMMENT_ON_RELATION, qualified(*path)
    return locks.NONE, ""


KIND = Comment()
