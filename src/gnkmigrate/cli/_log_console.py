"""A console whose lines are no commands to what keeps them as the log of a CI job."""

from typing import IO, Any, cast

from rich.console import Console

from gnkmigrate.text.escape import for_log


class LogConsole(Console):
    """Rich's console. Lines are known once they are wrapped, so this is where they are written."""

    @property
    def file(self) -> IO[str]:
        return cast("IO[str]", _Log(super().file))

    @file.setter
    def file(self, new: IO[str]) -> None:
        Console.file.fset(self, new)  # type: ignore[attr-defined]


class _Log:
    """A file into which whole lines are written."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, text: str) -> int:
        return self._file.write(for_log(text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)
