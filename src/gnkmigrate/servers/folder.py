"""The folder of one running server: private, on fast storage, and never left behind."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gnkmigrate.errors import ServerUnavailable
from gnkmigrate.servers.account import Account

PREFIX = "gnkmigrate-"
LOCK = "lock"
ROOM = 1 << 30  # bytes that a file system in memory must have free
PATH_LIMIT = 80  # a socket's path has 103 bytes at most on macOS, 107 on Linux
GRACE_S = 60  # a folder this young may be about to be locked


@contextmanager
def locked_folder(account: Account) -> Iterator[tuple[Path, int]]:
    """A new folder that only `account` enters, and the descriptor that holds its lock.

    Whoever holds the lock takes care of the folder. Folders of ours whose lock nobody holds are
    left over from processes that were killed together with their servers; they go first.
    Should a server still run in one, it ends by itself within a minute, for PostgreSQL
    looks whether its postmaster.pid is still there.
    """
    parent = _place(account)
    for old in parent.glob(f"{PREFIX}*"):
        if _is_abandoned(old, account):
            shutil.rmtree(old, ignore_errors=True)  # another process may be at it too
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    try:
        with (folder / LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            account.take(folder)
            yield folder, lock.fileno()
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # the guard has usually done so already


def _place(account: Account) -> Path:
    """Memory where there is room, since making a database takes a twentieth of the time there."""
    memory = Path("/dev/shm")  # noqa: S108 - mkdtemp makes private folders there
    places = [Path(tempfile.gettempdir()), Path("/tmp")]  # noqa: S108
    if memory.is_dir() and shutil.disk_usage(memory).free > ROOM:
        places.insert(0, memory)
    for place in places:
        if (
            len(bytes(place)) <= PATH_LIMIT
            and os.access(place, os.W_OK | os.X_OK)
            and account.reaches(place)
        ):
            return place
    raise ServerUnavailable(
        "There is no folder for the embedded server's data: none of "
        f"{', '.join(map(str, places))} can be written and entered by {account.name}.",
        hint="Name one with a short path in TMPDIR.",
    )


def _is_abandoned(folder: Path, account: Account) -> bool:
    with suppress(OSError):  # it went away, it is being used, or it is not ours to look into
        status = folder.lstat()
        if status.st_uid != account.uid or time.time() - status.st_mtime < GRACE_S:
            return False
        if (folder / LOCK).exists():
            lock = os.open(folder / LOCK, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            finally:
                os.close(lock)
        return True
    return False
