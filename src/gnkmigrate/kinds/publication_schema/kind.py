"""Schemas of which a publication publishes all tables (manual: ALTER PUBLICATION, 31.3)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.quoting import identifier


class PublicationSchema(Kind):
    name = "publication schema"
    catalog = "pg_publication_namespace"
    found_in = "pg_publication WHERE oid >= 16384"
    parent_catalog = "pg_publication"
    attributes: ClassVar[Mapping[str, How]] = {}
    rank = 91
    word = "PUBLICATION"
    has_comment = False
    inline = True
    since = 150000

    def reference(self, fact: Fact) -> str:
        return f"PUBLICATION {identifier(fact.identity.path[0])}"

    def words(self, fact: Fact) -> str:
        publication, schema = map(identifier, fact.identity.path)
        return f"Schema {schema} of publication {publication}"

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        return (self._statement(fact, "ADD", f"{self.words(fact)} is missing."),)

    def drop(self, fact: Fact, context: Context) -> Statements:
        del context
        return (self._statement(fact, "DROP", f"{self.words(fact)} is not in the target."),)

    def rename(self, change: Change, context: Context) -> Statements:
        del change, context
        return ()  # the publication follows its schema

    def subject(self, fact: Fact) -> Any:
        return fact.identity.name

    def dies_with(self, fact: Fact) -> tuple[Identity, ...]:
        return (*super().dies_with(fact), Identity("schema", (fact.identity.name,)))

    def waits_for(self, fact: Fact, target: Snapshot) -> Iterator[Identity]:
        yield Identity("schema", (fact.identity.name,))
        # Beside a whole schema no table has a list of columns (ALTER PUBLICATION, Notes).
        yield from (each.identity for each in beside(fact, "publication table", target))

    def set_after(self, fact: Fact, source: Snapshot, target: Snapshot) -> Iterator[Identity]:
        del target
        yield from (each.identity for each in beside(fact, "publication table", source))

    def _statement(self, fact: Fact, verb: str, reason: str) -> Statement:
        schema = identifier(fact.identity.name)
        return Statement(f"ALTER {self.reference(fact)} {verb} TABLES IN SCHEMA {schema}", reason)


def beside(part: Fact, kind: str, snapshot: Snapshot) -> Sequence[Fact]:
    """What else of this kind the publication of `part` has."""
    return snapshot.children(Identity("publication", part.identity.path[:1]), kind)


KIND = PublicationSchema()
