"""Tables that foreign keys tie to each other: what locks the one may lock the other too."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.inheritance import tables_below

Table = tuple[str, ...]


def referenced(key: Fact) -> Table | None:
    """Schema and name of the table that a foreign key refers to; None of other constraints."""
    references = key.payload["references"]
    return (references["schema"], references["table"]) if references else None


def foreign_keys(snapshot: Snapshot) -> Mapping[Table, Sequence[Fact]]:
    """The foreign keys that each table takes part in, at either end."""
    found: defaultdict[Table, list[Fact]] = defaultdict(list)
    for key in snapshot.of_kind("constraint"):
        other = referenced(key)
        if other is not None and key.parent is not None:
            for table in {key.parent.path, other}:
                found[table].append(key)
    return found


def partners(table: Table, column: str, keys: Sequence[Fact]) -> frozenset[Table]:
    """The other ends of those of a table's foreign keys that a column of it is part of."""
    others: set[Table] = set()
    for key in keys:
        there, own = referenced(key), key.parent.path if key.parent else table
        if own == table and column in key.payload["columns"] and there is not None:
            others.add(there)
        if there == table and column in key.payload["references"]["columns"]:
            others.add(own)
    return frozenset(others - {table})


def is_adopted(own: Fact, above: Fact, source: Snapshot) -> bool:
    """Whether a new key of a table takes one of a partition of it for its own share there.

    PostgreSQL takes the first of several that are the same, by whatever name (tablecmds.c,
    addFkRecurseReferencing).
    """
    if own.parent is None or above.parent is None or referenced(own) is None:
        return False
    return own == _first_same(own.parent, above, source) and any(
        table == above.parent.path for table in wholes_above(own.parent, source)
    )


def given_above(key: Fact, snapshot: Snapshot) -> Iterator[Fact]:
    """The keys of the tables above that say the same: each has a share in the table of `key`.

    Such a share may have any name, and among them that of `key`.
    """
    if key.parent is None or referenced(key) is None:
        return iter(())
    return _same_of(wholes_above(key.parent, snapshot), key, snapshot)


def given_below(key: Fact, snapshot: Snapshot) -> Iterator[Fact]:
    """The keys of the partitions below that say the same, however far."""
    return _same_of(tables_below(key.parent.path, snapshot) if key.parent else (), key, snapshot)


def _same_of(tables: Iterable[Table], key: Fact, snapshot: Snapshot) -> Iterator[Fact]:
    """What of these tables is defined as a key is."""
    for table in tables:
        for each in snapshot.children(Identity("table", table), "constraint"):
            if each.payload["definition"] == key.payload["definition"]:
                yield each


def _first_same(table: Identity, key: Fact, snapshot: Snapshot) -> Fact | None:
    """The first key of a table that says the same, and of all rows or not."""
    for each in snapshot.children(table, "constraint"):
        if all(each.payload[part] == key.payload[part] for part in ("definition", "validated")):
            return each
    return None


def wholes_above(table: Identity, snapshot: Snapshot) -> Iterator[Table]:
    """The partitioned tables that a table is a partition of, from the next one up."""
    for partition in snapshot.children(table, "partition"):
        parent = tuple(partition.payload["of"])
        yield parent
        yield from wholes_above(Identity("table", parent), snapshot)


class Rules(NamedTuple):
    """What a foreign key does beyond referring.

    Attributes:
        on_update: such as "CASCADE"; "" where nothing follows.
        on_delete: likewise.
        deferrable: "INITIALLY DEFERRED" or "INITIALLY IMMEDIATE"; "" where it is checked at once.
        is_plain: whether that is all: no MATCH FULL, no list of columns to set.
    """

    on_update: str
    on_delete: str
    deferrable: str
    is_plain: bool


_RULES = re.compile(
    r".*?\)(?P<match> MATCH FULL)?(?: ON UPDATE (?P<update>RESTRICT|CASCADE|SET NULL|SET DEFAULT))?"
    r"(?: ON DELETE (?P<delete>RESTRICT|CASCADE|SET NULL|SET DEFAULT)(?P<columns> \(.*\))?)?"
    r"(?P<deferrable> DEFERRABLE)?(?P<deferred> INITIALLY DEFERRED)?"
)


def rules(key: Fact) -> Rules:
    """The rules of a foreign key, which end its definition (see its read.sql)."""
    found = _RULES.fullmatch(
        key.payload["definition"], key.payload["definition"].rindex("REFERENCES ")
    )
    if found is None:
        return Rules("", "", "", is_plain=False)
    when = "INITIALLY DEFERRED" if found["deferred"] else "INITIALLY IMMEDIATE"
    return Rules(
        found["update"] or "",
        found["delete"] or "",
        when if found["deferrable"] else "",
        is_plain=not (found["match"] or found["columns"]),
    )
