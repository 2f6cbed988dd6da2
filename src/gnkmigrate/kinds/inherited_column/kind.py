"""What a partition or a child table has of its own on columns that it inherits."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import locks, not_null_below, not_null_name
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.column_settings import SETTINGS, between, changed, given
from gnkmigrate.kinds.columns_of_parents import (
    as_set,
    columns_of_parents,
    compression_below,
    default_of_parents,
)
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import Effect, How
from gnkmigrate.kinds.expressions import reprintable
from gnkmigrate.kinds.inheritance import all_above, columns_above, is_joined
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.own_expressions import expression_set
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.quoting import identifier, qualified


class InheritedColumnKind(Kind):
    name = "inherited column"
    found_in = "pg_inherits"
    can_be_renamed = False
    catalog = "pg_class"
    parent_catalog = "pg_class"
    attributes = {
        "not_null": How.ALTERED,
        "not_null_name": How.ALTERED,
        "without_default": How.ALTERED,
        "generated": How.ALTERED,
        "usual_storage": How.COSMETIC,
        **dict.fromkeys(SETTINGS, How.ALTERED),
    }
    rank = 66
    is_aspect = True
    word = "COLUMN"

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts
        if _comes_with_table(fact, context):
            return ()
        actions = [*given(fact.payload)]
        if fact.payload["without_default"]:
            actions.append("DROP DEFAULT")
        reason = f"{self.words(fact)} has settings of its own in the target."
        below = _handed_on(fact, reason, context) if fact.payload["compression"] else ()
        # A table that is joined is given NOT NULL with all else that it is to have of its parent.
        joined = is_joined(fact.identity.path, context.source, context.target)
        return (
            *(() if joined else _forbidding(None, fact, reason, context)),
            *_alter(fact, actions, reason),
            *below,
            *_computed(fact, context),
        )

    def drop(self, fact: Fact, context: Context) -> Statements:
        if not any(columns_above(fact.identity.path, context.target)):
            return ()  # the column goes with the parent's
        actions = list(between(fact.payload, {**fact.payload, **_as_above(fact, context)}))
        if fact.payload["without_default"]:
            actions += _default_above(fact, context)
        reason = f"{self.words(fact)} is as its parent's in the target."
        below = _handed_on(fact, reason, context) if fact.payload["compression"] else ()
        computed = _computed(fact, context, own=False) if fact.payload["generated"] else ()
        return (
            *_forbidding(fact, None, reason, context),
            *_alter(fact, actions, reason),
            *below,
            *computed,
        )

    def effect_of_replacing(self, dependent: Fact) -> Effect:
        del dependent  # the column itself stays
        return Effect.NONE

    def waits_for(self, fact: Fact, target: Snapshot) -> Iterator[Identity]:
        for above in columns_above(fact.identity.path, target):
            yield above.identity
            yield Identity("default", above.identity.path)

    def alters_after(self, change: Change, target: Snapshot) -> Iterator[Identity]:
        # Setting a default above sets it here as well.
        *table, name = change.identity.path
        if "without_default" in change.differing:
            yield from (Identity("default", (*each, name)) for each in all_above(table, target))

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        fact = change.fact
        actions = list(changed(change))
        if "without_default" in differing:
            gone = fact.payload["without_default"]
            actions += ["DROP DEFAULT"] if gone else _default_above(fact, context)
        reason = f"{self.words(fact)} differs in: {', '.join(sorted(differing))}."
        own = bool(fact.payload["generated"])
        computed = _computed(fact, context, own=own) if "generated" in differing else ()
        below = _handed_on(fact, reason, context) if "compression" in differing else ()
        forbidding = _forbidding(change.before, fact, reason, context)
        return (*forbidding, *_alter(fact, actions, reason), *below, *computed)


def _forbidding(
    before: Fact | None, after: Fact | None, reason: str, context: Context
) -> Iterator[Statement]:
    """Has the column NOT NULL by itself, or no more, or by another name."""
    was, wanted = (
        not_null_name.called(each) if each is not None and each.payload["not_null"] else None
        for each in (before, after)
    )
    fact = after or before
    if fact is not None and was is not None and wanted is None:
        # Where the parent forbids nulls from now on, it takes over what is there.
        table = Identity("table", fact.identity.path[:-1])
        column = columns_of_parents(table, context.target).get(fact.identity.name)
        if column is not None and column.payload["not_null"]:
            by_itself = not_null_below.own(fact.identity.path, context.target)
            wanted = by_itself or not_null_name.called(as_set(column, context.target))
    if fact is not None and before is None:
        was = not_null_below.own(fact.identity.path, context.source)  # the parent's is gone by then
    if fact is not None:
        yield from not_null_below.own_of_inherited(fact, was, wanted, reason)


def _as_above(fact: Fact, context: Context) -> Mapping[str, Any]:
    """What of its settings a column has of its parent's, and that it has no others."""
    table = Identity("table", fact.identity.path[:-1])
    column = columns_of_parents(table, context.target).get(fact.identity.name)
    settings: dict[str, Any] = dict.fromkeys(SETTINGS)
    if column is not None:
        settings["usual_storage"] = column.payload["usual_storage"]
        for each in ("storage", "compression"):
            settings[each] = column.payload[each] if fact.payload[each] else None
    return settings


def _handed_on(fact: Fact, reason: str, context: Context) -> Iterator[Statement]:
    """Has the tables below compress it likewise."""
    *table, name = fact.identity.path
    for below, compression in compression_below(table, name, context):
        child = fact.replaced(identity=Identity(fact.kind, (*below, name)))
        yield from _alter(child, [f"SET COMPRESSION {compression or 'default'}"], reason)


def _default_above(fact: Fact, context: Context) -> list[str]:
    """The action that gives the column its parent's default again."""
    if context.target.get("default", *fact.identity.path) is not None:
        return []  # it has one of its own
    default = default_of_parents(fact.identity.path, context.target)
    return [f"SET DEFAULT {reprintable(default.payload['expression'])}"] if default else []


def _computed(fact: Fact, context: Context, *, own: bool = True) -> Iterator[Statement]:
    """Has the column computed by its own expression, or again by its parent's."""
    above = list(columns_above(fact.identity.path, context.target))
    given = [fact, *above] if own else above
    expression = next(
        (each.payload["generated"] for each in given if each.payload["generated"]), None
    )
    stored = any(each.payload.get("generation") == "stored" for each in above)
    if expression and (fact.payload["generated"] or not own):
        yield expression_set(fact, expression, stored, context)


def _comes_with_table(fact: Fact, context: Context) -> bool:
    """Whether the table is made with it: a new partition is."""
    table = context.find(fact.parent)
    return (
        table is not None
        and fact.parent is not None
        and context.is_new(fact.parent)
        and bool(table.payload.get("is_partition"))
    )


def _alter(fact: Fact, actions: Sequence[str], reason: str) -> Iterator[Statement]:
    table, column = qualified(*fact.identity.path[:-1]), identifier(fact.identity.name)
    for action in actions:
        yield Statement(
            f"ALTER TABLE {table} ALTER COLUMN {column} {action}",
            reason,
            lock=locks.of_setting(action),
            relation=table,
        )


KIND = InheritedColumnKind()
