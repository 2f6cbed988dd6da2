"""A failure in the words of the terminal, or as a line of JSON."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from gnkmigrate.cli._context import LogFormat
from gnkmigrate.cli._words import printable

FAILED = 2


@dataclass(frozen=True)
class Failure:
    """What went wrong.

    Attributes:
        message: what happened, and to which object.
        details: the rows, objects or lines that it is about.
        hint: what to type or change next; "" where nothing can be said.
        exit_code: 1 for what the command was asked to find, 3 for what may succeed later as it
            is, else 2.
    """

    message: str
    details: tuple[str, ...] = ()
    hint: str = ""
    exit_code: int = FAILED


def told(failure: Failure, log_format: LogFormat) -> str:
    """The failure for stderr, with the line break at its end."""
    return (_as_json if log_format is LogFormat.JSON else _as_text)(failure) + "\n"


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
