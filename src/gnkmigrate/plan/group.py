"""Actions that one command does together: a new table with its columns, a dropped one with all.

An action joins its parent's command unless something must happen between the two: a default that
calls a function on the table's own rows has to wait for that function.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.kinds import kind_of
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.plan.action import Action
from gnkmigrate.plan.graph import Graph


@dataclass(frozen=True)
class Group:
    """One action and those that its command does along with it.

    Attributes:
        leader: the action whose rule writes the command.
        members: the others, which have none of their own.
    """

    leader: Action
    members: tuple[Action, ...] = ()

    @property
    def actions(self) -> tuple[Action, ...]:
        return (self.leader, *self.members)


def grouped(graph: Graph) -> tuple[Group, ...]:
    """Every action in exactly one group."""
    members: dict[Action, list[Action]] = {action: [] for action in graph.followers}
    leaders = {action: action for action in graph.followers}
    waiting = list(_candidates(graph))
    while True:
        left = []
        for action, above, edges in waiting:
            leader = leaders[above]
            if leaders[action] is not action:
                continue  # it has joined another already
            if _is_between(action, leader, edges, leaders, members):
                left.append((action, above, edges))
                continue
            moved = [action, *members.pop(action)]
            members[leader] += moved
            leaders.update(dict.fromkeys(moved, leader))
        if len(left) == len(waiting):
            return tuple(Group(leader, tuple(joined)) for leader, joined in members.items())
        waiting = left  # once its sibling has joined, nothing may be between any more


Neighbours = Mapping[Action, Iterable[Action]]


Candidate = tuple[Action, Action, Neighbours]


def _candidates(graph: Graph) -> Iterator[Candidate]:
    """Actions that may join another's command, that other, and the edges that lead to it."""
    for action in graph.followers:
        fact = action.fact
        known = kind_of(fact.kind)
        if known.guards or action.verb == "create":
            yield from _with_its_thing(action, known, graph)
        if action.verb == "drop" and not _is_between_tables(action, graph):
            yield from _in_passing(action, known, graph)


def _with_its_thing(action: Action, known: Kind, graph: Graph) -> Iterator[Candidate]:
    """What is made inside another thing, or together with it; and who may use what is altered."""
    fact = action.fact
    for maker in graph.makers.get(fact.parent, ()) if fact.parent else ():
        of_thing = kind_of(maker.fact.kind)
        if maker.verb == "create" and action.verb == "create":
            if known.is_inline(fact) or (known.guards and of_thing.shows_others):
                yield action, maker, graph.before
        elif maker.verb == "alter" and known.guards and of_thing.changes_with_guards(maker.change):
            yield from _at_once(action, maker, graph)
    if known.guards:
        for owner in graph.makers.get(Identity("owner", fact.identity.path), ()):
            yield from _at_once(action, owner, graph)


def _at_once(action: Action, leader: Action, graph: Graph) -> Iterator[Candidate]:
    if action is not leader and action.verb != "rename":
        yield action, leader, graph.followers if action.verb == "drop" else graph.before


def _in_passing(action: Action, known: Kind, graph: Graph) -> Iterator[Candidate]:
    """What a drop may be left to: the nearest thing that goes too and takes this one along."""
    fact, dies_with = action.fact, known.dies_with(action.fact)
    if known.leaves_first(fact, graph.droppers.keys()):
        return
    for owner in dies_with:
        if graph.droppers.get(owner):
            yield from ((action, dropper, graph.followers) for dropper in graph.droppers[owner])
            break
    for owner in sorted(fact.depends_on.difference(dies_with)):
        for dropper in graph.droppers.get(owner, ()):
            if _need_each_other(dropper.fact, fact):
                yield action, dropper, graph.followers


def _need_each_other(first: Fact, second: Fact) -> bool:
    """Whether the two are a type and one of its functions, which go with it."""
    return (
        second.identity in first.depends_on
        and kind_of(first.kind).made_whole
        and not kind_of(second.kind).made_whole
    )


def _is_between_tables(action: Action, graph: Graph) -> bool:
    """Whether it is a foreign key to another table that goes too: tables may form circles."""
    references = action.fact.payload.get("references")
    if not references:
        return False
    other = Identity("table", (references["schema"], references["table"]))
    return other != action.fact.parent and other in graph.droppers


def _is_between(
    action: Action,
    leader: Action,
    edges: Neighbours,
    leaders: Mapping[Action, Action],
    members: Mapping[Action, Iterable[Action]],
) -> bool:
    """Whether the way from `action` to `leader` along `edges` leads through a third group."""
    waiting = [leaders[each] for each in edges[action] if leaders[each] not in {leader, action}]
    seen = set(waiting)
    while waiting:
        group = waiting.pop()
        for each in (group, *members[group]):
            for neighbour in edges[each]:
                found = leaders[neighbour]
                if found == leader:
                    return True
                if found not in seen and found != action:
                    seen.add(found)
                    waiting.append(found)
    return False
