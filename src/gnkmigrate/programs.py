"""PostgreSQL's own client programs: pg_dump and its kin, of the server's major version."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from psycopg import conninfo

from gnkmigrate.connection import DatabaseUrl, redact
from gnkmigrate.errors import GnkMigrateError
from gnkmigrate.servers.binaries import binaries

OWN_SCHEMAS = ("gnkmigrate", "gnkmigrate_archive", "gnkmigrate_staging")


def program(name: str, major: int) -> Path:
    """A client program that fits the server: the one on the PATH if its major is not older.

    pg_dump refuses servers newer than itself (PostgreSQL manual, pg_dump, Notes), so else it is
    taken from the embedded binaries.

    Raises:
        ServerUnavailable: neither is to be had.
    """
    found = shutil.which(name)
    if found is not None and _major(Path(found)) == major:
        return Path(found)
    return binaries(major) / name


def _major(path: Path) -> int:
    answer = subprocess.run([path, "--version"], check=False, capture_output=True, text=True)  # noqa: S603 - PostgreSQL's own program
    version = answer.stdout.split()[2] if answer.returncode == 0 else "0"
    return int(version.split(".")[0])


def run_program(path: Path, url: DatabaseUrl, options: Sequence[str]) -> str:
    """Runs a client program on a database and gives what it prints.

    The password goes through the environment, where other users of the machine do not see it.

    Raises:
        GnkMigrateError: the program failed; the message is its own, without any secret.
    """
    given = {
        name: str(value) for name, value in conninfo.conninfo_to_dict(url.conninfo).items() if value
    }
    password = given.pop("password", None)
    environment = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    target = f"--dbname={conninfo.make_conninfo(**given)}"
    answer = subprocess.run(  # noqa: S603 - PostgreSQL's own program with options of ours
        [path, *options, target], check=False, capture_output=True, text=True, env=environment
    )
    if answer.returncode != 0:
        raise GnkMigrateError(
            f"{path.name} failed on {url}.",
            details=[redact(line) for line in answer.stderr.strip().splitlines()[:5]],
            hint="gnkmigrate doctor shows what this role may do.",
        )
    return answer.stdout


def dump_schema(
    url: DatabaseUrl, major: int, *, schemas: Sequence[str] = (), ignore: Sequence[str] = ()
) -> str:
    """The schema as pg_dump writes it, without owners, privileges and gnkmigrate's schemas.

    Args:
        url: the database.
        major: the server's major version.
        schemas: only these; none means all. pg_dump leaves extensions out when it is told some.
        ignore: patterns of tables to leave out, "schema.name".
    """
    return run_program(
        program("pg_dump", major),
        url,
        [
            "--schema-only",
            "--no-owner",
            "--no-privileges",
            *(f"--schema={name}" for name in schemas),
            *(f"--exclude-schema={name}" for name in OWN_SCHEMAS),
            *(f"--exclude-table={pattern}" for pattern in ignore),
        ],
    )
