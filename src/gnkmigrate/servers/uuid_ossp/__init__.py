"""A stand-in for the extension uuid-ossp, in SQL alone, where its library cannot be loaded.

Same name, version, functions and markings, so that schemas load and catalogs look alike.
"""

from collections.abc import Mapping
from pathlib import Path

FILES = ("uuid-ossp.control", "uuid-ossp--1.1.sql")


def contents() -> Mapping[str, str]:
    """The files of the stand-in by their names."""
    return {name: Path(__file__).with_name(name).read_text() for name in FILES}


def install(folder: Path) -> None:
    """Puts the stand-in in the place of the original in `folder`, a server's share/extension."""
    for name, text in contents().items():
        (folder / name).write_text(text)
