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
from gnkmigrate.facts.compact_format import FORMAT, packed, unpacked
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.servers.cache import cache_folder
from gnkmigrate.servers.versions import VERSIONS
from gnkmigrate.settings import ServerSettings

_MOST = 50


def key_of(parts: Iterable[str]) -> str:
    """SHA-256, in hexadecimal, of what facts follow from, and of how they are read."""
    digest = hashlib.sha256()
    for part in (__version__, FORMAT, _readers(), *parts):
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()


def server_key(settings: ServerSettings, major: int) -> str | None:
    """What throwaway servers of a kind are known by; None for the user's own, which changes."""
    if settings.url is not None or settings.provider == "url":
        return None
    return f"{VERSIONS.get(major, major)} {settings.provider}"


def kept(key: str, load: Callable[[], Snapshot]) -> Snapshot:
    """The facts that go by `key`; where there are none, those that `load` gives, kept then."""
    found = find(key)
    if found is None:
        found = load()
        store(key, packed(found))
    return found


def find(key: str) -> Snapshot | None:
    """The facts that go by `key`, if they are kept and can be read."""
    content = stored(key)
    with suppress(SchemaError):
        return None if content is None else unpacked(content)
    return None


def stored(key: str) -> bytes | None:
    """What was kept under `key`, if it can be read."""
    with suppress(OSError, ServerUnavailable):
        file = _file(key)
        if file.is_file():
            file.touch()  # what is used stays
            return file.read_bytes()
    return None


def store(key: str, content: bytes) -> None:
    """Keeps it, and puts the oldest of many out of the way. A cache that cannot be used is none."""
    with suppress(OSError, ServerUnavailable):
        file = _file(key)
        file.parent.mkdir(mode=0o700, exist_ok=True)
        unfinished = file.with_suffix(f".{os.getpid()}.new")
        unfinished.write_bytes(content)
        unfinished.replace(file)  # as a whole
        others = sorted(file.parent.glob("*.json"), key=lambda each: each.stat().st_mtime)
        for old in others[:-_MOST]:
            old.unlink(missing_ok=True)


def _file(key: str) -> Path:
    return cache_folder() / "facts" / f"{key}.json"


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
