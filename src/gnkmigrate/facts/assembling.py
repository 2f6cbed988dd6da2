"""Rows of the catalog queries, put together into facts. Pure: no database here."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any

from gnkmigrate.facts.dependencies import Dependencies
from gnkmigrate.facts.fact import Address, Fact, Identity
from gnkmigrate.facts.sessions import Table
from gnkmigrate.kinds import kinds
from gnkmigrate.kinds.kind import Kind

# How the rows of every read.sql begin, and those of a satellite's.
ADDRESS = ("oid", "subid", "parent", "parent_subid", "name", "position")
SATELLITE_ADDRESS = ("catalog", "oid", "subid", "column")

# Queries of this folder, beside those of the kinds.
MEMBERS = "members"
COLUMN_NAMES = "column_names"
DEPENDENCIES = "dependencies"


@dataclass(frozen=True)
class Names:
    """What numbers in the catalogs stand for, for kinds that resolve them.

    Attributes:
        columns: the names of a relation's columns by their numbers.
        relations: schema and name of a relation.
    """

    columns: Mapping[int, Mapping[int, str]]
    relations: Mapping[int, tuple[str, ...]]


def assemble(
    tables: Mapping[str, Table], catalogs: Mapping[str, int], ignore: Sequence[str] = ()
) -> tuple[tuple[Fact, ...], frozenset[Address]]:
    """The facts of a database, and what has an owner and is no fact.

    An object of an extension is left out, and so is what `ignore` names, each with all that
    lives in it.

    Args:
        tables: what the queries returned, by kind, and by name those of this folder.
        catalogs: the oid of every system catalog by its name.
        ignore: patterns (fnmatch, by case) of "schema.name", or of a schema's name.
    """
    assembly = _Assembly(tables, catalogs, ignore)
    return tuple(assembly.facts()), frozenset(assembly.homeless)


class _Assembly:
    def __init__(
        self, tables: Mapping[str, Table], catalogs: Mapping[str, int], ignore: Sequence[str]
    ) -> None:
        self._tables = tables
        self._catalogs = catalogs
        self._dependencies = Dependencies(catalogs["pg_class"])
        self._members = frozenset(tables[MEMBERS].rows)
        self._ignore = tuple(ignore)
        self._left_out: set[tuple[int, int]] = set()
        self._relations: dict[int, tuple[str, ...]] = {}
        self.homeless: set[Address] = set()

    def facts(self) -> Iterator[Fact]:
        known = [kind for name, kind in kinds().items() if name in self._tables]
        for kind in sorted(known, key=lambda each: each.depth):
            if not kind.is_satellite:
                yield from self.things(kind, self._tables[kind.name])
        self._learn()
        for kind in known:
            if kind.is_satellite:
                yield from self.satellites(kind, self._tables[kind.name])

    def _learn(self) -> None:
        columns = self._tables[COLUMN_NAMES].rows
        inherited = {(row[0], row[1]): (row[3], row[4]) for row in columns if row[3] is not None}
        self._dependencies.learn(self._tables[DEPENDENCIES].rows, inherited)

    @cached_property
    def _names(self) -> Names:
        columns: defaultdict[int, dict[int, str]] = defaultdict(dict)
        if "column" in self._tables:
            for relation, number, _, _, name, *_ in self._tables["column"].rows:
                columns[relation][number] = name
        for relation, number, name, *_ in self._tables[COLUMN_NAMES].rows:
            columns[relation][number] = name
        return Names(columns, self._relations)

    def things(self, kind: Kind, table: Table) -> Iterator[Fact]:
        identities, parents = self._dependencies.identities, self._dependencies.parents
        members, needs = self._members, self._dependencies
        catalog = self._catalogs[kind.catalog]
        above = self._catalogs[kind.parent_catalog] if kind.parent_catalog else 0
        fields, width, name = kind.fields(_beyond(ADDRESS, table)), len(ADDRESS), kind.name
        is_relation, resolves = kind.catalog == "pg_class", kind.resolves
        for row in table.rows:
            if (catalog, row[0]) in members:
                continue
            place = self._place(kind, above, row) if above else (None, (row[4],))
            if place is None or (self._ignore and self._is_ignored(place[1])):
                self._left_out.add((catalog, row[0]))
                continue
            parent, path = place
            identity = Identity(name, path)
            address = (catalog, row[0], row[1])
            if not kind.is_aspect:
                identities[address] = identity
            parents[identity] = parent
            if is_relation and not row[1]:
                self._relations[row[0]] = path
            values = row[width:]
            if resolves:
                values = kind.resolve(values, row[2], self._names)
            yield Fact.of_row(identity, parent, fields, values, row[5], needs, address)

    def _place(
        self, kind: Kind, above: int, row: tuple[Any, ...]
    ) -> tuple[Identity | None, tuple[str, ...]] | None:
        """What a row's thing lives in, and its path; None where that is no fact."""
        identities = self._dependencies.identities
        parent = identities.get((above, row[2], row[3]))
        whole = parent is None and row[3]  # its column is no fact of its own
        if whole:
            parent = identities.get((above, row[2], 0))
        if parent is None:
            return None
        if kind.in_schema:  # its parent's, or that which its name says
            return parent, (parent.path[0], row[4]) if isinstance(row[4], str) else tuple(row[4])
        if row[1] == -1 or (row[3] and not whole):  # it has its parent's name
            return parent, parent.path
        return parent, (*parent.path, row[4])

    def satellites(self, kind: Kind, table: Table) -> Iterator[Fact]:
        width, needs = len(SATELLITE_ADDRESS), self._dependencies
        fields = _beyond(SATELLITE_ADDRESS, table)
        for row in table.rows:
            found = self._thing((row[0], row[1], row[2]), row[3])
            if found is None:
                if kind.lists_all and self._is_homeless((row[0], row[1], row[2])):
                    self.homeless.add((row[0], row[1], row[2]))
                continue
            thing, path = found
            identity = Identity(kind.name, path)
            needs.parents[identity] = thing
            yield Fact.of_row(identity, thing, fields, row[width:], 0, needs, _NOWHERE)

    def _thing(self, address: Address, part: str | None) -> tuple[Identity, tuple[str, ...]] | None:
        """What a satellite hangs on, and its path; `part` names what is no fact of its own.

        That is a column of a view, the index of a constraint, or what an extension has made.
        """
        identities = self._dependencies.identities
        found = identities.get(address)
        if found is not None and (found.kind == "column" or not address[2]):
            return found, (found.kind, *found.path)
        standing = part and self._dependencies.standing_for((*address[:2], 0))
        if not standing or part is None:
            return None
        found = identities[standing]
        if address[:2] in self._members:
            return None if address[2] else (found, ("member", *found.path, part))
        if address[2]:
            return found, ("column", *found.path, part)
        return found, ("index", found.path[0], part)

    def _is_homeless(self, address: Address) -> bool:
        """Whether it is neither a fact nor a part of one, and was not left out on purpose."""
        return (
            address[1] >= FIRST_USER_OID
            and self._dependencies.standing_for(address) is None
            and self._left_out.isdisjoint(self._dependencies.wholes(address))
        )

    def _is_ignored(self, path: Sequence[str]) -> bool:
        text = ".".join(path)
        return any(fnmatchcase(text, pattern) for pattern in self._ignore)


FIRST_USER_OID = 16384  # below are the things that initdb has made (transam.h)

_NOWHERE: Address = (0, 0, 0)


def _beyond(address: tuple[str, ...], table: Table) -> tuple[str, ...]:
    """The names of a table's columns after the address that it begins with."""
    if table.fields[: len(address)] != address:
        raise ValueError(f"a query begins with {', '.join(table.fields[: len(address)])}")
    return table.fields[len(address) :]
