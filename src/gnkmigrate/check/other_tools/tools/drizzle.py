"""Drizzle's migrations, in the order of meta/_journal.json; it knows of no way back.

Its migrator splits each file at a comment and sends the statements as they are.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gnkmigrate.check.other_tools.files import File, Files, read, recorded, require
from gnkmigrate.errors import RevisionError
from gnkmigrate.postgres.connection import Connection, DatabaseUrl

_TABLE = "drizzle.__drizzle_migrations"
_JOURNAL = Path("meta", "_journal.json")


def open_(folder: Path, url: DatabaseUrl, room: Path) -> Files:  # noqa: ARG001 - as all tools have it
    entries = _entries(folder)
    files = [File(each["tag"], read(folder / f"{each['tag']}.sql")) for each in entries]

    def done(session: Connection) -> frozenset[str]:
        last = recorded(session, _TABLE, f"SELECT max(created_at) FROM {_TABLE}")  # noqa: S608 - a name of ours
        latest = int(last[0]) if last and last[0] != "None" else -1
        return frozenset(each["tag"] for each in entries if each["when"] <= latest)

    return Files(url, require(files, folder, str(_JOURNAL)), (_TABLE,), done)


def _entries(folder: Path) -> Sequence[Mapping[str, Any]]:
    file = folder / _JOURNAL
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))["entries"]
        for entry in entries:
            entry["when"], (folder / f"{entry['tag']}.sql").stat()
    except (OSError, ValueError, LookupError, TypeError) as error:
        missing = getattr(error, "filename", None)
        raise RevisionError(
            f"{missing} cannot be read." if missing else f"{file} is no journal of Drizzle's.",
            hint="Give the folder that drizzle-kit writes to (out in drizzle.config.ts).",
        ) from None
    found: Sequence[Mapping[str, Any]] = entries
    return found
