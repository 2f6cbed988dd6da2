"""An error as the user sees it: one message, what it concerns, what to do next."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg
import typer

from gnkmigrate.cli._context import LogFormat, options
from gnkmigrate.cli._frame import FAILED
from gnkmigrate.cli._words import printable
from gnkmigrate.connection import redact
from gnkmigrate.errors import GnkMigrateError, VerificationFailed

FOUND = 1
LATER = 3

_PASSING = (
    psycopg.errors.LockNotAvailable,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
    psycopg.errors.DiskFull,
    psycopg.errors.TooManyConnections,
    psycopg.errors.AdminShutdown,
    psycopg.errors.CannotConnectNow,
)


@dataclass(frozen=True)
class Failure:
    """What went wrong.

    Attributes:
        message: what happened, and to which object.
        details: the rows, objects or lines that it is about.
        hint: what to type or change next; "" where nothing can be said.
        exit_code: 1 for what the command was asked to find, else 2.
    """

    message: str
    details: tuple[str, ...] = ()
    hint: str = ""
    exit_code: int = FAILED


def explain(error: Exception) -> Failure | None:
    """The failure that an error stands for; None where it is a defect of ours."""
    match error:
        case GnkMigrateError():
            code = FOUND if isinstance(error, VerificationFailed) else FAILED
            return Failure(error.message, error.details, error.hint, code)
        case psycopg.Error():
            return _of_postgresql(error)
        case BrokenPipeError():
            return None  # whoever read our output has read enough; Typer ends quietly
        case OSError():
            name = f": {error.filename}" if error.filename else ""
            return Failure(f"{error.strerror or error}{name}")
        case _:
            return None


def _of_postgresql(error: psycopg.Error) -> Failure:
    diagnostic = error.diag
    details = [text for text in (diagnostic.message_detail, diagnostic.message_hint) if text]
    if error.sqlstate:
        details.append(f"SQLSTATE {error.sqlstate}")
    hint = "gnkmigrate doctor shows what this server and role allow."
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        hint = "gnkmigrate doctor lists the privileges that are missing, and how to grant them."
    message = diagnostic.message_primary or str(error).strip()
    return Failure(f"PostgreSQL: {message}", tuple(details), hint)


def report_failure(error: Exception, log_format: LogFormat = LogFormat.TEXT) -> int:
    """Writes what went wrong to stderr and gives the exit code.

    Raises:
        Exception: `error` itself, where it is a defect of ours: then the traceback helps.
    """
    failure = explain(error)
    if failure is None:
        raise error
    write = _as_json if log_format is LogFormat.JSON else _as_text
    sys.stderr.write(redact(write(failure)) + "\n")
    return failure.exit_code


@contextmanager
def passing_explained(context: typer.Context) -> Iterator[None]:
    """Ends a command with its own exit code where the same command may succeed later."""
    try:
        yield
    except (GnkMigrateError, psycopg.Error) as error:
        if not _passes(error):
            raise
        report_failure(error, options(context).log_format)
        raise typer.Exit(LATER) from None


def _passes(error: BaseException) -> bool:
    """Whether an error goes away although nobody changes the command, the schema or the rows."""
    passing = isinstance(error, _PASSING) or getattr(error, "passing", False)
    return passing or isinstance(error.__cause__, psycopg.errors.DiskFull)


def _as_text(failure: Failure) -> str:
    lines = [f"error: {failure.message}", *(f"  {detail}" for detail in failure.details)]
    if failure.hint:
        lines.append(f"next: {failure.hint}")
    return printable("\n".join(lines))


def _as_json(failure: Failure) -> str:
    return json.dumps(
        {
            "time": datetime.now(UTC).isoformat(),
            "event": "error",
            "message": failure.message,
            "details": failure.details,
            "hint": failure.hint,
        },
        ensure_ascii=False,
    )
