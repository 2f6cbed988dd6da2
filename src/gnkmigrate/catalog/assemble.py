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

    @property
    def address(self) -> Address:
        return (self.classid, self.objid, self.objsubid)

    @property
    def parent(self) -> Identity | None:
        if self.parent_kind is None or self.parent_path is None:
            return None
        return Identity(self.parent_kind, tuple(self.parent_path))


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
    kept = _kept(rows, ignore)
    identities = {row.address: identity for identity, row in kept.items()}
    needs = _needs(rows.dependencies, identities, kept)
    for identity, row in kept.items():
        yield Fact(
            identity,
            row.parent,
            row.payload,
            row.subject,
            frozenset(needs.get(identity, ())),
            row.position,
        )
    for kind, attached in rows.attached.items():
        yield from _attached(kind, attached, identities)


def _kept(rows: Rows, ignore: Sequence[str]) -> dict[Identity, FactRow]:
    members = {(row.classid, row.objid) for row in rows.dependencies if row.extension}
    found = {
        Identity(kind, tuple(row.path)): row
        for kind, kind_rows in rows.facts.items()
        for row in kind_rows
    }
    verdicts: dict[Identity, bool] = {}

    def is_kept(identity: Identity) -> bool:
        verdict = verdicts.get(identity)
        if verdict is None:
            row = found.get(identity)
            verdict = (
                row is not None
                and (row.classid, row.objid) not in members
                and not _matches(row.path, ignore)
                and (row.parent is None or is_kept(row.parent))
            )
            verdicts[identity] = verdict
        return verdict

    return {identity: row for identity, row in found.items() if is_kept(identity)}


def _matches(path: Sequence[str], patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(".".join(path), pattern) for pattern in patterns)


def _attached(
    kind: str, rows: Iterable[AttachedRow], identities: Mapping[Address, Identity]
) -> Iterator[Fact]:
    for row in rows:
        thing = identities.get((row.classid, row.objid, row.objsubid))
        if thing is not None:
            path = tuple(row.path) if row.path else thing.path
            yield Fact(Identity(kind, (row.kind or thing.kind, *path)), thing, row.payload)


def _needs(
    rows: Iterable[DependencyRow],
    identities: Mapping[Address, Identity],
    kept: Mapping[Identity, FactRow],
) -> dict[Identity, set[Identity]]:
    """What each fact needs, its ancestors and itself left out."""
    rows = list(rows)
    owners = {
        (row.classid, row.objid): (row.refclassid, row.refobjid, row.refobjsubid)
        for row in rows
        if row.belongs
    }
    needs: dict[Identity, set[Identity]] = {}
    for row in rows:
        dependent = _standing_for((row.classid, row.objid, row.objsubid), identities, owners)
        needed = _standing_for((row.refclassid, row.refobjid, row.refobjsubid), identities, owners)
        if dependent and needed and needed not in _lineage(dependent, kept):
            needs.setdefault(dependent, set()).add(needed)
    return needs


def _standing_for(
    address: Address | None,
    identities: Mapping[Address, Identity],
    owners: Mapping[tuple[int, int], Address],
) -> Identity | None:
    """The fact that an object is, or is a part of: a view for its rule, a table for its type."""
    passed = set()
    while address is not None and address not in passed:
        passed.add(address)
        classid, objid, _ = address
        identity = identities.get(address) or identities.get((classid, objid, 0))
        if identity is not None:
            return identity
        address = owners.get((classid, objid))
    return None


def _lineage(identity: Identity, kept: Mapping[Identity, FactRow]) -> Iterator[Identity]:
    current: Identity | None = identity
    while current is not None:
        yield current
        current = kept[current].parent
