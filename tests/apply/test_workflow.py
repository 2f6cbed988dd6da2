"""A plan carried out, tried, taken back, and refused, on a real server."""

from pathlib import Path

import pytest
from psycopg import errors

from gnkmigrate.apply.standing import PlanRefused, standing
from gnkmigrate.errors import NoLock, PhaseFailed, PhaseRefused, RunnerBusy
from gnkmigrate.plan.document import read_plan, sealed
from gnkmigrate.postgres.connection import connect
from gnkmigrate.run import events, journal, journal_schema, one_runner
from gnkmigrate.run.status import status
from gnkmigrate.servers import Server
from tests.apply.kept import kept
from tests.support import execute, rows

ITEM = "CREATE TABLE item (id integer PRIMARY KEY, name text, price text);"
INDEXED = ITEM + "CREATE INDEX by_name ON item (name);"
NAMED = ITEM.replace("name text", "name text NOT NULL UNIQUE")


def test_each_statement_is_a_step_of_one_run(server: Server, tmp_path: Path) -> None:
    told: list[events.Event] = []
    with kept(server, ITEM, NAMED, tmp_path) as it:
        it.apply(observe=told.append)
        assert it.left() == []
        with connect(it.url) as connection:
            (run,) = journal.runs(connection)
            steps = journal.steps(connection)
        assert (run.phase, run.state, run.steps) == (it.plan.name, "done", len(it.plan.up_steps))
        assert [step.name for step in steps] == [step.name for step in it.plan.up_steps]
    assert [each.step for each in told if isinstance(each, events.StepFinished)] == [
        step.name for step in it.plan.up_steps
    ]


def test_what_has_been_done_is_not_done_again(server: Server, tmp_path: Path) -> None:
    with kept(server, ITEM, INDEXED, tmp_path) as it:
        assert it.apply().is_open
        assert not it.apply().is_open
        assert rows(it.url, "SELECT count(*) FROM gnkmigrate.run") == [(1,)]


def test_it_goes_back_and_there_again(server: Server, tmp_path: Path) -> None:
    with kept(server, ITEM, INDEXED, tmp_path) as it:
        assert not it.apply(undo=True).is_open
        it.apply()
        it.apply(undo=True)
        assert it.left(undone=True) == []
        assert not it.apply(undo=True).is_open
        it.apply()
        assert it.left() == []


@pytest.mark.parametrize(
    ("before", "after", "renamed"),
    [
        (ITEM, NAMED.replace("TABLE item", "TABLE thing"), "table public.item = thing"),
        (
            "CREATE SCHEMA s;" + ITEM.replace("item", "s.item"),
            "CREATE SCHEMA t;" + NAMED.replace("item", "t.item"),
            "schema s = t",
        ),
    ],
)
def test_what_the_plan_itself_renames(
    server: Server, tmp_path: Path, before: str, after: str, renamed: str
) -> None:
    with kept(server, before, after, tmp_path, renames=[renamed]) as it:
        it.apply()
        assert it.left() == []
        it.apply(undo=True)
        assert it.left(undone=True) == []


def test_a_database_that_was_put_back_is_taken_there_again(server: Server, tmp_path: Path) -> None:
    with kept(server, ITEM, INDEXED, tmp_path) as it:
        it.apply()
        execute(it.url, "DROP INDEX by_name")
        assert it.apply().afresh
        assert it.left() == []


def test_it_is_no_phase_that_revisions_lack(server: Server, tmp_path: Path) -> None:
    with kept(server, ITEM, INDEXED, tmp_path) as it:
        it.apply()
        with connect(it.url) as connection:
            assert status(connection, ()) == ()


def test_alembics_version_is_left_alone(server: Server, tmp_path: Path) -> None:
    with kept(server, ITEM, INDEXED, tmp_path) as it:
        with connect(it.url) as connection:
            journal_schema.create(connection)
            connection.execute("INSERT INTO gnkmigrate.alembic_version VALUES ('0006')")
        it.apply()
        it.apply(undo=True)
        assert rows(it.url, "SELECT * FROM gnkmigrate.alembic_version") == [("0006",)]


