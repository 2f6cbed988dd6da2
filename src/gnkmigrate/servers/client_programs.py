"""PostgreSQL's own client programs: pg_dump and its kin, of the server's major version."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO, TypeAlias

from psycopg import conninfo, pq

from gnkmigrate.errors import GnkMigrateError, ServerUnavailable, SettingsError
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.servers.binaries import binaries
from gnkmigrate.text.redaction import redact

Stream: TypeAlias = int | IO[bytes]

_PASSWORD = "password"  # noqa: S105 - a keyword of libpq
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")
# A program's own complaint, a server's, and the entry of a dump that either is about.
_COMPLAINT = re.compile(r"^pg_\w+: (?:error:|from TOC entry)|^psql: error|ERROR:|FATAL:")
# The statement or the row that it was about, which may hold anything, a password too.
_UNSHOWN = re.compile(
    r"^(?:pg_\w+: (?:error|detail): )?(?:(?:The )?[Cc]ommand was:|[Qq]uery was:|CONTEXT:|LINE \d+:)"
)
_SHOWN = 5
# What keeps old and new shape in step is in the project's own tables until `contract`.
_OWN_TRIGGER = re.compile(
    r"^(?:CREATE TRIGGER \w*gnkmigrate_.* EXECUTE FUNCTION gnkmigrate\."
    r"|ALTER TABLE .* ENABLE ALWAYS TRIGGER \w*gnkmigrate_).*;\n",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Invocation:
    """A client program that is ready to run on a database.

    Attributes:
        arguments: the program and its arguments, which hold no secret: others can see them.
        environment: its environment, which may hold the password.
    """

    arguments: Sequence[str]
    environment: Mapping[str, str] = field(repr=False)

    @property
    def name(self) -> str:
        return Path(self.arguments[0]).name


def program(name: str, major: int) -> Path:
    """A client program of the server's major: the one on the PATH, else an embedded one.

    pg_dump refuses servers newer than itself (PostgreSQL manual, pg_dump, Notes), and what a
    newer pg_dump writes need not load into an older server.

    Raises:
        ServerUnavailable: neither is to be had.
    """
    found = shutil.which(name)
    on_path = _major(Path(found)) if found else None
    if found is not None and on_path == major:
        return Path(found)
    try:
        return binaries(major) / name
    except ServerUnavailable as error:
        there = f"is that of PostgreSQL {on_path}" if found else "is missing"
        raise ServerUnavailable(
            f"There is no {name} for a server of PostgreSQL {major} to be had.",
            details=[f"{name} on the PATH {there}", error.message, *error.details],
            hint=f"Install the client programs of PostgreSQL {major} and put their folder first "
            "on the PATH.",
        ) from None


@cache
def program_version(path: Path) -> str:
    """What a program says of its version, such as "pg_dump (PostgreSQL) 16.15"; "" if nothing."""
    answer = subprocess.run([path, "--version"], check=False, capture_output=True, text=True)  # noqa: S603 - PostgreSQL's own program
    return answer.stdout.strip()


def _major(path: Path) -> int | None:
    found = _VERSION.search(program_version(path))
    return int(found[1]) if found else None


def invocation(path: Path, url: DatabaseUrl, options: Sequence[str]) -> Invocation:
    """A client program that is about to run on a database.

    The password goes through the environment, where other users of the machine do not see it.

    Raises:
        SettingsError: the URL has a secret that can only be handed over on the command line.
    """
    given = {
        name: str(value) for name, value in conninfo.conninfo_to_dict(url.conninfo).items() if value
    }
    environment = _environment()
    if _PASSWORD in given:
        environment["PGPASSWORD"] = given.pop(_PASSWORD)
    if exposed := sorted(_secret_keywords() & given.keys()):
        raise SettingsError(
            f"{path.name} cannot be passed {' and '.join(exposed)} without showing it to others.",
            hint="Use a client key without a passphrase, readable by you alone.",
        )
    target = f"--dbname={conninfo.make_conninfo(**given)}"
    return Invocation((str(path), "--no-password", *options, target), environment)


def on_file(path: Path, options: Sequence[str]) -> Invocation:
    """A client program that is about to run on a file, without any database."""
    return Invocation((str(path), *options), _environment())


def _environment() -> dict[str, str]:
    """This process's, but messages are in English, so that they can be understood here."""
    environment = {**os.environ, "LC_ALL": "C", "PGAPPNAME": "gnkmigrate"}
    environment.pop("PGCLIENTENCODING", None)  # a dump is in the encoding of its database
    return environment


def _secret_keywords() -> frozenset[str]:
    """The keywords of libpq that hold a secret; it marks them with a star."""
    return frozenset(
        option.keyword.decode() for option in pq.Conninfo.get_defaults() if option.dispchar == b"*"
    )


@contextmanager
def started(
    call: Invocation,
    *,
    stdin: Stream = subprocess.DEVNULL,
    stdout: Stream = subprocess.DEVNULL,
    stderr: Stream = subprocess.PIPE,
) -> Iterator["subprocess.Popen[bytes]"]:
    """Runs a client program beside the block, which ends no sooner than the program.

    When the block fails, or the user interrupts it, the program is ended.

    Raises:
        GnkMigrateError: the program does not start.
    """
    try:
        process = subprocess.Popen(  # noqa: S603 - PostgreSQL's own program with options of ours
            call.arguments, stdin=stdin, stdout=stdout, stderr=stderr, env=call.environment
        )
    except OSError as error:
        raise GnkMigrateError(
            f"{call.name} does not start: {error.strerror}.",
            hint=f"Try it by hand: {call.arguments[0]} --version",
        ) from None
    with process:
        try:
            yield process
        except BaseException:
            process.terminate()
            raise


def complaints(text: str) -> list[str]:
    """What a program that failed has said about it, without its progress and any secret.

    Statements and rows that it shows are left out. Of a program that does not complain in the
    usual form, the last lines are given.
    """
    lines = [redact(line.strip()) for line in text.strip().splitlines()]
    first = next((at for at, line in enumerate(lines) if _COMPLAINT.search(line)), None)
    if first is None:
        return lines[-_SHOWN:]
    said = []
    for line in lines[first:]:
        if _UNSHOWN.match(line):
            break
        said.append(line)
    return said[:_SHOWN]


def run_program(path: Path, url: DatabaseUrl, options: Sequence[str]) -> str:
    """Runs a client program on a database and gives what it prints.

    Raises:
        GnkMigrateError: the program failed; the message is its own, without any secret.
    """
    call = invocation(path, url, options)
    answer = subprocess.run(  # noqa: S603 - PostgreSQL's own program with options of ours
        call.arguments, check=False, capture_output=True, text=True, env=call.environment
    )
    if answer.returncode != 0:
        raise GnkMigrateError(
            f"{path.name} failed on {url}.",
            details=complaints(answer.stderr),
            hint="gnkmigrate doctor shows what this role may do.",
        )
    return answer.stdout


def dump_schema(
    url: DatabaseUrl,
    major: int,
    *,
    owners: bool = False,
    left_out: Sequence[str],
) -> str:
    """The schema as pg_dump writes it, without gnkmigrate's triggers.

    Args:
        url: the database.
        major: the server's major version.
        owners: with owners and privileges.
        left_out: pg_dump's options for what is not dumped, gnkmigrate's schemas among it.
    """
    ownerless = () if owners else ("--no-owner", "--no-privileges")
    options = ["--schema-only", *ownerless, *left_out]
    return _OWN_TRIGGER.sub("", run_program(program("pg_dump", major), url, options))
