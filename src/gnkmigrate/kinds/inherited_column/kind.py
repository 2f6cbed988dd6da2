"""What a partition or a child table has of its own on columns that it inherits."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import not_null_below, not_null_name
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.column.definition import set_to
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
from gnkmigrate.kinds.inheritance import all_above, columns_above
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.not_null_family import by_now
from gnkmigrate.kinds.own_expressions import expression_set
from gnkmigrate.kinds.statement import Statement, Statements


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
        joined = context.is_joined(fact.identity.path)
        return (
            *(() if joined else _forbidding(None, fact, reason, context)),
            *set_to(fact, actions, reason),
            *below,
            *_computed(fact, context),
        )

    def drop(self, fact: Fact, context: Context) -> Statements:
        path = context.column_left(fact.identity.path, fact.parent)
        if not path or not any(columns_above(path, context.target)):
            return ()  # the column goes with the parent's
        actions = list(between(fact.payload, {**fact.payload, **_as_above(fact, path, context)}))
        if fact.payload["without_default"]:
            actions += _default_above(path, context)
        reason = f"{self.words(fact)} is as its parent's in the target."
        below = _handed_on(fact, reason, context) if fact.payload["compression"] else ()
        computed = _computed(fact, context, path) if fact.payload["generated"] else ()
        return (
            *_forbidding(fact, None, reason, context, path),
            *set_to(fact, actions, reason),
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
            actions += ["DROP DEFAULT"] if gone else _default_above(fact.identity.path, context)
        reason = f"{self.words(fact)} differs in: {', '.join(sorted(differing))}."
        alone = () if fact.payload["generated"] else fact.identity.path
        computed = _computed(fact, context, alone) if "generated" in differing else ()
        below = _handed_on(fact, reason, context) if "compression" in differing else ()
        forbidding = _forbidding(change.before, fact, reason, context)
        return (*forbidding, *set_to(fact, actions, reason), *below, *computed)


def _forbidding(
    before: Fact | None,
    after: Fact | None,
    reason: str,
    context: Context,
    path: tuple[str, ...] = (),
) -> Iterator[Statement]:
    """Has the column NOT NULL by itself, or no more, or by another name.

    Args:
        before: what it has of its own; None where that is nothing.
        after: the same of the target.
        reason: why.
        context: both sides.
        path: the column in the target, where that is called otherwise.
    """
    fact = after or before
    if fact is None:
        return
    was = _forbidden_as(before)
    if was is not None and before is not None and after is not None:
        was = not_null_name.once_renamed(before, after)
    wanted, path = _forbidden_as(after), path or fact.identity.path
    if was is not None and wanted is None:
        # Where the parent forbids nulls from now on, it takes over what is there.
        column = _above(path, context.target)
        if column is not None and column.payload["not_null"]:
            if not_null_below.is_given_up(path, context):
                return  # with the parent's column
            by_itself = not_null_below.own(path, context.target)
            wanted = by_itself or not_null_name.called(as_set(column, context.target))
    if before is None:
        was = _kept(fact, context)  # the parent's is gone by then
    yield from not_null_below.own_of_inherited(fact, was, wanted, reason)


def _kept(fact: Fact, context: Context) -> str | None:
    """What the NOT NULL is called that a child keeps when its parent's goes, or is NO INHERIT."""
    table = context.before_rename(Identity("table", fact.identity.path[:-1]))
    column = (*table.path, context.column_before(fact.identity.path))
    if not_null_below.own(column, context.source) is not None:
        return by_now(column, fact.identity.name, context)[1]
    for above in columns_above(fact.identity.path, context.target):
        if above.payload.get("not_null_no_inherit"):  # it has been called as that is
            return by_now(context.before_rename(above.identity).path, above.identity.name, context)[
                1
            ]
    return None


def _forbidden_as(fact: Fact | None) -> str | None:
    """What the NOT NULL is called that a column has by itself; None where it has none."""
    return not_null_name.called(fact) if fact is not None and fact.payload["not_null"] else None


def _above(path: Sequence[str], snapshot: Snapshot) -> Fact | None:
    """A column as its table has it of those above."""
    return columns_of_parents(Identity("table", tuple(path[:-1])), snapshot).get(path[-1])


def _as_above(fact: Fact, path: Sequence[str], context: Context) -> Mapping[str, Any]:
    """What of its settings a column has of its parent's, and that it has no others."""
    column = _above(path, context.target)
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
        yield from set_to(child, [f"SET COMPRESSION {compression or 'default'}"], reason)


def _default_above(path: Sequence[str], context: Context) -> list[str]:
    """The action that gives the column its parent's default again."""
    if context.target.get("default", *path) is not None:
        return []  # it has one of its own
    default = default_of_parents(path, context.target)
    return [f"SET DEFAULT {reprintable(default.payload['expression'])}"] if default else []


def _computed(fact: Fact, context: Context, as_above: Sequence[str] = ()) -> Iterator[Statement]:
    """Has the column computed by its own expression, or again by its parent's.

    Args:
        fact: what it has of its own.
        context: both sides.
        as_above: its path in the target, where it is to be as its parent's; () where it is not.
    """
    above = list(columns_above(as_above or fact.identity.path, context.target))
    given = above if as_above else [fact, *above]
    expression = next(
        (each.payload["generated"] for each in given if each.payload["generated"]), None
    )
    stored = any(each.payload.get("generation") == "stored" for each in above)
    if expression and (fact.payload["generated"] or as_above):
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


KIND = InheritedColumnKind()
