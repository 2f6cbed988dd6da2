"""Rows of the catalog queries, put together into facts. Pure: no database here."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import translate
from functools import cached_property
from typing import TypeAlias

from gnkmigrate.facts.dependencies import Dependencies
from gnkmigrate.facts.fact import Address, Fact, Identity, Row, Shape
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
OF_NO_KIND = ((MEMBERS, COLUMN_NAMES), (DEPENDENCIES,))  # those that come first, and last

# Identity(...) goes through a function of Python's, which takes longer than all else of a fact.
_new = tuple.__new__

# The subid of what says more of its parent, whose oid and name it has (a partition's bounds).
_OF_PARENT = -1

# A row, what its thing lives in, and the thing's path: () where what it lives in is no fact.
_Placed: TypeAlias = tuple[Row, Identity | None, tuple[str, ...]]


@dataclass(frozen=True)
class Names:
    """What numbers in the catalogs stand for, for kinds that resolve them.

    Attributes:
        columns: the names of a relation's columns by their numbers.
        relations: relations by their oids.
    """

    columns: Mapping[int, Mapping[int, str]]
    relations: Mapping[int, Identity]


def assemble(
    tables: Mapping[str, Table], catalogs: Mapping[str, int], ignore: Sequence[str] = ()
) -> tuple[Mapping[Identity, Fact], frozenset[Address]]:
    """The facts of a database, and what has an owner and is no fact.

    An object of an extension is left out, and so is what `ignore` names, each with all that
    lives in it.

    Args:
        tables: what the queries returned, by kind, and by name those of this folder.
        catalogs: the oid of every system catalog by its name.
        ignore: patterns (fnmatch, by case) of "schema.name", or of a schema's name.
    """
    assembly = _Assembly(tables, catalogs, ignore)
    for kind in in_order(kind for name, kind in kinds().items() if name in tables):
        if kind.is_satellite:
            assembly.add_satellites(kind, tables[kind.name])
        else:
            assembly.add_things(kind, tables[kind.name])
    return assembly.facts, frozenset(assembly.homeless)


def in_order(known: Iterable[Kind]) -> Sequence[Kind]:
    """Kinds as facts are put together: what others live in comes first, what hangs on them last."""
    return sorted(known, key=lambda kind: (kind.is_satellite, not kind.is_satellite and kind.depth))


class _Assembly:
    def __init__(
        self, tables: Mapping[str, Table], catalogs: Mapping[str, int], ignore: Sequence[str]
    ) -> None:
        self.facts: dict[Identity, Fact] = {}
        self._tables = tables
        self._catalogs = catalogs
        self._dependencies = Dependencies(
            catalogs["pg_class"],
            lambda: tables[DEPENDENCIES].rows,
            _inherited(tables[COLUMN_NAMES]),
            self.facts,
        )
        self._members = frozenset(tables[MEMBERS].rows)
        # One expression for all of them: each of hundreds of thousands of facts is asked.
        self._ignored = re.compile("|".join(map(translate, ignore))).match if ignore else None
        self._left_out: set[tuple[int, int]] = set()
        self.homeless: set[Address] = set()

    @cached_property
    def _names(self) -> Names:
        columns: defaultdict[int, dict[int, str]] = defaultdict(dict)
        if "column" in self._tables:
            for relation, number, _, _, name, *_ in self._tables["column"].rows:
                columns[relation][number] = name
        for relation, number, name, *_ in self._tables[COLUMN_NAMES].rows:
            columns[relation][number] = name
        return Names(columns, self._dependencies.wholes[self._catalogs["pg_class"]])

    def add_things(self, kind: Kind, table: Table) -> None:
        catalog, known, facts = self._catalogs[kind.catalog], self._dependencies, self.facts
        wholes, parts = known.wholes[catalog], known.parts[catalog]
        fields = kind.fields(_beyond(ADDRESS, table))
        shape = Shape(fields, len(ADDRESS), ADDRESS.index("position"), catalog, known)
        name, is_aspect, ignored = kind.name, kind.is_aspect, self._ignored
        made = Fact.of_row
        for row, parent, path in self._placed(kind, self._own(kind, catalog, table.rows)):
            if not path or (ignored and ignored(".".join(path))):
                self._left_out.add((catalog, row[0]))
                continue
            identity = _new(Identity, (name, path))
            facts[identity] = made(identity, parent, row, shape)
            if is_aspect:
                continue
            if row[1]:
                parts[row[0]][row[1]] = identity
            else:
                wholes[row[0]] = identity

    def _own(self, kind: Kind, catalog: int, rows: Iterable[Row]) -> Iterable[Row]:
        """The rows that are facts of their own, with names for the numbers in them."""
        if members := {address[1:] for address in self._members if address[0] == catalog}:
            rows = (row for row in rows if members.isdisjoint(((row[0], 0), (row[0], row[1]))))
        if kind.resolves:
            width, names = len(ADDRESS), self._names
            rows = ((*row[:width], *kind.resolve(row[width:], row[2], names)) for row in rows)
        return rows

    def _placed(self, kind: Kind, rows: Iterable[Row]) -> Iterator[_Placed]:
        if not kind.parent_catalog:
            return ((row, None, (row[4],)) for row in rows)
        above = self._catalogs[kind.parent_catalog]
        wholes = self._dependencies.wholes[above]
        if kind.of_column:
            return _of_column(rows, wholes, self._dependencies.parts[above])
        return _in_schema(rows, wholes) if kind.in_schema else _within(rows, wholes)

    def add_satellites(self, kind: Kind, table: Table) -> None:
        shape = Shape(_beyond(SATELLITE_ADDRESS, table), len(SATELLITE_ADDRESS))
        for row in table.rows:
            catalog, oid, subid, part, *_ = row
            found = self._thing((catalog, oid, subid), part)
            if found is None:
                if kind.lists_all and self._is_homeless((catalog, oid, subid)):
                    self.homeless.add((catalog, oid, subid))
                continue
            thing, path = found
            identity = Identity(kind.name, path)
            fact = Fact.of_row(identity, thing, row, shape)
            if subid and thing.kind != "column":
                above = frozenset(self._dependencies.declared(oid, subid))
                fact = fact.replaced(depends_on=above) if above else fact
            self.facts[identity] = fact

    def _thing(self, address: Address, part: str | None) -> tuple[Identity, tuple[str, ...]] | None:
        """What a satellite hangs on, and its path; `part` names what is no fact of its own.

        That is a column of a view, the index of a constraint, or what an extension has made.
        """
        found = self._dependencies.at(address)
        if found is not None and (found.kind == "column" or not address[2]):
            return found, (found.kind, *found.path)
        if address in self._members and address[2]:
            return None
        standing = part and self._dependencies.standing_for((*address[:2], 0))
        if not standing or part is None:
            return None
        if (*address[:2], 0) in self._members:
            return None if address[2] else (standing, ("member", *standing.path, part))
        if address[2]:
            return standing, ("column", *standing.path, part)
        return standing, ("index", standing.path[0], part)

    def _is_homeless(self, address: Address) -> bool:
        """Whether it is neither a fact nor a part of one, and was not left out on purpose."""
        return (
            address[1] >= FIRST_USER_OID
            and self._dependencies.standing_for(address) is None
            and self._left_out.isdisjoint(self._dependencies.belongings(address))
        )


def _within(rows: Iterable[Row], wholes: Mapping[int, Identity]) -> Iterator[_Placed]:
    """What has a name in what it lives in."""
    for row in rows:
        parent = wholes.get(row[2])
        if parent is None:
            yield row, None, ()
        else:
            yield row, parent, parent[1] if row[1] == _OF_PARENT else (*parent[1], row[4])


def _in_schema(rows: Iterable[Row], wholes: Mapping[int, Identity]) -> Iterator[_Placed]:
    """What has a name in its parent's schema, or in that which its name says."""
    for row in rows:
        parent, name = wholes.get(row[2]), row[4]
        if parent is None:
            yield row, None, ()
        else:
            yield row, parent, (parent[1][0], name) if isinstance(name, str) else tuple(name)


def _of_column(
    rows: Iterable[Row],
    wholes: Mapping[int, Identity],
    parts: Mapping[int, Mapping[int, Identity]],
) -> Iterator[_Placed]:
    """What has a column's name; for one that is no fact of its own its view stands."""
    for row in rows:
        column = parts.get(row[2], _NO_PARTS).get(row[3])
        if column is not None:
            yield row, column, column[1]
        else:
            whole = wholes.get(row[2])
            yield row, whole, () if whole is None else (*whole[1], row[4])


def _inherited(columns: Table) -> Mapping[tuple[int, int], tuple[int, int]]:
    """For a column that a table merely inherits, its relation and number, those of the parent's."""
    return {(row[0], row[1]): (row[3], row[4]) for row in columns.rows if row[3] is not None}


FIRST_USER_OID = 16384  # below are the things that initdb has made (transam.h)

_NO_PARTS: Mapping[int, Identity] = {}


def _beyond(address: tuple[str, ...], table: Table) -> tuple[str, ...]:
    """The names of a table's columns after the address that it begins with."""
    if table.fields[: len(address)] != address:
        raise ValueError(f"a query begins with {', '.join(table.fields[: len(address)])}")
    return table.fields[len(address) :]
