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
    """Of what says who sees a thing, first what takes away, and last what gives.

    What takes away from a schema comes before what is given in it, and the other way round.
    """
    by_thing = _showing(actions)
    inside: defaultdict[Identity, list[Action]] = defaultdict(list)
    for thing, several in by_thing.items():
        schema = Identity("schema", thing.path[:1])
        if thing != schema and schema in by_thing:
            inside[schema] += [each for shows, each in several if shows is not Shows.MORE]
    for thing, several in by_thing.items():
        around = by_thing.get(Identity("schema", thing.path[:1]), ())
        closing = [each for shows, each in around if shows is Shows.LESS]
        for shows, action in several:
            found = [each for other, each in several if other < shows and _precedes(each, action)]
            if shows is not Shows.LESS:
                found += closing
            if shows is Shows.MORE:
                found += inside.get(thing, ())
            if found:
                yield action, found


def _showing(actions: Iterable[Action]) -> Mapping[Identity, Sequence[tuple[Shows, Action]]]:
    """What changes who sees a thing, by the thing."""
    found: defaultdict[Identity, list[tuple[Shows, Action]]] = defaultdict(list)
    renamed = _renamed(actions)
    for action in actions:
        shows = kind_of(action.fact.kind).shows(action.before, action.after)
        if shows is not None and action.verb != "rename":
            found[_thing(action.fact, renamed)].append((shows, action))
    return found


def _precedes(first: Action, second: Action) -> bool:
    """Whether the one is a policy, or the like; what a table shows waits for privileges alone."""
    guards = kind_of(first.fact.kind).guards
    return guards or kind_of(second.fact.kind).rules_access


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
    inside = kind_of(fact.kind).rules_access and fact.parent is not None
    thing = fact.parent if inside and fact.parent else fact.identity
    return renamed.get(thing, thing)
