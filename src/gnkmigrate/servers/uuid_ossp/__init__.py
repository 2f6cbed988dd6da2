"""A stand-in for the extension uuid-ossp, in SQL alone, where its library cannot be loaded.

Same name, version, functions and markings, so that schemas load and catalogs look alike.
"""

import shutil
from pathlib import Path

FILES = ("uuid-ossp.control", "uuid-ossp--1.1.sql")


def install(folder: Path) -> None:
    """Puts the stand-in in the place of the original in `folder`, a server's share/extension."""
    for name in FILES:
        shutil.copyfile(Path(__file__).with_name(name), folder / name)
