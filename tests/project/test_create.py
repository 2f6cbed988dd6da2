from pathlib import Path

import pytest

from gnkmigrate.diff.compare import compare
from gnkmigrate.errors import SettingsError
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.source import load_sql
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.project import create_project
from gnkmigrate.run.revision import load_phases
from gnkmigrate.servers import Server
from gnkmigrate.settings import load
from tests.support import execute


def test_a_new_project_has_settings_that_load_and_an_empty_history(tmp_path: Path) -> None:
    written = create_project(tmp_path)

    settings = load(tmp_path / "gnkmigrate.toml")
    assert Path("schema/target.sql") in written
    assert settings.path(settings.target).is_file()
    assert load_phases(settings.path(settings.migrations)) == ()


def test_target_and_baseline_taken_from_a_database_say_what_it_is(
    tmp_path: Path, server: Server, minegnk: DatabaseUrl
) -> None:
    create_project(tmp_path, minegnk)

    settings = load(tmp_path / "gnkmigrate.toml")
    with connect(minegnk, read_only=True) as connection:
        live = read_snapshot(connection, schemas=settings.schemas)
    target = load_sql(settings.path(settings.target), server, settings)
    assert compare(live, target) == ()
    assert settings.server.major == server.major  # an older one need not understand the dump


def test_all_schemas_of_the_database_become_the_projects(
    tmp_path: Path, server: Server, database: DatabaseUrl
) -> None:
    execute(database, 'CREATE SCHEMA "a ""quoted"" é"; CREATE SCHEMA app; CREATE TABLE app.t ()')
    create_project(tmp_path, database)

    settings = load(tmp_path / "gnkmigrate.toml")
    assert settings.schemas == ("public", 'a "quoted" é', "app")
    with connect(database, read_only=True) as connection:
        live = read_snapshot(connection, schemas=settings.read_schemas)
    assert compare(live, load_sql(settings.path(settings.target), server, settings)) == ()


def test_a_database_without_a_schema_of_its_own_names_none(
    tmp_path: Path, database: DatabaseUrl
) -> None:
    execute(database, "DROP SCHEMA public")
    create_project(tmp_path, database)

    assert load(tmp_path / "gnkmigrate.toml").read_schemas is None


def test_a_target_that_pg_dump_has_written_shows_no_difference(
    tmp_path: Path, server: Server, minegnk_target: DatabaseUrl
) -> None:
    """PostgreSQL prints `varchar IN (...)` in another way once it has read its own dump."""
    create_project(tmp_path, minegnk_target)

    settings = load(tmp_path / "gnkmigrate.toml")
    with connect(minegnk_target, read_only=True) as connection:
        live = read_snapshot(connection, schemas=settings.schemas)
    assert compare(live, load_sql(settings.path(settings.target), server, settings)) == ()


def test_nothing_is_written_over_a_file_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "gnkmigrate.toml").write_text("mine = true")

    with pytest.raises(SettingsError) as refused:
        create_project(tmp_path)

    assert refused.value.details == ("gnkmigrate.toml",)
    assert [path.name for path in tmp_path.iterdir()] == ["gnkmigrate.toml"]
    assert (tmp_path / "gnkmigrate.toml").read_text() == "mine = true"
