"""An error as the user sees it: one message, what it concerns, what to do next."""

import sys

from gnkmigrate.cli._context import LogFormat
from gnkmigrate.cli._failure_text import told
from gnkmigrate.exit_codes import explain
from gnkmigrate.text.redaction import redact


def report_failure(error: Exception, log_format: LogFormat = LogFormat.TEXT) -> int:
    """Writes what went wrong to stderr and gives the exit code.

    Raises:
        Exception: `error` itself, where it is a defect of ours: then the traceback helps.
    """
    failure = explain(error)
    if failure is None:
        raise error
    sys.stderr.write(redact(told(failure, log_format)))
    return failure.exit_code
