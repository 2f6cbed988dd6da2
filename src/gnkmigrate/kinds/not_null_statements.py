"""The commands that set, name and describe NOT NULL."""

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds import locks
from gnkmigrate.kinds.altering import alter_table_of
from gnkmigrate.kinds.not_null_name import called
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.postgres.quoting import identifier, literal, qualified


def set_not_null(column: Fact, reason: str, *, scans: bool = False) -> Statement:
    action = f"ALTER COLUMN {identifier(column.identity.name)} SET NOT NULL"
    return alter_table_of(column, action, reason, scans=scans)


def rename_not_null(table: tuple[str, ...], was: str, wanted: str, reason: str) -> Statement:
    relation = qualified(*table)
    action = f"RENAME CONSTRAINT {identifier(was)} TO {identifier(wanted)}"
    return Statement(
        f"ALTER TABLE {relation} {action}", reason, lock=locks.ALTER_TABLE, relation=relation
    )


def add_not_null(column: Fact, reason: str, before: str = "") -> Statement:
    """NOT NULL as a constraint of its own, which may leave the rows that are there alone."""
    payload, name = column.payload, called(column)
    action = f"ADD CONSTRAINT {identifier(name)} NOT NULL {identifier(column.identity.name)}"
    action += " NO INHERIT" if payload["not_null_no_inherit"] else ""
    unvalidated = bool(payload["not_null_unvalidated"])
    action += " NOT VALID" if unvalidated else ""
    return alter_table_of(column, before + action, reason, scans=not unvalidated)


def comment_on_not_null(column: Fact) -> Statement:
    comment, table = column.payload["not_null_comment"], qualified(*column.identity.path[:-1])
    text = "NULL" if comment is None else literal(comment)
    name = identifier(called(column))
    return Statement(
        f"COMMENT ON CONSTRAINT {name} ON {table} IS {text}",
        f"The comment on NOT NULL of {qualified(*column.identity.path)} differs.",
        lock=locks.COMMENT_ON_PART,
        relation=table,
    )
