"""What the phases do to the schema, kept between runs: a second audit runs none of them again.

It follows from the files of the project and from code: the revisions and all that they import. The
code is known when it has been loaded, so its files are kept beside, with the time of their change.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from gnkmigrate.errors import SchemaError
from gnkmigrate.facts.cache import key_of, server_key, store, stored
from gnkmigrate.facts.compact_format import packed, unpacked
from gnkmigrate.facts.files import read_scripts
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.facts.source import is_sql
from gnkmigrate.settings import Settings

# What says where the project is, and how it gets its servers.
_SAYS_NOTHING = {"url", "root", "server"}


@dataclass(frozen=True)
class SchemaHistory:
    """The project's schema from the baseline on.

    Attributes:
        baseline: before the first phase.
        phases: each phase's name, and the schema after it, in their order.
    """

    baseline: Snapshot
    phases: Sequence[tuple[str, Snapshot]]


def find(settings: Settings, major: int) -> SchemaHistory | None:
    """The history that was kept, if nothing that it follows from has changed.

    Args:
        settings: the project.
        major: the PostgreSQL that its phases run on.
    """
    key = _key(settings, major)
    content = None if key is None else stored(key)
    if content is None:
        return None
    head, *snapshots = content.split(b"\n")
    try:
        told = orjson.loads(head)
        if told["code"] != _times(told["code"]):
            return None
        baseline, *after = map(unpacked, snapshots)
        return SchemaHistory(baseline, tuple(zip(told["phases"], after, strict=True)))
    except (LookupError, SchemaError, TypeError, ValueError):
        return None  # it is not what was kept


def keep(settings: Settings, major: int, history: SchemaHistory) -> None:
    """Keeps what has just been seen, where that can be had again the same way."""
    if key := _key(settings, major):
        code = [file for module in [*sys.modules.values()] if (file := _file(module))]
        names = [name for name, _ in history.phases]
        snapshots = [history.baseline, *(snapshot for _, snapshot in history.phases)]
        head = orjson.dumps({"phases": names, "code": _times(dict.fromkeys(code))})
        store(key, b"\n".join([head, *map(packed, snapshots)]))


def _key(settings: Settings, major: int) -> str | None:
    """What it goes by; None where it follows from what nobody knows."""
    server = server_key(settings.server, major)
    if server is None or settings.baseline is None or not is_sql(settings.target_source):
        return None
    told = settings.model_dump_json(exclude=_SAYS_NOTHING, warnings=False)
    try:
        return key_of(("history", server, told, *_texts(settings)))
    except (OSError, SchemaError):
        return None  # whoever runs the phases says what is wrong with a file


def _texts(settings: Settings) -> Iterator[str]:
    """The project's files that say what the phases do."""
    scripts = [settings.path(settings.baseline or Path()), Path(settings.target_source)]
    for path in filter(Path.exists, scripts):
        for script in read_scripts(path):
            yield f"{script.path.name}\0{script.text}"
    folder = settings.path(settings.migrations)
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.suffix != ".pyc":
            yield f"{file.relative_to(folder)}\0{file.read_bytes().hex()}"


def _file(module: object) -> str | None:
    file = getattr(module, "__file__", None)
    return file if isinstance(file, str) else None


def _times(files: Mapping[str, object]) -> dict[str, int | None]:
    """When each file was changed last, in ns; None for one that is gone."""
    return {file: _time(Path(file)) for file in files}


def _time(file: Path) -> int | None:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return None
