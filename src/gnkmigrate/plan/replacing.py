"""What is replaced: the names of the old thing and of the new one, and in which turn."""

from collections.abc import Container, Iterator, Mapping

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.kinds import kind_of
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.free_names import names_taken
from gnkmigrate.kinds.user_type import REPLACED
from gnkmigrate.plan.action import Action
from gnkmigrate.postgres.quoting import beside
from gnkmigrate.postgres.routine import retyped


def in_turn(change: Change, moved: Fact, renamed: Container[Identity]) -> Iterator[Action]:
    """The old thing is renamed, the new one made, and then the old one dropped.

    What gets its name by being `renamed` is there already.
    """
    yield Action("rename", change.before, moved)
    if change.identity not in renamed:
        # A value gets its new type by what it is called then: a label, by its new name.
        yield Action("create", None, change.after, waits_for=(moved.identity,))
    yield Action("drop", moved, None, waits_for=(moved.identity, change.identity))


def left_of(after: Fact, between: Fact | None) -> Fact | None:
    """What is left of a thing between its two alterations, which come after all renames."""
    return between and after.replaced(payload=between.payload, depends_on=between.depends_on)


def goes_with(fact: Fact, replaced: Container[Identity], removed: Mapping[Identity, Fact]) -> bool:
    """Whether it goes with something that is replaced, or with a part of that."""
    owners = kind_of(fact.kind).dies_with(fact)
    return any(
        each in replaced or (each in removed and goes_with(removed[each], replaced, removed))
        for each in owners
    )


def name_in_target(fact: Fact, context: Context, renamed: Mapping[Identity, Fact]) -> Identity:
    """The identity once the things above have their new names, in `renamed` by their old ones.

    A function is called by the types of its arguments as well.
    """
    placed = _placed(fact, context, renamed)
    if kind_of(fact.kind).is_satellite or not placed.name.endswith(")"):
        return placed
    name = retyped(placed.name, _types(fact, context, renamed))
    return Identity(placed.kind, (*placed.path[:-1], name))


def _types(
    fact: Fact, context: Context, renamed: Mapping[Identity, Fact]
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The types that it uses and that have another name in the target, before and after."""
    for each in sorted(fact.depends_on):
        if before := context.source.facts.get(each):
            new = _new_name(before, context, renamed)
            yield each.path, new.path
            if after := context.target.facts.get(new):
                yield from kind_of(each.kind).moved_members(before, after)


def _new_name(fact: Fact, context: Context, renamed: Mapping[Identity, Fact]) -> Identity:
    called = renamed.get(fact.identity)
    return called.identity if called else name_in_target(fact, context, renamed)


def _placed(fact: Fact, context: Context, renamed: Mapping[Identity, Fact]) -> Identity:
    """Under the new name of what its own begins with; an index's does with its table's schema."""
    is_satellite = kind_of(fact.kind).is_satellite
    above = context.source.facts.get(fact.parent) if fact.parent else None
    while above is not None:
        head = (above.kind, *above.identity.path) if is_satellite else above.identity.path
        if fact.identity.path[: len(head)] == head:
            new = _new_name(above, context, renamed)
            prefix = (new.kind,) if is_satellite else ()
            return Identity(fact.kind, (*prefix, *new.path, *fact.identity.path[len(head) :]))
        above = context.source.facts.get(above.parent) if above.parent else None
    return fact.identity


def set_aside(before: Fact, context: Context, renamed: Mapping[Identity, Fact]) -> Fact:
    """The old fact under the name that it has until it goes, which nothing has on either side."""
    schema, *path, name = before.identity.path
    place = renamed.get(Identity("schema", (schema,)))
    path = [schema if place is None else place.identity.name, *path]
    names = kind_of(before.kind).names_aside(before, REPLACED)
    taken = [side.once(names_taken) for side in context.sides]
    suffix = REPLACED
    while any(each in side for each in names for side in taken):
        suffix += "_"
        names = kind_of(before.kind).names_aside(before, suffix)
    return before.replaced(identity=Identity(before.kind, (*path, beside(name, suffix))))
