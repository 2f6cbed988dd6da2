"""Access methods of tables and indexes that no extension brings (manual: CREATE ACCESS METHOD)."""

from collections.abc import Sequence

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.statement import Statement, Statements


class AccessMethod(Kind):
    name = "access method"
    found_in = "pg_am WHERE oid >= 16384"
    can_be_renamed = False
    catalog = "pg_am"
    attributes = {"type": How.MADE_AGAIN, "handler": How.MADE_AGAIN}
    rank = 48
    word = "ACCESS METHOD"

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        type_, handler = fact.payload["type"], fact.payload["handler"]
        sql = f"CREATE {self.reference(fact)} TYPE {type_} HANDLER {handler}"
        return (Statement(sql, f"{self.words(fact)} is missing."),)


KIND = AccessMethod()
