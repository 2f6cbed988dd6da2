"""An error as the user sees it: one message, what it concerns, what to do next."""

import sys
from traceback import format_exception

import typer
from typer.exceptions import TyperException

from gnkmigrate.cli._context import LogFormat
from gnkmigrate.cli._failure_text import told
from gnkmigrate.exit_codes import explain
from gnkmigrate.failure import Failure
from gnkmigrate.text.redaction import redact

# What Typer answers: a wrong use, an end that was asked for, and a reader who has read enough.
_TYPERS = (TyperException, typer.Exit, BrokenPipeError)


def report_failure(error: Exception, log_format: LogFormat = LogFormat.TEXT) -> int:
    """Writes what went wrong to stderr and gives the exit code.

    Raises:
        Exception: `error` itself, where Typer knows what to do with it.
    """
    if isinstance(error, _TYPERS):
        raise error
    failure = explain(error)
    if failure is None:
        sys.stderr.write(redact("".join(format_exception(error))))
        failure = _defect(error)
    sys.stderr.write(redact(told(failure, log_format)))
    return failure.exit_code


def _defect(error: Exception) -> Failure:
    """Python would end with 1, by which the commands say that they have found something."""
    return Failure(
        f"A defect of gnkmigrate: {type(error).__name__}: {error}",
        hint="Report it, with the lines above and what was typed. A file that was edited by hand, "
        "such as a snapshot, may be the cause: write it anew.",
    )
