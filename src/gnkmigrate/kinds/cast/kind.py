"""Casts that somebody made (manual: CREATE CAST)."""

from collections.abc import Sequence

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.statement import Statement, Statements

_CONTEXTS = {"explicit": "", "assignment": " AS ASSIGNMENT", "implicit": " AS IMPLICIT"}


class Cast(Kind):
    name = "cast"
    found_in = "pg_cast WHERE oid >= 16384"
    can_be_renamed = False
    catalog = "pg_cast"
    attributes = {
        "method": How.MADE_AGAIN,
        "function": How.MADE_AGAIN,
        "context": How.MADE_AGAIN,
    }
    rank = 50
    word = "CAST"
    named_by_types = True

    def reference(self, fact: Fact) -> str:
        return f"CAST ({fact.identity.name})"

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        payload = fact.payload
        methods = {
            "function": f"WITH FUNCTION {payload['function']}",
            "inout": "WITH INOUT",
            "binary": "WITHOUT FUNCTION",
        }
        method = f"{methods[payload['method']]}{_CONTEXTS[payload['context']]}"
        sql = f"CREATE {self.reference(fact)} {method}"
        return (Statement(sql, f"{self.words(fact)} is missing."),)

    def rename(self, change: Change, context: Context) -> Statements:
        """None: its name is those of its types, and they have their new ones."""
        del change, context
        return ()

    def subject(self, fact: Fact) -> str:
        return fact.identity.name


KIND = Cast()
