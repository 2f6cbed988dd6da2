"""The part of a plan that makes a few things of a target and all that lives in them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from gnkmigrate.diff.compare import compare
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.statement import Statements
from gnkmigrate.plan.planner import plan


@dataclass(frozen=True)
class Creation:
    """What is to be made.

    Attributes:
        made: the facts of what is made.
        needed: what they need themselves, and is none of them.
        statements: in an order that runs.
    """

    made: tuple[Fact, ...]
    needed: frozenset[Identity]
    statements: Statements


def creation(target: Snapshot, wanted: Collection[Identity]) -> Creation:
    """What makes these things of a target: tables with their columns, keys, indexes and so on.

    Nothing is said of things that others have, such as a foreign key of another table to these.

    Args:
        target: the target.
        wanted: tables, or columns of a table; all of them are in the target.

    Raises:
        Unplannable: a kind has no rule.
    """
    made = {fact.identity: fact for fact in _living_in(target, wanted)}
    for sequence in target.of_kind("sequence"):
        owner = sequence.payload["owned_by"]
        if owner and Identity("column", tuple(owner)) in made:
            made |= {fact.identity: fact for fact in _living_in(target, [sequence.identity])}
    there = _closure(target, made) - made.keys()
    before = target.having(target.facts[each] for each in there)
    after = target.having([*before, *made.values()])
    statements = plan(compare(before, after), before, after, online=False)
    direct = {need for fact in made.values() for need in fact.depends_on}
    return Creation(tuple(made.values()), frozenset(direct - made.keys()), statements)


def _living_in(target: Snapshot, wanted: Collection[Identity]) -> Iterator[Fact]:
    """These facts, and those that live in them."""
    for identity in wanted:
        yield target.facts[identity]
        yield from _living_in(target, [fact.identity for fact in target.children(identity)])


def _closure(target: Snapshot, identities: Collection[Identity]) -> frozenset[Identity]:
    """Facts, and all that must exist before them."""
    found, asked = set(identities), list(identities)
    while asked:
        fact = target.facts[asked.pop()]
        needed = {*fact.depends_on, *([] if fact.parent is None else [fact.parent])}
        new = {each for each in needed - found if each in target}
        found |= new
        asked += new
    return frozenset(found)
