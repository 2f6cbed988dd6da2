"""Written migrations are run and reverted by TypeORM itself, and both journals agree."""

import json
from pathlib import Path

import pytest

from gnkmigrate.errors import OrmError, SettingsError
from gnkmigrate.orm.typeorm.migrations import write_migrations
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.run.phase import Phase
from gnkmigrate.run.revision import load_phases
from gnkmigrate.servers import Server
from gnkmigrate.settings import Settings
from tests.migrations.project import Project
from tests.orm.typeorm.support import Backend, needs_typeorm
from tests.run.test_optional import optional
from tests.small import Small
from tests.support import ROOT, TARGET, execute_file, pg_dump

NAMES = (
    "1733760000000-CreateNodesTables",
    "1733760001000-MigrateUserNodesToNodes",
    "1733760002000-RefactorUserNodesToJoinTable",
    "1733760003000-AddPerformanceIndexes",
    "1733760004000-AddMissingColumns",
    "1733760005000-AlignWithTarget",
)
BOOKKEEPING = "public.migrations"


@pytest.fixture(scope="session")
def phases() -> tuple[Phase, ...]:
    return load_phases(ROOT / "migrations")


@pytest.fixture(scope="session")
def backends(
    tmp_path_factory: pytest.TempPathFactory, minegnk_settings: Settings
) -> dict[str, Backend]:
    """Backends with MineGNK's migrations, compiled: writing them takes a while."""
    folder = tmp_path_factory.mktemp("backends")
    made = {version: Backend.at(folder / version, version) for version in ("0.3", "1")}
    for backend in made.values():
        if backend.version == "0.3":
            written = write_migrations(
                minegnk_settings, backend.folder / "migrations", lambda _: None
            )
            assert written.files == tuple(f"{name}.ts" for name in NAMES)
            assert written.one_way == ()
        else:
            (backend.folder / "migrations").symlink_to(folder / "0.3" / "migrations")
        backend.compile("migrate.ts")
    return made


@pytest.fixture
def project(
    server: Server, minegnk: DatabaseUrl, phases: tuple[Phase, ...], minegnk_settings: Settings
) -> Project:
    """MineGNK as the report found it, with rows."""
    execute_file(minegnk, ROOT / "schema" / "baseline-rows.sql")
    return Project(minegnk, server, phases, minegnk_settings)


def migrate(backend: Backend, project: Project, *arguments: str) -> list[str]:
    """What TypeORM's own table says afterwards."""
    program = backend.folder / "out" / "migrate.js"
    told = backend.run(project.url, program, *arguments)
    return [each["name"] for each in json.loads(told)]


def rows(project: Project) -> dict[str, list[str]]:
    return {name: found for name, found in project.content.items() if name != BOOKKEEPING}


@needs_typeorm
@pytest.mark.parametrize(("version", "times"), [("0.3", 1), ("1", 2)])
def test_there_and_back(
    backends: dict[str, Backend],
    project: Project,
    server: Server,
    minegnk_target: DatabaseUrl,
    version: str,
    times: int,
) -> None:
    backend = backends[version]
    before, schema = rows(project), project.dump
    for _ in range(times):
        names = migrate(backend, project, "up")
        assert len(names) == 6
        assert project.states == ("done",) * 6
        assert project.declared == pg_dump(minegnk_target, server)
        assert migrate(backend, project, "down", "6") == []
        assert project.states == ("pending",) * 6
        assert rows(project) == before
        assert project.dump == schema


@needs_typeorm
def test_rows_are_those_that_gnkmigrate_makes(
    backends: dict[str, Backend], project: Project
) -> None:
    with project.copy() as other:
        other.go_to(6)
        migrate(backends["1"], project, "up")
        _, ours = other.state
        _, theirs = project.state
        assert {**theirs, BOOKKEEPING: []} == {**ours, BOOKKEEPING: []}
        project.go_to(0)  # the journal that TypeORM has left is as good as gnkmigrate's own
        other.go_to(0)
        assert rows(project) == rows(other)


@needs_typeorm
def test_what_gnkmigrate_has_run_is_only_noted(
    backends: dict[str, Backend], project: Project
) -> None:
    backend, before = backends["1"], rows(project)
    project.go_to(6)
    assert len(migrate(backend, project, "up")) == 6
    assert project.states == ("done",) * 6
    project.go_to(3)  # gnkmigrate takes three of them back, of which TypeORM knows nothing
    assert len(migrate(backend, project, "down", "4")) == 2
    assert project.states == ("done",) * 2 + ("pending",) * 4
    assert migrate(backend, project, "down", "2") == []
    assert rows(project) == before


@needs_typeorm
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            "UPDATE node_requests SET processed_by = 'nobody'",
            "Rows are in the way of phase columns",
        ),
        ("UPDATE users SET name = repeat('x', 300)", "Rows are in the way of phase align"),
        ("ALTER TABLE users ADD nickname text", "The columns of the tables are not"),
    ],
)
def test_what_stands_in_the_way_stops_it(
    backends: dict[str, Backend], project: Project, change: str, message: str
) -> None:
    project.execute(change)
    before, schema = rows(project), project.dump
    with pytest.raises(AssertionError, match=message):
        migrate(backends["1"], project, "up")
    assert rows(project) == before
    assert project.dump == schema
    assert project.states == ("pending",) * 6


