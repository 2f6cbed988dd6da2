"""A full disk of the server's: which one it is, so that somebody can make room there."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from gnkmigrate.errors import PhaseFailed
from gnkmigrate.postgres.connection import Connection

# A file of a tablespace has a name that begins so, in every language (manual, 73.1).
_TABLESPACE = re.compile(r"pg_tblspc/(\d+)/")

# Only members of pg_read_all_settings see where the data directory is.
_PLACE = """
SELECT coalesce(
    (SELECT format('the tablespace %%I, %%s', spcname, pg_tablespace_location(oid))
     FROM pg_catalog.pg_tablespace WHERE oid = %(tablespace)s::oid),
    (SELECT format('the data directory, %%s', setting)
     FROM pg_catalog.pg_settings WHERE name = 'data_directory'),
    'the data directory')
"""


@contextmanager
def fullness_explained(connection: Connection) -> Iterator[None]:
    """Says on which disk of the server's room is to be made, where the lack of it stops a block.

    Args:
        connection: the session of the work, in no transaction outside of the block.

    Raises:
        PhaseFailed: instead of DiskFull, and of a failure that it has caused.
    """
    try:
        yield
    except (psycopg.errors.DiskFull, PhaseFailed) as error:
        full = error.__cause__ if isinstance(error, PhaseFailed) else error
        if connection.closed or not isinstance(full, psycopg.errors.DiskFull):
            raise
        message = f"The server has no room left: {full.diag.message_primary}."
        raise PhaseFailed(
            error.message if isinstance(error, PhaseFailed) else message,
            details=error.details if isinstance(error, PhaseFailed) else (),
            hint=f"Make room on the disk of {_place(connection, full)}. Then run the same command "
            "again: it goes on where it stopped.",
        ) from full


def _place(connection: Connection, full: psycopg.errors.DiskFull) -> str:
    found = _TABLESPACE.search(full.diag.message_primary or "")
    row = connection.execute(_PLACE, {"tablespace": found[1] if found else None}).fetchone()
    return str(row[0]) if row else "the data directory"
