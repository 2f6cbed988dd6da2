"""What is made of functions alone: parsers and templates of text search."""

from collections.abc import Sequence

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.statement import Statement, Statements


class OfFunctions(Kind):
    """A kind whose attributes are functions, each written as NAME = FUNCTION."""

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        functions = ", ".join(
            f"{each.upper()} = {fact.payload[each]}"
            for each in self.attributes
            if fact.payload[each] is not None
        )
        sql = f"CREATE {self.reference(fact)} ({functions})"
        return (Statement(sql, f"{self.words(fact)} is missing."),)
