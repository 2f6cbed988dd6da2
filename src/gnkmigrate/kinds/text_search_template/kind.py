"""Templates of text search (manual: CREATE TEXT SEARCH TEMPLATE, 12.6). Superusers make them."""

from collections.abc import Sequence

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.statement import Statement, Statements


class TextSearchTemplate(Kind):
    name = "text search template"
    catalog = "pg_ts_template"
    found_in = "pg_ts_template WHERE oid >= 16384"
    parent_catalog = "pg_namespace"
    attributes = {"lexize": How.MADE_AGAIN, "init": How.MADE_AGAIN}
    rank = 59
    word = "TEXT SEARCH TEMPLATE"

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        functions = ", ".join(
            f"{each.upper()} = {fact.payload[each]}"
            for each in self.attributes
            if fact.payload[each] is not None
        )
        sql = f"CREATE {self.reference(fact)} ({functions})"
        return (Statement(sql, f"{self.words(fact)} is missing."),)


KIND = TextSearchTemplate()
