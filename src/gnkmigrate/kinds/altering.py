"""ALTER TABLE, for what is a part of a table's columns."""

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds import locks
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.postgres.quoting import qualified


def alter_table_of(
    column: Fact,
    action: str,
    reason: str,
    *,
    rewrites: bool = False,
    scans: bool = False,
    loses_data: str = "",
) -> Statement:
    """ALTER TABLE on the table of a column; see `Statement` for the rest."""
    table = qualified(*column.identity.path[:-1])
    # A foreign table's rows are elsewhere: none is read, written or lost.
    elsewhere = column.parent is not None and column.parent.kind == "foreign table"
    return Statement(
        f"ALTER TABLE {table} {action}",
        reason,
        lock=locks.ALTER_TABLE,
        relation=table,
        rewrites=rewrites and not elsewhere,
        scans=(scans or rewrites) and not elsewhere,
        loses_data="" if elsewhere else loses_data,
    )
