"""An error as the user sees it: one message, what it concerns, what to do next."""

import sys

from gnkmigrate.errors import GnkMigrateError

FAILED = 2


def report_failure(error: Exception) -> int:
    """Writes what went wrong to stderr and gives the exit code.

    Raises:
        Exception: `error` itself, where it is a defect of ours: then the traceback helps.
    """
    from psycopg import Error

    from gnkmigrate.connection import redact

    if isinstance(error, GnkMigrateError):
        lines = [f"error: {error.message}", *(f"  {detail}" for detail in error.details)]
        if error.hint:
            lines.append(f"next: {error.hint}")
    elif isinstance(error, Error):
        diagnostic = error.diag
        lines = [f"error: PostgreSQL: {diagnostic.message_primary or str(error).strip()}"]
        lines += [
            f"  {text}" for text in (diagnostic.message_detail, diagnostic.message_hint) if text
        ]
        if error.sqlstate:
            lines.append(f"  SQLSTATE {error.sqlstate}")
        lines.append("next: gnkmigrate doctor shows what this role and server allow.")
    elif isinstance(error, OSError):
        lines = [
            f"error: {error.strerror or error}" + (f": {error.filename}" if error.filename else "")
        ]
    else:
        raise error
    sys.stderr.write(redact("\n".join(lines)) + "\n")
    return FAILED
