"""Configurations of text search (manual: CREATE and ALTER TEXT SEARCH CONFIGURATION, 12.7)."""

from collections.abc import Iterable, Mapping, Sequence

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.quoting import qualified


class TextSearchConfiguration(Kind):
    name = "text search configuration"
    catalog = "pg_ts_config"
    found_in = "pg_ts_config WHERE oid >= 16384"
    parent_catalog = "pg_namespace"
    attributes = {"parser": How.MADE_AGAIN, "mappings": How.ALTERED}
    rank = 59
    word = "TEXT SEARCH CONFIGURATION"
    has_owner = True

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        reason = f"{self.words(fact)} is missing."
        sql = f"CREATE {self.reference(fact)} (PARSER = {fact.payload['parser']})"
        return (Statement(sql, reason), *self._mapped(fact, "ADD", _mappings(fact), reason))

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        del differing, context
        fact = change.fact
        old, new = _mappings(change.before) if change.before else {}, _mappings(fact)
        gone = [token for token in old if token not in new]
        added = {token: new[token] for token in new if token not in old}
        others = {token: new[token] for token in new if old.get(token, new[token]) != new[token]}
        reason = f"{self.words(fact)} differs in: mappings."
        sql = f"ALTER {self.reference(fact)} DROP MAPPING FOR {', '.join(gone)}"
        return (
            *((Statement(sql, reason),) if gone else ()),
            *self._mapped(fact, "ALTER", others, reason),
            *self._mapped(fact, "ADD", added, reason),
        )

    def adapted(self, fact: Fact, old: Identity, aside: Identity) -> Fact:
        was, becomes = qualified(*old.path), qualified(*aside.path)
        mappings = [
            f"{token}: {', '.join(becomes if each == was else each for each in asked.split(', '))}"
            for token, asked in _mappings(fact).items()
        ]
        needed = frozenset(aside if each == old else each for each in fact.depends_on)
        return fact.has({"mappings": mappings}).replaced(depends_on=needed)

    def _mapped(
        self, fact: Fact, verb: str, mappings: Mapping[str, str], reason: str
    ) -> Iterable[Statement]:
        """One statement for all tokens that are looked up in the same dictionaries."""
        tokens: dict[str, list[str]] = {}
        for token, dictionaries in mappings.items():
            tokens.setdefault(dictionaries, []).append(token)
        for dictionaries, alike in tokens.items():
            action = f"{verb} MAPPING FOR {', '.join(alike)} WITH {dictionaries}"
            yield Statement(f"ALTER {self.reference(fact)} {action}", reason)


def _mappings(fact: Fact) -> dict[str, str]:
    """The dictionaries of each type of token, as SQL has both."""
    parts = (mapping.partition(": ") for mapping in fact.payload["mappings"])
    return {token: dictionaries for token, _, dictionaries in parts}


KIND = TextSearchConfiguration()
