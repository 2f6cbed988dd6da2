"""One graph of all actions, and one order of it.

An edge says which of two actions comes first, and why is told by the facts alone: what a thing
needs is there before it is made, nothing is dropped or changed under what still uses it, and a
name is free before it is taken. What no edge orders follows the identities, so that the same
changes always give the same plan.
"""

import heapq
from collections.abc import Iterable, Sequence

from gnkmigrate.facts.fact import Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kind_of
from gnkmigrate.kinds.change import Unplannable
from gnkmigrate.plan.action import Action
from gnkmigrate.plan.drops_after_renames import dropped_late
from gnkmigrate.plan.graph import Graph, graph_of
from gnkmigrate.plan.group import Group, grouped
from gnkmigrate.plan.interim_names import by_way_of_third

# Making comes before removing wherever the graph leaves the choice: should a plan stop in the
# middle, less is gone.
_VERBS = {"rename": 0, "create": 1, "alter": 1, "finish": 2, "drop": 3}
_ENCLOSING = {**_VERBS, "drop": -1, "rename": -1, "alter": -1, "finish": 4, "create": 4}
_BEGINNING = {**_ENCLOSING, "alter": 4}
_OF_SERVER = {**_VERBS, "drop": 5}


def arrange(actions: Sequence[Action], source: Snapshot, target: Snapshot) -> tuple[Group, ...]:
    """The actions, which lead from `source` to `target`, in an order in which they run.

    Raises:
        Unplannable: they need each other in a circle.
    """
    actions = dropped_late(by_way_of_third(actions, source, target), target)
    graph = graph_of(actions, source, target)
    groups = grouped(graph)
    ordered = _sorted(graph, groups)
    if len(ordered) != len(groups):
        raise Unplannable(
            "The differences cannot be closed in any order: they wait for each other.",
            details=[str(action) for action in _circle(graph, groups, ordered)],
            hint="Close one of them in a revision of your own, and plan again.",
        )
    return ordered


def _sorted(graph: Graph, groups: Iterable[Group]) -> tuple[Group, ...]:
    """Kahn's algorithm with a heap; what lies on a circle, or behind one, is left out."""
    of = {action: group for group in groups for action in group.actions}
    after = {group.leader: _after(graph, group, of) for group in groups}
    waiting = dict.fromkeys(after, 0)
    for later in after.values():
        for leader in later:
            waiting[leader] += 1
    leaders = sorted(after, key=_key)
    places = {leader: place for place, leader in enumerate(leaders)}
    heap = [places[leader] for leader, count in waiting.items() if not count]
    heapq.heapify(heap)
    ordered: list[Group] = []
    while heap:
        ready = leaders[heapq.heappop(heap)]
        ordered.append(of[ready])
        for leader in after[ready]:
            waiting[leader] -= 1
            if not waiting[leader]:
                heapq.heappush(heap, places[leader])
    return tuple(ordered)


def _after(graph: Graph, group: Group, of: dict[Action, Group]) -> set[Action]:
    found = {of[later].leader for action in group.actions for later in graph.followers[action]}
    return found - {group.leader}


def _key(action: Action) -> tuple[int, int, Identity, str]:
    known = kind_of(action.fact.kind)
    verbs = _OF_SERVER if known.of_server else _VERBS
    if known.encloses:
        verbs = _BEGINNING if known.begins(action.change) else _ENCLOSING
    return (
        verbs[action.verb],
        known.rank,
        action.fact.identity,
        action.verb,
    )


def _circle(graph: Graph, groups: Sequence[Group], ordered: Sequence[Group]) -> tuple[Action, ...]:
    """One circle among the groups that could not be ordered, as its leaders."""
    of = {action: group for group in groups for action in group.actions}
    done = {group.leader for group in ordered}
    leader = min((group.leader for group in groups if group.leader not in done), key=_key)
    walked: list[Action] = []
    while leader not in walked:
        walked.append(leader)
        before = {of[each].leader for action in of[leader].actions for each in graph.before[action]}
        leader = min(before - done - {leader}, key=_key)
    return tuple(reversed(walked[walked.index(leader) :]))
