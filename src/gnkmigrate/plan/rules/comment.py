"""Comments (manual: COMMENT). Each belongs to the thing it is about."""

from collections.abc import Sequence

from gnkmigrate.catalog.model import Fact
from gnkmigrate.diff.change import Change
from gnkmigrate.plan import locks
from gnkmigrate.plan.quoting import identifier, literal, qualified
from gnkmigrate.plan.rule import Context, Rule
from gnkmigrate.plan.rules.function import signature
from gnkmigrate.plan.statement import Statement, Statements

_ON_TABLE = {"constraint": "CONSTRAINT", "trigger": "TRIGGER", "policy": "POLICY", "rule": "RULE"}
_RELATIONS = frozenset({"table", "view", "index", "sequence"})
_LOCKS = {
    **dict.fromkeys((*_RELATIONS, "column"), locks.COMMENT_ON_RELATION),
    **dict.fromkeys(_ON_TABLE, locks.COMMENT_ON_PART),
}


class CommentRule(Rule):
    kind = "comment"

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
    if kind in _ON_TABLE:
        return f"{_ON_TABLE[kind]} {identifier(path[-1])} ON {qualified(*path[:-1])}"
    subject = context.find(fact.parent) if fact.parent else None
    if kind == "function":
        return signature(path, subject.payload["kind"] if subject else "function")
    if kind == "view" and subject and subject.payload["materialized"]:
        return f"MATERIALIZED VIEW {qualified(*path)}"
    return f"{'TYPE' if kind == 'enum' else kind.upper()} {qualified(*path)}"


RULE = CommentRule()
