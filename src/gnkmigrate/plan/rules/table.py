"""Tables (manual: CREATE TABLE, ALTER TABLE, 5.11 for partitions).

A new table is written with its columns, their defaults and its own constraints in one command;
foreign keys follow when both tables are there.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from gnkmigrate.catalog.model import Fact, Identity
from gnkmigrate.diff.change import Change
from gnkmigrate.plan import locks
from gnkmigrate.plan.options import listed, set_and_reset
from gnkmigrate.plan.quoting import identifier, qualified
from gnkmigrate.plan.rule import Context, Rule
from gnkmigrate.plan.rules import column, constraint
from gnkmigrate.plan.statement import Statement, Statements


class TableRule(Rule):
    kind = "table"

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del context
        name, payload = qualified(*fact.identity.path), fact.payload
        word = "CREATE UNLOGGED TABLE" if payload["persistence"] == "unlogged" else "CREATE TABLE"
        lines = ",\n    ".join(_lines(parts))
        body = f" (\n    {lines}\n)"
        if payload.get("partition_bound"):
            head = f" PARTITION OF {_parents(payload)}{body if lines else ''}"
            head += f" {payload['partition_bound']}"
        else:
            inherits = f" INHERITS ({_parents(payload)})" if payload.get("inherits") else ""
            head = f"{body if lines else ' ()'}{inherits}"
        if payload.get("partitioned_by"):
            head += f" PARTITION BY {payload['partitioned_by']}"
        if payload["options"]:
            head += f" WITH ({listed(payload['options'])})"
        return (Statement(f"{word} {name}{head}", f"Table {name} is missing."),)

    def drop(self, fact: Fact, context: Context) -> Statements:
        del context
        name = qualified(*fact.identity.path)
        return (
            Statement(
                f"DROP TABLE {name}",
                f"Table {name} is not in the target.",
                lock=locks.DROP,
                relation=name,
                loses_data=f"all rows of {name}",
            ),
        )

    def alter(self, change: Change, context: Context) -> Statements | None:
        del context
        differing = set(change.differing)
        if change.before is None or differing & {"partitioned_by"}:
            return None
        old, new = change.before.payload, change.fact.payload
        name = qualified(*change.identity.path)
        statements: list[Statement] = []
        if differing & {"inherits", "partition_bound"}:
            statements += _reparented(name, old, new)
        if "persistence" in differing:
            statements.append(_persistence(name, new["persistence"]))
        if "options" in differing:
            statements += _options(name, old["options"], new["options"])
        return tuple(statements)

    def carries(self, change: Change, inner: Change, context: Context) -> bool:
        # What a partition shares with its parent is the parent's: it stays when the two are
        # joined or parted, and only passes from the one to the other.
        if change.before is None or not {"inherits", "partition_bound"} & set(change.differing):
            return False
        joined = inner.after is None
        side = change.fact if joined else change.before
        snapshot = context.target if joined else context.source
        return inner.verb in {"add", "remove"} and any(
            _is_shared(inner.fact, above)
            for parent in side.payload["inherits"] or ()
            for above in snapshot.children(
                Identity("table", (parent["schema"], parent["table"])), inner.kind
            )
        )

    def rename(self, change: Change, context: Context) -> Statements:
        del context
        old = qualified(*(change.before or change.fact).identity.path)
        new = identifier(change.identity.name)
        return (
            _statement(old, f"ALTER TABLE {old} RENAME TO {new}", f"{old} is to be called {new}."),
        )

    def names(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        path = fact.identity.path
        return frozenset({("relation", *path), ("type", *path)})

    def is_derived(self, fact: Fact) -> bool:
        del fact
        return False


def _is_shared(own: Fact, above: Fact) -> bool:
    """Whether a part of a table is its parent's too: columns by name, the rest by definition."""
    if own.kind == "column":
        return own.identity.name == above.identity.name
    return own.kind in {"constraint", "index"} and own.subject == above.subject


def _lines(parts: Sequence[Fact]) -> list[str]:
    defaults = {part.parent: part.payload["expression"] for part in parts if part.kind == "default"}
    columns = sorted(
        (part for part in parts if part.kind == "column"),
        key=lambda part: (part.position, part.identity),
    )
    constraints = sorted(
        (part for part in parts if part.kind == "constraint"),
        key=lambda part: (part.payload["type"] != "primary key", part.identity),
    )
    return [
        *(column.defined(part, defaults.get(part.identity)) for part in columns),
        *(constraint.defined(part) for part in constraints),
    ]


def _each_parent(payload: Mapping[str, Any]) -> list[str]:
    return [qualified(parent["schema"], parent["table"]) for parent in payload["inherits"] or ()]


def _parents(payload: Mapping[str, Any]) -> str:
    return ", ".join(_each_parent(payload))


def _reparented(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Statements:
    """Out of the old parents and into the new; a partition is detached and attached."""
    reason = f"The target has {name} under other parents or with other bounds."
    if old["partition_bound"]:
        leave = [f"ALTER TABLE {_parents(old)} DETACH PARTITION {name}"]
    else:
        leave = [f"ALTER TABLE {name} NO INHERIT {parent}" for parent in _each_parent(old)]
    if new["partition_bound"]:
        join = [f"ALTER TABLE {_parents(new)} ATTACH PARTITION {name} {new['partition_bound']}"]
    else:
        join = [f"ALTER TABLE {name} INHERIT {parent}" for parent in _each_parent(new)]
    return tuple(_statement(name, sql, reason) for sql in (*leave, *join))


def _persistence(name: str, persistence: str) -> Statement:
    logged = persistence == "permanent"
    return Statement(
        f"ALTER TABLE {name} SET {'LOGGED' if logged else 'UNLOGGED'}",
        f"Table {name} is {persistence} in the target.",
        lock=locks.ALTER_TABLE,
        relation=name,
        rewrites=True,
        scans=True,
    )


def _options(name: str, old: Sequence[str], new: Sequence[str]) -> list[Statement]:
    return [
        Statement(
            f"ALTER TABLE {name} {action}",
            f"The storage parameters of {name} differ.",
            lock=locks.SET_STORAGE_PARAMETERS,
            relation=name,
        )
        for action in set_and_reset(old, new)
    ]


def _statement(relation: str, sql: str, reason: str) -> Statement:
    return Statement(sql, reason, lock=locks.ALTER_TABLE, relation=relation)


RULE = TableRule()
