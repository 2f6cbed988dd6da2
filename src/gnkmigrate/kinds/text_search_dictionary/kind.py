"""Dictionaries of text search (manual: CREATE and ALTER TEXT SEARCH DICTIONARY, 12.6).

One that gets another template is renamed and made anew beside itself: the configurations that use
it then take the new one, and what is indexed by way of them stays.
"""

from collections.abc import Iterator, Sequence

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import Effect, How, Replacement
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.statement import Statement, Statements


class TextSearchDictionary(Kind):
    name = "text search dictionary"
    catalog = "pg_ts_dict"
    found_in = "pg_ts_dict WHERE oid >= 16384"
    parent_catalog = "pg_namespace"
    attributes = {"template": How.MADE_AGAIN, "options": How.ALTERED}
    unordered = frozenset[str]()  # pg_dump writes them in the order in which they were given
    rank = 59
    word = "TEXT SEARCH DICTIONARY"
    has_owner = True

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        settings = ", ".join([f"TEMPLATE = {fact.payload['template']}", *fact.payload["options"]])
        sql = f"CREATE {self.reference(fact)} ({settings})"
        return (Statement(sql, f"{self.words(fact)} is missing."),)

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        del differing, context
        fact = change.fact
        wanted = fact.payload["options"]
        kept = {_name(option) for option in wanted}
        old = change.before.payload["options"] if change.before else ()
        gone = [_name(option) for option in old if _name(option) not in kept]
        # What is given goes to the end: all of them, so that they stand in the target's order.
        sql = f"ALTER {self.reference(fact)} ({', '.join([*gone, *wanted])})"
        return (Statement(sql, f"{self.words(fact)} differs in: options."),)

    def replacement(self, fact: Fact, context: Context) -> Replacement:
        del fact, context
        return Replacement.ASIDE

    def effect_of_replacing(self, dependent: Fact) -> Effect:
        configures = dependent.kind == "text search configuration"
        return Effect.ALTERED if configures else Effect.REPLACED

    def waits_for(self, fact: Fact, target: Snapshot) -> Iterator[Identity]:
        del target
        # A thesaurus looks its words up in another dictionary, whose name pg_depend does not know.
        for option in fact.payload["options"]:
            name, _, value = option.partition(" = ")
            if name == "dictionary":
                yield Identity(self.name, tuple(value.strip("'").split(".")))


def _name(option: str) -> str:
    return option.partition(" = ")[0]


KIND = TextSearchDictionary()
