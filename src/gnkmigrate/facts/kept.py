"""The facts of scripts, kept between runs: what is loaded once needs no server the next time.

They are known by everything that they follow from: the text of the files, the release of PostgreSQL
(and with it the versions of the extensions that it brings), the settings, and how this version of
gnkmigrate reads a catalog.
"""

import hashlib
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from importlib import resources
from pathlib import Path

from gnkmigrate import __version__
from gnkmigrate.errors import SchemaError, ServerUnavailable
from gnkmigrate.facts.packed import FORMAT, packed, unpacked
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.servers.cache import cache_folder

_MOST = 50


def key_of(parts: Iterable[str]) -> str:
    """SHA-256, in hexadecimal, of what facts follow from, and of how they are read."""
    digest = hashlib.sha256()
    for part in (__version__, FORMAT, _readers(), *parts):
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()


def kept(key: str, load: Callable[[], Snapshot]) -> Snapshot:
    """The facts that go by `key`; where there are none, those that `load` gives, kept from now on.

    A cache that cannot be used is none: the facts are loaded.
    """
    found = find(key)
    if found is not None:
        return found
    snapshot = load()
    with suppress(OSError, ServerUnavailable):
        _write(_file(key), snapshot)
    return snapshot


def find(key: str) -> Snapshot | None:
    """The facts that go by `key`, if they are kept and can be read."""
    try:
        file = _file(key)
        if file.is_file():
            file.touch()  # what is used stays
            return unpacked(file.read_bytes())
    except (OSError, SchemaError, ServerUnavailable):
        return None
    return None


def _file(key: str) -> Path:
    return cache_folder() / "facts" / f"{key}.json"


def _write(file: Path, snapshot: Snapshot) -> None:
    """Puts a file in place as a whole, and the oldest of many out of the way."""
    file.parent.mkdir(mode=0o700, exist_ok=True)
    unfinished = file.with_suffix(f".{os.getpid()}.new")
    unfinished.write_bytes(packed(snapshot))
    unfinished.replace(file)
    others = sorted(file.parent.glob("*.json"), key=lambda each: each.stat().st_mtime)
    for old in others[:-_MOST]:
        old.unlink(missing_ok=True)


@cache
def _readers() -> str:
    """The text of every query that reads a catalog."""
    package = resources.files("gnkmigrate")
    folders = [
        package / "facts",
        *(each for each in (package / "kinds").iterdir() if each.is_dir()),
    ]
    files = (file for folder in folders for file in folder.iterdir() if file.name.endswith(".sql"))
    return "\0".join(sorted(file.read_text(encoding="utf-8") for file in files))
