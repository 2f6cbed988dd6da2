"""Comments (manual: COMMENT). Each belongs to the thing it is about."""

from collections.abc import Sequence

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds import kind_of, locks
from gnkmigrate.postgres.quoting import identifier, literal, qualified
from gnkmigrate.kinds.kind import Context, How, Kind
from gnkmigrate.kinds.statement import Statement, Statements

_ON_TABLE = {"constraint": "CONSTRAINT", "trigger": "TRIGGER", "policy": "POLICY", "rule": "RULE"}
_RELATIONS = frozenset({"table", "view", "index", "sequence"})
_LOCKS = {
    **dict.fromkeys((*_RELATIONS, "column"), locks.COMMENT_ON_RELATION),
    **dict.fromkeys(_ON_TABLE, locks.COMMENT_ON_PART),
}


class CommentKind(Kind):
    name = "comment"
    is_satellite = True
    attributes = {"text": How.ALTERED}
    rank = 116
    has_comment = False


    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts
        return (_comment(fact, literal(fact.payload["text"]), context, "The target says so."),)

    def drop(self, fact: Fact, context: Context) -> Statements:
        return (_comment(fact, "NULL", context, "The target has no such comment."),)

    def alter(self, change: Change, context: Context) -> Statements:
        return self.create(change.fact, (), context)


def _comment(fact: Fact, text: str, context: Context, reason: str) -> Statement:
    kind, *path = fact.identity.path
    lock = _LOCKS.get(kind, locks.NONE)
    relation = qualified(*(path if kind in _RELATIONS else path[:-1]))
    return Statement(
        f"COMMENT ON {_subject(fact, context)} IS {text}",
        reason,
        lock=lock,
        relation=relation if lock else "",
    )


def _subject(fact: Fact, context: Context) -> str:
    """What the comment is on, as COMMENT names it."""
    kind, *path = fact.identity.path
    subject = context.find(fact.parent) if fact.parent else None
    if subject is None or subject.kind != kind:
        return f"{kind.upper()} {qualified(*path)}"
    return kind_of(kind).reference(subject)


KIND = CommentKind()