def test_where_the_schema_has_changed_nothing_is_done(server: Server, tmp_path: Path) -> None:
    with kept(server, ITEM, INDEXED, tmp_path) as it:
        execute(it.url, "ALTER TABLE item ADD COLUMN weight integer")
        with pytest.raises(PlanRefused, match="its schema has changed since it was made") as no:
            it.apply()
        assert "gnkmigrate plan --format json" in no.value.hint
        assert rows(it.url, "SELECT to_regclass('by_name')") == [(None,)]
        assert rows(it.url, "SELECT to_regnamespace('gnkmigrate')") == [(None,)]


def test_rows_are_no_part_of_the_schema(server: Server, tmp_path: Path) -> None:
    with kept(server, ITEM, INDEXED, tmp_path) as it:
        execute(it.url, "INSERT INTO item VALUES (1, 'one', '1')")
        it.apply()
        assert it.left() == []


@pytest.mark.parametrize("undo", [False, True], ids=["again", "undo"])
def test_nor_where_it_has_changed_since_it_was_carried_out(
    server: Server, tmp_path: Path, undo: bool
) -> None:
    with kept(server, ITEM, INDEXED, tmp_path) as it:
        it.apply()
        execute(it.url, "ALTER TABLE item ADD COLUMN weight integer")
        with pytest.raises(PlanRefused, match="has changed since it was carried out"):
            it.apply(undo=undo)


def test_data_is_lost_only_where_that_is_allowed(server: Server, tmp_path: Path) -> None:
    with kept(server, ITEM, ITEM.replace(", price text", ""), tmp_path) as it:
        with pytest.raises(PlanRefused, match="loses data") as no:
            it.apply()
        assert no.value.details == ("the values of public.item.price",)
        assert "--allow data-loss" in no.value.hint
        it.apply(losses_allowed=True)
        assert it.left() == []


def test_the_way_back_asks_for_the_same(server: Server, tmp_path: Path) -> None:
    with kept(server, ITEM, ITEM.replace("price", "weight integer, price"), tmp_path) as it:
        it.apply()
        with pytest.raises(PlanRefused, match="loses data"):
            it.apply(undo=True)
        it.apply(undo=True, losses_allowed=True)
        assert it.left(undone=True) == []


def test_rows_that_a_statement_would_stop_at(server: Server, tmp_path: Path) -> None:
    item = ITEM.replace("price text", "price text NOT NULL")
    without = "CREATE TABLE thing (id integer PRIMARY KEY, name text);"
    with kept(server, item, without, tmp_path, renames=["table public.item = thing"]) as it:
        execute(it.url, "INSERT INTO item VALUES (1, 'one', 'two')")
        it.apply(losses_allowed=True)
        with pytest.raises(PlanRefused, match="would stop on its way back at rows") as no:
            it.apply(undo=True)
        assert no.value.details[0].startswith("public.thing holds rows. Column public.item.price")
        execute(it.url, "DELETE FROM thing")
        it.apply(undo=True)
        assert it.left(undone=True) == []


@pytest.mark.parametrize(
    ("old", "new", "rows", "found"),
    [
        pytest.param(
            "CREATE TABLE p (a integer, b text) PARTITION BY RANGE (a);"
            "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);",
            "CREATE TABLE p (z integer, b text) PARTITION BY RANGE (z);"
            "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);",
            "INSERT INTO p VALUES (1, 'b')",
            "public.p1 holds rows. Partition public.p1 is made again after the change of table",
            id="a new column of a partition key",
        ),
        pytest.param(
            "CREATE TABLE t (id integer PRIMARY KEY);",
            "CREATE TABLE t (id integer PRIMARY KEY, e integer NOT NULL DEFAULT 5 UNIQUE);",
            "INSERT INTO t VALUES (1), (2)",
            "public.t holds more than one row. The index of the unique t_e_key of public.t",
            id="a new column of a unique key",
        ),
    ],
)
def test_nothing_is_done_where_rows_stop_it_later(
    server: Server, tmp_path: Path, old: str, new: str, rows: str, found: str
) -> None:
    with kept(server, old, new, tmp_path, rows) as it:
        with pytest.raises(PlanRefused, match="would stop at rows that are there") as no:
            it.apply(losses_allowed=True)
        assert no.value.details[0].startswith(found)


