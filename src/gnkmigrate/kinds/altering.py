"""ALTER TABLE, for what is a part of a table's columns, and ALTER ... RENAME of relations."""

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds import locks
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.postgres.quoting import identifier, qualified


def alter_table_of(
    column: Fact,
    action: str,
    reason: str,
    *,
    only: bool = False,
    rewrites: bool = False,
    scans: bool = False,
    loses_data: str = "",
) -> Statement:
    """ALTER TABLE on the table of a column, or ONLY on that; see `Statement` for the rest."""
    table = qualified(*column.identity.path[:-1])
    # A foreign table's rows are elsewhere: none is read, written or lost.
    elsewhere = column.parent is not None and column.parent.kind == "foreign table"
    return Statement(
        f"ALTER TABLE {'ONLY ' if only else ''}{table} {action}",
        reason,
        lock=locks.ALTER_TABLE,
        relation=table,
        rewrites=rewrites and not elsewhere,
        scans=(scans or rewrites) and not elsewhere,
        loses_data="" if elsewhere else loses_data,
    )


def rename_relation(change: Change, word: str, lock: str) -> Statement:
    """Gives a relation its new name, where its schema has its own already.

    Args:
        change: a rename.
        word: what SQL calls it: "INDEX".
        lock: what the command takes on it.
    """
    old = qualified(*(change.before or change.fact).identity.path)
    new = identifier(change.identity.name)
    reason = f"{word.capitalize()} {old} is to be called {new}."
    return Statement(f"ALTER {word} {old} RENAME TO {new}", reason, lock=lock, relation=old)
