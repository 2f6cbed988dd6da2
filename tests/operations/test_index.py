"""op.build_index: what is there already is respected, what is broken is built again."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import psycopg
import pytest

from gnkmigrate.errors import PhaseFailed, PhaseRefused
from gnkmigrate.postgres.connection import connect
from gnkmigrate.run import events
from gnkmigrate.settings import LimitSettings, Settings
from tests.migrations.project import Project
from tests.small import Small

UP = 'op.build_index("by_n", "public.t", "(n DESC) WHERE n > 0")'
DOWN = 'op.drop_built_index("by_n", "public.t")'
DEFINITION = "CREATE INDEX by_n ON public.t USING btree (n DESC) WHERE (n > 0)"


@pytest.fixture
def project(small: Small) -> Project:
    small.revision(1, UP, DOWN)
    project = small.project(limits=LimitSettings(lock_timeout_ms=250, lock_deadline_s=0.5))
    project.execute("CREATE TABLE t (n int, m int); CREATE TABLE other (n int)")
    return project


def indexes(project: Project) -> list[str]:
    found = project.rows(
        "SELECT pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid IN ('t'::regclass, 'other'::regclass) ORDER BY 1"
    )
    return [str(row[0]) for row in found]


@pytest.mark.parametrize("atomic", [False, True])
def test_an_index_comes_and_goes(project: Project, atomic: bool) -> None:
    project.up(atomic=atomic)
    assert indexes(project) == [DEFINITION]

    project.down(atomic=atomic)
    assert indexes(project) == []


@pytest.mark.parametrize("atomic", [False, True])
def test_the_same_index_that_was_there_before_stays(project: Project, atomic: bool) -> None:
    project.execute("CREATE INDEX by_n ON t (n DESC) WHERE n > 0")

    for _ in range(2):
        project.up(atomic=atomic)
        assert indexes(project) == [DEFINITION]
        project.down(atomic=atomic)
        assert indexes(project) == [DEFINITION]


@pytest.mark.parametrize(
    "other",
    [
        "CREATE INDEX by_n ON t (n)",
        "CREATE INDEX by_n ON t (n DESC) WHERE n > 1",
        "CREATE UNIQUE INDEX by_n ON t (n DESC) WHERE n > 0",
        "CREATE INDEX by_n ON t (n DESC) INCLUDE (m) WHERE n > 0",
        "CREATE INDEX by_n ON other (n DESC) WHERE n > 0",
        "CREATE TABLE by_n ()",
        "CREATE VIEW by_n AS SELECT 1",
    ],
)
def test_another_thing_of_that_name_is_in_the_way(project: Project, other: str) -> None:
    project.execute(other)
    before = indexes(project)

    with pytest.raises(PhaseRefused) as refused:
        project.up()

    assert "by_n" in refused.value.details[0]
    assert indexes(project) == before
    assert project.states == ("pending",)


@pytest.mark.parametrize("atomic", [False, True])
def test_an_invalid_index_is_a_leftover_and_built_again(project: Project, atomic: bool) -> None:
    project.execute("CREATE INDEX by_n ON t (n DESC) WHERE n > 0")
    project.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'by_n'::regclass")

    project.up(atomic=atomic)

    assert project.value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'by_n'::regclass")
    project.down(atomic=atomic)
    assert indexes(project) == []


def test_a_build_that_waits_too_long_names_who_is_in_the_way_and_goes_on_later(
    project: Project,
) -> None:
    with connect(project.url, search_path=["public"]) as other, other.transaction():
        other.execute("INSERT INTO t VALUES (1)")
        with pytest.raises(PhaseFailed, match="no lock within") as failed:
            project.up()
    assert any("INSERT INTO t" in line for line in failed.value.details)
    assert project.states == ("failed",)

    project.up()

    assert indexes(project) == [DEFINITION]
    assert project.value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'by_n'::regclass")


def test_a_rollback_that_is_cut_off_does_not_forget_that_the_index_was_there(
    project: Project,
) -> None:
    project.execute("CREATE INDEX by_n ON t (n DESC) WHERE n > 0")
    project.up()

    def stop(event: events.Event) -> None:
        if isinstance(event, events.StepFinished):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        project.down(stop)
    project.down()

    assert indexes(project) == [DEFINITION]
    assert project.rows("TABLE gnkmigrate.memory") == []


@pytest.fixture
def unique(small: Small) -> Project:
    small.revision(
        1, 'op.build_index("once", "public.t", "(lower(a), b) INCLUDE (c) WHERE c", unique=True)'
    )
    project = small.project()
    project.execute("CREATE TABLE t (id serial PRIMARY KEY, a text, b int, c boolean DEFAULT true)")
    return project


@pytest.mark.parametrize("atomic", [False, True])
def test_a_unique_index_is_built(unique: Project, atomic: bool) -> None:
    unique.execute(
        "INSERT INTO t (a, b, c) VALUES ('A', 1, true), ('a', 1, false), ('a', 2, true),"
        " ('a', NULL, true), ('A', NULL, true)"
    )
    unique.up(atomic=atomic)
    with pytest.raises(psycopg.errors.UniqueViolation):
        unique.execute("INSERT INTO t (a, b) VALUES ('a', 1)")


def test_keys_that_are_there_twice_are_listed_before_anything_changes(unique: Project) -> None:
    unique.execute("INSERT INTO t (a, b) VALUES ('A', 1), ('a', 1), ('x', 1), ('y', 7), ('Y', 7)")
    with pytest.raises(PhaseRefused) as refused:
        unique.up()
    said = refused.value.details
    assert said[0].startswith("public.t has keys more than once that the index once allows once.")
    assert {line.strip() for line in said[1:3]} == {
        "lower: a, b: 1, rows: 2",
        "lower: y, b: 7, rows: 2",
    }
    assert unique.states == ("pending",)


def test_keys_that_come_in_the_middle_of_the_build_are_named(unique: Project) -> None:
    def write(event: events.Event) -> None:
        if isinstance(event, events.StepStarted):
            unique.execute("INSERT INTO t (a, b) VALUES ('A', 1), ('a', 1)")

    with pytest.raises(PhaseFailed, match="once") as failed:
        unique.up(write)
    assert "lower: a, b: 1, rows: 2" in failed.value.details

    unique.execute("DELETE FROM t WHERE a = 'A'")
    unique.up()
    assert unique.value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'once'::regclass")


def test_a_build_that_a_deadlock_ends_begins_again(project: Project) -> None:
    patient = replace(project, settings=Settings(limits=LimitSettings(lock_deadline_s=30)))
    project.execute("INSERT INTO t SELECT n FROM generate_series(1, 10) AS n")

    def application() -> None:
        """It waits for the build, which waits for it."""
        with connect(project.url, search_path=["public"]) as session, session.transaction():
            session.execute("SET LOCAL deadlock_timeout = '1min'")  # the build is to notice it
            session.execute("INSERT INTO t VALUES (11)")
            writing.set()
            while not session.execute(
                "SELECT 1 FROM pg_locks WHERE locktype = 'virtualxid' AND NOT granted"
                " AND pid IN (SELECT pid FROM pg_locks WHERE relation = 't'::regclass)"
            ).fetchone():
                pass
            session.execute("TRUNCATE t")
            session.execute("INSERT INTO t VALUES (12)")

    writing = threading.Event()
    told: list[events.Event] = []
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(application)
        writing.wait(10)
        patient.up(told.append)
        other.result(30)
    assert any(isinstance(event, events.LockAwaited) for event in told)
    assert indexes(project) == [DEFINITION]
    assert project.rows("SELECT n FROM t") == [(12,)]
    assert project.value("SELECT bool_and(indisvalid) FROM pg_index WHERE indrelid = 't'::regclass")


REFERS = "FOREIGN KEY (n) REFERENCES public.o(id)"


@pytest.mark.parametrize(
    "operation",
    [
        'op.build_index("by_n", "public.parted", "(n)")',
        'op.retire_index("by_m", "public.parted")',
        f'op.replace_foreign_key("public.parted", "k", "{REFERS}", "ON DELETE CASCADE")',
        'op.add_constraint("public.parted", "l", "FOREIGN KEY (m) REFERENCES public.o (id)")',
    ],
)
def test_a_partitioned_table_is_refused_before_anything_changes(
    small: Small, operation: str
) -> None:
    small.reversible(
        1, f'op.step("s", "CREATE TABLE made ()", back="DROP TABLE made")\n{operation}'
    )
    project = small.project()
    project.execute(
        "CREATE TABLE o (id int PRIMARY KEY);"
        "CREATE TABLE parted (n int CONSTRAINT k REFERENCES o, m int) PARTITION BY HASH (n);"
        "CREATE INDEX by_m ON parted (m)"
    )
    if "FOREIGN KEY" in operation and small.server.major >= 18:  # which take them NOT VALID
        project.up()
        project.down()
        return
    with pytest.raises(PhaseRefused) as refused:
        project.up()
    assert "public.parted is partitioned" in "\n".join(refused.value.details)
    assert project.value("SELECT to_regclass('made')") is None


def test_values_that_look_secret_are_not_shown(small: Small) -> None:
    small.reversible(
        1,
        'op.build_index("once", "public.t", "(api_token)", unique=True)\n'
        'op.add_constraint("public.t", "long", "CHECK (length(password) > 8)")',
    )
    project = small.project()
    project.execute(
        "CREATE TABLE t (id int PRIMARY KEY, api_token text, password text);"
        "INSERT INTO t VALUES (1, 'sesame', 'hunter2'), (2, 'sesame', 'hunter2')"
    )
    with pytest.raises(PhaseRefused) as refused:
        project.up()
    said = "\n".join(refused.value.details)
    assert "key: (not shown), rows: 2" in said
    assert "id: 1, password: (not shown)" in said
    assert "sesame" not in said
    assert "hunter2" not in said
