"""Names that go round in circles: one of each circle is given by way of a third name."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kind_of
from gnkmigrate.kinds.free_names import names_taken, stand_in
from gnkmigrate.plan.action import Action
from gnkmigrate.postgres.routine import parted

Name = tuple[str, ...]


def by_way_of_third(
    actions: Sequence[Action], source: Snapshot, target: Snapshot
) -> tuple[Action, ...]:
    """The same with one rename of each circle of names in two steps.

    Two tables that are swapped are one circle, the keys of theirs another.
    """
    renames = sorted(
        (action for action in actions if passes_names(action) or _part_name(action)),
        key=lambda action: action.fact.identity,
    )
    circling = tuple(_one_of_each(renames))
    if not circling:
        return tuple(actions)
    names = {*source.once(names_taken), *target.once(names_taken)}
    found: dict[Action, tuple[Action, Action]] = {}
    for action in circling:
        # A function's name has its arguments behind it.
        part = _part_name(action)
        name = stand_in(part or parted(action.fact.identity.name)[0], names)
        names.add(name)
        found[action] = _halves_of_part(action, name) if part else _halves(action, name)
    return tuple(half for action in actions for half in found.get(action, (action,)))


def names_in_between(actions: Sequence[Action]) -> Mapping[Identity, Identity]:
    """What things are called for a while, and were called before."""
    awaited = {identity for action in actions for identity in action.waits_for}
    found: dict[Identity, Identity] = {}
    for action in actions:
        if action.verb == "rename" and action.before and action.after:
            before, there = action.before.identity, placed(action.before, action.after).identity
            if there != before:
                found[there] = before
            if action.after.identity in awaited:
                found[action.after.identity] = before
    return found


def passes_names(action: Action) -> bool:
    """Whether it gives a thing another name; one that stood in for a while is nobody else's."""
    within = action.verb == "alter" and kind_of(action.fact.kind).named_within
    return (action.verb == "rename" or within) and not action.waits_for


def _part_name(action: Action) -> str | None:
    """The new name of a part, such as NOT NULL of a column, that an alteration gives another."""
    return kind_of(action.fact.kind).renamed_within(action.change) if _alters(action) else None


def _alters(action: Action) -> bool:
    return action.verb == "alter" and not action.waits_for


def left_by(action: Action) -> frozenset[Name]:
    """The names that somebody else may have then: what it lives in has its own new name by then."""
    before, after = action.before, action.after
    if before is None or after is None:
        return frozenset()
    known = kind_of(before.kind)
    return known.names(placed(before, after)) - known.names(after)


def placed(before: Fact, after: Fact) -> Fact:
    """A thing that is about to get its new name, where what it lives in has its own already."""
    path = (*after.identity.path[:-1], before.identity.name)
    return before.replaced(identity=Identity(before.kind, path))


def _one_of_each(renames: Sequence[Action]) -> Iterator[Action]:
    """One rename of each circle; without these, names are free before they are taken."""
    waiting = _waiting(renames)
    left = set(renames)
    while left:
        ready = {action for action in left if left.isdisjoint(waiting[action])}
        if not ready:
            ready = {
                next(each for each in renames if each in left and _circles(each, waiting, left))
            }
            yield from ready
        left -= ready


def _waiting(renames: Iterable[Action]) -> Mapping[Action, frozenset[Action]]:
    """By rename, those that free a name that it takes."""
    freers: defaultdict[Name, set[Action]] = defaultdict(set)
    for action in renames:
        for name in left_by(action):
            freers[name].add(action)
    return {
        action: frozenset().union(*(freers[name] for name in _taken(action))) - {action}
        for action in renames
    }


def _taken(action: Action) -> frozenset[Name]:
    return frozenset() if action.after is None else kind_of(action.after.kind).names(action.after)


def _circles(
    action: Action, waiting: Mapping[Action, frozenset[Action]], left: set[Action]
) -> bool:
    """Whether it waits for itself, however indirectly."""
    seen: set[Action] = set()
    found = [*waiting[action] & left]
    while found:
        each = found.pop()
        if each is action:
            return True
        if each not in seen:
            seen.add(each)
            found += waiting[each] & left
    return False


def _halves(action: Action, name: str) -> tuple[Action, Action]:
    before, after = action.before or action.fact, action.fact
    known = kind_of(after.kind)
    halfway = known.called(after, name)
    first = replace(action, verb="rename", after=halfway)
    moved = halfway.replaced(payload=before.payload)
    if action.verb == "alter":
        moved = known.called(before, name)
    return first, replace(action, before=moved, waits_for=(halfway.identity,))


def _halves_of_part(action: Action, name: str) -> tuple[Action, Action]:
    """All of an alteration, but for the name of a part, which it gets once that is free."""
    after = action.fact
    halfway = kind_of(after.kind).with_part_called(after, name)
    moved = halfway.replaced(identity=(action.before or after).identity)
    return replace(action, after=halfway), Action("finish", moved, after, action.cause)
