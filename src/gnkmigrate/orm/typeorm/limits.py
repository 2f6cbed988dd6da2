"""What of a target TypeORM has no word for, and what becomes of it.

Whatever is not named here is told as well: a kind, or a property of one, that the model does not
hold is a limit because nobody has said how it is expressed.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.orm.typeorm.model import Limit

# What the model holds of each kind, and what merely describes.
_HELD: Mapping[str, frozenset[str]] = {
    "table": frozenset({"is_partition"}),
    "column": frozenset({"type", "not_null", "collation", "identity", "generated", "generation",
                         "usual_storage"}),
    "default": frozenset({"expression"}),
    "constraint": frozenset({"type", "definition", "columns", "references", "expression"}),
    "index": frozenset({"definition", "unique", "keys", "predicate"}),
    "identity": frozenset({"generation", "sequence_schema", "sequence_name", "type"}),
    "enum": frozenset({"labels", "renamed"}),
    "comment": frozenset({"text"}),
    "sequence": frozenset({"type", "owned_by"}),
}  # fmt: skip
# What most things say, and TypeORM makes without a word.
_USUAL: Mapping[str, Any] = {
    "persistence": "permanent", "access_method": "heap", "replica_identity": "default",
    "validated": True, "method": "btree", "valid": True,
    "start": 1, "increment": 1, "minimum": 1, "cache": 1,
}  # fmt: skip
_HIGHEST = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}
# Whose absence is no loss: what every database has, what says who may do what, what hangs on these.
_NOT_MEANT = frozenset({
    "schema", "role", "membership", "owner", "grants", "default privileges", "security label",
    "extension dependency", "cloned trigger", "database setting", "role setting",
})  # fmt: skip
_REASONS: Mapping[str, str] = {
    "view": "a view; a migration makes it",
    "materialized view": "a materialized view; a migration makes it",
    "partition": "a partition; its rows are read through its parent",
    "domain": "a domain; its columns are declared with the type that it is over",
    "foreign table": "a foreign table; read it with a query",
    "extension": "an extension; a migration makes it",
}


def of_others(snapshot: Snapshot) -> Iterator[Limit]:
    """Whatever is no part of any entity: views, functions, policies and the like."""
    for fact in snapshot.ordered:
        if (
            fact.kind in _HELD
            or fact.kind in _NOT_MEANT
            or fact.payload.get("schema") == "pg_catalog"
        ):
            continue
        reason = _REASONS.get(fact.kind, f"a {fact.kind}; a migration makes it")
        yield Limit(fact.identity, reason, table_of(fact.identity, snapshot))


def of_name(table: Identity) -> Iterator[Limit]:
    """A name that breaks the query by which TypeORM compares all tables."""
    if {"'", "\\"} & {*"".join(table.path)}:
        yield Limit(table, "TypeORM cannot look for a name with ' or \\ in it", table, apart=True)


def of_comment(comment: Fact, table: Identity) -> Iterator[Limit]:
    """A comment on a table, in which TypeORM 0.3 does not double quotes."""
    if "'" in comment.payload["text"]:
        yield Limit(comment.identity, "a comment with ' in it; a migration makes it", table)


def of_properties(fact: Fact, table: Identity | None, *held: str) -> Iterator[Limit]:
    """Properties of a thing that TypeORM does not say.

    Args:
        fact: the thing.
        table: whose entity tells of it.
        held: properties that the model holds of this very thing.
    """
    for name, value in fact.payload.items():
        if name in _HELD[fact.kind] or name in held or _is_usual(name, value, fact):
            continue
        told = ("no", "yes")[value] if isinstance(value, bool) else value
        reason = f"{name.replace('_', ' ')} ({told}) is not said"
        yield Limit(fact.identity, reason, table, apart=name == "partitioned_by")


def _is_usual(name: str, value: Any, fact: Fact) -> bool:
    usual = _HIGHEST.get(fact.payload["type"]) if name == "maximum" else _USUAL.get(name)
    return value is None or value == usual or (not value and usual is not True)


def table_of(identity: Identity | None, snapshot: Snapshot) -> Identity | None:
    """The table that something is, or lives in."""
    while identity is not None and identity.kind != "table":
        fact = snapshot.facts.get(identity)
        identity = fact.parent if fact else None
    return identity
