"""What a list of targets says, row by row: a file, a query, the schemas of a database."""

import csv
import io
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from gnkmigrate import own_objects
from gnkmigrate.errors import PhaseRefused, SettingsError
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect, pin
from gnkmigrate.run.foreign_queries import require_trust_to_ask, written_by_others
from gnkmigrate.validation import not_utf8

_COLUMNS = ("name", "url")
_WILD = frozenset("*?[")


@dataclass(frozen=True)
class Row:
    """One line of a list, as it was written.

    Attributes:
        place: where it stands, such as "line 3".
        name: the target's.
        url: its address, which may hold a password, or a variable's name as $NAME.
        labels: the other columns.
        problem: what is wrong with the line; "" where nothing is.
        schema: the tenant's schema, where that is the target.
    """

    place: str
    name: str
    url: str = field(repr=False)
    labels: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    schema: str = ""


def of_file(file: Path) -> tuple[Row, ...]:
    """The rows of a list: [[target]] tables of a .toml file, else CSV with a line of names.

    Raises:
        SettingsError: the file is missing or cannot be read as such.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise not_utf8(file, error) from None
    except OSError as error:
        raise SettingsError(
            f"The list of targets {file} cannot be read: {error.strerror}.",
            hint="Name a .toml or .csv file with --targets.",
        ) from None
    rows = tuple(_of_toml(file, text) if file.suffix == ".toml" else _of_csv(file, text))
    if not rows:
        raise SettingsError(
            f"The list of targets {file} is empty.",
            hint="Write a line name,url and below it a line for each database.",
        )
    return rows


def _of_toml(file: Path, text: str) -> Iterator[Row]:
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"{file} is not valid TOML: {error}", hint="Correct that line and try again."
        ) from None
    tables = content.get("target", [])
    if not tables and content:
        raise SettingsError(
            f"{file} has {', '.join(content)}, and no [[target]].",
            hint="Write each database under [[target]], with name and url.",
        )
    if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
        raise SettingsError(
            f"{file}: `target` is no list of tables.", hint="Write each under [[target]]."
        )
    for number, table in enumerate(tables, 1):
        yield _row(f"target {number}", {name: str(value) for name, value in table.items()})


def _of_csv(file: Path, text: str) -> Iterator[Row]:
    reader = csv.DictReader(io.StringIO(text), skipinitialspace=True, strict=True)
    missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise SettingsError(
            f"{file} has no column {' and no column '.join(missing)}.",
            hint="The first line names the columns: name,url and others to group by.",
        )
    try:
        for cells in reader:
            yield _row(f"line {reader.line_num}", cells)
    except csv.Error as error:
        raise SettingsError(
            f"{file}, line {reader.line_num + 1} is not CSV: {error}.",
            hint="Put a value with a comma, a quote or a line break between double quotes.",
        ) from None


def _row(place: str, cells: Mapping[Any, Any]) -> Row:
    """A row of its cells; csv gives None for what a line lacks, and under None what is over."""
    given = {name: str(value or "").strip() for name, value in cells.items() if name is not None}
    name, url = given.pop("name", ""), given.pop("url", "")
    if None in cells:
        problem = "has more values than there are columns"
    elif not name:
        problem = "has no name"
    else:
        problem = "" if url else "has no url"
    return Row(place, name or f"({place})", url, given, problem)


_PATH = ("public",)


def of_query(url: DatabaseUrl, query: str, *, trusted: bool = False) -> tuple[Row, ...]:
    """The rows that a query gives: name, url, and further columns to group by.

    Args:
        url: the database that is asked.
        query: it finds names in `public`.
        trusted: whether the user says that what others have put there is all right.

    Raises:
        PhaseRefused: it would run code of roles with fewer rights, or they decide on its rows.
        SettingsError: it gives other columns, or no row.
        psycopg.Error: PostgreSQL refuses it.
    """
    with connect(url, read_only=True) as connection:
        require_trust_to_ask(connection, [query], _PATH, trusted=trusted)
        if not trusted:
            _require_own(connection, query)
        pin(connection, read_only=True, search_path=_PATH)
        cursor = connection.execute(query.encode())
        names = [column.name for column in cursor.description or ()]
        if not set(_COLUMNS) <= set(names):
            raise SettingsError(
                f"The query of --query gives the columns {', '.join(names) or 'of no rows'}.",
                hint="Let it give the columns name and url: SELECT name, url FROM tenants",
            )
        found = tuple(
            _row(f"row {number}", dict(zip(names, values, strict=True)))
            for number, values in enumerate(cursor, 1)
        )
    if not found:
        raise SettingsError("The query of --query gives no row.", hint="Look at it with psql.")
    return found


def _require_own(connection: Connection, query: str) -> None:
    """Refuses rows that others write: a url decides to which server our passwords go.

    Raises:
        PhaseRefused: there may be some.
    """
    if lines := written_by_others(connection, query, _PATH):
        raise PhaseRefused(
            "Other roles decide on rows of --query, and so on where PGPASSWORD and passwords of "
            "~/.pgpass are sent; no row was read.",
            details=lines,
            hint="As a role that may only read, write the rows into a file; look at it, and name "
            "it with --targets. Or ask as the role to which the table belongs, if nobody else may "
            "write it. Or set trust_triggers = true.",
        )


_SCHEMAS = r"""
SELECT nspname::text FROM pg_catalog.pg_namespace
WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY 1
"""


def of_schemas(url: DatabaseUrl, patterns: Sequence[str], project: str) -> tuple[Row, ...]:
    """The tenants of one database: its schemas that fit a pattern, without the project's own.

    A name without a wildcard is a tenant in any case: one that is missing is told of later.

    Raises:
        SettingsError: no schema fits.
    """
    with connect(url, read_only=True) as connection:
        there = _tenants(connection, project)
    wanted = [name for name in there if any(fnmatchcase(name, each) for each in patterns)]
    wanted += [each for each in patterns if not _WILD & set(each) and each not in wanted]
    if not wanted:
        raise SettingsError(
            f"No schema of {url} fits {' or '.join(patterns)}.",
            details=[f"it has {', '.join(there[:20])}"] if there else (),
            hint="* stands for any characters, as in --schemas 'tenant_*'.",
        )
    gone = "is not there"
    return tuple(
        Row(f"schema {name}", name, url.conninfo, {}, "" if name in there else gone, name)
        for name in wanted
    )


def _tenants(connection: Connection, project: str) -> list[str]:
    ours = {*own_objects.schemas(connection), project}
    return [name for (name,) in connection.execute(_SCHEMAS).fetchall() if name not in ours]
