"""Which settings file is the project's: gnkmigrate.toml of the folder, or the nearest one above.

What it names is run: revisions, models, the command that prints a key. So a file that somebody else
may have put there is refused, as git refuses a repository (git-config, safe.directory).
"""

import os
import shlex
import stat
from pathlib import Path

from gnkmigrate.errors import SettingsError

FILE_NAME = "gnkmigrate.toml"
_ROOT = 0


def find_file(start: Path) -> Path | None:
    """The nearest gnkmigrate.toml in `start` or above it.

    Raises:
        SettingsError: somebody else may have put it there, or may change it.
    """
    for folder in (start, *start.parents):
        file = folder / FILE_NAME
        if file.is_file():
            _require_own(file, is_here=folder == start)
            return file
    return None


def _require_own(file: Path, *, is_here: bool) -> None:
    """Who goes to a folder means its file, unless anybody may have put it there."""
    if os.name == "nt":  # which has no owners in this sense
        return
    if is_here and not file.parent.stat().st_mode & stat.S_IWOTH:
        return
    found = _of_another(file) or _writable(file) or ("" if is_here else _in_open_folder(file))
    if found:
        raise SettingsError(
            f"The settings file {file} is not used: {found}. What it names would run with your "
            "rights.",
            hint=f"If you trust it, give it yourself: gnkmigrate --config {shlex.quote(str(file))}",
        )


def _of_another(file: Path) -> str:
    """To whom the file belongs, or the link to it, if neither to this user nor to root."""
    for found in (file.lstat(), file.stat()):
        if found.st_uid not in _trusted():
            return f"it belongs to {_owner(found)}, who is neither you nor root"
    return ""


def _writable(file: Path) -> str:
    found = file.stat()
    return f"it belongs to {_owner(found)}, and others may write it" if _others_write(found) else ""


def _in_open_folder(file: Path) -> str:
    """A link is in one folder, and what it leads to in another."""
    for folder in (file.parent, file.resolve().parent):
        found = folder.stat()
        if found.st_uid not in _trusted():
            return f"its folder belongs to {_owner(found)}, who is neither you nor root"
        # In a sticky one, such as /tmp, nobody replaces what is another's.
        if _others_write(found) and not found.st_mode & stat.S_ISVTX:
            return f"it belongs to {_owner(file.stat())}, and others may write its folder"
    return ""


def _trusted() -> set[int]:
    return {os.geteuid(), _ROOT}


def _others_write(found: os.stat_result) -> bool:
    """Whether a user may who is not trusted; a group of one's own is oneself."""
    if found.st_mode & stat.S_IWOTH:
        return True
    return bool(found.st_mode & stat.S_IWGRP) and not _is_own_group(found.st_gid)


def _is_own_group(gid: int) -> bool:
    """One that is called as its only member, as many systems make for each user."""
    import grp

    names = {_name(uid) for uid in _trusted()}
    try:
        group = grp.getgrgid(gid)
    except KeyError:
        return False
    return group.gr_name in names and set(group.gr_mem) <= names


def _owner(found: os.stat_result) -> str:
    return _name(found.st_uid)


def _name(uid: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
