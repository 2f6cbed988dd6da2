"""The frame around every command: whatever stops it becomes a message and an exit code."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from types import FrameType
from typing import Any

import typer

from gnkmigrate.cli._context import GlobalOptions, LogFormat
from gnkmigrate.cli._failure_text import told
from gnkmigrate.failure import FAILED, Failure

# What asks a program to end, as a container's or a CI job's stop does, is answered like Ctrl-C:
# roll back, say where it stands, leave nothing running.
_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_SOON_S = 0.01


def framed(command: Callable[..., None]) -> Callable[..., None]:
    """`command` with its errors reported on stderr and turned into an exit code.

    A command's first parameter is called `context`. What Typer handles passes through.
    """

    @wraps(command)
    def run(*arguments: Any, **keywords: Any) -> None:
        try:
            with _interruptible():
                command(*arguments, **keywords)
        except KeyboardInterrupt:
            # It may have come while a module was being loaded: nothing more is loaded here.
            _stop("Interrupted; nothing is left half done.", keywords.get("context"))
        except typer.Abort:
            _stop("Not confirmed; nothing was done.", keywords.get("context"))
        except Exception as error:
            _end(error, keywords.get("context"))

    return run


def _end(error: Exception, context: typer.Context | None) -> None:
    from gnkmigrate.cli._failure import report_failure

    raise typer.Exit(report_failure(error, _log_format(context))) from None


def _stop(message: str, context: typer.Context | None) -> None:
    sys.stderr.write(told(Failure(message), _log_format(context)))
    raise typer.Exit(FAILED) from None


def _log_format(context: typer.Context | None) -> LogFormat:
    given = context.find_object(GlobalOptions) if context else None
    return given.log_format if given else LogFormat.TEXT


@contextmanager
def _interruptible() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise KeyboardInterrupt

    # What whoever started us has it ignore, as nohup does, stays ignored.
    heard = [each for each in _ENDINGS if signal.getsignal(each) is not signal.SIG_IGN]
    previous = {ending: signal.signal(ending, interrupt) for ending in heard}
    hook = sys.unraisablehook

    def unraisable(found: "sys.UnraisableHookArgs") -> None:
        """What came where nothing can be raised, as while pydantic makes a model, comes again."""
        if found.exc_type is not KeyboardInterrupt or not heard:
            hook(found)
            return
        threading.Timer(_SOON_S, os.kill, (os.getpid(), heard[0])).start()

    sys.unraisablehook = unraisable
    try:
        yield
    finally:
        sys.unraisablehook = hook
        for ending, handler in previous.items():
            signal.signal(ending, handler)