def settings_of(small: Small, server: Server, tmp_path: Path, baseline: str) -> Settings:
    (tmp_path / "baseline.sql").write_text(baseline)
    return Settings.model_validate(
        {
            "migrations": small.folder,
            "baseline": tmp_path / "baseline.sql",
            "target": TARGET,
            "server": {"url": server.url.conninfo},
        }
    )


def test_a_phase_that_is_no_plain_sql_is_refused_by_name(
    small: Small, server: Server, tmp_path: Path
) -> None:
    small.revision(
        1,
        """
        op.execute("ALTER TYPE state ADD VALUE 'gone'")
        op.execute("UPDATE item SET state = 'gone'")
        """,
        phase="labels",
    )
    baseline = """
        CREATE TYPE state AS ENUM ('new');
        CREATE TABLE item (id integer PRIMARY KEY, state state);
        """
    settings = settings_of(small, server, tmp_path, baseline)
    with pytest.raises(OrmError, match="Phase labels cannot be written as plain SQL") as refused:
        write_migrations(settings, tmp_path / "out", lambda _: None)
    assert "gnkmigrate upgrade" in refused.value.hint
    assert not (tmp_path / "out").exists()


def test_optional_phases_that_are_named_come_after_the_core(
    small: Small, server: Server, tmp_path: Path
) -> None:
    added = "ALTER TABLE item ADD n int"
    small.reversible(1, f'op.step("n", "{added}", back="ALTER TABLE item DROP n")')
    optional(small, "totals", 'op.create_view("public.total", "SELECT sum(n) FROM public.item")')
    sealed = 'op.encrypt_columns("public.item", {"a": "b"}, view="public.seen")'
    optional(small, "sealed", sealed)
    added = "ALTER TYPE state ADD VALUE 'b'; SELECT 'b'::state"
    optional(small, "label", f'op.step("b", "{added}", back="SELECT 1")')
    baseline = "CREATE TYPE state AS ENUM ('a'); CREATE TABLE item (id int PRIMARY KEY, a text);"
    settings = settings_of(small, server, tmp_path, baseline)
    named = {"optional_phases": ("sealed", "label", "totals")}
    written = write_migrations(settings.model_copy(update=named), tmp_path / "out", lambda _: None)
    assert written.files == ("1733760000000-Phase1.ts", "1733760001000-Totals.ts")
    assert list(written.left) == ["sealed", "label"]
    assert "need the encryption key" in written.left["sealed"]
    assert "does not run in one transaction" in written.left["label"]
    assert "CREATE VIEW" in (tmp_path / "out" / written.files[1]).read_text()


@needs_typeorm
def test_a_phase_that_cannot_be_taken_back_says_so(
    small: Small, server: Server, tmp_path: Path, any_backend: Backend
) -> None:
    small.revision(1, 'op.execute("ALTER TABLE item ADD a `${x}` text")'.replace("`${x}` ", ""))
    small.revision(
        2,
        """op.execute("COMMENT ON TABLE item IS 'a ` and ${x} and \\\\\\\\'")""",
        irreversible="nobody knows what was said before",
    )
    settings = settings_of(small, server, tmp_path, "CREATE TABLE item (id integer PRIMARY KEY);")
    written = write_migrations(settings, any_backend.folder / "migrations", lambda _: None)
    assert written.files == ("1733760000000-Phase1.ts", "1733760001000-Phase2.ts")
    assert written.one_way == ("phase1", "phase2")
    execute_file(small.url, tmp_path / "baseline.sql")
    any_backend.compile("migrate.ts")
    program = any_backend.folder / "out" / "migrate.js"
    assert len(json.loads(any_backend.run(small.url, program, "up"))) == 2
    project = small.project()
    assert project.states == ("done", "done")
    told = project.value("SELECT obj_description('item'::regclass)")
    assert told == "a ` and ${x} and \\\\"
    with pytest.raises(AssertionError, match="nobody knows what was said before"):
        any_backend.run(small.url, program, "down")


def test_names_of_phases_that_are_not_there(minegnk_settings: Settings, tmp_path: Path) -> None:
    given = {"typeorm": minegnk_settings.typeorm.model_copy(update={"names": {"other": "Other"}})}
    with pytest.raises(SettingsError, match="not there: other"):
        write_migrations(minegnk_settings.model_copy(update=given), tmp_path, lambda _: None)


def test_a_project_without_a_baseline(minegnk_settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no baseline"):
        write_migrations(
            minegnk_settings.model_copy(update={"baseline": None}), tmp_path, lambda _: None
        )


@needs_typeorm
def test_rows_that_the_old_shape_cannot_hold_stay(
    backends: dict[str, Backend], project: Project
) -> None:
    """A phase that refuses to go back is refused by TypeORM's revert as well."""
    backend = backends["1"]
    migrate(backend, project, "up")
    project.execute("INSERT INTO nodes (identifier, identifier_type) VALUES ('lonely', 'wallet')")
    migrate(backend, project, "down", "3")
    with pytest.raises(AssertionError, match="Rows are in the way of phase join-table"):
        migrate(backend, project, "down")
    assert project.value("SELECT count(*) FROM nodes WHERE identifier = 'lonely'") == 1
    assert project.states == ("done",) * 3 + ("pending",) * 3
