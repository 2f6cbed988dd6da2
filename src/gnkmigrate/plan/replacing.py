"""What is replaced: the names of the old thing and of the new one, and in which turn."""

from collections.abc import Container, Mapping

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kind_of
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.plan.action import Action
from gnkmigrate.postgres.quoting import beside
from gnkmigrate.postgres.routine import retyped


def in_turn(change: Change, moved: Fact) -> tuple[Action, ...]:
    """The old thing is renamed, the new one made, and then the old one dropped."""
    return (
        Action("rename", change.before, moved),
        Action("create", None, change.after),
        Action("drop", moved, None, waits_for=(moved.identity, change.identity)),
    )


def goes_with(fact: Fact, replaced: Container[Identity], removed: Mapping[Identity, Fact]) -> bool:
    """Whether it goes with something that is replaced, or with a part of that."""
    owners = kind_of(fact.kind).dies_with(fact)
    return any(
        each in replaced or (each in removed and goes_with(removed[each], replaced, removed))
        for each in owners
    )


def name_in_target(fact: Fact, source: Snapshot, renamed: Mapping[Identity, Fact]) -> Identity:
    """The identity once the things above have their new names, in `renamed` by their old ones.

    A function is called by the types of its arguments as well.
    """
    placed = _placed(fact, source, renamed)
    if kind_of(fact.kind).is_satellite or not placed.name.endswith(")"):
        return placed
    types = (
        (each.path, _new_name(source.facts[each], source, renamed).path)
        for each in sorted(fact.depends_on)
        if each in source and kind_of(each.kind).catalog == "pg_type"
    )
    name = retyped(placed.name, ((old, new) for old, new in types if old != new))
    return Identity(placed.kind, (*placed.path[:-1], name))


def _new_name(fact: Fact, source: Snapshot, renamed: Mapping[Identity, Fact]) -> Identity:
    called = renamed.get(fact.identity)
    return called.identity if called else name_in_target(fact, source, renamed)


def _placed(fact: Fact, source: Snapshot, renamed: Mapping[Identity, Fact]) -> Identity:
    above = source.facts.get(fact.parent) if fact.parent else None
    if above is None:
        return fact.identity
    new = _new_name(above, source, renamed)
    head = (
        (above.kind, *above.identity.path)
        if kind_of(fact.kind).is_satellite
        else above.identity.path
    )
    rest = fact.identity.path[len(head) :]
    if new == above.identity or fact.identity.path[: len(head)] != head:
        return fact.identity
    prefix = (new.kind,) if kind_of(fact.kind).is_satellite else ()
    return Identity(fact.kind, (*prefix, *new.path, *rest))


def set_aside(before: Fact, context: Context, renamed: Mapping[Identity, Fact]) -> Fact:
    """The old fact under the name that it has until it goes."""
    schema, *path, name = before.identity.path
    place = renamed.get(Identity("schema", (schema,)))
    path = [schema if place is None else place.identity.name, *path]
    suffix = "_replaced"
    while True:
        identity = Identity(before.kind, (*path, beside(name, suffix)))
        if identity not in context.source and identity not in context.target:
            return before.replaced(identity=identity)
        suffix += "_"
