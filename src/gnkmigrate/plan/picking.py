"""What PostgreSQL chooses by itself when something is made, though it is named otherwise."""

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds import kind_of


def picked(fact: Fact) -> frozenset[tuple[str, ...]]:
    """What PostgreSQL picks for `fact` among all that offer it, overloads included."""
    called = (kind_of(need.kind).calls(need) for need in fact.depends_on)
    return kind_of(fact.kind).picks(fact).union(*called)