def test_rows_that_would_refer_to_nothing(server: Server, tmp_path: Path) -> None:
    parted = "CREATE TABLE {0} (id integer{1}) PARTITION BY LIST (id);"
    parted += "CREATE TABLE one PARTITION OF {0} FOR VALUES IN (1);"
    old = "CREATE TABLE p (id integer PRIMARY KEY);"
    old += parted.format("part", ", owner integer REFERENCES p")
    rows = "INSERT INTO p VALUES (1); INSERT INTO part VALUES (1, 1)"
    new = parted.format("t", ", whose integer")
    renames = ["table public.part = t", "column public.part.owner = whose"]
    with kept(server, old, new, tmp_path, rows, renames=renames) as it:
        it.apply(losses_allowed=True)
        with pytest.raises(PlanRefused, match="would stop on its way back at rows") as no:
            it.apply(undo=True)
        assert no.value.details[0].startswith("public.one has values in whose. The foreign key")
        execute(it.url, "UPDATE t SET whose = NULL")
        it.apply(undo=True)
        assert it.left(undone=True) == []


def test_another_role_would_own_what_it_makes(server: Server, tmp_path: Path) -> None:
    with kept(server, ITEM, INDEXED, tmp_path) as it:
        document = read_plan(it.file)
        document.session.role = "somebody"
        it.file.write_text(sealed(document))
        with pytest.raises(PlanRefused, match="was made as role somebody"):
            it.apply()


def test_a_plan_for_another_version_is_refused(server: Server, tmp_path: Path) -> None:
    with kept(server, ITEM, INDEXED, tmp_path) as it:
        document = read_plan(it.file)
        document.source.server_version = 130004
        it.file.write_text(sealed(document))
        with pytest.raises(PlanRefused, match="was made for PostgreSQL 13"):
            it.apply()


def test_a_dry_run_leaves_nothing_behind(server: Server, tmp_path: Path) -> None:
    told: list[events.Event] = []
    with kept(server, ITEM, INDEXED + "CREATE TABLE other ();", tmp_path) as it:
        it.apply(dry_run=True, observe=told.append)
        assert it.left(undone=True) == []
        assert rows(it.url, "SELECT to_regnamespace('gnkmigrate')") == [(None,)]
    (touched,) = [each for each in told if isinstance(each, events.TablesTouched)]
    assert touched.tables == (("public.item", 0),)


def test_a_dry_run_does_not_hold_its_locks_on_large_tables(server: Server, tmp_path: Path) -> None:
    many = "INSERT INTO item SELECT number, number FROM generate_series(1, 20) AS number"
    with kept(server, ITEM, INDEXED, tmp_path, many) as it:
        with pytest.raises(PhaseRefused, match="hold its locks for too long") as no:
            it.apply(dry_run=True, limits={"dry_run_rows": 10})
        assert "gnkmigrate plan --prove does it on a copy" in no.value.hint


def test_a_dry_run_says_what_one_transaction_cannot_do(server: Server, tmp_path: Path) -> None:
    before = "CREATE TYPE mood AS ENUM ('calm'); CREATE TABLE item (mood mood DEFAULT 'calm');"
    after = before.replace("('calm')", "('calm', 'merry')").replace("T 'calm'", "T 'merry'")
    with kept(server, before, after, tmp_path) as it:
        with pytest.raises(PhaseRefused, match="one transaction does not get past") as no:
            it.apply(dry_run=True)
        assert "gnkmigrate plan --prove" in no.value.hint
        it.apply()
        assert it.left() == []


