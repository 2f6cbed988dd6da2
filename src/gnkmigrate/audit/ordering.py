"""Gaps in an order in which they can be closed."""

from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter

from gnkmigrate.audit.fold import Gap
from gnkmigrate.catalog.model import Fact, Identity


def in_order(gaps: Sequence[Gap]) -> tuple[Gap, ...]:
    """The gaps, what others build on first and what others still use last; else as given.

    Gaps that wait for each other stay as they are: only a plan of them all tells those apart.
    """
    sorter = TopologicalSorter(_predecessors(gaps))
    try:
        sorter.prepare()
    except CycleError:
        return tuple(gaps)
    ordered: list[Gap] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        ordered += (gaps[number] for number in ready)
        sorter.done(*ready)
    return tuple(ordered)


def _predecessors(gaps: Sequence[Gap]) -> dict[int, set[int]]:
    """The numbers of the gaps that come before each gap."""
    numbered = [(number, change) for number, gap in enumerate(gaps) for change in gap.changes]
    made = {change.identity: number for number, change in numbered if change.after is not None}
    gone = {change.identity: number for number, change in numbered if change.after is None}
    before: dict[int, set[int]] = {number: set() for number in range(len(gaps))}
    for number, change in numbered:
        if change.after is not None:
            before[number] |= {made[need] for need in _needs(change.after) if need in made}
        if change.before is not None:
            for need in _needs(change.before) & gone.keys():
                before[gone[need]].add(number)
    return {number: needed - {number} for number, needed in before.items()}


def _needs(fact: Fact) -> set[Identity]:
    return {*fact.depends_on, *({fact.parent} if fact.parent else ())}
