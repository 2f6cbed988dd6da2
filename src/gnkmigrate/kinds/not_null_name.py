"""What NOT NULL is called: since PostgreSQL 18 it is a constraint with a name.

A fact has the name only where it is not the usual one, made of the table's and the column's. When
one of these gets another name, PostgreSQL leaves the constraint its old one (manual: ALTER TABLE).
"""

from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.change import Change
from gnkmigrate.postgres.quoting import MAXIMUM_BYTES

NAMED = 180000
OF_CONSTRAINT = (
    "not_null_name",
    "not_null_no_inherit",
    "not_null_unvalidated",
    "not_null_comment",
)


def inherited_name(column: Fact, snapshot: Snapshot) -> str | None:
    """What NOT NULL is called on a table that has it of this column, its parent's.

    PostgreSQL 18 gives it the same name.
    """
    payload = column.payload
    if snapshot.server_version < NAMED or not payload["not_null"]:
        return None
    if payload["not_null_no_inherit"]:
        return None
    return called(column)


def as_of(fact: Fact, version: int, named: int = NAMED) -> Fact:
    """A fact without the name that a server of this version cannot give its NOT NULL.

    Args:
        fact: what says what its NOT NULL is called.
        version: the server's server_version_num.
        named: the first version that keeps the name.
    """
    unsaid = {each for each in OF_CONSTRAINT if fact.payload.get(each) is not None}
    if version >= named or not unsaid:
        return fact
    return fact.has(dict.fromkeys(unsaid))


def usual(column: Fact) -> str:
    """The name that the constraint of `column` has of itself."""
    *_, table, name = column.identity.path
    return usual_of(table, name)


def called(column: Fact) -> str:
    """The name that the constraint of `column` has."""
    return column.payload["not_null_name"] or usual(column)


def keeps(before: Fact, after: Fact | None) -> bool:
    """Whether the target has NOT NULL by the usual name of the column as it is."""
    return after is not None and bool(after.payload["not_null"]) and called(after) == usual(before)


def once_renamed(before: Fact, after: Fact) -> str:
    """What NOT NULL is called once its table and column have their new names: it has followed.

    That is not so where it has a name of its own, where the new one would be cut, or where the
    target has it by its old name.
    """
    stays = not fits(usual(after)) or keeps(before, after)
    return before.payload["not_null_name"] or usual(before if stays else after)


def given(change: Change) -> str | None:
    """The name that a constraint gets which has had another one; None where it keeps its own."""
    before, after = change.before, change.after
    if before is None or after is None or "not_null_name" not in change.differing:
        return None
    if not before.payload["not_null"] or not after.payload["not_null"]:
        return None
    return called(after) if once_renamed(before, after) != called(after) else None


def fits(name: str) -> bool:
    return len(name.encode()) <= MAXIMUM_BYTES


def usual_of(table: str, column: str) -> str:
    return f"{table}_{column}_not_null"
