"""Rows of the catalog queries, put together into a snapshot. Pure: no database here.

An address is how pg_depend names an object: the oid of its catalog, its own oid, and the number
of the column where a column is meant (manual, chapter 52.18).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, NamedTuple, TypeAlias

from gnkmigrate.catalog.model import Fact, Identity

Address: TypeAlias = tuple[int, int, int]


class FactRow(NamedTuple):
    """What every query in queries/ returns."""

    path: list[str]
    parent_kind: str | None
    parent_path: list[str] | None
    position: int
    payload: dict[str, Any]
    subject: Any
    classid: int
    objid: int
    objsubid: int


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
    found = _found(rows.facts)
    parents = {identity: parent for identity, parent, _ in found}
    members = {(row.classid, row.objid) for row in rows.dependencies if row.extension}
    dropped = _with_descendants(
        parents,
        {
            identity
            for identity, parent, row in found
            if (row.classid, row.objid) in members
            or (parent is not None and parent not in parents)
            or _matches(identity.path, ignore)
        },
    )
    kept = [facts for facts in found if facts[0] not in dropped]
    identities = {(row.classid, row.objid, row.objsubid): identity for identity, _, row in kept}
    needs = _needs(rows.dependencies, identities, parents)
    for identity, parent, row in kept:
        depends_on = needs.get(identity, _NOTHING)
        yield Fact(identity, parent, row.payload, row.subject, depends_on, row.position)
    for kind, attached in rows.attached.items():
        yield from _attached(kind, attached, identities)


_Found: TypeAlias = tuple[Identity, Identity | None, FactRow]
_NOTHING: frozenset[Identity] = frozenset()


def _found(rows: Mapping[str, Sequence[FactRow]]) -> list[_Found]:
    """Every row with its identity and its parent's; one object for each identity."""
    known: dict[tuple[str, tuple[str, ...]], Identity] = {}

    def identity(kind: str, path: Sequence[str]) -> Identity:
        key = (kind, tuple(path))
        return known.get(key) or known.setdefault(key, Identity(*key))

    return [
        (
            identity(kind, row.path),
            identity(row.parent_kind, row.parent_path)
            if row.parent_kind is not None and row.parent_path is not None
            else None,
            row,
        )
        for kind, kind_rows in rows.items()
        for row in kind_rows
    ]


def _with_descendants(
    parents: Mapping[Identity, Identity | None], dropped: set[Identity]
) -> set[Identity]:
    """What is dropped, and all that lives in it, however deep."""
    children: dict[Identity, list[Identity]] = {}
    for identity, parent in parents.items() if dropped else ():
        if parent is not None:
            children.setdefault(parent, []).append(identity)
    dropped = set(dropped)
    queue = list(dropped)
    while queue:
        inside = [child for child in children.get(queue.pop(), ()) if child not in dropped]
        dropped.update(inside)
        queue += inside
    return dropped


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
    parents: Mapping[Identity, Identity | None],
) -> dict[Identity, frozenset[Identity]]:
    """What each fact needs, its ancestors and itself left out."""
    owners = {
        (row.classid, row.objid): (row.refclassid, row.refobjid, row.refobjsubid)
        for row in rows
        if row.belongs
    }
    needs: dict[Identity, set[Identity]] = {}
    for row in rows:
        dependent = _standing_for((row.classid, row.objid, row.objsubid), identities, owners)
        needed = _standing_for((row.refclassid, row.refobjid, row.refobjsubid), identities, owners)
        if dependent is not None and needed is not None:
            needs.setdefault(dependent, set()).add(needed)
    return {
        dependent: frozenset(needed.difference(_lineage(dependent, parents)))
        for dependent, needed in needs.items()
    }


def _standing_for(
    address: Address | None,
    identities: Mapping[Address, Identity],
    owners: Mapping[tuple[int, int], Address],
) -> Identity | None:
    """The fact that an object is, or is a part of: a view for its rule, a table for its type."""
    passed = set()
    while address is not None and address not in passed:
        identity = identities.get(address) or identities.get((address[0], address[1], 0))
        if identity is not None:
            return identity
        passed.add(address)
        address = owners.get((address[0], address[1]))
    return None


def _lineage(identity: Identity, parents: Mapping[Identity, Identity | None]) -> Iterator[Identity]:
    current: Identity | None = identity
    while current is not None:
        yield current
        current = parents[current]
