"""A folder of written files: what somebody else wrote there stays."""

from collections.abc import Mapping
from pathlib import Path

from gnkmigrate.errors import OrmError


def write(folder: Path, files: Mapping[str, str], mark: str) -> tuple[str, ...]:
    """Writes files into a folder, which is made where it is missing.

    Args:
        folder: where to.
        files: texts by name.
        mark: how each of them begins; a file that is there and does not is somebody else's.

    Returns:
        Names of files with the mark that were written before, and no more.

    Raises:
        OrmError: a file is somebody else's, or the folder cannot be written; nothing was changed.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        there = {path.name: _begins(path, mark) for path in folder.glob("*.ts")}
        foreign = sorted(name for name, ours in there.items() if name in files and not ours)
        if foreign:
            raise OrmError(
                f"{folder} has files of these names that gnkmigrate did not write.",
                details=foreign,
                hint="Give another folder with --out, or move them away.",
            )
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise OrmError(
            f"{folder} cannot be written: {error.strerror or error}.",
            hint="Give a folder that you may write with --out.",
        ) from None
    return tuple(sorted(name for name, ours in there.items() if ours and name not in files))


def _begins(path: Path, mark: str) -> bool:
    with path.open("rb") as file:
        return file.read(len(mark.encode())) == mark.encode()
