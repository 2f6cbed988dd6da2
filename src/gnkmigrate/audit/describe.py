"""Facts in a few words, for messages and evidence."""

from gnkmigrate.audit.finding import DatabaseObject
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot

# Kinds that live in a table and whose path may leave the table out.
_IN_TABLE = ("column", "default", "constraint", "index", "trigger")

# PostgreSQL's own short names (manual, table 8.1); the longer one first.
_SHORT_TYPES = (
    ("timestamp with time zone", "timestamptz"),
    ("timestamp without time zone", "timestamp"),
    ("character varying", "varchar"),
)


def object_of(fact: Fact) -> DatabaseObject:
    """The object that a fact describes, in the terms of a finding."""
    kind, path = fact.identity.kind, fact.identity.path
    if kind in {"schema", "extension"}:
        return DatabaseObject("", "", path[-1], kind)
    if kind == "comment":
        return DatabaseObject("", "", ".".join(path[1:]), kind)
    if kind in {"table", "view"}:
        return DatabaseObject(path[0], path[-1], "", kind)
    if kind == "default":
        return DatabaseObject(path[0], path[1], path[2], "column")
    table = table_of(fact)
    return DatabaseObject(path[0], table.name if table else "", path[-1], kind)


def table_of(fact: Fact) -> Identity | None:
    """The table that a fact lives in or is; None for what stands by itself."""
    if fact.kind == "table":
        return fact.identity
    if fact.parent is not None and fact.parent.kind == "table":
        return fact.parent
    if fact.kind in _IN_TABLE and len(fact.identity.path) > 2:  # noqa: PLR2004 (schema, table)
        return Identity("table", fact.identity.path[:2])
    return None


def short_type(name: str, home: str) -> str:
    """A type by the name that people use for it; `home` is the schema that is left out."""
    for long, short in _SHORT_TYPES:
        name = name.replace(long, short)
    return name.removeprefix(f"{home}.")


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
        words.append(f"GENERATED ALWAYS AS ({payload['generated']}) STORED")
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
