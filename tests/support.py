"""What tests do with databases: run a file, ask a question, take a dump that can be compared."""

import importlib.util
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from psycopg import conninfo

from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.servers import Server
from gnkmigrate.servers.binaries import binaries

ROOT = Path(__file__).parents[1]
BASELINE = ROOT / "schema" / "baseline.sql"
TARGET = ROOT / "schema" / "target.sql"

OWN_SCHEMAS = ("gnkmigrate", "gnkmigrate_archive", "gnkmigrate_staging", "gnkmigrate_legacy")
# As PostgreSQL delivers it since 15. On 14 everybody may create there, which an audit finds.
CLOSE_PUBLIC = "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
IGNORED_TABLES = ("public.migrations", "public.migrations_id_seq", "public.typeorm_metadata")


def module_of(file: Path) -> ModuleType:
    """A file that is part of no package, as a module."""
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def execute(url: DatabaseUrl, sql: str) -> None:
    """Runs statements, all in one transaction; unqualified names are in public."""
    with connect(url, search_path=["public"]) as connection:
        connection.execute(sql.encode())


def execute_file(url: DatabaseUrl, path: Path) -> None:
    """Runs a file's statements, all in one transaction; unqualified names are in public."""
    execute(url, path.read_text())


def rows(url: DatabaseUrl, query: str) -> list[tuple[Any, ...]]:
    """The rows of a query; unqualified names are in public."""
    with connect(url, search_path=["public"]) as connection:
        return connection.execute(query.encode()).fetchall()


def pg_dump(url: DatabaseUrl, server: Server, *options: str) -> str:
    """The schema as pg_dump prints it, in a form in which equal schemas are equal texts.

    Without owners, without gnkmigrate's schemas and what MineGNK ignores, without comments and
    blank lines; statements, and the columns of each table, in alphabetical order (pg_dump's own
    order depends on what else hangs on a table).
    """
    folder = server.binaries or binaries(server.version // 10000)
    given = {
        name: str(value) for name, value in conninfo.conninfo_to_dict(url.conninfo).items() if value
    }
    password = given.pop("password", "")
    dump = subprocess.run(
        [
            folder / "pg_dump",
            "--schema-only",
            "--no-owner",
            *(f"--exclude-schema={schema}" for schema in OWN_SCHEMAS),
            *(f"--exclude-table={table}" for table in IGNORED_TABLES),
            *options,
            f"--dbname={conninfo.make_conninfo(**given)}",
        ],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PGPASSWORD": password},
    )
    return "\n".join(sorted(_statements(_normalised(dump.stdout.splitlines()))))


def _statements(lines: Iterator[str]) -> Iterator[str]:
    statement: list[str] = []
    for line in lines:
        statement.append(line)
        if line.endswith(";"):
            yield "\n".join(statement)
            statement = []
    yield from ["\n".join(statement)] if statement else []


def _normalised(lines: list[str]) -> Iterator[str]:
    columns: list[str] | None = None
    for line in lines:
        if not line or line.startswith(("--", "\\restrict", "\\unrestrict")):
            continue
        if columns is None:
            yield line
            if line.startswith("CREATE TABLE ") and line.endswith("("):
                columns = []
        elif line.startswith(")"):
            yield from sorted(columns)
            yield line
            columns = None
        else:
            columns.append(line.removesuffix(","))
