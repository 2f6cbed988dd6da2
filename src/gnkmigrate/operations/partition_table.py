"""op.partition_table: a table becomes one of partitions by month, while the application works."""

from collections.abc import Sequence

from gnkmigrate.errors import RevisionError
from gnkmigrate.operations.backfill import Backfill
from gnkmigrate.operations.expect import ExpectAbsent
from gnkmigrate.operations.partitions.exchange import Exchange
from gnkmigrate.operations.partitions.spec import Partitioning
from gnkmigrate.operations.partitions.staging import Stage
from gnkmigrate.operations.verify import Verify
from gnkmigrate.run.names import literal, quoted
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Step


@operation("partition_table")
def partition_table(
    table: str, by: str, key: Sequence[str], procedure: str, ahead: int = 3
) -> tuple[Step, ...]:
    """Makes a table one of partitions by month, beside the old one, and exchanges them.

    The new table is filled in batches while triggers keep it in step, compared with the old one,
    and takes its place in one short transaction. The old one goes to the archive and stays in step
    until contract, so that the way back moves no row. The months of the rows that there are get
    a partition each, as do those to come; what has none goes to a default partition. The primary
    key has the column in it from then on.

    Args:
        table: "schema.table".
        by: the column, a date or a timestamptz that is NOT NULL.
        key: the columns of its primary key.
        procedure: "schema.name" of the procedure that makes partitions ahead.
        ahead: for how many months after this one there are partitions.

    Raises:
        RevisionError: no key is given.
    """
    if not key:
        raise RevisionError(f"op.partition_table of {table} needs the columns of its key.")
    spec = Partitioning(table, by, tuple(key), procedure, ahead)
    return (
        ExpectAbsent((spec.staged,)),
        Stage(spec),
        Backfill(
            spec.filling,
            table,
            spec.key,
            f"INSERT INTO {quoted(spec.staged)} SELECT old.* FROM {quoted(table)} AS old"
            " WHERE :batch FOR SHARE ON CONFLICT DO NOTHING",
            alias="old",
            irreversible="they go with their table",
        ),
        # Its rows were compared with the old ones right before.
        Exchange(f"partitions take the place of {table}", table, spec=spec),
        Verify(
            f"{table} has partitions by {by}",
            "SELECT relname FROM pg_catalog.pg_class"
            f" WHERE oid = {literal(quoted(table))}::regclass AND relkind <> 'p'",
        ),
    )
