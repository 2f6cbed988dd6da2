"""Which action comes first because of a name: none is taken, or picked, before it is free."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import product

from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kind_of
from gnkmigrate.plan.action import Action
from gnkmigrate.plan.interim_names import left_by, passes_names, placed
from gnkmigrate.plan.need_edges import ByIdentity, Edges, is_late, may_come_first, named_in
from gnkmigrate.plan.picking import picked

Name = tuple[str, ...]
Places = Mapping[tuple[str, ...], tuple[str, ...]]


def by_old_name(actions: Iterable[Action], changers: ByIdentity, source: Snapshot) -> Edges:
    """What is dropped is called by its old name, with all that this begins with, or by its new."""
    for action in actions:
        if action.verb == "drop" and action.before is not None and not action.waits_for:
            owners = kind_of(action.before.kind).dies_with(action.before)
            named = (action.before, *(source.facts[each] for each in owners if each in source))
            for above in {above for each in named for above in named_in(each, source)}:
                for changer in changers.get(above, ()):
                    if is_late(action, changer):
                        yield changer, action
                    elif not may_come_first(changer, action):
                        yield action, changer


def by_new_name(actions: Iterable[Action], changers: ByIdentity, source: Snapshot) -> Edges:
    """What an alteration takes a thing out of is called by its new name."""
    for action in actions:
        if action.verb == "alter":
            for left in kind_of(action.fact.kind).leaves(action.change, source):
                found = source.facts.get(left)
                for above in (left, *named_in(found, source)) if found else ():
                    for changer in changers.get(above, ()):
                        if changer.verb == "rename":
                            yield changer, action


def names(actions: Sequence[Action], target: Snapshot) -> Edges:
    """A name is free before it is taken; and what is gone can no longer be picked by mistake."""
    freed: defaultdict[tuple[str, ...], list[Action]] = defaultdict(list)
    places = _new_places(actions)
    for action in actions:
        for name in _freed(action, places):
            freed[name].append(action)
    for action in actions:
        if action.after is None:
            continue
        known = kind_of(action.after.kind)
        takes = action.verb in {"create", "rename"} or known.named_within
        taken = known.names(action.after) if takes else _newly(action.after, action.before)
        chosen = picked(action.after, target) if action.verb != "rename" else frozenset()
        for name in taken | chosen:
            for freer in freed.get(name, ()):
                yield freer, action


def names_below(actions: Sequence[Action], source: Snapshot, target: Snapshot) -> Edges:
    """The same of a name that a table has of one above it on one side, and itself on the other.

    What tables below have of that name themselves, and change, is as it shall be before it comes
    from above, and is changed once it comes from there no more.
    """
    places = _new_places(actions)
    given: defaultdict[Name, list[Action]] = defaultdict(list)
    withdrawn: defaultdict[Name, list[Action]] = defaultdict(list)
    for action in actions:
        if action.verb == "finish":
            continue
        before = _placed(_reached(action.before, source), places)
        after = _reached(action.after, target)
        for name in after - before:
            given[name].append(action)
        for name in before - after:
            withdrawn[name].append(action)
    for name in given.keys() & withdrawn.keys():
        yield from product(withdrawn[name], given[name])
    for action in actions if given or withdrawn else ():
        for name in _placed(_called(action.before), places) & given.keys():
            yield from ((action, giver) for giver in given[name])
        for name in _called(action.after) & withdrawn.keys():
            yield from ((withdrawer, action) for withdrawer in withdrawn[name])


def _reached(fact: Fact | None, snapshot: Snapshot) -> frozenset[Name]:
    return frozenset() if fact is None else kind_of(fact.kind).reaches(fact, snapshot)


def _called(fact: Fact | None) -> frozenset[Name]:
    return frozenset() if fact is None else kind_of(fact.kind).names(fact)


def _new_places(actions: Iterable[Action]) -> Places:
    """By their old paths, the new ones of the relations and schemas that are renamed."""
    return {
        action.before.identity.path: action.after.identity.path
        for action in actions
        if action.verb == "rename" and action.before and action.after
        if kind_of(action.fact.kind).is_relation or action.fact.kind == "schema"
    }


def _placed(names: frozenset[Name], places: Places) -> frozenset[Name]:
    """Names in tables, where those have their new ones already."""
    return frozenset(_in_new_place(name, places) for name in names) if places else names


def _in_new_place(name: Name, places: Places) -> Name:
    space, *path, own = name
    if not path:
        return name
    schema, *rest = path
    table = places.get(tuple(path)) or (*places.get((schema,), (schema,)), *rest)
    return (space, *table, own)


def _newly(fact: Fact, other: Fact | None) -> frozenset[tuple[str, ...]]:
    """The names that a thing has by what is said of it, and has not as it is on the other side."""
    if other is None:
        return frozenset()
    same = other.replaced(identity=fact.identity)
    newly = kind_of(fact.kind).names(fact) - kind_of(fact.kind).names(same)
    # Other names that a thing has by what is said of it change hands by edges of their own.
    return frozenset({name for name in newly if name[0] == "constraint"})


def _left_by_alter(before: Fact, after: Fact) -> frozenset[tuple[str, ...]]:
    """What a thing that has its new place and name by then has no more, unless it kept that."""
    lost = kind_of(before.kind).names(placed(before, after)) - kind_of(after.kind).names(after)
    if not any(name[0] == "constraint" for name in lost):
        return frozenset()
    return _newly(before.replaced(identity=after.identity), after)


def _freed(action: Action, places: Places) -> frozenset[tuple[str, ...]]:
    """What nobody has, or finds, any more after an action."""
    if passes_names(action):
        return left_by(action)
    if action.verb == "alter" and action.before and action.after:
        return _left_by_alter(action.before, action.after)
    if action.verb != "drop" or action.before is None:
        return frozenset()
    known = kind_of(action.before.kind)
    names = frozenset() if action.waits_for else known.names(action.placed or action.before)
    # What is picked is picked by its new name.
    offers = known.offers(action.before)
    of_tables = {(what, *places[path]) for what, *rest in offers if (path := tuple(rest)) in places}
    return names | offers | of_tables
