"""Which action comes before which, told by the facts alone."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kind_of
from gnkmigrate.plan.action import Action, dependencies, holders
from gnkmigrate.plan.picking import picked
from gnkmigrate.plan.standing_in import left_by, passes_names


@dataclass(frozen=True)
class Graph:
    """Actions and their order.

    Attributes:
        followers: for every action those that come after it.
        before: the same edges the other way round.
        makers: by identity, the actions that leave a thing as it shall be.
        droppers: by identity, the action that drops a thing.
    """

    followers: Mapping[Action, frozenset[Action]]
    before: Mapping[Action, frozenset[Action]]
    makers: Mapping[Identity, Sequence[Action]]
    droppers: Mapping[Identity, Sequence[Action]]


def graph_of(actions: Iterable[Action], source: Snapshot, target: Snapshot) -> Graph:
    """The graph of `actions`, which lead from `source` to `target`."""
    actions = tuple(actions)
    makers, droppers = _makers(actions), _droppers(actions)
    changers = _changers(actions)
    followers: defaultdict[Action, set[Action]] = defaultdict(set)
    before: defaultdict[Action, set[Action]] = defaultdict(set)
    for first, second in (
        *_made_first(actions, makers, target),
        *_made_last(actions, makers, source, target),
        *_used_last(actions, changers, droppers, source),
        *_gone_first(actions, droppers, source, target),
        *_by_old_name(actions, changers, source),
        *_out_of_the_way(actions, changers, makers, target),
        *_names(actions),
        *_names_below(actions, source, target),
    ):
        if first != second:
            followers[first].add(second)
            before[second].add(first)
    return Graph(
        {action: frozenset(followers[action]) for action in actions},
        {action: frozenset(before[action]) for action in actions},
        makers,
        droppers,
    )


Name = tuple[str, ...]
Edges = Iterator[tuple[Action, Action]]
ByIdentity = Mapping[Identity, Sequence[Action]]


def _made_first(actions: Iterable[Action], makers: ByIdentity, target: Snapshot) -> Edges:
    """What an action needs is there as it shall be, and has its new name."""
    finishers = {
        action.after.identity: (action, needed_by(action.after, target))
        for action in actions
        if action.verb == "finish" and action.after and kind_of(action.after.kind).made_whole
    }
    for action in actions:
        for identity in _needed(action, target):
            for maker in makers.get(identity, ()):
                if not _is_needed_back(maker, action):
                    yield maker, action
            for renamer in _renamers_above(identity, makers, target):
                yield renamer, action
            if identity in finishers and action.verb != "finish":
                finisher, before = finishers[identity]
                if action.fact.identity not in before:
                    yield finisher, action


def _made_last(
    actions: Iterable[Action], makers: ByIdentity, source: Snapshot, target: Snapshot
) -> Edges:
    """What says so itself is made before others."""
    for action in actions:
        if action.after is not None and action.verb == "create":
            for identity in kind_of(action.after.kind).precedes(action.after, source, target):
                for maker in makers.get(identity, ()):
                    yield action, maker
        elif action.verb == "alter":
            known = kind_of(action.fact.kind)
            for identity in known.alters_before(action.change, source, target):
                yield from ((action, maker) for maker in makers.get(identity, ()))


def _needed(action: Action, target: Snapshot) -> set[Identity]:
    needed = set(action.waits_for)
    if action.after is None:
        return needed
    if action.verb == "rename":
        return needed.union(_named_in_front(action.after, target))
    known = kind_of(action.after.kind)
    needed |= dependencies(action.after)
    if action.verb in {"alter", "finish"}:
        needed.add(action.after.identity)
        needed.update(known.alters_after(action.change, target))
    if action.verb == "alter":
        needed.update(known.alters_with(action.change, target))
    if action.verb in {"create", "finish"} or known.is_satellite:
        needed.update(known.waits_for(action.after, target))
    return needed


def _named_in_front(fact: Fact, target: Snapshot) -> Iterator[Identity]:
    """What a name begins with: an index goes by its schema's name, a column by its table's too."""
    if len(fact.identity.path) > 1:
        yield Identity("schema", fact.identity.path[:1])  # not its table's, for statistics
    above = fact.parent
    while above is not None:
        if fact.identity.path[: len(above.path)] == above.path:
            yield above
        parent = target.facts.get(above)
        above = None if parent is None else parent.parent


def _renamers_above(identity: Identity, makers: ByIdentity, target: Snapshot) -> Iterator[Action]:
    """What gives a new name to what a thing lives in: only then is it called so itself."""
    fact = target.facts.get(identity)
    while fact is not None and fact.parent is not None:
        yield from (maker for maker in makers.get(fact.parent, ()) if maker.verb == "rename")
        fact = target.facts.get(fact.parent)


def _is_needed_back(changer: Action, action: Action) -> bool:
    """Whether `changer` alters what uses `action`'s own: a type and its functions."""
    facts = (changer.before, changer.after)
    return changer.verb == "alter" and any(
        fact is not None and action.fact.identity in fact.depends_on for fact in facts
    )


def needed_by(fact: Fact, target: Snapshot) -> frozenset[Identity]:
    """All that must be there before `fact`, however indirectly."""
    found: set[Identity] = set()
    waiting = [fact]
    while waiting:
        new = dependencies(waiting.pop()) - found - {fact.identity}
        found |= new
        waiting += [target.facts[each] for each in new if each in target]
    return frozenset(found)


