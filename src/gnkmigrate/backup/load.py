"""Load a dump into a database, in one transaction: all of it or nothing."""

import re
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from gnkmigrate.backup.failure import RestoreFailed
from gnkmigrate.backup.progress import Observer, TransferProgress
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.servers import Server
from gnkmigrate.servers.client_programs import complaints, invocation, on_file, program, started

_TABLE_BEGINS = b"pg_restore: processing data for table "

# A materialized view is filled as its owner sees things (manual: REFRESH MATERIALIZED VIEW). It
# hides no row of a table: row security is enabled after those are there, and COPY ... FROM is
# refused where it is enabled already.
_FILLED = "--enable-row-security"

# Drops wait for whoever uses the tables, and everybody else then waits for the drops.
_PREAMBLE = """
SET client_encoding = 'UTF8';
SET default_transaction_read_only = off;
SET client_min_messages = warning;
BEGIN;
SET LOCAL lock_timeout = '10s';
"""

_HINTS = (
    (
        r'role "[^"]*" does not exist',
        "Create that role, or restore with --no-owner, which leaves out owners and grants.",
    ),
    (
        r"must be owner of extension",
        "Restore as the role that owns the extension, or drop it first, so that it is made anew.",
    ),
    (
        r"permission denied|must be (owner|member|superuser|able to)",
        "Restore as a superuser, or as the owner of the database with --no-owner.",
    ),
    (
        r"extension .*(not available|No such file)|could not open extension control file",
        "Install that extension on the server.",
    ),
    (
        r"ICU is not supported|could not create locale|collation .* does not exist",
        "That server lacks a collation of the database's; use one that has it.",
    ),
    (
        r"max_locks_per_transaction|out of shared memory",
        "Raise max_locks_per_transaction on the server: a restore locks every table at once.",
    ),
    (r"No space left on device", "Make room on the server's disk."),
    (
        r"lock timeout",
        "Others are using the database: end their sessions, or restore into a new database.",
    ),
    (
        r"read-only transaction",
        "The database or the role is read-only: ALTER ROLE ... RESET default_transaction_read_only",
    ),
)
_OTHERWISE = "gnkmigrate doctor shows what this server and role allow."


def load(
    dump: Path,
    url: DatabaseUrl,
    major: int,
    tables: int,
    *,
    options: Sequence[str] = (),
    drops: Sequence[str] = (),
    observe: Observer,
) -> None:
    """Has pg_restore load a dump, in one transaction that its first error ends.

    Args:
        dump: a dump in pg_dump's custom format.
        url: the database.
        major: its server's major version.
        tables: how many tables there are in the dump.
        options: further options of pg_restore.
        drops: statements that come first, in the same transaction. pg_restore has no place for
            them in a transaction of its own, so psql runs them, and then what pg_restore writes.
        observe: receives the progress.

    Raises:
        RestoreFailed: the server refuses something; the database is as it was.
    """
    if drops:
        _load_after(drops, dump, url, major, tables, options, observe)
    else:
        _load_alone(dump, url, major, tables, options, observe)


def load_on_copy(
    dump: Path,
    server: Server,
    url: DatabaseUrl,
    tables: int,
    *,
    options: Sequence[str] = (),
    observe: Observer,
) -> None:
    """Has pg_restore load a dump into a new database of a throwaway server.

    The rows are written by a role that is no superuser, since they run what is declared for them;
    see `Server.carrier`. What makes the schema runs nothing of it before there are rows, and
    an index or a materialized view is made with its owner's rights (PostgreSQL manual, CREATE
    INDEX, REFRESH MATERIALIZED VIEW).

    Args:
        dump: a dump in pg_dump's custom format.
        server: the server.
        url: the database, which is empty.
        tables: how many tables there are in the dump.
        options: further options of pg_restore.
        observe: receives the progress.

    Raises:
        RestoreFailed: the server refuses something.
    """
    major = server.major
    _load_alone(dump, url, major, 0, (*options, "--section=pre-data"), observe)
    with server.carrier(url) as carrier:
        _load_alone(dump, carrier, major, tables, (*options, "--section=data"), observe)
    _load_alone(dump, url, major, 0, (*options, "--section=post-data"), observe)


def _load_alone(
    dump: Path,
    url: DatabaseUrl,
    major: int,
    tables: int,
    options: Sequence[str],
    observe: Observer,
) -> None:
    once = ("--single-transaction", "--exit-on-error", "--verbose", _FILLED)
    call = invocation(program("pg_restore", major), url, [*once, *options, str(dump)])
    with started(call) as pg_restore:
        said = _follow(pg_restore.stderr, tables, observe)
    if pg_restore.returncode != 0:
        raise _failure(said, url)


def _load_after(
    drops: Sequence[str],
    dump: Path,
    url: DatabaseUrl,
    major: int,
    tables: int,
    options: Sequence[str],
    observe: Observer,
) -> None:
    script = _PREAMBLE + "".join(f"{drop};\n" for drop in drops)
    restoring = on_file(
        program("pg_restore", major), ["--file=-", "--verbose", _FILLED, *options, str(dump)]
    )
    receiving = invocation(
        program("psql", major), url, ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"]
    )
    with (
        tempfile.TemporaryFile() as errors,
        started(receiving, stdin=subprocess.PIPE, stderr=errors) as psql,
    ):
        if psql.stdin is None:
            raise TypeError("psql was started with a pipe")
        with suppress(BrokenPipeError):  # then psql has given up, and says why
            psql.stdin.write(script.encode())
            psql.stdin.flush()
            with started(restoring, stdout=psql.stdin) as pg_restore:
                said = _follow(pg_restore.stderr, tables, observe)
            # Without this psql would come to the end of its input, and roll back.
            if pg_restore.returncode == 0:
                psql.stdin.write(b"COMMIT;\n")
                psql.stdin.flush()
        with suppress(BrokenPipeError):
            psql.stdin.close()
        psql.wait()
        errors.seek(0)
        refused = errors.read().decode(errors="replace")
    if psql.returncode != 0:
        raise _failure(refused, url)
    if pg_restore.returncode != 0:
        raise _failure(said, url)


def _follow(stderr: IO[bytes] | None, tables: int, observe: Observer) -> str:
    """Counts the tables that pg_restore begins; gives the end of what it says."""
    begun = 0
    said: list[str] = []
    observe(TransferProgress("restoring", 0, tables))
    for line in stderr or ():
        if line.startswith(_TABLE_BEGINS):
            observe(TransferProgress("restoring", min(begun, tables), tables))
            begun += 1
        said.append(line.decode(errors="replace"))
        del said[:-200]
    return "".join(said)


def _failure(said: str, url: DatabaseUrl) -> RestoreFailed:
    lines = complaints(said)
    text = "\n".join(lines)
    hint = next((hint for pattern, hint in _HINTS if re.search(pattern, text)), _OTHERWISE)
    return RestoreFailed(
        f"{url} does not take the backup; it is as it was before.", details=lines, hint=hint
    )
