"""Operators (manual: CREATE OPERATOR, ALTER OPERATOR, chapter 36.15).

Two that commute, or negate each other, point at each other: making the one sets the link of the
other as well, dropping it clears that link, and what is pointed at may be missing as yet: then
PostgreSQL makes a shell of it, which the other's CREATE OPERATOR fills.
"""

from collections.abc import Sequence

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.kinds.change import Change, Unplannable
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.quoting import identifier
from gnkmigrate.postgres.routine import parted

_ARGUMENTS = {"left": "LEFTARG", "right": "RIGHTARG"}
_LINKS = {"commutator": "COMMUTATOR", "negator": "NEGATOR"}
_ESTIMATORS = {"restrict": "RESTRICT", "join": "JOIN"}
_FLAGS = {"hashes": "HASHES", "merges": "MERGES"}
_SETS_LINKS_AND_FLAGS = 170000  # the first server whose ALTER OPERATOR does


class Operator(Kind):
    name = "operator"
    found_in = "pg_operator WHERE oid >= 16384"
    can_be_renamed = False
    catalog = "pg_operator"
    parent_catalog = "pg_namespace"
    attributes = {
        "left": How.MADE_AGAIN,
        "right": How.MADE_AGAIN,
        "function": How.ALTERED,
        "commutator": How.ALTERED,
        "negator": How.ALTERED,
        "restrict": How.ALTERED,
        "join": How.ALTERED,
        "hashes": How.ALTERED,
        "merges": How.ALTERED,
    }
    rank = 54
    word = "OPERATOR"
    named_by_types = True
    has_owner = True

    def reference(self, fact: Fact) -> str:
        schema, name = fact.identity.path
        symbol, types = parted(name)
        return f"OPERATOR {identifier(schema)}.{symbol} {types}"

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        payload = fact.payload
        if payload["function"] is None:
            return ()  # the operator that points at it makes it
        clauses = [f"FUNCTION = {payload['function']}"]
        clauses += [
            f"{word} = {payload[each]}" for each, word in _ARGUMENTS.items() if payload[each]
        ]
        clauses += _links(fact, _LINKS)
        clauses += _estimators(fact, [each for each in _ESTIMATORS if payload[each]])
        clauses += [word for each, word in _FLAGS.items() if payload[each]]
        schema, name = fact.identity.path
        sql = f"CREATE OPERATOR {identifier(schema)}.{_symbol(name)} ({', '.join(clauses)})"
        return (Statement(sql, f"{self.words(fact)} is missing."),)

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        before, after = change.before or change.fact, change.fact
        if "function" in differing:
            return self._refilled(before, after, context)
        links = [each for each in _LINKS if each in differing]
        links = [each for each in links if not _follows(each, before, after, context)]
        flags = [each for each in _FLAGS if each in differing]
        if (links or flags) and not _may_set(before, (*links, *flags), context):
            return None
        estimators = [each for each in _ESTIMATORS if each in differing]
        clauses = [
            *_estimators(after, estimators),
            *_links(after, links),
            *(_FLAGS[each] for each in flags),
        ]
        if not clauses:
            return ()
        named = ", ".join(sorted((*estimators, *links, *flags)))
        reason = f"{self.words(after)} differs in: {named}."
        return (Statement(f"ALTER {self.reference(after)} SET ({', '.join(clauses)})", reason),)

    def _refilled(self, before: Fact, after: Fact, context: Context) -> Statements | None:
        if after.payload["function"] is None:
            raise Unplannable(
                f"{self.words(after)} is only a shell in the target: what points at it is declared,"
                " and it is not.",
                hint="Declare it in the target, or point at it nowhere.",
            )
        return self.create(after, (), context) if before.payload["function"] is None else None


def _symbol(name: str) -> str:
    return parted(name)[0]


def _links(fact: Fact, which: Sequence[str] | dict[str, str]) -> list[str]:
    payload = fact.payload
    return [f"{_LINKS[each]} = OPERATOR({payload[each]})" for each in which if payload[each]]


def _estimators(fact: Fact, which: Sequence[str]) -> list[str]:
    return [f"{_ESTIMATORS[each]} = {fact.payload[each] or 'NONE'}" for each in which]


def _follows(link: str, before: Fact, after: Fact, context: Context) -> bool:
    """Whether the link changes by itself when the operator at its other end comes or goes."""
    old, new = before.payload[link], after.payload[link]
    if new is None:
        return _other_end(link, old, before) not in context.target.facts
    if old is not None:
        return False
    other = context.target.facts.get(_other_end(link, new, after))
    return (
        other is not None
        and other.payload[link] is not None
        and other.identity not in context.source.facts
    )


def _other_end(link: str, symbol: str, fact: Fact) -> Identity:
    schema, _, symbol = symbol.rpartition(".")
    if schema.startswith('"'):
        schema = schema[1:-1].replace('""', '"')
    left, right = fact.payload["left"] or "NONE", fact.payload["right"] or "NONE"
    if link == "commutator":
        left, right = right, left
    return Identity(fact.kind, (schema, f"{symbol}({left}, {right})"))


def _may_set(before: Fact, which: Sequence[str], context: Context) -> bool:
    """Whether ALTER OPERATOR sets all of these: only where nothing is set as yet."""
    return context.source.server_version >= _SETS_LINKS_AND_FLAGS and not any(
        before.payload[each] for each in which
    )


KIND = Operator()
