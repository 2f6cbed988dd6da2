"""A column that looks like a foreign key and is none.

It is named after another table and that table's key, such as user_id beside a table users (id),
and holds what that key holds, but nothing keeps its values true: rows may refer to what was deleted
long ago. Where some do, they are counted, and it is more severe; how many rows refer to one that is
there stands beside it, and where it is fewer than one of ten, the name means something else. Left
out are a column with a companion such as owner_type, which refers to several tables, one whose
values are made for it (nextval(), gen_random_uuid()), and tables that keep what is gone: histories,
logs, archives, what was deleted.

Source: PostgreSQL manual, 5.5.5 (foreign keys).
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._access import finding, is_served, key_columns
from gnkmigrate.audit.checks._names import plain, stems
from gnkmigrate.audit.checks._new_index import proposed
from gnkmigrate.audit.checks._orphans import orphans
from gnkmigrate.audit.checks._style import kind_of_values, names_of
from gnkmigrate.audit.describe import default_of, object_of
from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.quoting import beside, identifier, qualified

# Tables whose rows outlive what they speak of.
_GONE = "audit|history|histories|logs?|archived?|archives|deleted|removed|backups?|old"
_KEEPS = re.compile(
    rf"(?:^|_)(?:{_GONE})$|^(?:{_GONE})_|^(?:audit|archived|deleted|removed)[A-Z]"
    r"|^(?:Audit|Archived|Deleted|Removed)[A-Z]|(?:History|Log|Archive|Audit)s?$"
)
_NEW = re.compile(r"\b(?:nextval|gen_random_uuid|uuidv[47]|uuid_generate_v\w+)\(")
_NOT_VALID_ON_PARTITIONED = 180000  # the first server_version_num that takes one so


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    referable = _referable(snapshot)
    for table in snapshot.of_kind("table") if referable else ():
        if _KEEPS.search(table.identity.name):
            continue
        columns = snapshot.children(table.identity, "column")
        schema = table.identity.path[0]
        found = [
            (column, other)
            for column in columns
            if (other := referable.get((schema, plain(column.identity[1][-1])))) is not None
        ]
        if not found:
            continue
        bound = _bound(snapshot, table.identity)
        names = {plain(column.identity.name) for column in columns}
        for column, other in sorted(found, key=lambda pair: pair[0].position):
            if column.identity.name in bound or other.parent == table.identity:
                continue
            polymorphic = plain(column.identity.name).removesuffix("id") + "type" in names
            alike = _values(column, snapshot) == _values(other, snapshot) and not polymorphic
            if alike and not _makes_values(column, snapshot):
                yield _observation(column, other, snapshot, home)


def _makes_values(column: Fact, snapshot: Snapshot) -> bool:
    """Whether a column's values are new ones, and no other table's."""
    default = default_of(snapshot, column)
    made = default is not None and _NEW.search(str(default.value("expression")))
    return bool(column.value("identity") or made)


def _values(column: Fact, snapshot: Snapshot) -> str:
    """What a column holds; a foreign key may lead from one type of whole numbers to another."""
    kind = kind_of_values(column, snapshot)
    return "integer" if kind in {"smallint", "bigint"} else kind


def _bound(snapshot: Snapshot, table: Identity) -> set[str]:
    """The columns that are a foreign key, or part of one, or alone the primary key."""
    return {
        name
        for fact in snapshot.children(table, "constraint")
        if fact.payload["type"] in {"foreign key", "primary key"}
        and (fact.payload["type"] == "foreign key" or len(fact.payload["columns"]) == 1)
        for name in fact.payload["columns"]
    }


def _referable(snapshot: Snapshot) -> Mapping[tuple[str, str], Fact]:
    """The key columns of tables, by schema and by what a column that refers to them is called.

    What would mean two tables means none.
    """
    wanted = {plain(name) for name in names_of(snapshot, "column")}
    found: dict[tuple[str, str], set[Fact]] = {}
    for table in snapshot.of_kind("table"):
        schema, name = table.identity.path
        columns = key_columns(snapshot, table.identity)
        if columns is None or len(columns) != 1:
            continue
        called = {stem + plain(columns[0]) for stem in stems(name)} & wanted
        key = snapshot.get("column", schema, name, columns[0]) if called else None
        if key is not None:
            for each in called:
                found.setdefault((schema, each), set()).add(key)
    return {name: next(iter(keys)) for name, keys in found.items() if len(keys) == 1}


class _Key(NamedTuple):
    """How a key is made: its index where it has none, then the key; and how it goes."""

    indexed: tuple[str, ...]
    begin: tuple[str, ...]
    end: tuple[str, ...]
    undo: tuple[str, ...]


def _key(column: Fact, other: Fact, snapshot: Snapshot) -> _Key:
    schema, table, name = column.identity.path
    owner = snapshot.facts[Identity("table", (schema, table))]
    constraint = identifier(beside(f"{table}_{name}", "_fkey"))
    alter = f"ALTER TABLE {qualified(schema, table)}"
    to = f"{qualified(*other.identity.path[:2])} ({identifier(other.identity.name)})"
    add = f"{alter} ADD CONSTRAINT {constraint} FOREIGN KEY ({identifier(name)}) REFERENCES {to}"
    drop = f"{alter} DROP CONSTRAINT {constraint}"
    served = is_served({identifier(name)}, finding(snapshot, owner.identity))
    make, unmake = proposed(snapshot, owner, f"idx_{table}_{name}", identifier(name))
    index = () if served else (make,)
    undo = (drop,) if served else (drop, unmake)
    if owner.value("partitioned_by") and snapshot.server_version < _NOT_VALID_ON_PARTITIONED:
        return _Key(index, (), (add,), undo)
    return _Key(index, (f"{add} NOT VALID",), (f"{alter} VALIDATE CONSTRAINT {constraint}",), undo)


def _observation(column: Fact, other: Fact, snapshot: Snapshot, home: str) -> Observation:
    schema, table, name = column.identity.path
    key, label = _key(column, other, snapshot), object_of(column).label(home)
    there = ".".join(other.identity.path[:2]).removeprefix(f"{home}.")
    types = [str(each.value("type")) for each in (column, other)]
    # A key between unlike types is a flaw of its own: they have to become one first.
    alike = kind_of_values(column, snapshot) == kind_of_values(other, snapshot)
    begin = (*key.indexed, *key.begin) if key.begin and alike else ()
    return Observation(
        object_of(column),
        f"Column {label} looks like a foreign key to {there}, but is none.",
        evidence=({"types": " and ".join(types)} if types[0] != types[1] else {})
        | ({"index": "there is none, and the key wants one"} if key.indexed else {}),
        fix=(*key.indexed, *key.begin, *key.end) if alike else (),
        undo=key.undo if alike else (),
        obstacle=orphans(
            snapshot,
            Identity("table", (schema, table)),
            [name],
            other.identity.path[:2],
            [other.identity.name],
            begin,
            guessed=f"Column {label} is called like a foreign key to {there}, but its values name "
            "few or no rows there.",
        ),
    )


CHECK = StructureCheck(
    id="GNK-S017",
    slug="undeclared-foreign-key",
    title="What looks like a foreign key is one",
    severity=Severity.LOW,
    impact="Nothing keeps rows from referring to what does not exist.",
    recommendation="Declare it, with an index and NOT VALID first, and validate it once the rows "
    "are right; where its type is another one, bring both to one before.",
    find=find,
)
