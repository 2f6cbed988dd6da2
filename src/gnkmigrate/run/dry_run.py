"""A dry run: the phases are executed in one transaction, which is rolled back.

It holds every lock until then. So it first says which tables it will lock and for how many rows,
and refuses where there are too many.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from psycopg import sql

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.run import events
from gnkmigrate.run.called import on_a_copy
from gnkmigrate.run.names import literal
from gnkmigrate.run.work import Work

# nextval() is not undone by ROLLBACK. But ALTER SEQUENCE gives a sequence new storage, which goes
# with the transaction and takes the values drawn since along (manual, ALTER SEQUENCE, Notes).
_SEQUENCES = """
SELECT schemaname, sequencename, increment_by
FROM pg_catalog.pg_sequences
WHERE schemaname = ANY (%s) AND pg_catalog.pg_has_role(sequenceowner, 'USAGE')
ORDER BY schemaname, sequencename
"""


def announce(
    names: Sequence[str], tables: Mapping[str, str], work: Work, schemas: Sequence[str]
) -> None:
    """Tells the observer what will be locked, tables with their rows counted up to the limit.

    Args:
        names: what the dry run is of.
        tables: those that it locks or reads whole, as people know them, and quoted.
        work: the session, with `limits.dry_run_rows`.
        schemas: those whose sequences it stops.

    Raises:
        PhaseRefused: a table has more rows than the limit.
        PhaseFailed: somebody's lock is in the way of counting.
    """
    limit = work.limits.dry_run_rows
    counted = work.attempt(lambda: _counted(tables, work, limit), limited=False)
    sequences = work.connection.execute(_SEQUENCES, (list(schemas),)).fetchall()
    work.observe(
        events.TablesTouched(
            tuple(names),
            tuple(counted),
            tuple(f"{schema}.{name}" for schema, name, _ in sequences),
        )
    )
    large = [f"{name}: more than {limit:,} rows" for name, rows in counted if rows > limit]
    if large:
        raise PhaseRefused(
            "A dry run here would hold its locks for too long.",
            details=large,
            hint=f"{on_a_copy(names[0])} does it on a copy; [limits] dry_run_rows moves the limit.",
        )


def _counted(tables: Mapping[str, str], work: Work, limit: int) -> Sequence[tuple[str, int]]:
    counted = []
    for name, quoted in sorted(tables.items()):
        if work.value(f"SELECT to_regclass({literal(quoted)}) IS NULL"):
            continue  # one of the phases makes it
        few = f"SELECT FROM {quoted} LIMIT {limit + 1}"
        counted.append((name, int(work.value(f"SELECT count(*) FROM ({few}) AS counted"))))
    return counted


@contextmanager
def rolled_back(connection: Connection, schemas: Sequence[str]) -> Iterator[None]:
    """A transaction that leaves nothing behind, values of the schemas' sequences included."""
    with connection.transaction(force_rollback=True):
        for schema, name, increment in connection.execute(_SEQUENCES, (list(schemas),)).fetchall():
            sequence = sql.Identifier(schema, name).as_string()
            connection.execute(f"ALTER SEQUENCE {sequence} INCREMENT BY {increment}".encode())
        yield
