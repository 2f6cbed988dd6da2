"""Which action comes first because of what others may do and see meanwhile.

These are wishes: where other edges say the opposite, they are not fulfilled.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kind_of
from gnkmigrate.kinds.showing import Shows
from gnkmigrate.plan.action import Action

# An action, and those that are to come before it.
Wishes: TypeAlias = Iterator[tuple[Action, Iterable[Action]]]
Followers: TypeAlias = Mapping[Action, Iterable[Action]]
_ByThing: TypeAlias = Mapping[Identity, Sequence[Action]]


def settled_first(actions: Iterable[Action], target: Snapshot) -> Wishes:
    """What is run while a thing is made is run with owners, privileges and policies as told."""
    actions = tuple(actions)
    settling = _settling(actions)
    for action in actions if settling else ():
        if action.after is not None and action.verb in {"create", "alter", "finish"}:
            used = kind_of(action.after.kind).runs(action.after, target)
            found = [each for identity in used for each in settling.get(identity, ())]
            if found:
                yield action, found


def narrowed_first(actions: Iterable[Action]) -> Wishes:
    """Of what says who sees a thing, first what takes away, and last what gives."""
    by_thing: defaultdict[Identity, list[tuple[Shows, Action]]] = defaultdict(list)
    renamed = _renamed(actions)
    for action in actions:
        known = kind_of(action.fact.kind)
        if known.rules_access and action.verb != "rename":
            shows = known.shows(action.before, action.after)
            by_thing[_thing(action.fact, renamed)].append((shows, action))
    for several in by_thing.values():
        for shows, action in several:
            found = [each for other, each in several if other < shows]
            if found:
                yield action, found


def leads_to(action: Action, followers: Followers) -> frozenset[Action]:
    """The action and all that comes after it."""
    waiting, seen = [action], {action}
    while waiting:
        new = [each for each in followers.get(waiting.pop(), ()) if each not in seen]
        seen.update(new)
        waiting += new
    return frozenset(seen)


def _settling(actions: Sequence[Action]) -> _ByThing:
    """What changes the access to a thing, or ends its alteration, by the thing."""
    found: defaultdict[Identity, list[Action]] = defaultdict(list)
    renamed = _renamed(actions)
    for action in actions:
        if action.verb == "finish":
            found[action.fact.identity].append(action)
        if kind_of(action.fact.kind).rules_access:
            found[_thing(action.fact, renamed)].append(action)
    return found


def _renamed(actions: Iterable[Action]) -> Mapping[Identity, Identity]:
    """By their old identities, the new ones of things that get another name."""
    return {
        action.before.identity: action.fact.identity
        for action in actions
        if action.verb == "rename" and action.before is not None
    }


def _thing(fact: Fact, renamed: Mapping[Identity, Identity]) -> Identity:
    thing = fact.parent or fact.identity
    return renamed.get(thing, thing)
