"""Reports in files."""

import os
from collections.abc import Iterable
from pathlib import Path

from gnkmigrate.errors import GnkMigrateError


class Unwritable(GnkMigrateError):
    """A report cannot be written where it was wanted."""


def check_writable(paths: Iterable[Path]) -> None:
    """Looks before the work begins whether its result can be kept.

    Raises:
        Unwritable: a folder does not exist, or nothing may be written there.
    """
    for path in paths:
        if path.is_dir():
            raise Unwritable(f"{path} is a folder.", hint="Name a file in it.")
        if not path.parent.is_dir():
            raise Unwritable(
                f"The folder of {path} does not exist.",
                hint=f"Create it with: mkdir -p {path.parent}",
            )
        if not os.access(path if path.exists() else path.parent, os.W_OK):
            raise Unwritable(
                f"{path} may not be written.", hint="Choose another file, or ask its owner."
            )


def write_report(path: Path, text: str) -> None:
    """Writes a report.

    Raises:
        Unwritable: it cannot be written after all, be it that the disk is full.
    """
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Unwritable(
            f"{path} could not be written: {error.strerror}.", hint="Choose another file."
        ) from None
