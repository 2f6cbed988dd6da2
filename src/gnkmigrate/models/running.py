"""Runs the tool of an ORM, in the project's folder and with the project's interpreter."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import psycopg
from psycopg import conninfo

from gnkmigrate.errors import SchemaError
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.postgres.quoting import identifier
from gnkmigrate.text.redaction import redact

_SHOWN = 15  # lines of what a tool says when it fails; the last ones have the reason
# How a traceback begins, and its frames that tell a user nothing.
_OURS = re.compile(r'Traceback \(most recent|  File "(<frozen |<string>|.*importlib/__init__\.py")')


@dataclass(frozen=True)
class Into:
    """Where a tool makes its schema.

    Attributes:
        url: an empty database of a throwaway server.
        schemas: the project's; the first is where names without one go.
        folder: the project's.
    """

    url: DatabaseUrl
    schemas: Sequence[str]
    folder: Path

    @property
    def environment(self) -> Mapping[str, str]:
        """What drivers on libpq, Node.js's and others, take an address from: no argument has it."""
        given = conninfo.conninfo_to_dict(self.url.conninfo)
        path = ",".join(map(identifier, self.schemas))
        escaped = path.replace("\\", r"\\").replace(" ", r"\ ")
        return {
            "PGHOST": str(given["host"]),
            "PGPORT": str(given.get("port", 5432)),
            "PGUSER": str(given["user"]),
            "PGPASSWORD": str(given.get("password", "")),
            "PGDATABASE": str(given["dbname"]),
            "PGOPTIONS": f"-c search_path={escaped}",
        }


def run_python(script: str, arguments: Sequence[str], into: Into, needs: str) -> None:
    """Runs a script of scripts/ with the project's Python, which finds the project's modules.

    That is the one of the virtual environment that is active, else the one that runs gnkmigrate.

    Args:
        script: its name, without .py.
        arguments: what it is given.
        into: the database, and the project.
        needs: what to do when it fails for want of something.

    Raises:
        SchemaError: it fails.
    """
    text = resources.files("gnkmigrate.models").joinpath("scripts", f"{script}.py").read_text()
    run([interpreter(), "-c", text, *arguments], into, needs)


def interpreter() -> str:
    """The Python of the active virtual environment, else the one that runs gnkmigrate."""
    active = os.environ.get("VIRTUAL_ENV")
    found = Path(active, "bin", "python") if active else Path(sys.executable)
    return str(found if found.exists() else sys.executable)


def run(command: Sequence[str], into: Into, needs: str) -> str:
    """Runs a tool in the project's folder; gives what it writes to stdout.

    Raises:
        SchemaError: it is not there, or fails.
    """
    environment = {**os.environ, **into.environment}
    # What names another database must not win over this one.
    for name in ("DATABASE_URL", "PGSERVICE", "PGHOSTADDR", "PGPASSFILE", "PGSSLMODE"):
        environment.pop(name, None)
    try:
        done = subprocess.run(  # noqa: S603 - the project's own tool
            command,
            cwd=into.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    except FileNotFoundError:
        raise SchemaError(f"{Path(command[0]).name} is not on the PATH.", hint=needs) from None
    except OSError as error:
        raise SchemaError(
            f"{Path(command[0]).name} does not start: {error.strerror}.", hint=needs
        ) from None
    if done.returncode:
        said = without_frames(redact(done.stderr.strip() or done.stdout.strip()).splitlines())
        raise SchemaError(
            "The schema of the models cannot be had.", details=said[-_SHOWN:], hint=needs
        )
    return done.stdout


def run_sql(script: str, into: Into, tool: str) -> None:
    """Runs what a tool has written, in one transaction.

    Raises:
        SchemaError: PostgreSQL refuses it.
    """
    try:
        with connect(into.url, search_path=into.schemas) as connection, connection.transaction():
            connection.execute(script.encode())
    except psycopg.Error as error:
        raise SchemaError(
            f"PostgreSQL refuses what {tool} has written: {error.diag.message_primary}.",
            hint="What the models need beside them, such as an extension, is not in that.",
        ) from error


def without_frames(lines: Sequence[str]) -> Sequence[str]:
    """What a Python program says that has failed, without what is Python's own and ours of it."""
    kept, is_ours = [], False
    for line in lines:
        if not line.startswith("    "):  # neither a line of source nor a mark below it
            is_ours = _OURS.match(line) is not None
        if not is_ours:
            kept.append(line)
    return kept
