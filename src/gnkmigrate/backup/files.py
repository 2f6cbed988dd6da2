"""Files that nobody else may read: a backup holds every row, and so every secret of them."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedIOBase, BufferedRandom
from pathlib import Path

from gnkmigrate.backup.failure import BackupFailed


@contextmanager
def private_file(path: Path) -> Iterator[BufferedRandom]:
    """A file, open to write and read, that becomes `path` when the block ends without an error.

    It is readable by its owner alone before there is a byte in it. Until the block ends it has
    a temporary name beside `path`, so that what is there under that name is always whole.

    Raises:
        BackupFailed: the folder cannot be written, or is full.
    """
    try:
        # mkstemp makes a file of mode 0600, whatever the umask.
        descriptor, name = tempfile.mkstemp(f".{path.name}.partial", ".", path.parent)
    except OSError as error:
        raise unwritable(path, error) from None
    os.close(descriptor)
    partial = Path(name)
    try:
        with partial.open("r+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.rename(path)
        _keep_name(path.parent)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise unwritable(path, error) from error
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def _keep_name(folder: Path) -> None:
    """Has the system write the folder's new entry to disk, as fsync does a file's content."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def private_folder(folder: Path) -> None:
    """Makes a folder that its owner alone may enter, and that git passes over.

    Raises:
        BackupFailed: it cannot be made.
    """
    try:
        folder.mkdir(mode=0o700)
        (folder / ".gitignore").write_text("*\n")
    except FileExistsError:
        return
    except OSError as error:
        raise unwritable(folder / "", error) from None


def unwritable(path: Path, error: OSError) -> BackupFailed:
    return BackupFailed(
        f"{path} cannot be written: {error.strerror or error}.",
        hint="Make room there, or name another place with --output.",
    )


def sha256(file: BufferedIOBase) -> str:
    """The SHA-256 of a whole file, in hexadecimal, wherever it was written or read to."""
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()
