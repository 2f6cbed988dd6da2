"""Which fact needs which: pg_depend, worked out when somebody asks.

An address is how pg_depend names an object: the oid of its catalog, its own oid, and the number
of the column where a column is meant (manual, chapter 52.18).
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TypeAlias

from gnkmigrate.facts.fact import Address, Identity

_NOTHING: frozenset[Identity] = frozenset()
_NO_PARTS: Mapping[int, Identity] = {}

# An object, what it needs or belongs to, and whether it belongs.
Row: TypeAlias = tuple[int, int, int, int, int, int, bool]


class Dependencies:
    """What each fact of one database needs.

    Args:
        relation_catalog: the oid of pg_class.
        rows: gives pg_depend, as dependencies.sql returns it; asked for when it is needed.
        inherited: for a column that a table merely inherits, its relation and number, those
            of the parent's column.

    Attributes:
        wholes: the facts that have a row of their own, by the oids of its catalog and of the
            row; these three are filled while facts are put together.
        parts: those of columns and the like, which have a number within such a row.
        parents: what they live in.
    """

    def __init__(
        self,
        relation_catalog: int,
        rows: Callable[[], Sequence[Row]],
        inherited: Mapping[tuple[int, int], tuple[int, int]],
    ) -> None:
        self.wholes: defaultdict[int, dict[int, Identity]] = defaultdict(dict)
        self.parts: defaultdict[int, defaultdict[int, dict[int, Identity]]] = defaultdict(
            lambda: defaultdict(dict)
        )
        self.parents: dict[Identity, Identity | None] = {}
        self._relation_catalog = relation_catalog
        self._read = rows
        self._inherited = inherited

    def at(self, address: Address) -> Identity | None:
        """The fact that has this very address."""
        catalog, oid, subid = address
        if not subid:
            return self.wholes[catalog].get(oid)
        parts = self.parts[catalog].get(oid)
        return None if parts is None else parts.get(subid)

    def of(self, address: Address) -> frozenset[Identity]:
        """What the fact at `address` needs, its ancestors and itself left out."""
        identity = self.at(address)
        needed = None if identity is None else self._needed.get(identity)
        if identity is None or not needed:
            return _NOTHING
        return frozenset(needed.difference(self._lineage(identity)))

    def standing_for(self, address: Address) -> Identity | None:
        """The fact that an object is, or is part of: a view for its rule, a table for its type."""
        found = self.at(address)
        if found is not None:
            return found
        passed = set()
        current: Address | None = address
        while current is not None and current not in passed:
            found = self.at(current) or self.wholes[current[0]].get(current[1])
            if found is not None:
                return found
            passed.add(current)
            current = self._owners.get(current[:2])
        return None

    def belongings(self, address: Address) -> Iterator[tuple[int, int]]:
        """An object by its catalog and oid, what it is a part of, and so on."""
        passed = set()
        current: tuple[int, int] | None = address[:2]
        while current is not None and current not in passed:
            yield current
            passed.add(current)
            above = self._owners.get(current)
            current = None if above is None else above[:2]

    @cached_property
    def _rows(self) -> Sequence[Row]:
        return self._read()

    @cached_property
    def _owners(self) -> Mapping[tuple[int, int], Address]:
        return {
            (catalog, oid): (whole_catalog, whole_oid, whole_subid)
            for catalog, oid, _, whole_catalog, whole_oid, whole_subid, belongs in self._rows
            if belongs
        }

    @cached_property
    def _needed(self) -> Mapping[Identity, set[Identity]]:
        needs: defaultdict[Identity, set[Identity]] = defaultdict(set)
        wholes, parts, relations = self.wholes, self.parts, self._relation_catalog
        for catalog, oid, subid, ref_catalog, ref_oid, ref_subid, _ in self._rows:
            # Most are facts themselves; a call for each would take longer than all the rest.
            dependent = (
                parts[catalog].get(oid, _NO_PARTS).get(subid) if subid else wholes[catalog].get(oid)
            ) or self.standing_for((catalog, oid, subid))
            if dependent is None:
                continue
            needed = (
                parts[ref_catalog].get(ref_oid, _NO_PARTS).get(ref_subid)
                if ref_subid
                else wholes[ref_catalog].get(ref_oid)
            ) or self.standing_for((ref_catalog, ref_oid, ref_subid))
            if needed is None:
                continue
            needs[dependent].add(needed)
            if ref_subid and self._inherited and ref_catalog == relations:
                needs[dependent].update(self._declared(ref_oid, ref_subid))
        return needs

    def _declared(self, relation: int, number: int) -> Iterator[Identity]:
        """The column that an inherited one comes from, however far above."""
        column = (relation, number)
        while column in self._inherited:
            column = self._inherited[column]
            identity = self.at((self._relation_catalog, *column))
            if identity is not None:
                yield identity

    def _lineage(self, identity: Identity) -> Iterator[Identity]:
        current: Identity | None = identity
        while current is not None:
            yield current
            current = self.parents.get(current)
