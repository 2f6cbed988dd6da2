"""Which exit code an error has, ours or PostgreSQL's, and the failure that it stands for."""

import psycopg

from gnkmigrate.errors import GnkMigrateError, VerificationFailed
from gnkmigrate.failure import FAILED, FOUND, LATER, Failure

_PASSING = (
    psycopg.errors.LockNotAvailable,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
    psycopg.errors.DiskFull,
    psycopg.errors.TooManyConnections,
    psycopg.errors.AdminShutdown,
    psycopg.errors.CannotConnectNow,
)


def explain(error: Exception) -> Failure | None:
    """The failure that an error stands for; None where it is a defect of ours."""
    match error:
        case GnkMigrateError():
            code = FOUND if isinstance(error, VerificationFailed) else _code(error)
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
    return Failure(f"PostgreSQL: {message}", tuple(details), hint, _code(error))


def _code(error: BaseException) -> int:
    return LATER if _passes(error) else FAILED


def _passes(error: BaseException) -> bool:
    """Whether an error goes away although nobody changes the command, the schema or the rows."""
    passing = isinstance(error, _PASSING) or getattr(error, "passing", False)
    return passing or isinstance(error.__cause__, psycopg.errors.DiskFull)
