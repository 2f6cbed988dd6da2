"""Which fact needs which: pg_depend, worked out when somebody asks.

An address is how pg_depend names an object: the oid of its catalog, its own oid, and the number
of the column where a column is meant (manual, chapter 52.18).
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TypeAlias

from gnkmigrate.facts.fact import Address, Fact, Identity

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
        facts: by identity; filled while facts are put together, as are the attributes.

    Attributes:
        wholes: the facts that have a row of their own, by the oids of its catalog and of the
            row.
        parts: those of columns and the like, which have a number within such a row.
    """

    def __init__(
        self,
        relation_catalog: int,
        rows: Callable[[], Sequence[Row]],
        inherited: Mapping[tuple[int, int], tuple[int, int]],
        facts: Mapping[Identity, Fact],
    ) -> None:
        self.wholes: defaultdict[int, dict[int, Identity]] = defaultdict(dict)
        self.parts: defaultdict[int, defaultdict[int, dict[int, Identity]]] = defaultdict(
            lambda: defaultdict(dict)
        )
        self._relation_catalog = relation_catalog
        self._read = rows
        self._inherited = inherited
        self._facts = facts
        self._last: tuple[Identity | None, tuple[Identity, ...]] | None = None

    def at(self, address: Address) -> Identity | None:
        """The fact that has this very address."""
        catalog, oid, subid = address
        if not subid:
            return self.wholes[catalog].get(oid)
        parts = self.parts[catalog].get(oid)
        return None if parts is None else parts.get(subid)

    def of(self, address: Address, parent: Identity | None) -> frozenset[Identity]:
        """What the fact at `address` needs, its ancestors left out."""
        needed = self._needed.get(address)
        if needed is None and self._inherited and address[0] == self._relation_catalog:
            needed = [*self.declared(address[1], address[2])]
        if not needed:
            return _NOTHING
        lineage = self._lineage(parent)
        return frozenset([each for each in needed if each not in lineage])

    def standing_for(self, address: Address) -> Identity | None:
        """The fact that an object is, or is part of: a view for its rule, a table for its type."""
        found = self._whole(address)
        return None if found is None else self.at(found)

    def _whole(self, address: Address) -> Address | None:
        """Where that fact is."""
        passed = set()
        current: Address | None = address
        while current is not None and current not in passed:
            if self.at(current) is not None:
                return current
            catalog, oid, _ = current
            if oid in self.wholes[catalog]:
                return catalog, oid, 0
            passed.add(current)
            current = self._owners.get((catalog, oid))
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
    def _needed(self) -> Mapping[Address, list[Identity]]:
        """What is needed by the fact at each address, among it what it lives in."""
        needs: dict[Address, list[Identity]] = {}
        wholes, parts, relations = self.wholes, self.parts, self._relation_catalog
        owners = self._owners
        dependent: tuple[int, int, int] | None = None
        itself: Identity | None = None
        found: list[Identity] | None = None
        for catalog, oid, subid, ref_catalog, ref_oid, ref_subid, belongs in self._rows:
            is_part = belongs and not subid and oid not in wholes[catalog]
            if is_part and owners[catalog, oid] == (ref_catalog, ref_oid, ref_subid):
                continue  # a table's type, or the like: a thing does not need itself
            # What one object needs mostly stands together.
            if dependent is None or (oid, subid, catalog) != dependent:
                dependent = oid, subid, catalog
                # Most are facts themselves; a call for each would take longer than all the rest.
                itself = (
                    parts[catalog].get(oid, _NO_PARTS).get(subid)
                    if subid
                    else wholes[catalog].get(oid)
                )
                address = catalog, oid, subid
                if itself is None and (whole := self._whole(address)):
                    address, itself = whole, self.at(whole)
                found = None if itself is None else needs.setdefault(address, [])
            if found is None:
                continue
            needed = (
                parts[ref_catalog].get(ref_oid, _NO_PARTS).get(ref_subid)
                if ref_subid
                else wholes[ref_catalog].get(ref_oid)
            ) or self.standing_for((ref_catalog, ref_oid, ref_subid))
            if needed is None or needed is itself:
                continue
            found.append(needed)
            if ref_subid and self._inherited and ref_catalog == relations:
                found.extend(self.declared(ref_oid, ref_subid))
        return needs

    def declared(self, relation: int, number: int) -> Iterator[Identity]:
        """The column that an inherited one comes from, however far above."""
        column = (relation, number)
        while column in self._inherited:
            column = self._inherited[column]
            identity = self.at((self._relation_catalog, *column))
            if identity is not None:
                yield identity

    def _lineage(self, parent: Identity | None) -> tuple[Identity, ...]:
        """A parent, what that lives in, and so on."""
        if self._last is None or parent is not self._last[0]:  # siblings come one after the other
            self._last = parent, tuple(self._upwards(parent))
        return self._last[1]

    def _upwards(self, parent: Identity | None) -> Iterator[Identity]:
        while parent is not None:
            yield parent
            fact = self._facts.get(parent)
            parent = None if fact is None else fact.parent
