"""A plan that is stopped anywhere, by whatever, goes on from there and arrives."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from gnkmigrate.errors import PhaseFailed
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.run import events
from gnkmigrate.servers import Server
from tests.apply.kept import Kept, kept
from tests.apply.victim import carry_out, victims
from tests.migrations.faulty import Fault, spare
from tests.support import execute, rows

FAULTS = os.environ.get("GNKMIGRATE_FAULTS", "1")

BEFORE = """
CREATE TYPE mood AS ENUM ('calm');
CREATE TABLE item (id integer PRIMARY KEY, name text, price text, mood mood, old text);
CREATE INDEX by_name ON item (name);
CREATE INDEX by_price ON item (price);
CREATE TABLE sale (item integer, at timestamp);
"""
AFTER = """
CREATE TYPE mood AS ENUM ('calm', 'merry');
CREATE TABLE item (id integer PRIMARY KEY, name varchar(80), price text UNIQUE,
    mood mood DEFAULT 'merry');
CREATE INDEX by_name ON item (name, price);
CREATE TABLE sale (item integer NOT NULL REFERENCES item, at timestamptz);
CREATE TABLE later (item bigint);
CREATE FUNCTION latest() RETURNS bigint LANGUAGE sql AS 'SELECT max(item) FROM later';
CREATE VIEW seen AS SELECT id, name FROM item;
"""
ROWS = (
    "INSERT INTO item SELECT number, 'name ' || number, number, 'calm', 'old'"
    " FROM generate_series(1, 50) AS number; INSERT INTO sale SELECT id, '2025-01-01' FROM item"
)
KEPT = "SELECT id, name::text, price, mood::text FROM item ORDER BY id"


@pytest.fixture
def mixed(server: Server, tmp_path: Path) -> Iterator[Kept]:
    """A plan with statements of every sort that can be cut off."""
    with kept(server, BEFORE, AFTER, tmp_path, ROWS) as it:
        sql = " ".join(step.statement.sql for step in it.plan.up_steps)
        for part in ("SET check_function_bodies", "CREATE INDEX CONCURRENTLY", "ADD VALUE",
                     "CREATE UNIQUE INDEX CONCURRENTLY", "DROP INDEX CONCURRENTLY"):  # fmt: skip
            assert part in sql
        yield it


def points(it: Kept, url: DatabaseUrl, *, undo: bool) -> Sequence[int]:
    """Carries the plan out, and says before which round trips it is to be killed in others.

    In every statement's step: in the middle of one, before the last of its round trips (which
    commits that it is done) in the next, and so on; and at some after the last step. With
    GNKMIGRATE_FAULTS=all at every one.
    """
    fault, begins = Fault(0, spare), []

    def observe(event: events.Event) -> None:
        if isinstance(event, events.StepStarted):
            begins.append(fault.passed)
        if isinstance(event, events.StepFinished) and event.number == len(begins) == total:
            begins.append(fault.passed)

    total = len(it.plan.down_steps if undo else it.plan.up_steps)
    carry_out(url, it.file, fault, observe, undo=undo)
    if FAULTS == "all":
        return range(1, fault.passed + 1)
    steps = [
        end if number % 2 else (begin + end) // 2 + 1
        for number, (begin, end) in enumerate(pairwise(begins))
    ]
    return [*steps, *range(begins[-1] + 1, begins[-1] + 4), fault.passed]


def test_killed_at_every_statement(mixed: Kept) -> None:
    with mixed.copy() as url:
        where = points(mixed, url, undo=False)
        assert mixed.left(url) == []
        wanted = rows(url, KEPT)
    assert len(where) > len(mixed.plan.up_steps)
    with victims() as program:
        for point in where:
            with mixed.copy() as url:
                assert program.kill_one(url, mixed.file, point, undo=False)
                mixed.apply(url, losses_allowed=True, wait_s=20)
                assert (mixed.left(url), rows(url, KEPT)) == ([], wanted), f"round trip {point}"


def test_killed_at_every_statement_of_the_way_back(mixed: Kept) -> None:
    mixed.apply(losses_allowed=True)
    with mixed.copy() as url:
        where = points(mixed, url, undo=True)
        assert mixed.left(url, undone=True) == []
    with victims() as program:
        for point in where:
            with mixed.copy() as url:
                assert program.kill_one(url, mixed.file, point, undo=True)
                mixed.apply(url, undo=True, losses_allowed=True, wait_s=20)
                assert mixed.left(url, undone=True) == [], f"round trip {point}"


ITEM = "CREATE TABLE item (id integer, name text);"
BY_NAME = "CREATE UNIQUE INDEX by_name ON item (name);"


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.02)


@contextmanager
def applying(it: Kept) -> Iterator["subprocess.Popen[str]"]:
    """gnkmigrate apply as a process of its own."""
    with subprocess.Popen(
        [sys.executable, "-m", "gnkmigrate", "apply", str(it.file), "--yes"],
        env={**os.environ, "DATABASE_URL": it.url.conninfo},
        cwd=it.file.parent,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def validity(url: DatabaseUrl) -> list[tuple[str, bool]]:
    query = (
        "SELECT relname::text, indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
        " WHERE indrelid = 'item'::regclass ORDER BY relname"
    )
    return rows(url, query)


@contextmanager
def cut_off(it: Kept) -> Iterator[None]:
    """The plan's work on an index is killed, client and server process, while others hold it up."""
    with connect(it.url) as other, other.transaction():
        other.execute("INSERT INTO public.item VALUES (0, 'other')")
        with applying(it) as process:
            waiting = (
                "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                " AND query ILIKE '%INDEX%CONCURRENTLY%' AND pid <> pg_backend_pid()"
                " AND datname = current_database())"
            )
            wait_until(lambda: rows(it.url, waiting) == [(True,)])
            process.kill()
        execute(
            it.url,
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE application_name = 'gnkmigrate' AND datname = current_database()"
            " AND query ILIKE '%INDEX%CONCURRENTLY%' AND pid <> pg_backend_pid()",
        )
        yield


