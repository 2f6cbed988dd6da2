"""Columns of tables (manual: ALTER TABLE, 5.3, 5.4).

A column that exists keeps its values. NOT NULL on a table in use goes by way of a check that is
validated first, so that SET NOT NULL need not read the table under its lock.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import (
    leaving,
    not_null,
    not_null_name,
    rebuilt_indexes,
    row_valued_views,
)
from gnkmigrate.kinds.altering import alter_table_of
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.column.below import kept_below
from gnkmigrate.kinds.column.definition import column_name, defined, set_to
from gnkmigrate.kinds.column.domains import has_default, is_checked
from gnkmigrate.kinds.column.effect import HAVE_INDEXES, effect_on
from gnkmigrate.kinds.column.expression import altered_expression, is_computed_anew, loses_values
from gnkmigrate.kinds.column.renaming import renamed
from gnkmigrate.kinds.column.rows_in_the_way import lacks_values, stops_at
from gnkmigrate.kinds.column.type_change import narrowed, retyped, types_of_table
from gnkmigrate.kinds.column.writing import is_written
from gnkmigrate.kinds.column_obstacles import (
    refuse_later,
    refuse_type_below,
)
from gnkmigrate.kinds.column_settings import SETTINGS, between, changed, given
from gnkmigrate.kinds.columns_of_parents import columns_of_parents
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import Effect, How
from gnkmigrate.kinds.expressions import is_fixed, reprintable
from gnkmigrate.kinds.inheritance import columns_above, heirs
from gnkmigrate.kinds.kind import Kind, used, used_types
from gnkmigrate.kinds.not_null_below import keys_in_the_way
from gnkmigrate.kinds.own_expressions import put_back_below
from gnkmigrate.kinds.row_valued_columns import refuse_held
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.kinds.user_type import moved, with_name
from gnkmigrate.postgres.quoting import identifier


class ColumnKind(Kind):
    name = "column"
    catalog = "pg_class"
    parent_catalog = "pg_class"
    attributes = {
        "type": How.ALTERED,
        "not_null": How.ALTERED,
        "not_null_name": How.ALTERED,
        "not_null_no_inherit": How.ALTERED,
        "not_null_unvalidated": How.ALTERED,
        "not_null_comment": How.ALTERED,
        "collation": How.ALTERED,
        "identity": How.COSMETIC,  # a fact of its own
        "generated": How.ALTERED,
        "generation": How.ALTERED,
        "usual_storage": How.COSMETIC,
        **dict.fromkeys(SETTINGS, How.ALTERED),
    }
    rank = 64
    calls_functions = True
    word = "COLUMN"
    has_label = True
    holds_data = True
    inline = True
    by_version = True
    locks_as_before = True

    def as_of(self, fact: Fact, version: int) -> Fact:
        return not_null_name.as_of(fact, version)

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        default = next((p.payload["expression"] for p in parts if p.kind == "default"), None)
        identity = next((part for part in parts if part.kind == "identity"), None)
        computed = fact.payload["generated"] or identity
        leaving.refuse_made_again(fact, context)
        if context.is_joined(fact.identity.path):
            return ()  # its table had to have it before
        if any(columns_above(fact.identity.path, context.source)):
            return tuple(_made_own(fact, default, context))
        refuse_later(fact, default, context)
        refuse_type_below(fact, context)
        reason = f"Column {column_name(fact)} is missing."
        lacking = not (default or computed) and lacks_values(fact, context)
        if lacking:
            reason += " It has no default, so this stops when the table holds rows."
        # A fixed default is kept in the catalog, not written into every row (ALTER TABLE, Notes).
        # A virtual column is computed when it is read; NOT NULL looks at every row all the same.
        virtual = fact.payload["generation"] == "virtual"
        rewrites = (bool(computed) and not virtual) or not is_fixed(default)
        rewrites |= is_checked(fact, context)
        if rewrites or computed or default or has_default(fact, context):
            refuse_held(fact, f"Column {column_name(fact)} is added", context, rows_only=True)
        scans = virtual and bool(fact.payload["not_null"])
        action = f"ADD COLUMN {defined(fact, default, identity, context)}"
        added = alter_table_of(fact, action, reason, rewrites=rewrites, scans=scans)
        return (
            replace(added, stops_at=tuple(stops_at(fact, context)) if lacking else ()),
            *set_to(fact, given(fact.payload), reason),
            *not_null.afterwards(fact),
            *kept_below(Change("add", None, fact), reason, context),
            *(put_back_below(fact, context) if fact.payload["generated"] else ()),
        )

    def asks(self, fact: Fact, context: Context) -> Iterator[tuple[str, Identity]]:
        if fact.payload["generated"] and fact.parent not in context.created:
            return used(fact)  # for the rows that are there
        return used_types(fact)

    def asks_again(self, change: Change) -> bool:
        return "type" in change.differing

    def precedes(self, fact: Fact, source: Snapshot, target: Snapshot) -> Iterator[Identity]:
        # A table that leaves its parent for a moment takes all along that it has by then.
        if any(columns_above(fact.identity.path, source)):
            for part in leaving.given_above(fact, target):
                if part.kind != "column" or part.identity not in source:
                    yield part.identity
        # ADD COLUMN refuses a column that is there, but not one that a child has already. A child
        # that is new comes after its parent.
        elif fact.identity not in source and fact.parent in source.facts:
            for above in columns_above(fact.identity.path, target):
                if above.identity not in source:
                    yield above.identity
        yield from row_valued_views.above(fact.identity.path[:-1], target)

    def alters_before(
        self, change: Change, source: Snapshot, target: Snapshot
    ) -> Iterator[Identity]:
        del source
        # Before it is that of those above, and after they have their new names.
        if "not_null_name" in change.differing and change.fact.payload["not_null"]:
            yield from (above.identity for above in columns_above(change.identity.path, target))
        yield from row_valued_views.above(change.identity.path[:-1], target)

    def stays(self, fact: Fact, target: Snapshot) -> bool:
        # It has become one that its table merely inherits.
        return any(columns_above(fact.identity.path, target))

    def unlike(self, fact: Fact, context: Context) -> Iterator[Identity]:
        own, target = context.as_called_then(fact), context.target
        if own.identity not in target and self.stays(own, target):
            yield from leaving.unlike(own, target)

    def in_the_way(self, change: Change, context: Context) -> Iterator[Identity]:
        if is_written(change, context):
            yield from row_valued_views.in_the_way(change.before or change.fact, context)
        yield from keys_in_the_way(change, context)

    def goes_before(self, fact: Fact, source: Snapshot) -> Iterator[Identity]:
        return leaving.owned_below(fact, source)

    def drop(self, fact: Fact, context: Context) -> Statements:
        leaving.refuse_inherited(fact, context)
        lost = f"the values of {column_name(fact)}" if loses_values(fact, context) else ""
        action = f"DROP COLUMN {identifier(fact.identity.name)}"
        reason = f"Column {column_name(fact)} is not in the target."
        return (alter_table_of(fact, action, reason, loses_data=lost),)

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        expression = altered_expression(change, context)
        if expression is None or is_computed_anew(change):
            return None
        null_allowed, null_forbidden = (
            not_null.allowed(change, context),
            not_null.forbidden(change, context),
        )
        reason = f"Column {column_name(change.fact)} differs in: {', '.join(sorted(differing))}."
        return (
            *expression,
            *null_allowed,
            *narrowed(change, context),
            *retyped(change, context),
            *null_forbidden,
            *rebuilt_indexes.given_back(change, context),
            *not_null.qualified_otherwise(change, context),
            *set_to(change.fact, changed(change), reason),
            *kept_below(change, reason, context),
        )

    def set_after(self, fact: Fact, source: Snapshot, target: Snapshot) -> Iterator[Identity]:
        del target
        yield from row_valued_views.above(fact.identity.path[:-1], source)
        before = source.facts.get(fact.identity)
        if before is None and any(columns_above(fact.identity.path, source)):
            yield from (part.identity for part in leaving.given_above(fact, source))
            yield Identity("inherited column", fact.identity.path)
        if before is not None and fact.payload["not_null"] and not before.payload["not_null"]:
            # What a table below calls its own NOT NULL it cannot change once this is its parent's.
            *table, name = fact.identity.path
            for child in heirs(source).get(tuple(table), ()):
                yield Identity("inherited column", (*child, name))

    def renames_after(self, fact: Fact, target: Snapshot) -> Iterator[Identity]:
        # It is renamed with its parent's, and its NOT NULL once those above have their new names.
        for above in columns_above(fact.identity.path, target):
            yield above.identity
            yield Identity("table", above.identity.path[:-1])

    def rename(self, change: Change, context: Context) -> Statements:
        return renamed(change, context)

    def effect(self, change: Change, dependent: Fact, context: Context) -> Effect:
        return effect_on(change, dependent, context)

    def adapted(self, fact: Fact, old: Identity, aside: Identity) -> Fact:
        collation = fact.payload["collation"]
        values = {
            "type": with_name(fact.payload["type"], old, aside),
            "collation": collation and with_name(collation, old, aside),
        }
        return fact.has(values).replaced(depends_on=moved(fact.depends_on, old, aside))

    def alters_after(self, change: Change, target: Snapshot) -> Iterator[Identity]:
        # As long as the parent's is there, PostgreSQL 18 takes NOT NULL from no child.
        if "not_null" in change.differing and not change.fact.payload["not_null"]:
            yield from (above.identity for above in columns_above(change.identity.path, target))
            # Nor from a column by whose index rows are replicated.
            table = Identity("table", change.identity.path[:-1])
            for kind in sorted(HAVE_INDEXES):
                for each in target.children(table, kind):
                    if each.payload["replica_identity"]:
                        yield each.identity

    def alters_with(self, change: Change, target: Snapshot) -> Iterator[Identity]:
        if not {"type", "collation", "generated"}.isdisjoint(change.differing):
            yield from (above.identity for above in columns_above(change.identity.path, target))
            yield from types_of_table(change.fact, target)

    def offers(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        table = fact.identity.path[:-1]
        return frozenset({("shared", *table), ("apart", *table)})

    def picks(self, fact: Fact, target: Snapshot) -> frozenset[tuple[str, ...]]:
        del target
        # Tables that are partitions no more are not in its reach, nor is what they had in the way.
        table = fact.identity.path[:-1]
        return frozenset({("given by the parent", *table), ("partitions", *table)})

    def names(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        # NOT NULL is a constraint with a name among those of the table (PostgreSQL 18).
        *table, _ = fact.identity.path
        forbids = fact.payload.get("not_null")
        named = [("constraint", *table, not_null_name.called(fact))] if forbids else []
        return super().names(fact).union(named)

    def renamed_within(self, change: Change) -> str | None:
        return not_null_name.given(change)

    def with_part_called(self, fact: Fact, name: str) -> Fact:
        return fact.has({"not_null_name": name})

    def is_derived(self, fact: Fact) -> bool:
        return fact.payload["generated"] is not None


def _made_own(fact: Fact, default: str | None, context: Context) -> Iterator[Statement]:
    """A column that its table merely inherits becomes the table's own, and inherited as well.

    Leaving the parent makes it so; ADD COLUMN refuses a column that is there.
    """
    reason = f"Column {column_name(fact)} is declared by its own table in the target."
    yield from (alter_table_of(fact, action, reason) for action in leaving.made_own(fact, context))
    column = identifier(fact.identity.name)
    if fact.payload["not_null"]:
        yield alter_table_of(fact, f"ALTER COLUMN {column} SET NOT NULL", reason, scans=True)
    if default is not None:
        yield alter_table_of(
            fact, f"ALTER COLUMN {column} SET DEFAULT {reprintable(default)}", reason
        )
    above = columns_of_parents(fact.parent, context.target) if fact.parent else {}
    if inherited := above.get(fact.identity.name):
        yield from set_to(fact, between(inherited.payload, fact.payload), reason)


KIND = ColumnKind()
