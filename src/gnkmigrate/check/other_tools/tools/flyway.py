"""Flyway's SQL files by its names: V2__x.sql by version, then R__x.sql; U2__x.sql is the way back.

https://documentation.red-gate.com/flyway/flyway-concepts/migrations
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from gnkmigrate.check.other_tools.files import File, Files, read, recorded, require
from gnkmigrate.errors import RevisionError
from gnkmigrate.postgres.connection import Connection, DatabaseUrl

_NAME = re.compile(r"(?P<sort>[VUR])(?P<version>[\d._]*?)__.+\.sql")
_PLACEHOLDER = re.compile(r"\$\{([\w.:-]+)\}")
_HISTORY = "flyway_schema_history"


def open_(folder: Path, url: DatabaseUrl, room: Path) -> Files:  # noqa: ARG001 - as all tools have it
    files = require(list(_files(folder)), folder, "V1__name.sql and its like")
    return Files(url, files, (f"*.{_HISTORY}",), _done)


def _done(session: Connection) -> frozenset[str]:
    scripts = recorded(session, _HISTORY, f"SELECT script FROM {_HISTORY} WHERE success")  # noqa: S608 - a name of ours
    return frozenset(Path(script).name for script in scripts)


def _files(folder: Path) -> Iterator[File]:
    named = [
        (found, file) for file in folder.rglob("*.sql") if (found := _NAME.fullmatch(file.name))
    ]
    undo = {_version(found): file for found, file in named if found["sort"] == "U"}
    versioned: dict[tuple[int, ...], Path] = {}
    for found, file in named:
        if found["sort"] == "V":
            _require_one(versioned.setdefault(_version(found), file), file)
    for version, file in sorted(versioned.items()):
        down = _filled(undo[version]) if version in undo else None
        yield File(file.name, _filled(file), down)
    for file in sorted(file for found, file in named if found["sort"] == "R"):
        yield File(file.name, _filled(file))


def _version(found: re.Match[str]) -> tuple[int, ...]:
    """1.10 comes after 1.9, and 1.0 is 1."""
    parts = [int(part) for part in re.split(r"[._]", found["version"]) if part]
    while parts and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


def _require_one(first: Path, file: Path) -> None:
    if first != file:
        raise RevisionError(
            f"{first.name} and {file.name} have the same version, so Flyway runs neither.",
            hint="Give one of them another version.",
        )


def _filled(file: Path) -> str:
    """The text with its placeholders, which Flyway takes from variables such as these as well."""

    def value(found: re.Match[str]) -> str:
        variable = f"FLYWAY_PLACEHOLDERS_{found[1].upper()}"
        if variable not in os.environ:
            raise RevisionError(
                f"{file.name} has the placeholder {found[0]}, whose value is not known here.",
                hint=f"Set it in the environment: {variable}",
            )
        return os.environ[variable]

    return _PLACEHOLDER.sub(value, read(file))
