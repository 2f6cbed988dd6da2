"""The tables of a snapshot as people read them: columns, keys, indexes, in their order."""

from dataclasses import dataclass

from gnkmigrate.audit.describe import columns, default_of, index_text, object_of
from gnkmigrate.audit.result import AuditResult
from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot


@dataclass(frozen=True)
class ColumnLine:
    """One column.

    Attributes:
        name: its name.
        type: as PostgreSQL prints it.
        nullable: whether it may be NULL.
        default: the expression, or how it is generated; empty for none.
    """

    name: str
    type: str
    nullable: bool
    default: str


@dataclass(frozen=True)
class Sheet:
    """One table.

    Attributes:
        name: without the schema that goes without saying.
        columns: in the order that they were written in.
        constraints: their definitions: keys, then checks.
        indexes: those that no constraint owns, with their names.
    """

    name: str
    columns: tuple[ColumnLine, ...]
    constraints: tuple[str, ...]
    indexes: tuple[str, ...]


_ORDER = ("primary key", "unique", "foreign key", "check", "exclusion")


def sheet(snapshot: Snapshot, table: Fact, default_schema: str) -> Sheet:
    """One table of a snapshot."""
    constraints = sorted(snapshot.children(table.identity, "constraint"), key=_rank)
    return Sheet(
        name=object_of(table).label(default_schema),
        columns=tuple(_line(snapshot, column) for column in columns(snapshot, table.identity)),
        constraints=tuple(str(fact.payload["definition"]) for fact in constraints),
        indexes=tuple(
            f"{fact.identity.name} {index_text(fact)}"
            for fact in snapshot.children(table.identity, "index")
        ),
    )


def records(result: AuditResult) -> tuple[tuple[str, str], ...]:
    """Each live table with its number of rows in words: "4", "about 1,200,000"."""
    found = []
    for table in result.live.of_kind("table"):
        size = result.sizes.get((table.identity.path[0], table.identity.path[1]))
        if size is not None:
            rows = f"{size.rows:,}" if size.exact else f"about {size.rows:,}"
            found.append((object_of(table).label(result.default_schema), rows))
    return tuple(found)


def _rank(constraint: Fact) -> tuple[int, str]:
    return _ORDER.index(str(constraint.payload["type"])), str(constraint.payload["definition"])


def _line(snapshot: Snapshot, column: Fact) -> ColumnLine:
    payload, default = column.payload, default_of(snapshot, column)
    words = str(default.payload["expression"]) if default is not None else ""
    if payload.get("identity"):
        words = f"identity, {payload['identity']}"
    if payload.get("generated"):
        words = f"generated: {payload['generated']}"
    return ColumnLine(column.identity.name, str(payload["type"]), not payload["not_null"], words)
