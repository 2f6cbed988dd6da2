"""What PostgreSQL chooses by itself when something is made, though it is named otherwise."""

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.new_names import NewNames
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kind_of


def picked(fact: Fact, target: Snapshot) -> frozenset[tuple[str, ...]]:
    """What PostgreSQL picks for `fact` among all that offer it, overloads included."""
    called = (kind_of(need.kind).calls(need) for need in fact.depends_on)
    return kind_of(fact.kind).picks(fact, target).union(*called)


def offered(fact: Fact, names: NewNames) -> frozenset[tuple[str, ...]]:
    """What `fact`, which goes, may be picked for until then, by the names that things have then."""
    return frozenset(
        (what, *names.of(Identity(what, tuple(path))).path)
        for what, *path in kind_of(fact.kind).offers(fact)
    )
