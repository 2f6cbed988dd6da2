"""Schemas (manual: CREATE SCHEMA, ALTER SCHEMA, DROP SCHEMA)."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.statement import Statement, Statements


class SchemaKind(Kind):
    name = "schema"
    catalog = "pg_namespace"
    attributes: ClassVar[Mapping[str, How]] = {}
    rank = 10
    word = "SCHEMA"
    has_owner = True
    has_label = True
    grant_word = "SCHEMA"
    holds_data = True

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        return (Statement(f"CREATE {self.reference(fact)}", f"{self.words(fact)} is missing."),)


KIND = SchemaKind()