def _used_last(
    actions: Iterable[Action], changers: ByIdentity, droppers: ByIdentity, source: Snapshot
) -> Edges:
    """Nothing is dropped while it is used; and what goes anyway goes before others change.

    What makes way goes as well, as far as it does without a thing for now.
    """
    between = {action.before for action in actions if action.verb == "finish"}
    for action in actions:
        if action.before is None or action.verb == "rename":
            continue
        needed = holders(action.before)
        if action.verb == "drop":
            needed |= frozenset(kind_of(action.before.kind).goes_before(action.before, source))
            yield from ((action, later) for later in _parted_last(action.before, droppers, source))
        for identity in needed:
            for dropper in droppers.get(identity, ()):
                yield action, dropper
            # What was set aside for its successor goes last: it is not in the way.
            goes = action.verb == "drop" or (
                action.after is not None
                and action.after in between
                and identity not in holders(action.after)
            )
            if goes and not action.waits_for:
                for changer in changers.get(identity, ()):
                    if not _is_needed_back(changer, action) and not _is_late(action, changer):
                        yield action, changer


def _is_late(dropper: Action, changer: Action) -> bool:
    """Whether `dropper` calls what it drops by the name that `changer` gives."""
    return dropper.placed is not None and changer.verb == "rename"


def _parted_last(fact: Fact, droppers: ByIdentity, source: Snapshot) -> Iterator[Action]:
    """What is dropped once `fact` has gone by a command of its own."""
    known = kind_of(fact.kind)
    if known.leaves_first(fact, droppers.keys()):
        for identity in known.leaves_before(fact, source):
            yield from droppers.get(identity, ())


def _gone_first(
    actions: Iterable[Action], droppers: ByIdentity, source: Snapshot, target: Snapshot
) -> Edges:
    """What would be undone by something that goes is set once that has gone."""
    for action in actions:
        if action.verb in {"create", "alter"}:
            for identity in kind_of(action.fact.kind).set_after(action.fact, source, target):
                yield from ((dropper, action) for dropper in droppers.get(identity, ()))


def _by_old_name(actions: Iterable[Action], changers: ByIdentity, source: Snapshot) -> Edges:
    """What is dropped is called by its old name, with all that this begins with, or by its new."""
    for action in actions:
        if action.verb == "drop" and action.before is not None and not action.waits_for:
            owners = kind_of(action.before.kind).dies_with(action.before)
            named = (action.before, *(source.facts[each] for each in owners if each in source))
            for above in {above for each in named for above in _named_in_front(each, source)}:
                for changer in changers.get(above, ()):
                    late = _is_late(action, changer)
                    yield (changer, action) if late else (action, changer)


def _out_of_the_way(
    actions: Iterable[Action], changers: ByIdentity, makers: ByIdentity, target: Snapshot
) -> Edges:
    """What goes before a change goes before the one whose command brings that about."""
    carriers = {
        changer: tuple(
            maker
            for identity in kind_of(changer.change.kind).alters_with(changer.change, target)
            for maker in makers.get(identity, ())
        )
        for each in changers.values()
        for changer in each
        if changer.verb == "alter"
    }
    for action in actions:
        if action.verb != "drop" or action.before is None or action.waits_for:
            continue
        for identity in holders(action.before):
            for changer in changers.get(identity, ()):
                yield from ((action, carrier) for carrier in carriers.get(changer, ()))


def _names(actions: Sequence[Action]) -> Edges:
    """A name is free before it is taken; and what is gone can no longer be picked by mistake."""
    freed: defaultdict[tuple[str, ...], list[Action]] = defaultdict(list)
    for action in actions:
        for name in _freed(action):
            freed[name].append(action)
    for action in actions:
        if action.after is None:
            continue
        known = kind_of(action.after.kind)
        takes = action.verb in {"create", "rename"} or known.named_within
        taken = known.names(action.after) if takes else frozenset()
        chosen = picked(action.after) if action.verb != "rename" else frozenset()
        for name in taken | chosen:
            for freer in freed.get(name, ()):
                yield freer, action


def _names_below(actions: Sequence[Action], source: Snapshot, target: Snapshot) -> Edges:
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


Places = Mapping[tuple[str, ...], tuple[str, ...]]


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


def _freed(action: Action) -> frozenset[tuple[str, ...]]:
    """What nobody has, or finds, any more after an action."""
    if passes_names(action):
        return left_by(action)
    if action.verb != "drop" or action.before is None:
        return frozenset()
    known = kind_of(action.before.kind)
    names = frozenset() if action.waits_for else known.names(action.placed or action.before)
    return names | known.offers(action.before)


def _makers(actions: Iterable[Action]) -> ByIdentity:
    found: defaultdict[Identity, list[Action]] = defaultdict(list)
    for action in actions:
        if action.after is not None and action.verb != "finish":
            found[action.after.identity].append(action)
    return found


def _changers(actions: Iterable[Action]) -> ByIdentity:
    found: defaultdict[Identity, list[Action]] = defaultdict(list)
    for action in actions:
        if action.before is not None and action.verb in {"alter", "rename"}:
            found[action.before.identity].append(action)
    return found


def _droppers(actions: Iterable[Action]) -> ByIdentity:
    found: defaultdict[Identity, list[Action]] = defaultdict(list)
    for action in actions:
        if action.before is not None and action.verb == "drop":
            found[action.before.identity].append(action)
    return found