def test_an_index_that_was_cut_off_is_built_again(server: Server, tmp_path: Path) -> None:
    with kept(server, ITEM, ITEM + BY_NAME, tmp_path) as it:
        with cut_off(it):
            assert validity(it.url) == [("by_name", False)]
        it.apply(wait_s=20)
        assert validity(it.url) == [("by_name", True)]
        assert it.left() == []


def test_an_index_whose_removal_was_cut_off_is_removed(server: Server, tmp_path: Path) -> None:
    with kept(server, ITEM + BY_NAME, ITEM, tmp_path) as it:
        with cut_off(it):
            assert validity(it.url) == [("by_name", False)]
        it.apply(wait_s=20)
        assert it.left() == []


def test_what_rebuilding_an_index_has_left_is_removed(server: Server, tmp_path: Path) -> None:
    broken = "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'by_name'::regclass;"
    with kept(server, ITEM + BY_NAME + broken, ITEM + BY_NAME, tmp_path) as it:
        assert [step.statement.sql for step in it.plan.up_steps] == [
            "REINDEX INDEX CONCURRENTLY public.by_name"
        ]
        with cut_off(it):
            assert validity(it.url) == [("by_name", False), ("by_name_ccnew", False)]
        it.apply(wait_s=20)
        assert validity(it.url) == [("by_name", True)]


def test_an_index_that_failed_is_built_again(server: Server, tmp_path: Path) -> None:
    twice = "INSERT INTO item VALUES (1, 'one'), (2, 'one')"
    with kept(server, ITEM, ITEM + BY_NAME, tmp_path, twice) as it:
        for _ in range(2):
            with pytest.raises(PhaseFailed, match="could not create unique index"):
                it.apply()
            assert validity(it.url) == [("by_name", False)]
        execute(it.url, "DELETE FROM item WHERE id = 2")
        it.apply()
        assert it.left() == []
