"""A failure in the words of the terminal, or as a line of JSON."""

import json
from datetime import UTC, datetime

from gnkmigrate.cli._context import LogFormat
from gnkmigrate.failure import Failure
from gnkmigrate.text.escape import for_log, printable


def told(failure: Failure, log_format: LogFormat) -> str:
    """The failure for stderr, with the line break at its end."""
    return (_as_json if log_format is LogFormat.JSON else _as_text)(failure) + "\n"


def _as_text(failure: Failure) -> str:
    lines = [f"error: {failure.message}", *(f"  {detail}" for detail in failure.details)]
    if failure.hint:
        lines.append(f"next: {failure.hint}")
    return for_log(printable("\n".join(lines)))


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
