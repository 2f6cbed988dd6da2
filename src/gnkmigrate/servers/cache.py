"""The folder in which downloaded servers are kept, and how something comes into it."""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from gnkmigrate.errors import ServerUnavailable

VARIABLE = "GNKMIGRATE_CACHE_DIR"
CACHE_OF_ROOT = Path("/var/cache/gnkmigrate")  # root's home is closed to the server's user


def cache_folder() -> Path:
    """The folder for what may be fetched or made again, made when it is missing.

    GNKMIGRATE_CACHE_DIR names it; else it is the user's cache, and for root /var/cache.

    Raises:
        ServerUnavailable: it cannot be made.
    """
    given = os.environ.get(VARIABLE)
    if given:
        folder = Path(given).absolute()
    elif os.geteuid() == 0:
        folder = CACHE_OF_ROOT
    else:
        from platformdirs import user_cache_path  # what most never need takes time to load

        folder = user_cache_path("gnkmigrate")
    try:
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o755)
    except OSError as error:
        raise _unwritable(folder, error) from None
    return folder


def _whatever_it_is(folder: Path) -> bool:
    del folder
    return True


def kept(
    folder: Path,
    make: Callable[[Path], Path],
    is_usable: Callable[[Path], bool] = _whatever_it_is,
) -> Path:
    """`folder` of the cache, made when it is missing: once, and whole or not at all.

    Processes that want it at the same time wait for the one that makes it.

    Args:
        folder: what is wanted, directly below `cache_folder()`.
        make: given an empty folder to work in, makes the wanted one somewhere in it and returns
            where. What else is left there is removed.
        is_usable: whether to take one that is there; else it is removed, and made anew.

    Raises:
        ServerUnavailable: the cache cannot be written, or what `make` raises.
    """
    if folder.is_dir() and is_usable(folder):
        return folder
    workplace = Path(f"{folder}.new")
    try:
        with Path(f"{folder}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if folder.is_dir() and not is_usable(folder):
                shutil.rmtree(folder)
            if not folder.is_dir():
                shutil.rmtree(workplace, ignore_errors=True)  # left by a process that was killed
                workplace.mkdir()
                workplace.chmod(0o755)
                try:
                    make(workplace).rename(folder)
                finally:
                    shutil.rmtree(workplace)
    except OSError as error:
        raise _unwritable(folder, error) from None
    return folder


def _unwritable(folder: Path, error: OSError) -> ServerUnavailable:
    return ServerUnavailable(
        f"{folder} cannot be made: {error.strerror}.",
        hint=f"Make room there, or name another folder in {VARIABLE}.",
    )
