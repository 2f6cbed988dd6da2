"""Which action comes first because one needs what the other makes, or uses what it drops."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kind_of
from gnkmigrate.kinds.showing import Shows
from gnkmigrate.plan.action import Action, dependencies, holders
from gnkmigrate.postgres.routine import types_in

Edges = Iterator[tuple[Action, Action]]
ByIdentity = Mapping[Identity, Sequence[Action]]


def made_first(actions: Iterable[Action], makers: ByIdentity, target: Snapshot) -> Edges:
    """What an action needs is there as it shall be, and has its new name."""
    finishers = {
        action.after.identity: (action, _before_whole(action.after, target))
        for action in actions
        if action.verb == "finish" and action.after and kind_of(action.after.kind).made_whole
    }
    for action in actions:
        for identity in _needed(action, target):
            for maker in makers.get(identity, ()):
                if not _is_needed_back(maker, action) and not _takes_first(action, maker):
                    yield maker, action
            for renamer in _renamers_above(identity, makers, target):
                yield renamer, action
            if identity in finishers and action.verb != "finish":
                finisher, before = finishers[identity]
                guards = action.fact.parent in before and kind_of(action.fact.kind).guards
                if action.fact.identity not in before and not guards:
                    yield finisher, action


def _before_whole(fact: Fact, target: Snapshot) -> frozenset[Identity]:
    """What does not wait until a thing is whole, since that is made of it, or by means of it."""
    return needed_by(fact, target).union(kind_of(fact.kind).runs(fact, target))


def renamed_first(actions: Iterable[Action], makers: ByIdentity, target: Snapshot) -> Edges:
    """What has its new name before others get theirs."""
    for action in actions:
        if action.verb == "rename":
            for identity in kind_of(action.fact.kind).renames_after(action.fact, target):
                for maker in makers.get(identity, ()):
                    if maker.verb == "rename":
                        yield maker, action


def made_last(
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
                found = (each for each in makers.get(identity, ()) if each.verb != "rename")
                yield from ((action, maker) for maker in found)


def _needed(action: Action, target: Snapshot) -> set[Identity]:
    needed = set(action.waits_for)
    if action.after is None:
        return needed
    if action.verb == "rename":
        return needed.union(named_in(action.after, target))
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


def named_in(fact: Fact, target: Snapshot) -> Iterator[Identity]:
    """What a name begins with, and the types in it.

    An index goes by its schema's name, a column by its table's too, a routine by its types'.
    """
    yield from _named_in_front(fact, target)
    if kind_of(fact.kind).named_by_types:
        types = types_in(fact.identity.name)
        yield from (Identity("schema", (schema,)) for schema, _ in types)
        yield from (each for each in fact.depends_on if each.path in types)


def _named_in_front(fact: Fact, target: Snapshot) -> Iterator[Identity]:
    if len(fact.identity.path) > 1:
        yield Identity("schema", fact.identity.path[:1])  # not its table's, for statistics
    above = fact.parent
    while above is not None:
        if fact.identity.path[: len(above.path)] == above.path:
            yield above
        parent = target.facts.get(above)
        above = None if parent is None else parent.parent


def _renamers_above(identity: Identity, makers: ByIdentity, target: Snapshot) -> Iterator[Action]:
    """What gives a new name to what a thing lives in, or is named by: only then is it called so."""
    fact = target.facts.get(identity)
    above = set() if fact is None else {*named_in(fact, target)}
    while fact is not None and fact.parent is not None:
        above.add(fact.parent)
        fact = target.facts.get(fact.parent)
    for each in above:
        yield from (maker for maker in makers.get(each, ()) if maker.verb == "rename")


def _is_needed_back(changer: Action, action: Action) -> bool:
    """Whether `changer` alters what uses `action`'s own: a type and its functions."""
    facts = (changer.before, changer.after)
    return changer.verb == "alter" and any(
        fact is not None and action.fact.identity in fact.depends_on for fact in facts
    )


def _takes_first(action: Action, changer: Action) -> bool:
    """Whether `action` takes away privileges on what `changer` makes tell more, or otherwise."""
    known, of_thing = kind_of(action.fact.kind), kind_of(changer.fact.kind)
    return (
        changer.verb == "alter"
        and known.guards
        and known.shows(action.before, action.after) is Shows.LESS
        and of_thing.shows(changer.before, changer.after) is not None
        and not of_thing.guards
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


def used_last(
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
            goes = action.verb == "drop" or action.after in between
            if goes and not action.waits_for:
                kept = holders(action.after) if action.after else frozenset()
                for changer in changers.get(identity, ()):
                    stays = identity in kept or changer.fact.identity in kept
                    if not stays and not may_come_first(changer, action):
                        yield action, changer


def may_come_first(changer: Action, action: Action) -> bool:
    """Whether `changer` may change what `action`, by which something goes, still uses."""
    known = kind_of(changer.fact.kind)
    return (
        _is_needed_back(changer, action)
        or is_late(action, changer)
        or (changer.verb == "alter" and known.is_indifferent(changer.change, action.fact))
    )


def is_late(dropper: Action, changer: Action) -> bool:
    """Whether `dropper` calls what it drops by the name that `changer` gives."""
    return dropper.placed is not None and changer.verb == "rename"


def _parted_last(fact: Fact, droppers: ByIdentity, source: Snapshot) -> Iterator[Action]:
    """What is dropped once `fact` has gone by a command of its own."""
    known = kind_of(fact.kind)
    if known.leaves_first(fact, droppers.keys()):
        for identity in known.leaves_before(fact, source):
            yield from droppers.get(identity, ())


def left_first(
    actions: Sequence[Action], changers: ByIdentity, source: Snapshot, target: Snapshot
) -> Edges:
    """What takes values out of a thing does so before they say something else there.

    Or after, where what they get into knows them by that alone.
    """
    retelling = [
        (identity, changer)
        for identity, found in changers.items()
        for changer in found
        if kind_of(changer.fact.kind).retells(changer.change)
    ]
    if not retelling:
        return
    successors = {
        aside: action.fact.identity
        for action in actions
        if action.verb == "create"
        for aside in action.waits_for
    }
    for action in actions:
        if action.verb == "alter" and action.before and action.after:
            before = source.facts.get(action.before.identity, action.before)
            used, kept = needed_by(before, source), needed_by(action.after, target)
            for identity, changer in retelling:
                new = changer.fact.identity
                if identity in used and successors.get(new, new) not in kept:
                    taken = (target.facts[each] for each in kept - used if each in target)
                    told = _is_told(changer, taken)
                    yield (changer, action) if told else (action, changer)


def _is_told(changer: Action, successors: Iterable[Fact]) -> bool:
    known = kind_of(changer.fact.kind)
    return any(known.is_told(changer.change, each) for each in successors)


def gone_first(
    actions: Iterable[Action], droppers: ByIdentity, source: Snapshot, target: Snapshot
) -> Edges:
    """What would be undone by something that goes is set once that has gone."""
    for action in actions:
        if action.verb in {"create", "alter", "finish"}:
            for identity in kind_of(action.fact.kind).set_after(action.fact, source, target):
                yield from ((dropper, action) for dropper in droppers.get(identity, ()))


def out_of_the_way(
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
