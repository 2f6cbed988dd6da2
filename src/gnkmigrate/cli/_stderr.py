"""What goes to stderr: never a password, and never a reason to stop.

Messages come from us, from Typer, which repeats what was typed, and from a traceback. A disk that
is full, or a reader that has gone away, must not end a migration in the middle for a line of
progress that nobody reads.
"""

import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import TextIO, cast

from gnkmigrate.text.redaction import redact


class _Guarded:
    """A text stream that hides passwords and outlives its reader; the rest is the stream's own."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError):  # there is nowhere to say so, and the exit code says the rest
            self._stream.write(redact(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


def guard() -> None:
    """Puts it in the place of sys.stderr."""
    if sys.stderr is not None:  # closed by whoever started us
        sys.stderr = cast("TextIO", _Guarded(sys.stderr))
