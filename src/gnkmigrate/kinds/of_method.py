"""What is known by its name and its access method: operator classes and operator families.

Their facts are called "name USING method".
"""

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.quoting import identifier, qualified

_USING = " USING "


class OfMethod(Kind):
    """A kind whose things are called so."""

    def reference(self, fact: Fact) -> str:
        return f"{self.word} {with_method(*fact.identity.path)}"

    def rename(self, change: Change, context: Context) -> Statements:
        del context
        schema, old = change.identity.path[0], (change.before or change.fact).identity.name
        new = identifier(change.identity.name.rpartition(_USING)[0])
        what = f"{self.word} {with_method(schema, old)}"
        reason = f"{self.word.capitalize()} {with_method(schema, old)} is to be called {new}."
        return (Statement(f"ALTER {what} RENAME TO {new}", reason),)


def with_method(schema: str, name: str) -> str:
    """The path of a class or family as SQL: "public.absolute USING btree"."""
    own, using, method = name.rpartition(_USING)
    return f"{qualified(schema, own)}{using}{method}"


def method_of(fact: Fact) -> str:
    """The access method, quoted."""
    return fact.identity.name.rpartition(_USING)[2]
