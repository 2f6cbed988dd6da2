"""Tables in groups that one picture can show.

What refers to each other belongs together. A large network is cut around its most connected
tables, so that no picture has more than `MOST` of them; the same schema always gives the same
groups.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from gnkmigrate.facts.fact import Identity
from gnkmigrate.render.parts.pairs import Reference

MOST = 14

_Links = Mapping[Identity, frozenset[Identity]]


@dataclass(frozen=True)
class Cluster:
    """Tables that belong together.

    Attributes:
        centres: what the others are near to: the first of the tables, or, for what is left over
            of a cut network, tables of other clusters.
        tables: all of it.
    """

    centres: tuple[Identity, ...]
    tables: tuple[Identity, ...]


def clusters(tables: Collection[Identity], references: Iterable[Reference]) -> tuple[Cluster, ...]:
    """Groups of tables, the largest first; what refers to nothing comes in none.

    Args:
        tables: all tables.
        references: the foreign keys among them; those to other tables are left out.
    """
    links = _links(tables, references)
    left = {table for table in tables if links[table]}
    found: list[Cluster] = []
    alone: list[Identity] = []
    while left:
        # The centre of what is left, by name among equals.
        start = min(left, key=lambda table: (-len(links[table] & left), table))
        group = _around(start, links, left)
        left -= set(group)
        if len(group) > 1:
            found.append(Cluster((start,), group))
        else:
            alone.append(start)
    found.sort(key=lambda cluster: (-len(cluster.tables), cluster.centres))
    return (*found, *_crumbs(alone, links))


def _links(tables: Collection[Identity], references: Iterable[Reference]) -> _Links:
    found: defaultdict[Identity, set[Identity]] = defaultdict(set)
    known = set(tables)
    for reference in references:
        if reference.source != reference.target and {reference.source, reference.target} <= known:
            found[reference.source].add(reference.target)
            found[reference.target].add(reference.source)
    return {table: frozenset(found[table]) for table in tables}


def _around(start: Identity, links: _Links, left: set[Identity]) -> tuple[Identity, ...]:
    """A table and what is nearest to it, nearest and least connected elsewhere first."""
    group, border = [start], [start]
    while border and len(group) < MOST:
        near = {other for table in border for other in links[table] & left} - set(group)
        border = sorted(near, key=lambda table: (len(links[table]), table))[: MOST - len(group)]
        group += border
    return tuple(group)


def _crumbs(alone: Iterable[Identity], links: _Links) -> Iterator[Cluster]:
    """What is left over of a cut network, in the order of the tables that it hangs on."""
    hubs = {
        table: min(links[table], key=lambda other: (-len(links[other]), other)) for table in alone
    }
    ordered = sorted(hubs, key=lambda table: (hubs[table], table))
    for at in range(0, len(ordered), MOST):
        tables = tuple(ordered[at : at + MOST])
        yield Cluster(tuple(dict.fromkeys(hubs[table] for table in tables)), tables)
