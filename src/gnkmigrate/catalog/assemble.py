"""Rows of the catalog queries, put together into a snapshot. Pure: no database here.

An address is how pg_depend names an object: the oid of its catalog, its own oid, and the number
of the column where a column is meant (manual, chapter 52.18).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

from gnkmigrate.catalog.model import Fact, Identity

Address: TypeAlias = tuple[int, int, int]


class FactRow(NamedTuple):
    """What every query in queries/ returns."""

    path: list[str]
    position: int
    payload: dict[str, Any]
    subject: Any
    classid: int
    objid: int
    objsubid: int
    parent_classid: int | None
    parent_objid: int | None
    parent_objsubid: int | None

    @property
    def address(self) -> Address:
        return (self.classid, self.objid, self.objsubid)

    @property
    def parent(self) -> Address | None:
        if self.parent_classid is None or self.parent_objid is None:
            return None
        return (self.parent_classid, self.parent_objid, self.parent_objsubid or 0)


class AttachedRow(NamedTuple):
    """What every query in attached/ returns."""

    classid: int
    objid: int
    objsubid: int
    kind: str | None
    path: list[str] | None
    payload: dict[str, Any]


class DependencyRow(NamedTuple):
    """What dependencies.sql returns: an object and what it needs or belongs to."""

    classid: int
    objid: int
    objsubid: int
    refclassid: int
    refobjid: int
    refobjsubid: int
    belongs: bool
    extension: bool


@dataclass(frozen=True)
class Rows:
    """All that was read, by kind where a kind has its own query."""

    facts: Mapping[str, Sequence[FactRow]]
    attached: Mapping[str, Sequence[AttachedRow]]
    dependencies: Sequence[DependencyRow]


def assemble(rows: Rows, ignore: Sequence[str] = ()) -> Iterator[Fact]:
    """The facts of a database.

    An object of an extension is left out, and so is what `ignore` names, each with all that
    lives in it.

    Args:
        rows: what the queries returned.
        ignore: patterns (fnmatch, by case) of "schema.name", or of a schema's name.
    """
    found = {
        row.address: (Identity(kind, tuple(row.path)), row)
        for kind, kind_rows in rows.facts.items()
        for row in kind_rows
    }
    parents = {address: row.parent for address, (_, row) in found.items()}
    members = {(row.classid, row.objid) for row in rows.dependencies if row.extension}
    dropped = _with_descendants(
        parents,
        {
            address
            for address, (identity, _) in found.items()
            if address[:2] in members or _matches(identity.path, ignore)
        },
    )
    identities = {
        address: identity for address, (identity, _) in found.items() if address not in dropped
    }
    needs = _needs(rows.dependencies, identities, parents)
    for address, identity in identities.items():
        parent, row = parents[address], found[address][1]
        yield Fact(
            identity,
            None if parent is None else identities[parent],
            row.payload,
            row.subject,
            needs.get(address, _NOTHING),
            row.position,
        )
    for kind, attached in rows.attached.items():
        yield from _attached(kind, attached, identities)


_NOTHING: frozenset[Identity] = frozenset()


def _with_descendants(
    parents: Mapping[Address, Address | None], dropped: set[Address]
) -> set[Address]:
    """What is dropped, what has no home, and all that lives in either, however deep."""
    children: dict[Address, list[Address]] = {}
    for address, parent in parents.items():
        if parent is not None:
            children.setdefault(parent, []).append(address)
    homeless = (children[parent] for parent in children.keys() - parents.keys())
    queue = [*dropped, *chain.from_iterable(homeless)]
    reached = set(queue)
    while queue:
        inside = [child for child in children.get(queue.pop(), ()) if child not in reached]
        reached.update(inside)
        queue += inside
    return reached


def _matches(path: Sequence[str], patterns: Sequence[str]) -> bool:
    return bool(patterns) and any(fnmatchcase(".".join(path), pattern) for pattern in patterns)


def _attached(
    kind: str, rows: Iterable[AttachedRow], identities: Mapping[Address, Identity]
) -> Iterator[Fact]:
    for row in rows:
        thing = identities.get((row.classid, row.objid, row.objsubid))
        if thing is not None:
            path = tuple(row.path) if row.path else thing.path
            yield Fact(Identity(kind, (row.kind or thing.kind, *path)), thing, row.payload)


def _needs(
    rows: Sequence[DependencyRow],
    identities: Mapping[Address, Identity],
    parents: Mapping[Address, Address | None],
) -> dict[Address, frozenset[Identity]]:
    """What each fact needs, its ancestors and itself left out."""
    owners = {
        (row.classid, row.objid): (row.refclassid, row.refobjid, row.refobjsubid)
        for row in rows
        if row.belongs
    }
    needs: dict[Address, set[Address]] = {}
    for row in rows:
        dependent = _standing_for((row.classid, row.objid, row.objsubid), identities, owners)
        needed = _standing_for((row.refclassid, row.refobjid, row.refobjsubid), identities, owners)
        if dependent is not None and needed is not None:
            needs.setdefault(dependent, set()).add(needed)
    return {
        dependent: frozenset(
            identities[address] for address in needed.difference(_lineage(dependent, parents))
        )
        for dependent, needed in needs.items()
    }


def _standing_for(
    address: Address | None,
    identities: Mapping[Address, Identity],
    owners: Mapping[tuple[int, int], Address],
) -> Address | None:
    """The fact that an object is, or is a part of: a view for its rule, a table for its type."""
    passed = set()
    while address is not None and address not in passed:
        whole = (address[0], address[1], 0)
        if address in identities or whole in identities:
            return address if address in identities else whole
        passed.add(address)
        address = owners.get(address[:2])
    return None


def _lineage(address: Address, parents: Mapping[Address, Address | None]) -> Iterator[Address]:
    current: Address | None = address
    while current is not None:
        yield current
        current = parents[current]
