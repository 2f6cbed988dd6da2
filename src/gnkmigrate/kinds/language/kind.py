"""Procedural languages that no extension brings (manual: CREATE LANGUAGE, chapter 59)."""

from collections.abc import Sequence

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.statement import Statement, Statements

_FUNCTIONS = {"handler": "HANDLER", "inline": "INLINE", "validator": "VALIDATOR"}


class Language(Kind):
    name = "language"
    catalog = "pg_language"
    found_in = "pg_language WHERE oid >= 16384"
    attributes = {
        "trusted": How.ALTERED,
        "handler": How.ALTERED,
        "inline": How.ALTERED,
        "validator": How.ALTERED,
    }
    rank = 46
    word = "LANGUAGE"
    has_owner = True
    has_label = True
    grant_word = "LANGUAGE"

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        return self._define(fact, "CREATE", f"{self.words(fact)} is missing.")

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        del context
        reason = f"{self.words(change.fact)} differs in: {', '.join(sorted(differing))}."
        # CREATE OR REPLACE keeps owner, privileges and functions, and sets all the rest.
        return self._define(change.fact, "CREATE OR REPLACE", reason)

    def _define(self, fact: Fact, command: str, reason: str) -> Statements:
        trusted = " TRUSTED" if fact.payload["trusted"] else ""
        functions = "".join(
            f" {word} {fact.payload[each]}"
            for each, word in _FUNCTIONS.items()
            if fact.payload[each] is not None
        )
        return (Statement(f"{command}{trusted} {self.reference(fact)}{functions}", reason),)


KIND = Language()
