"""Conversions between encodings (manual: CREATE CONVERSION)."""

from collections.abc import Sequence

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.quoting import literal


class Conversion(Kind):
    name = "conversion"
    catalog = "pg_conversion"
    found_in = "pg_conversion WHERE oid >= 16384"
    parent_catalog = "pg_namespace"
    attributes = {
        "source": How.MADE_AGAIN,
        "target": How.MADE_AGAIN,
        "function": How.MADE_AGAIN,
        "default": How.MADE_AGAIN,
    }
    rank = 51
    word = "CONVERSION"
    has_owner = True

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        payload = fact.payload
        default = "DEFAULT " if payload["default"] else ""
        between = f"FOR {literal(payload['source'])} TO {literal(payload['target'])}"
        sql = f"CREATE {default}{self.reference(fact)} {between} FROM {payload['function']}"
        return (Statement(sql, f"{self.words(fact)} is missing."),)


KIND = Conversion()
