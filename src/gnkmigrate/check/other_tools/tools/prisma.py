"""Prisma's migrations: the migration.sql of each folder, in the order of their names.

`prisma migrate deploy` sends these files as they are; its engine, which is fetched when it is
installed, is not needed for that. Prisma itself has no way back; a down.sql beside is taken for
one.
"""

from collections.abc import Iterator
from pathlib import Path

from gnkmigrate.check.other_tools.files import File, Files, read, recorded, require
from gnkmigrate.postgres.connection import Connection, DatabaseUrl

_TABLE = "_prisma_migrations"


def open_(folder: Path, url: DatabaseUrl, room: Path) -> Files:  # noqa: ARG001 - as all tools have it
    files = require(list(_files(folder)), folder, "NAME/migration.sql (prisma/migrations)")
    return Files(url, files, (f"*.{_TABLE}",), _done)


def _files(folder: Path) -> Iterator[File]:
    for file in sorted(folder.glob("*/migration.sql")):
        down = file.with_name("down.sql")
        yield File(file.parent.name, read(file), read(down) if down.is_file() else None)


def _done(session: Connection) -> frozenset[str]:
    finished = f"SELECT migration_name FROM {_TABLE} WHERE finished_at IS NOT NULL"  # noqa: S608 - a name of ours
    return frozenset(recorded(session, _TABLE, finished))
