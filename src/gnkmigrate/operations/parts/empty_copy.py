"""What PostgreSQL says of a definition, asked on an empty copy of its table.

So what it would refuse in the middle of a phase is known before it begins.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors

from gnkmigrate.run.names import literal, quoted
from gnkmigrate.run.work import Work

EMPTY_COPY = "pg_temp.gnkmigrate_probe"

# What is said of a definition whose columns, types or functions are to come, or to be others.
NOT_YET = (
    errors.UndefinedColumn,
    errors.UndefinedFunction,
    errors.UndefinedObject,
    errors.UndefinedTable,
    errors.InvalidSchemaName,
    errors.DatatypeMismatch,
)

# Whatever else is said of one that PostgreSQL does not take.
REFUSED = (
    psycopg.ProgrammingError,
    psycopg.DataError,
    psycopg.IntegrityError,
    psycopg.NotSupportedError,
    psycopg.InternalError,
)

_CAN_ASK = """
SELECT to_regclass({table}) IS NOT NULL
   AND has_database_privilege(current_database(), 'TEMPORARY')
"""


def can_ask(work: Work, table: str) -> bool:
    """Whether "schema.table" is there yet, and the role may make a temporary table."""
    return bool(work.value(_CAN_ASK.format(table=literal(quoted(table)))))


def is_changed_before(work: Work, *tables: str) -> bool:
    """Whether earlier steps of the phase may make what a definition needs, or change the rows."""
    return any(
        step.prepares or not set(tables).isdisjoint(step.tables)
        for step in work.earlier
        if step.changes and not step.keeps_rows
    )


@contextmanager
def empty_copy(work: Work, table: str) -> Iterator[None]:
    """A copy of "schema.table" called EMPTY_COPY, which is there as long as the block lasts."""
    with work.connection.transaction(force_rollback=True):
        work.execute(f"CREATE TEMPORARY TABLE gnkmigrate_probe (LIKE {quoted(table)})")
        yield


@contextmanager
def copy_of_a_row(work: Work, table: str) -> Iterator[None]:
    """The same with one row of "schema.table", where it has any, and without its constraints."""
    with work.connection.transaction(force_rollback=True):
        row = f"SELECT * FROM {quoted(table)} LIMIT 1"
        work.execute(f"CREATE TEMPORARY TABLE gnkmigrate_probe AS {row}")
        yield
