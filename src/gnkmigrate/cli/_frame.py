"""The frame around every command: whatever stops it becomes a message and an exit code."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from types import FrameType
from typing import Any

import typer

from gnkmigrate.cli._context import GlobalOptions, LogFormat

FAILED = 2

# What asks a program to end, as a container's or a CI job's stop does, is answered like Ctrl-C:
# roll back, say where it stands, leave nothing running.
_ENDINGS = (signal.SIGTERM, signal.SIGHUP)


def framed(command: Callable[..., None]) -> Callable[..., None]:
    """`command` with its errors reported on stderr and turned into an exit code.

    A command's first parameter is called `context`. Defects of ours pass through, since their
    traceback helps, and so does what Typer handles.
    """

    @wraps(command)
    def run(*arguments: Any, **keywords: Any) -> None:
        try:
            with _interruptible():
                command(*arguments, **keywords)
        except KeyboardInterrupt:
            from gnkmigrate.errors import Interrupted

            _end(Interrupted("Interrupted; nothing is left half done."), keywords.get("context"))
        except typer.Abort:
            from gnkmigrate.errors import Interrupted

            _end(Interrupted("Not confirmed; nothing was done."), keywords.get("context"))
        except Exception as error:
            _end(error, keywords.get("context"))

    return run


def _end(error: Exception, context: typer.Context | None) -> None:
    from gnkmigrate.cli._failure import report_failure

    given = context.find_object(GlobalOptions) if context else None
    code = report_failure(error, given.log_format if given else LogFormat.TEXT)
    raise typer.Exit(code) from None


@contextmanager
def _interruptible() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise KeyboardInterrupt

    previous = {ending: signal.signal(ending, interrupt) for ending in _ENDINGS}
    try:
        yield
    finally:
        for ending, handler in previous.items():
            signal.signal(ending, handler)
