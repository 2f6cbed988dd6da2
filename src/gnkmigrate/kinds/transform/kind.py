"""Transforms (manual: CREATE TRANSFORM)."""

from collections.abc import Sequence

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.statement import Statement, Statements

_DIRECTIONS = {"from_sql": "FROM SQL", "to_sql": "TO SQL"}


class Transform(Kind):
    name = "transform"
    found_in = "pg_transform WHERE oid >= 16384"
    can_be_renamed = False
    catalog = "pg_transform"
    attributes = {"from_sql": How.ALTERED, "to_sql": How.ALTERED}
    rank = 52
    word = "TRANSFORM"
    named_by_types = True

    def reference(self, fact: Fact) -> str:
        return f"TRANSFORM {fact.identity.name}"

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        return self._define(fact, "CREATE", f"{self.words(fact)} is missing.")

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        del context
        named = ", ".join(_DIRECTIONS[each] for each in sorted(differing))
        reason = f"{self.words(change.fact)} differs in: {named}."
        return self._define(change.fact, "CREATE OR REPLACE", reason)

    def _define(self, fact: Fact, command: str, reason: str) -> Statements:
        functions = ", ".join(
            f"{words} WITH FUNCTION {fact.payload[each]}"
            for each, words in _DIRECTIONS.items()
            if fact.payload[each] is not None
        )
        return (Statement(f"{command} {self.reference(fact)} ({functions})", reason),)


KIND = Transform()
