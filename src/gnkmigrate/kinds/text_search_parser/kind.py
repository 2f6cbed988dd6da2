"""Parsers of text search (manual: CREATE TEXT SEARCH PARSER, 12.5). Superusers make them."""

from collections.abc import Sequence

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.statement import Statement, Statements


class TextSearchParser(Kind):
    name = "text search parser"
    catalog = "pg_ts_parser"
    found_in = "pg_ts_parser WHERE oid >= 16384"
    parent_catalog = "pg_namespace"
    attributes = {
        "start": How.MADE_AGAIN,
        "gettoken": How.MADE_AGAIN,
        "end": How.MADE_AGAIN,
        "lextypes": How.MADE_AGAIN,
        "headline": How.MADE_AGAIN,
    }
    rank = 59
    word = "TEXT SEARCH PARSER"

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        functions = ", ".join(
            f"{each.upper()} = {fact.payload[each]}"
            for each in self.attributes
            if fact.payload[each] is not None
        )
        sql = f"CREATE {self.reference(fact)} ({functions})"
        return (Statement(sql, f"{self.words(fact)} is missing."),)


KIND = TextSearchParser()
