"""What PostgreSQL does to no partitioned table while the application writes (manual, 5.11.2)."""

from collections.abc import Sequence

from gnkmigrate.run.names import literal, quoted
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.work import Work

_IS_PARTITIONED = "SELECT relkind = 'p' FROM pg_class WHERE oid = to_regclass({table})"
_NOT_VALID_KEYS = 180000  # the first version whose partitioned tables have them


def is_partitioned(work: Work, table: str) -> bool:
    """Whether "schema.table" is there and is partitioned."""
    return bool(work.value(_IS_PARTITIONED.format(table=literal(quoted(table)))))


def refuse_index(work: Work, table: str, what: str) -> Sequence[Refusal]:
    """Stops where an index of a partitioned table is to come or go CONCURRENTLY.

    Args:
        work: the session.
        table: "schema.table".
        what: what is to be done instead, as the hint says it.
    """
    if not is_partitioned(work, table):
        return ()
    message = f"{table} is partitioned: no index of it can be built or dropped CONCURRENTLY."
    return (Refusal(message, hint=what),)


def refuse_foreign_key(work: Work, table: str) -> Sequence[Refusal]:
    """Stops where a foreign key of a partitioned table is to be added NOT VALID."""
    new_enough = work.connection.info.server_version >= _NOT_VALID_KEYS
    if new_enough or not is_partitioned(work, table):
        return ()
    return (
        Refusal(
            f"{table} is partitioned: before PostgreSQL 18 no foreign key of it can be NOT VALID.",
            hint="Add the foreign key to each partition, and then to the table by op.step.",
        ),
    )
