"""Operator families (manual: CREATE OPERATOR FAMILY, ALTER OPERATOR FAMILY, chapter 36.16).

CREATE OPERATOR CLASS makes one by itself where none is named; a plan always makes it beforehand.
"""

from collections.abc import Sequence

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.of_method import OfMethod
from gnkmigrate.kinds.statement import Statement, Statements


class OperatorFamily(OfMethod):
    name = "operator family"
    catalog = "pg_opfamily"
    found_in = "pg_opfamily WHERE oid >= 16384"
    parent_catalog = "pg_namespace"
    attributes = {}
    rank = 56
    word = "OPERATOR FAMILY"
    has_owner = True

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        sql = f"CREATE {self.reference(fact)}"
        return (Statement(sql, f"{self.words(fact)} is missing."),)


KIND = OperatorFamily()
