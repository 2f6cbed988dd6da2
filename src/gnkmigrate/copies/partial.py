"""A copy that is not the whole database: its schema, and the rows that a selection names."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from psycopg import sql

from gnkmigrate.backup.contents import Contents, differences, read_contents
from gnkmigrate.backup.load import load
from gnkmigrate.backup.progress import Observer, TransferProgress
from gnkmigrate.copies.omission import omitting
from gnkmigrate.copies.sample import Selection, copy_rows
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.servers import Server
from gnkmigrate.servers.client_programs import program, run_program


@dataclass(frozen=True)
class Copied:
    """What came of copying, of the whole database or a part.

    Attributes:
        live: what the live database held at that moment.
        copied: what of it the copy holds.
        masked: columns whose text was replaced, "schema.table.column".
    """

    live: Contents
    copied: Contents
    masked: tuple[str, ...] = ()

    @property
    def differences(self) -> tuple[str, ...]:
        """What is not as in the live database, a line each."""
        return differences(self.live, self.copied)


@dataclass(frozen=True)
class Destination:
    """Where a copy goes.

    Attributes:
        url: an empty database.
        server: its server.
        options: further options of pg_restore.
        without: extensions that are left out.
    """

    url: DatabaseUrl
    server: Server
    options: Sequence[str]
    without: Sequence[str] = ()


def copy_partly(
    live: DatabaseUrl,
    destination: Destination,
    folder: Path,
    selection: Selection,
    observe: Observer,
    *,
    trusted: bool,
) -> Copied:
    """Copies a schema and some rows, all as they were at one moment.

    Constraints, indexes and triggers come after the rows, so none of them acts on the copying,
    and a foreign key whose row is missing fails here.

    Args:
        live: the database, to which nothing is done but reading.
        destination: an empty database on a server that has the dump's roles and extensions.
        folder: for the dump of the schema.
        selection: which rows.
        observe: receives the progress.
        trusted: whether code of roles with fewer rights may run while rows are read.

    Raises:
        BackupFailed: the role may not read everything.
        PhaseRefused: reading would run code of roles with fewer rights.
        GnkMigrateError: pg_dump fails.
        RestoreFailed: the server does not take the schema.
    """
    url, server = destination.url, destination.server
    file = folder / "schema.dump"
    with connect(live, read_only=True) as session, session.transaction():
        session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        ((snapshot,),) = session.execute("SELECT pg_export_snapshot()").fetchall()
        observe(TransferProgress("counting rows"))
        there = read_contents(session, hashed=False, trusted=trusted)
        options = ["--format=custom", "--schema-only", f"--snapshot={snapshot}", f"--file={file}"]
        run_program(program("pg_dump", server.major), DatabaseUrl.of(session), options)
        _load(file, destination, "pre-data", observe)
        observe(TransferProgress("copying rows"))
        with server.carrier(url) as carrier, connect(carrier) as copy:
            masked = copy_rows(session, copy, selection)
            _set_sequences(copy, there)
    _load(file, destination, "post-data", observe)
    with connect(url) as copy:
        copy.execute("ANALYZE")  # a dump has no statistics, and queries need them
        return Copied(there, read_contents(copy, hashed=False), masked)


def _load(file: Path, destination: Destination, section: str, observe: Observer) -> None:
    major = destination.server.major
    omitted = omitting(file, major, destination.without)
    load(
        file,
        destination.url,
        major,
        0,
        options=[*destination.options, *omitted, f"--section={section}"],
        observe=observe,
    )


def _set_sequences(copy: Connection, there: Contents) -> None:
    """Sequences stand where they stood, as in a whole copy."""
    copy.execute(
        "SELECT setval(name::regclass, least(next, maximum.seqmax), false)"
        " FROM unnest(%s::text[], %s::bigint[]) AS stood (name, next)"
        " JOIN pg_sequence AS maximum ON maximum.seqrelid = stood.name::regclass",
        (
            [sql.Identifier(each.schema, each.name).as_string() for each in there.sequences],
            [each.lowest for each in there.sequences],
        ),
    )
