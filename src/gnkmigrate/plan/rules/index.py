"""Indexes that no constraint owns (manual: CREATE INDEX, ALTER INDEX, DROP INDEX, REINDEX).

On a table in use they are built and dropped CONCURRENTLY. An index that differs is renamed, built
anew and then dropped, so that queries always have one of the two.
"""

from collections.abc import Sequence

from gnkmigrate.catalog.model import Fact, Identity
from gnkmigrate.diff.change import Change
from gnkmigrate.plan import locks
from gnkmigrate.plan.expressions import reprintable
from gnkmigrate.plan.quoting import identifier, qualified
from gnkmigrate.plan.rule import Context, Replacement, Rule
from gnkmigrate.plan.rules.constraint import key
from gnkmigrate.plan.statement import Statement, Statements


class IndexRule(Rule):
    kind = "index"

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts
        busy = context.is_busy(table(fact))
        name, relation = identifier(fact.identity.name), qualified(*table(fact).path)
        unique = "UNIQUE " if fact.payload["unique"] else ""
        return (
            Statement(
                f"CREATE {unique}INDEX {'CONCURRENTLY ' if busy else ''}{name} ON {relation} "
                f"{reprintable(fact.payload['definition'])}",
                f"Index {name} on {relation} is missing.",
                lock=locks.CREATE_INDEX_CONCURRENTLY if busy else locks.CREATE_INDEX,
                relation=relation,
                scans=not context.is_new(table(fact)),
                transactional=not busy,
            ),
        )

    def drop(self, fact: Fact, context: Context) -> Statements:
        busy = context.is_busy(table(fact))
        name = qualified(*fact.identity.path)
        return (
            Statement(
                f"DROP INDEX {'CONCURRENTLY ' if busy else ''}{name}",
                f"Index {name} is not in the target.",
                lock=locks.DROP_INDEX_CONCURRENTLY if busy else locks.DROP_INDEX,
                relation=qualified(*table(fact).path),
                transactional=not busy,
            ),
        )

    def alter(self, change: Change, context: Context) -> Statements | None:
        if change.differing != ("valid",):
            return None
        if not change.fact.payload["valid"]:
            return ()
        busy = context.is_busy(table(change.fact))
        name = qualified(*change.identity.path)
        return (
            Statement(
                f"REINDEX INDEX {'CONCURRENTLY ' if busy else ''}{name}",
                f"Index {name} is invalid: it costs writes and serves no query.",
                lock=locks.CREATE_INDEX_CONCURRENTLY if busy else locks.CREATE_INDEX,
                relation=qualified(*table(change.fact).path),
                scans=True,
                transactional=not busy,
            ),
        )

    def rename(self, change: Change, context: Context) -> Statements:
        del context
        old = qualified(*(change.before or change.fact).identity.path)
        new = identifier(change.identity.name)
        return (
            Statement(
                f"ALTER INDEX {old} RENAME TO {new}",
                f"Index {old} is to be called {new}.",
                lock=locks.RENAME_INDEX,
                relation=old,
            ),
        )

    def replacement(self, fact: Fact, context: Context) -> Replacement:
        return Replacement.ASIDE if context.is_busy(table(fact)) else Replacement.DROP

    def names(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        return frozenset({("relation", *fact.identity.path)})

    def offers(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        if not fact.payload["unique"] or fact.payload["predicate"]:
            return frozenset()
        columns = [printed.strip('"').replace('""', '"') for printed in fact.payload["keys"]]
        return frozenset({key(table(fact).path, columns)})


def table(fact: Fact) -> Identity:
    """The table or materialized view that an index is on."""
    if fact.parent is None:
        raise ValueError(f"{fact.identity} has no table")
    return fact.parent


RULE = IndexRule()
