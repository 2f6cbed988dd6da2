"""Tables in groups that one picture can show.

What refers to each other belongs together. A large network is cut around its most connected
tables, so that no picture has more than `MOST` of them; the same schema always gives the same
groups.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from gnkmigrate.catalog.model import Identity
from gnkmigrate.report.pairs import Reference

MOST = 14

_Links = Mapping[Identity, frozenset[Identity]]


def clusters(
    tables: Collection[Identity], references: Iterable[Reference]
) -> tuple[tuple[Identity, ...], ...]:
    """Groups of tables, the largest first; what refers to nothing comes in none.

    Args:
        tables: all tables.
        references: the foreign keys among them; those to other tables are left out.
    """
    links = _links(tables, references)
    left = {table for table in tables if links[table]}
    groups: list[tuple[Identity, ...]] = []
    while left:
        # The centre of what is left, by name among equals.
        start = min(left, key=lambda table: (-len(links[table] & left), table))
        group = _around(start, links, left)
        left -= set(group)
        groups.append(group)
    return tuple(sorted(_joined(groups, links), key=lambda group: (-len(group), group[0])))


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


def _joined(groups: list[tuple[Identity, ...]], links: _Links) -> list[tuple[Identity, ...]]:
    """The groups, with crumbs of a cut network put together where they hang on one table."""
    whole = [group for group in groups if len(group) > 1]
    crumbs: defaultdict[Identity, list[Identity]] = defaultdict(list)
    for (table,) in (group for group in groups if len(group) == 1):
        hub = min(links[table], key=lambda other: (-len(links[other]), other))
        crumbs[hub].append(table)
    for _, tables in sorted(crumbs.items()):
        ordered = sorted(tables)
        whole += [tuple(ordered[at : at + MOST]) for at in range(0, len(ordered), MOST)]
    return whole
