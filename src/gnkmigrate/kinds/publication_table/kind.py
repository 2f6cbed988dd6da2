"""Tables of publications (manual: ALTER PUBLICATION ADD, DROP and SET TABLE, 31.3, 31.4).

Each is a fact of its own, so that one can make way for a change of its table while the others go
on being published.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import locks
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.expressions import reprintable
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.publication_schema.kind import beside
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.quoting import dollar_quoted, identifier, qualified


class PublicationTable(Kind):
    name = "publication table"
    catalog = "pg_publication_rel"
    found_in = "pg_publication WHERE oid >= 16384"
    parent_catalog = "pg_publication"
    attributes = {"table": How.COSMETIC, "columns": How.ALTERED, "filter": How.ALTERED}
    rank = 91
    word = "PUBLICATION"
    has_comment = False
    inline = True
    follows = True

    def reference(self, fact: Fact) -> str:
        return f"PUBLICATION {identifier(fact.identity.path[0])}"

    def words(self, fact: Fact) -> str:
        return f"Table {_table(fact)} of publication {identifier(fact.identity.path[0])}"

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        return (_statement(fact, self._added(fact), f"{self.words(fact)} is missing."),)

    def drop(self, fact: Fact, context: Context) -> Statements:
        reason = f"{self.words(fact)} is not in the target."
        statement = _statement(fact, self._dropped(fact), reason)
        schemas = beside(fact, "publication schema", context.target)
        stays = any(each.identity.name == fact.payload["table"][0] for each in schemas)
        if fact.identity in context.target or stays:
            lost = f"for subscribers, what is written to {_table(fact)} until it is published again"
            return (replace(statement, loses_data=lost),)
        return (statement,)

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        del context
        fact = change.fact
        # One command, so that no change of a row in between goes unpublished.
        body = f"BEGIN {self._dropped(fact)}; {self._added(fact)}; END"
        reason = f"{self.words(fact)} differs in: {', '.join(sorted(differing))}."
        return (_statement(fact, f"DO {dollar_quoted(body)}", reason),)

    def rename(self, change: Change, context: Context) -> Statements:
        del change, context
        return ()  # the publication follows its table

    def subject(self, fact: Fact) -> Any:
        return Identity("table", tuple(fact.payload["table"]))

    def set_after(self, fact: Fact, source: Snapshot, target: Snapshot) -> Iterator[Identity]:
        del target
        if fact.payload["columns"] is not None:
            yield from (each.identity for each in beside(fact, "publication schema", source))

    def dies_with(self, fact: Fact) -> tuple[Identity, ...]:
        return (*super().dies_with(fact), Identity("table", tuple(fact.payload["table"])))

    def _added(self, fact: Fact) -> str:
        return f"ALTER {self.reference(fact)} ADD TABLE {entry(fact)}"

    def _dropped(self, fact: Fact) -> str:
        return f"ALTER {self.reference(fact)} DROP TABLE ONLY {_table(fact)}"


def entry(fact: Fact) -> str:
    """The table as CREATE PUBLICATION and ALTER PUBLICATION name it, with what is published."""
    columns, condition = fact.payload["columns"], fact.payload["filter"]
    listed = f" ({', '.join(map(identifier, columns))})" if columns is not None else ""
    filtered = f" WHERE ({reprintable(condition)})" if condition is not None else ""
    return f"ONLY {_table(fact)}{listed}{filtered}"


def _table(fact: Fact) -> str:
    return qualified(*fact.payload["table"])


def _statement(fact: Fact, sql: str, reason: str) -> Statement:
    return Statement(sql, reason, lock=locks.SHARE_UPDATE_EXCLUSIVE, relation=_table(fact))


KIND = PublicationTable()
