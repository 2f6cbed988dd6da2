"""What the rows are to become, kept in a file that people read when it changes.

A mistake that a phase makes there and back alike, and in its verifications as well, shows nowhere
else. What is made by chance or by the clock is replaced by a word for it.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gnkmigrate.check.table_rows import Rows, unlike
from gnkmigrate.errors import SettingsError

NEW_UUID = "(a new uuid)"
NOW = "(now)"

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*")


def steady(rows: Rows, known: Rows, since: datetime) -> Rows:
    """The rows without what differs from run to run.

    Args:
        rows: what there is.
        known: the rows that it was made of; their uuids are no new ones.
        since: when the run began, with time zone; times from then on are the clock's.
    """
    uuids = {
        value
        for listed in known.values()
        for row in listed
        for value in row.values()
        if isinstance(value, str) and _UUID.fullmatch(value)
    }

    def replaced(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if _UUID.fullmatch(value) and value not in uuids:
            return NEW_UUID
        return NOW if _MOMENT.fullmatch(value) and _is_since(value, since) else value

    return {
        name: [{column: replaced(value) for column, value in row.items()} for row in listed]
        for name, listed in rows.items()
    }


def _is_since(text: str, since: datetime) -> bool:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:  # a text that only looks like a time
        return False
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) >= since


def read_expected(file: Path) -> Rows:
    """The rows that are kept.

    Raises:
        SettingsError: the file is missing, or not what `write_expected` writes.
    """
    hint = "gnkmigrate check --update-expected writes it."
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"There is no file {file} (`expected_rows`).", hint=hint) from None
    except ValueError as error:
        raise SettingsError(f"{file} is not JSON: {error}", hint=hint) from None
    if not isinstance(kept, Mapping) or not all(isinstance(rows, list) for rows in kept.values()):
        raise SettingsError(f"{file} does not hold rows by table.", hint=hint)
    return kept


def write_expected(file: Path, rows: Rows) -> None:
    """Keeps the rows, one a line and in a fixed order, so that a change is easily read."""
    tables = []
    for name in sorted(rows):
        lines = sorted(json.dumps(row, ensure_ascii=False, sort_keys=True) for row in rows[name])
        listed = ",\n".join(f"    {line}" for line in lines)
        tables.append(f"  {json.dumps(name)}: [" + (f"\n{listed}\n  ]" if listed else "]"))
    file.write_text("{\n" + ",\n".join(tables) + "\n}\n", encoding="utf-8")


def differences(expected: Rows, found: Rows) -> Iterator[str]:
    """What is not as it should be, a line each."""
    nothing: Sequence[Mapping[str, Any]] = ()
    for name in sorted(expected.keys() | found.keys()):
        yield from unlike(name, expected.get(name, nothing), found.get(name, nothing))
