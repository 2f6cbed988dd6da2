"""The folder in which downloaded servers are kept, and the locks that guard its making."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from platformdirs import user_cache_path

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
        folder = user_cache_path("gnkmigrate")
    try:
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o755)
    except OSError as error:
        raise ServerUnavailable(
            f"The cache folder {folder} cannot be made: {error.strerror}.",
            hint=f"Name a folder that can be written in {VARIABLE}.",
        ) from None
    return folder


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Lets one process at a time make `folder`: the others wait for it."""
    with Path(f"{folder}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
