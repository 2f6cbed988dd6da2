"""Which action comes before which, told by the facts alone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate.facts.fact import Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.plan.access_edges import leads_to, narrowed_first, settled_first
from gnkmigrate.plan.action import Action
from gnkmigrate.plan.name_edges import by_new_name, by_old_name, names, names_below
from gnkmigrate.plan.need_edges import (
    ByIdentity,
    gone_first,
    left_first,
    made_first,
    made_last,
    out_of_the_way,
    renamed_first,
    used_last,
)


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
        *made_first(actions, makers, target),
        *renamed_first(actions, makers, target),
        *made_last(actions, makers, source, target),
        *used_last(actions, changers, droppers, source),
        *left_first(actions, changers, source, target),
        *gone_first(actions, droppers, source, target),
        *by_old_name(actions, changers, source),
        *by_new_name(actions, changers, source),
        *out_of_the_way(actions, changers, makers, target),
        *names(actions, target),
        *names_below(actions, source, target),
    ):
        if first != second:
            followers[first].add(second)
            before[second].add(first)
    for second, firsts in (*settled_first(actions, target), *narrowed_first(actions)):
        later = leads_to(second, followers)
        for first in firsts:
            if first not in later:
                followers[first].add(second)
                before[second].add(first)
    return Graph(
        {action: frozenset(followers[action]) for action in actions},
        {action: frozenset(before[action]) for action in actions},
        makers,
        droppers,
    )


def _makers(actions: Iterable[Action]) -> ByIdentity:
    found: defaultdict[Identity, list[Action]] = defaultdict(list)
    for action in actions:
        if action.after is not None and action.verb != "finish":
            for identity in (action.after.identity, *action.below):
                found[identity].append(action)
    return found


def _changers(actions: Iterable[Action]) -> ByIdentity:
    found: defaultdict[Identity, list[Action]] = defaultdict(list)
    for action in actions:
        if action.before is not None and action.verb in {"alter", "rename"}:
            for identity in (action.before.identity, *action.below):
                found[identity].append(action)
    return found


def _droppers(actions: Iterable[Action]) -> ByIdentity:
    found: defaultdict[Identity, list[Action]] = defaultdict(list)
    for action in actions:
        if action.before is not None and action.verb == "drop":
            found[action.before.identity].append(action)
    return found
