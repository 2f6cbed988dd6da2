"""Writes the files of a new project, and nothing over a file that is there."""

import json
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from gnkmigrate import own_objects
from gnkmigrate.errors import SettingsError
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.postgres.sql_files import query
from gnkmigrate.proof.schema import excluded
from gnkmigrate.proof.scope import Scope
from gnkmigrate.servers.client_programs import dump_schema
from gnkmigrate.servers.versions import VERSIONS
from gnkmigrate.settings_file import FILE_NAME

SETTINGS = Path(FILE_NAME)
TARGET = Path("schema/target.sql")
BASELINE = Path("schema/baseline.sql")


def create_project(folder: Path, url: DatabaseUrl | None = None) -> tuple[Path, ...]:
    """Writes a project's files into a folder.

    Args:
        folder: where to; made when it is missing.
        url: a database whose schema becomes target and baseline; without it both are empty
            files to be filled.

    Returns:
        The files written, relative to the folder.

    Raises:
        SettingsError: one of the files is there already; then none is written.
        GnkMigrateError: the database's schema cannot be dumped.
    """
    files = dict(_template())
    if url is not None:
        files |= _of_database(url, files[SETTINGS])
    present = [path for path in files if (folder / path).exists()]
    if present:
        raise SettingsError(
            f"{folder} has files already that a new project would write.",
            details=[str(path) for path in present],
            hint="Take an empty folder, or move these away.",
        )
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content)
    return tuple(files)


def _template() -> Iterator[tuple[Path, str]]:
    root = resources.files("gnkmigrate.project") / "template"

    def walk(place: Traversable, path: Path) -> Iterator[tuple[Path, str]]:
        for entry in sorted(place.iterdir(), key=lambda entry: entry.name):
            if entry.is_dir() and entry.name != "__pycache__":
                yield from walk(entry, path / entry.name)
            elif entry.is_file():
                yield path / entry.name, entry.read_text()

    return walk(root, Path())


def _of_database(url: DatabaseUrl, settings: str) -> Mapping[Path, str]:
    """The schema, and settings with what it has and the version that a server needs to take it."""
    with connect(url, read_only=True) as connection:
        major = connection.info.server_version // 10000
        given = {"own": own_objects.schemas(connection)}
        schemas = [str(name) for (name,) in connection.execute(query("project", "schemas"), given)]
        options = excluded(connection, Scope())
    dump = dump_schema(url, major, left_out=options)
    version = f"\n# The PostgreSQL that the project's SQL is for.\n[server]\nmajor = {major}\n"
    return {
        SETTINGS: _with_schemas(settings, schemas) + (version if major in VERSIONS else ""),
        TARGET: f"-- The schema that this project means to have. Change it here first.\n{dump}",
        BASELINE: f"-- The schema that the first revision starts from. It never changes.\n{dump}",
    }


def _with_schemas(settings: str, schemas: Sequence[str]) -> str:
    """The settings with these schemas, all that the dump has; where there is none, none."""
    usual = 'schemas = ["public"]'
    line = f"schemas = {json.dumps(list(schemas), ensure_ascii=False)}" if schemas else f"# {usual}"
    return settings.replace(usual, line)
