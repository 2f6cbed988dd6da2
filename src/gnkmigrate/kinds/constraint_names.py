"""Names of constraints that PostgreSQL does not choose again by itself.

It gives a NOT NULL without a name its usual one, unless any constraint of the schema has that,
whatever table or domain it is of (pg_constraint.c, ChooseConstraintName). Said in full it is free.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from gnkmigrate.facts.fact import Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.not_null_name import called


def is_taken(name: str, own: Identity, context: Context) -> bool:
    """Whether another thing than `own` has a constraint of this name in the same schema."""
    place = (own.path[0], name)
    return any(side.once(_named).get(place, frozenset()) - {own} for side in context.sides)


def _named(snapshot: Snapshot) -> Mapping[tuple[str, str], set[Identity]]:
    found: defaultdict[tuple[str, str], set[Identity]] = defaultdict(set)
    for identity, name in _constraints(snapshot):
        found[identity.path[0], name].add(identity)
    return found


def _constraints(snapshot: Snapshot) -> Iterator[tuple[Identity, str]]:
    for kind in ("constraint", "domain constraint"):
        for each in snapshot.of_kind(kind):
            yield each.identity, each.identity.name
    for kind in ("column", "inherited column"):
        for column in snapshot.of_kind(kind):
            if column.payload["not_null"]:
                yield column.identity, called(column)
    for table in snapshot.of_kind("table"):
        for name in (table.payload["own_not_null"] or {}).values():
            yield table.identity, name
    for domain in snapshot.of_kind("domain"):
        if domain.payload["not_null"]:
            name = domain.payload["not_null_name"] or f"{domain.identity.name}_not_null"
            yield domain.identity, name
