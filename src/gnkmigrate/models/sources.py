"""The files of a project from which an ORM's models are read, as far as that can be told."""

import importlib
import os
from collections.abc import Iterator
from pathlib import Path

from gnkmigrate.models import orms

# Folders of packages and of what tools have made.
_OTHERS = frozenset({"node_modules", "__pycache__", "build", "dist"})


def files(source: str, root: Path) -> Iterator[Path]:
    """All files below a project that its models may be made of, whichever of them are.

    Packages that are installed elsewhere, hidden folders and virtual environments are left out.

    Args:
        source: "ORM" or "ORM:NAME".
        root: the project's folder.
    """
    orm = importlib.import_module(f"{orms.__name__}.{source.partition(':')[0]}")
    for folder, below, names in os.walk(root):
        below[:] = [name for name in below if _is_own(Path(folder, name))]
        yield from (Path(folder, name) for name in names if Path(name).suffix in orm.SOURCES)


def _is_own(folder: Path) -> bool:
    foreign = folder.name in _OTHERS or folder.name.startswith(".")
    return not foreign and not (folder / "pyvenv.cfg").exists()
