"""What others change while a plan is carried out, or between two runs of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gnkmigrate.apply.standing import PlanRefused
from gnkmigrate.apply.workflow import PlanOvertaken
from gnkmigrate.errors import NoLock
from gnkmigrate.postgres.connection import connect
from gnkmigrate.run import events
from gnkmigrate.servers import Server
from tests.apply.kept import Kept, kept
from tests.support import execute

BEFORE = """
CREATE TABLE first (x int);
CREATE TABLE second (x int, code int);
CREATE INDEX by_code ON second (code);
CREATE TABLE untouched (x int);
"""
AFTER = """
CREATE TABLE first (x bigint);
CREATE TABLE second (x bigint, code int, more text);
CREATE INDEX by_code ON second (code);
CREATE TABLE untouched (x int);
"""
KILLED = "DELETE FROM gnkmigrate.memory WHERE key = 'objects where it stopped'"


@pytest.fixture
def stopped(server: Server, tmp_path: Path) -> Iterator[Kept]:
    """A plan that has changed the first table, and met a reader of the second."""
    with kept(server, BEFORE, AFTER, tmp_path) as it:
        with connect(it.url) as reader, reader.transaction():
            reader.execute("LOCK TABLE public.second IN ACCESS SHARE MODE")
            with pytest.raises(NoLock):
                it.apply(limits={"lock_timeout_ms": 50, "lock_deadline_s": 1})
        yield it


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("ALTER TABLE first ALTER x TYPE int", "table public.first has changed"),
        ("DROP TABLE first", "table public.first is gone"),
        ("DROP INDEX by_code", "table public.second has changed"),
    ],
)
def test_a_stopped_plan_does_not_go_on_over_a_change_of_what_it_changes(
    stopped: Kept, change: str, told: str
) -> None:
    execute(stopped.url, change)
    with pytest.raises(PlanRefused, match="is not as it was then") as refused:
        stopped.apply()
    assert refused.value.details == (told,)


def test_it_goes_on_once_the_change_is_taken_back(stopped: Kept) -> None:
    execute(stopped.url, "DROP INDEX by_code")
    with pytest.raises(PlanRefused):
        stopped.apply()
    execute(stopped.url, "CREATE INDEX by_code ON second (code)")
    stopped.apply()
    assert stopped.left() == []


def test_what_others_do_beside_it_is_told_once(stopped: Kept) -> None:
    execute(stopped.url, "CREATE TABLE late (x int); ALTER TABLE untouched ADD y int")
    told: list[events.Event] = []
    stopped.apply(observe=told.append)
    assert [each.changes for each in told if isinstance(each, events.Drifted)] == [
        ("table public.late is new", "table public.untouched has changed")
    ]


def test_after_a_run_that_was_killed_the_end_tells(stopped: Kept) -> None:
    execute(stopped.url, KILLED + "; ALTER TABLE first ALTER x TYPE int; CREATE TABLE late (x int)")
    with pytest.raises(PlanOvertaken) as overtaken:
        stopped.apply()
    assert overtaken.value.details == ("table public.first has changed",)
    for undo in (False, True):
        with pytest.raises(PlanRefused, match="changed since it was carried out") as refused:
            stopped.apply(undo=undo)
        assert "table public.late is new" in refused.value.details


def test_so_it_does_of_a_change_in_the_middle_of_a_run(server: Server, tmp_path: Path) -> None:
    with kept(server, BEFORE, AFTER, tmp_path) as it:

        def interfere(event: events.Event) -> None:
            if isinstance(event, events.StepFinished) and event.number == 1:
                execute(it.url, "ALTER TABLE first ADD theirs int")

        with pytest.raises(PlanOvertaken, match="somebody else has changed it meanwhile"):
            it.apply(observe=interfere)


def test_the_way_back_does_not_go_on_either(stopped: Kept) -> None:
    stopped.apply()
    with connect(stopped.url) as reader, reader.transaction():
        reader.execute("LOCK TABLE public.second IN ACCESS SHARE MODE")
        with pytest.raises(NoLock):
            stopped.apply(
                undo=True,
                losses_allowed=True,
                limits={"lock_timeout_ms": 50, "lock_deadline_s": 1},
            )
    execute(stopped.url, "ALTER TABLE first ADD theirs int")
    with pytest.raises(PlanRefused, match="is not as it was then"):
        stopped.apply(undo=True, losses_allowed=True)
    execute(stopped.url, "ALTER TABLE first DROP theirs")
    stopped.apply(undo=True, losses_allowed=True)
    assert stopped.left(undone=True) == []


def test_the_end_of_the_way_back_tells_as_well(server: Server, tmp_path: Path) -> None:
    after = BEFORE.replace("code int", "other int").replace("(code)", "(other)")
    with kept(server, BEFORE, after + "CREATE INDEX late ON first (x);", tmp_path) as it:
        it.apply(losses_allowed=True)

        def interfere(event: events.Event) -> None:
            if isinstance(event, events.StepFinished) and event.number == 1:
                execute(it.url, "ALTER TABLE first ADD theirs int")

        with pytest.raises(PlanOvertaken, match="was taken back"):
            it.apply(undo=True, losses_allowed=True, observe=interfere)


def test_a_secret_that_is_set_by_hand_is_nobodys_change(server: Server, tmp_path: Path) -> None:
    before = "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;"
    given = "CREATE USER MAPPING FOR public SERVER s OPTIONS (\"user\" 'u', password '{}');"
    table = "CREATE TABLE t (x {});"
    after = before + given.format("meant") + table.format("bigint")
    with kept(server, before + table.format("int"), after, tmp_path) as it:
        it.apply()
        assert not it.apply().is_open
        execute(it.url, "ALTER USER MAPPING FOR public SERVER s OPTIONS (ADD password 'set')")
        assert not it.apply().is_open
        it.apply(undo=True, losses_allowed=True)
        assert it.left(undone=True) == []
