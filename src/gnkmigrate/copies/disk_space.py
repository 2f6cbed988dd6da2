"""Whether there is room for a copy, asked before anything is written."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gnkmigrate.errors import GnkMigrateError
from gnkmigrate.text.numbers import size

# The rows, their new shape beside them, and the log (WAL) of making it.
SERVER_FACTOR = 3
# A dump is compressed and has no indexes, so it is smaller; by how much nobody knows before.
DUMP_FACTOR = 1


class NoRoom(GnkMigrateError):
    """A disk is too small for the copy; nothing was written."""


@dataclass(frozen=True)
class Need:
    """Room that is needed.

    Attributes:
        folder: where.
        size: bytes.
        hint: how to have it elsewhere.
    """

    folder: Path
    size: int
    hint: str


def require_room(needs: Sequence[Need]) -> None:
    """Refuses what does not fit; needs on one file system add up.

    Raises:
        NoRoom: with the size that is needed.
    """
    devices: dict[int, list[Need]] = {}
    for need in needs:
        devices.setdefault(need.folder.stat().st_dev, []).append(need)
    for together in devices.values():
        needed = sum(need.size for need in together)
        free = shutil.disk_usage(together[0].folder).free
        if free < needed:
            raise NoRoom(
                f"A copy of the database needs about {size(needed)} in "
                f"{together[0].folder}, and {size(free)} are free there.",
                hint=together[0].hint,
            )
