"""The tools whose migrations are known, one module each, found by being there.

Each module has `open_(folder: Path, url: DatabaseUrl, room: Path) -> Tool`, which raises
`RevisionError` where the folder has nothing of the tool's, or the tool cannot be had.
"""

import importlib
import pkgutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from gnkmigrate.errors import GnkMigrateError
from gnkmigrate.postgres.connection import DatabaseUrl


@dataclass(frozen=True)
class Migration:
    """One migration of a team's.

    Attributes:
        name: as the tool and its files have it.
        is_done: whether the database says that it has run there.
        is_theirs: False where it comes with a library, so that the team cannot change it.
        has_way_back: False where the tool knows of none.
    """

    name: str
    is_done: bool = False
    is_theirs: bool = True
    has_way_back: bool = True


class ToolFails(GnkMigrateError):
    """A migration does not run, or not back; `message` has what the tool said."""


class Tool(Protocol):
    """A tool and the folder of its migrations, with a database to run them in."""

    @property
    def tables(self) -> Sequence[str]:
        """Patterns of what is the tool's own in the database, "schema.table"."""

    def migrations(self) -> Sequence[Migration]:
        """All of them, in the order in which they run.

        Raises:
            RevisionError: they have no order, or cannot be read.
        """

    def up(self, *names: str) -> None:
        """Runs migrations, those that are named and all on which they build.

        Raises:
            ToolFails: it fails.
        """

    def down(self, name: str) -> None:
        """Takes back the migration that ran last.

        Raises:
            ToolFails: it fails, or has no way back.
        """


@cache
def known() -> tuple[str, ...]:
    """The names of all tools, in order."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def opened(kind: str, folder: Path, url: DatabaseUrl, room: Path) -> Tool:
    """A tool with a folder of migrations.

    Args:
        kind: one of `known`.
        folder: where the migrations are, or what the tool begins with.
        url: the database in which they are to run.
        room: an empty folder that lasts as long as the tool.

    Raises:
        RevisionError: the folder has nothing of this tool's, or the tool cannot be had.
    """
    tool: Tool = importlib.import_module(f"{__name__}.{kind}").open_(folder, url, room)
    return tool
