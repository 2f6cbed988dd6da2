"""Facts in a few words, for messages and evidence."""

from functools import cache
from typing import Literal

from gnkmigrate.audit.finding import DatabaseObject
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kind_of, kinds, satellites

# PostgreSQL's own short names (manual, table 8.1); the longer one first.
_SHORT_TYPES = (
    ("timestamp with time zone", "timestamptz"),
    ("timestamp without time zone", "timestamp"),
    ("character varying", "varchar"),
)

# The catalogs of what has a schema, or lives in something that has one.
_WITHIN_SCHEMAS = frozenset({"pg_namespace", "pg_class", "pg_type", "pg_opfamily"})


def object_of(fact: Fact) -> DatabaseObject:
    """The object that a fact describes, in the terms of a finding."""
    kind = fact.identity[0]
    if kind in satellites():
        thing = Identity(fact.identity.path[0], fact.identity.path[1:])
        return DatabaseObject(*_place(thing, None), kind)
    return DatabaseObject(*_place(fact.identity, fact.parent), _called(kind))


def _place(identity: Identity, parent: Identity | None) -> tuple[str, str, str]:
    """The schema, the table and the name that an identity is listed under."""
    kind, path = identity
    level = _level(kind)
    if level == "outside":
        return "", "", ".".join(path)
    if level == "within":
        return path[0], path[1], ".".join(path[2:])
    if level == "table":
        return path[0], path[1], ""
    table = parent.name if parent is not None and _is_table(parent.kind) else ""
    return path[0], table, ".".join(path[1:])


@cache
def _called(kind: str) -> str:
    """The type of object that a kind of fact belongs to."""
    return "column" if kind_of(kind).of_column else kind


@cache
def _level(kind: str) -> Literal["outside", "within", "table", "schema"]:
    """Where things of a kind live: in no schema, in a table; or whether they are one."""
    above = kind_of(kind).parent_catalog
    if above not in _WITHIN_SCHEMAS:
        return "outside"
    if above == "pg_class" and not kind_of(kind).in_schema:
        return "within"
    return "table" if _is_table(kind) else "schema"


def table_of(fact: Fact) -> Identity | None:
    """The table, view or the like that a fact lives in or is; None for what stands by itself."""
    if _is_table(fact.kind):
        return fact.identity
    parent = fact.parent
    if parent is not None and parent.kind == "column":
        return Identity("table", parent.path[:-1])
    return parent if parent is not None and _is_table(parent.kind) else None


def _is_table(kind: str) -> bool:
    """Whether a query can name such a thing after FROM."""
    return kind_of(kind).grant_word == "TABLE"


def relation_of(snapshot: Snapshot, *path: str) -> Fact | None:
    """The table, view or the like of this schema and name; they share one space of names."""
    found = (snapshot.get(kind.name, *path) for kind in kinds().values() if kind.is_relation)
    return next((fact for fact in found if fact is not None), None)


def short_type(name: str, default_schema: str) -> str:
    """A type by the name that people use for it; `default_schema` is left out."""
    for long, short in _SHORT_TYPES:
        name = name.replace(long, short)
    return name.removeprefix(f"{default_schema}.")


def column_text(column: Fact, default: Fact | None) -> str:
    """A column's type and clauses, as after its name in CREATE TABLE."""
    payload = column.payload
    words = [str(payload["type"])]
    if payload.get("collation"):
        words.append(f"COLLATE {payload['collation']}")
    if payload.get("not_null"):
        words.append("NOT NULL")
    if payload.get("identity"):
        words.append(f"GENERATED {str(payload['identity']).upper()} AS IDENTITY")
    if payload.get("generated"):
        kept = str(payload["generation"]).upper()
        words.append(f"GENERATED ALWAYS AS ({payload['generated']}) {kept}")
    if default is not None:
        words.append(f"DEFAULT {default.payload['expression']}")
    return " ".join(words)


def index_text(index: Fact) -> str:
    """What an index covers: its definition without the method, where that is btree."""
    return str(index.payload["definition"]).removeprefix("USING ").removeprefix("btree ")


def columns(snapshot: Snapshot, table: Identity) -> tuple[Fact, ...]:
    """A table's columns in the order that they were written in."""
    return tuple(sorted(snapshot.children(table, "column"), key=lambda fact: fact.position))


def default_of(snapshot: Snapshot, column: Fact) -> Fact | None:
    """A column's default; None where it has none."""
    return snapshot.get("default", *column.identity.path)


def column_lines(snapshot: Snapshot, table: Identity) -> tuple[str, ...]:
    """Each column of a table with its type and clauses."""
    return tuple(
        f"{column.identity.name} {column_text(column, default_of(snapshot, column))}"
        for column in columns(snapshot, table)
    )
