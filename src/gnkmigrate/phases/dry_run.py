"""A dry run: the phases are executed in one transaction, which is rolled back.

It holds every lock until then. So it first says which tables it will lock and for how many rows,
and refuses where there are too many.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from gnkmigrate.connection import Connection
from gnkmigrate.errors import PhaseRefused
from gnkmigrate.phases import events
from gnkmigrate.phases.names import literal, quoted
from gnkmigrate.phases.revision import Phase
from gnkmigrate.phases.work import Work

# nextval() is not undone by ROLLBACK. But ALTER SEQUENCE gives a sequence new storage, which goes
# with the transaction and takes the values drawn since along (manual, ALTER SEQUENCE, Notes).
_RENEW_SEQUENCES = """
SELECT format('ALTER SEQUENCE %%I.%%I INCREMENT BY %%s', schemaname, sequencename, increment_by)
FROM pg_catalog.pg_sequences
WHERE schemaname = ANY (%s)
ORDER BY schemaname, sequencename
"""


def announce(phases: Sequence[Phase], work: Work, limit: int) -> None:
    """Tells the observer which tables will be locked, with their rows counted up to `limit`.

    Raises:
        PhaseRefused: a table has more rows than `limit`.
    """
    names = sorted({table for phase in phases for table in phase.tables})
    counted = []
    for name in names:
        if work.value(f"SELECT to_regclass({literal(quoted(name))}) IS NULL"):
            continue  # one of the phases makes it
        few = f"SELECT FROM {quoted(name)} LIMIT {limit + 1}"
        counted.append((name, int(work.value(f"SELECT count(*) FROM ({few}) AS counted"))))
    work.observe(events.TablesTouched(tuple(phase.name for phase in phases), tuple(counted)))
    large = [f"{name}: more than {limit:,} rows" for name, rows in counted if rows > limit]
    if large:
        raise PhaseRefused(
            "A dry run here would hold its locks for too long.",
            details=large,
            hint="gnkmigrate rehearse does it on a copy; [limits] dry_run_rows moves the limit.",
        )


@contextmanager
def rolled_back(connection: Connection, schemas: Sequence[str]) -> Iterator[None]:
    """A transaction that leaves nothing behind, values of sequences included."""
    with connection.transaction(force_rollback=True):
        for (statement,) in connection.execute(_RENEW_SEQUENCES, (list(schemas),)).fetchall():
            connection.execute(statement)
        yield
