"""The names of NOT NULL constraints, which PostgreSQL 18 has (manual: CREATE TABLE, pg_constraint).

A fact has a name only where it is not the usual one, made of the table's and the column's. When
one of these gets another name, PostgreSQL leaves the constraint its old one.
"""

from collections.abc import Iterator

from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import locks
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.inheritance import columns_above
from gnkmigrate.kinds.kind import Context
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.postgres.quoting import identifier, qualified

_NAMED = 180000


def inherited_name(column: Fact, snapshot: Snapshot) -> str | None:
    """What NOT NULL is called on a table that has it of this column, its parent's.

    PostgreSQL 18 gives it the same name.
    """
    if not column.payload["not_null"] or snapshot.server_version < _NAMED:
        return None
    return column.payload["not_null_name"] or usual(column)


def as_of(fact: Fact, version: int, named: int = _NAMED) -> Fact:
    """A fact without the name that a server of this version cannot give its NOT NULL.

    Args:
        fact: what says what its NOT NULL is called.
        version: the server's server_version_num.
        named: the first version that keeps the name.
    """
    if version >= named or fact.payload["not_null_name"] is None:
        return fact
    return fact.has({"not_null_name": None})


def usual(column: Fact) -> str:
    """The name that the constraint of `column` has of itself."""
    *_, table, name = column.identity.path
    return _usual(table, name)


def named(change: Change) -> Iterator[Statement]:
    """Gives the constraint of a column that changes its name, once it is there."""
    before, after = change.before, change.fact
    if before is None or not after.payload["not_null"]:
        return
    stays = before.payload["not_null"]
    was = (before.payload["not_null_name"] if stays else None) or usual(after)
    wanted = after.payload["not_null_name"] or usual(after)
    if was != wanted and "not_null_name" in change.differing:
        reason = f"NOT NULL of {qualified(*after.identity.path)} is called {wanted} in the target."
        yield _renamed(after.identity.path[:-1], was, wanted, reason)


def follows_column(change: Change, context: Context) -> Iterator[Statement]:
    """Takes the constraint along when its column is renamed; the table has its new name."""
    before, (*table, name) = change.before, change.identity.path
    if before is not None and change.fact.payload["not_null"] and _is_usual(before, context):
        yield from _following((*table, before.identity.name), (*table, name))


def follows_table(change: Change, context: Context) -> Iterator[Statement]:
    """The same when the table is renamed; its columns have their old names."""
    if change.before is None:
        return
    table = change.before.identity
    for column in context.source.children(context.meanwhile.get(table, table), "column"):
        if _is_usual(column, context):
            name = column.identity.name
            yield from _following((*table.path, name), (*change.identity.path, name))


def _is_usual(column: Fact, context: Context) -> bool:
    """Whether it has a constraint of its own, of the usual name."""
    payload = column.payload
    return (
        context.source.server_version >= _NAMED
        and context.target.server_version >= _NAMED
        and payload["not_null"]
        and payload["not_null_name"] is None
        and not any(columns_above(column.identity.path, context.source))
    )


def _following(old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[Statement]:
    was, wanted = _usual(*old[-2:]), _usual(*new[-2:])
    reason = f"The NOT NULL of {qualified(*new)} goes by its name."
    yield _renamed(new[:-1], was, wanted, reason)


def _usual(table: str, column: str) -> str:
    return f"{table}_{column}_not_null"


def _renamed(table: tuple[str, ...], was: str, wanted: str, reason: str) -> Statement:
    relation = qualified(*table)
    action = f"RENAME CONSTRAINT {identifier(was)} TO {identifier(wanted)}"
    return Statement(
        f"ALTER TABLE {relation} {action}", reason, lock=locks.ALTER_TABLE, relation=relation
    )