def test_a_statement_that_fails_leaves_those_before_it(server: Server, tmp_path: Path) -> None:
    twice = "INSERT INTO item VALUES (1, 'one'), (2, 'one')"
    with kept(server, ITEM, NAMED + "CREATE TABLE other ();", tmp_path, twice) as it:
        with pytest.raises(PhaseFailed, match=r'Plan .*, step "The index .* could not') as failed:
            it.apply()
        assert "run the same command again" in failed.value.hint
        with connect(it.url) as connection:
            assert standing(connection, it.plan).state == "partial"
        with pytest.raises(PlanRefused, match="carried out in part"):
            it.apply(undo=True)

        execute(it.url, "DELETE FROM item WHERE id = 2")
        it.apply()
        assert it.left() == []


def test_one_that_is_half_way_does_not_go_on_after_another(server: Server, tmp_path: Path) -> None:
    twice = "INSERT INTO item VALUES (1, 'one'), (2, 'one')"
    with kept(server, ITEM, NAMED, tmp_path, twice) as it:
        with pytest.raises(PhaseFailed):
            it.apply()
        with connect(it.url) as connection:
            journal.record_contract(connection)
        with pytest.raises(PlanRefused, match="something else has been run since"):
            it.apply()


def test_who_holds_a_lock_is_named_when_the_time_is_over(server: Server, tmp_path: Path) -> None:
    short = {"lock_timeout_ms": 50, "lock_deadline_s": 0.5}
    with kept(server, ITEM, ITEM.replace("name text", "name text, weight text"), tmp_path) as it:
        with connect(it.url, application_name="reporting") as other, other.transaction():
            other.execute("SELECT FROM public.item")
            with pytest.raises(NoLock, match=r"no lock within 0\.5 s") as failed:
                it.apply(limits=short)
        assert "(reporting)" in failed.value.details[0]
        it.apply(limits=short)
        assert it.left() == []


def test_one_at_a_time(server: Server, tmp_path: Path) -> None:
    with kept(server, ITEM, INDEXED, tmp_path) as it:
        with connect(it.url) as other, one_runner.hold(other), pytest.raises(RunnerBusy):
            it.apply(wait_s=0.2)
        it.apply()


def test_a_session_that_is_lost_is_replaced(server: Server, tmp_path: Path) -> None:
    struck: list[str] = []

    def strike(event: events.Event) -> None:
        if isinstance(event, events.StepFinished) and event.step not in struck:
            struck.append(event.step)
            execute(
                it.url,
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE application_name = 'gnkmigrate' AND datname = current_database()"
                " AND pid <> pg_backend_pid()",
            )

    with kept(server, ITEM, NAMED, tmp_path) as it:
        it.apply(observe=strike)
        assert it.left() == []
        assert len(struck) == len(it.plan.up_steps)


def test_functions_may_use_what_comes_later_in_every_session(
    server: Server, tmp_path: Path
) -> None:
    after = (
        "CREATE FUNCTION a_first() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM b_later';"
    )
    with kept(server, "", "CREATE TABLE b_later ();" + after, tmp_path) as it:
        steps = it.plan.up_steps
        assert steps[0].statement.sql == "SET check_function_bodies = off"
        assert {step.session for step in steps[1:]} == {(steps[0].statement.sql,)}
        it.apply()
        assert it.left() == []


def test_an_index_of_the_same_name_that_somebody_else_made_is_not_taken_for_ours(
    server: Server, tmp_path: Path
) -> None:
    def make(event: events.Event) -> None:
        if isinstance(event, events.PhaseStarted):
            execute(it.url, "CREATE INDEX by_name ON item (price)")

    with kept(server, ITEM, INDEXED, tmp_path) as it:
        for observe in (make, events.ignore):
            with pytest.raises(PhaseFailed, match="already exists") as failed:
                it.apply(observe=observe)
            assert isinstance(failed.value.__cause__, errors.DuplicateTable)


def test_after_a_dry_run_that_failed_nothing_stands(server: Server, tmp_path: Path) -> None:
    row = "INSERT INTO item VALUES (1, NULL, NULL)"
    with kept(server, ITEM, NAMED, tmp_path, row) as it:
        with pytest.raises(PhaseFailed) as failed:
            it.apply(dry_run=True)
        assert failed.value.hint.startswith("Nothing was changed: all of it was rolled back.")
        assert it.left(undone=True) == []
