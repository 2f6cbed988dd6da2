"""The console script. Until a command has begun, Ctrl-C ends it without a traceback."""

import atexit
import gc
import os
import signal
import sys
from contextlib import suppress
from types import FrameType

# New objects between two looks for garbage; modules and facts are many, and none of them is any.
_YOUNG = 50_000


def _stop(number: int, frame: FrameType | None) -> None:
    """Ends the process, whichever module is being loaded, with the exit code of a failure."""
    del number, frame
    with suppress(OSError):
        os.write(2, b"error: Interrupted; nothing was begun.\n")
    os._exit(2)


def main() -> None:
    """Runs the command line."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _stop)  # the command answers it, once it is there
    gc.set_threshold(_YOUNG)
    from gnkmigrate.cli import main as run

    try:
        run()
    except SystemExit as end:
        if not isinstance(end.code, str):
            _end(end.code or 0)
        raise
    finally:
        gc.freeze()  # the process ends: it need not look through everything once more


def _end(code: int) -> None:
    """Ends the process with all that is due at its end, but without taking its memory apart.

    That goes to the system as a whole; Python would free the facts of a large catalog one by one,
    which takes as long as comparing them.
    """
    try:
        atexit._run_exitfuncs()  # noqa: SLF001 (os._exit leaves them out)
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        return  # nobody listens any more: Python knows what to say of that
    os._exit(code)


if __name__ == "__main__":
    main()
