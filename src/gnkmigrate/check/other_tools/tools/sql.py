"""SQL files in the order of their numbers, then names, with the ways back that are usual.

These are NAME.down.sql beside NAME.up.sql (golang-migrate), down.sql beside up.sql in a folder
(Diesel), and the second part of one file (dbmate, goose, sql-migrate, node-pg-migrate).
"""

import re
from collections.abc import Iterator
from pathlib import Path

from gnkmigrate.check.other_tools.files import File, Files, read, require
from gnkmigrate.postgres.connection import DatabaseUrl

_NUMBER = re.compile(r"\D*(\d+(?:-\d+)*)")
_TIME = 14  # digits of a time, such as 20260131120000; what follows counts among those of one time
_PART = re.compile(
    r"^--[ \t]*(?:(?:migrate:|\+goose |\+migrate )(up|down)\b|(up|down) migration\b).*$",
    re.MULTILINE | re.IGNORECASE,
)


def open_(folder: Path, url: DatabaseUrl, room: Path) -> Files:  # noqa: ARG001 - as all tools have it
    return Files(url, require(list(_files(folder)), folder, "the .sql files"))


def _files(folder: Path) -> Iterator[File]:
    found = (each for each in folder.rglob("*.sql") if each.is_file())
    for file in sorted(found, key=lambda each: _place(each, folder)):
        if file.name == "down.sql" or file.name.endswith(".down.sql"):
            continue
        name = str(file.relative_to(folder))
        down = file.with_name(file.name.removesuffix("up.sql") + "down.sql")
        if file.name.endswith("up.sql") and down.is_file():
            yield File(name, read(file), read(down))
        else:
            yield _parted(name, read(file))


def _place(file: Path, folder: Path) -> tuple[int, str]:
    """By number, so that 10 comes after 2 and 2026-01-31-120000 after 20251231000000.

    What has none comes last.
    """
    name = str(file.relative_to(folder))
    found = _NUMBER.match(name)
    digits = found[1].replace("-", "") if found else ""
    return (int(digits[:_TIME]) if digits else 1 << 64, digits[_TIME:] + name)


def _parted(name: str, text: str) -> File:
    """A file that says itself where its way back begins."""
    parts = list(_PART.finditer(text))
    if not parts:
        return File(name, text)
    ends = [*(part.start() for part in parts[1:]), len(text)]
    sides = {"up": "", "down": ""}
    for part, end in zip(parts, ends, strict=True):
        sides[(part[1] or part[2]).lower()] += text[part.end() : end]
    return File(name, sides["up"], sides["down"] if sides["down"].strip() else None)
