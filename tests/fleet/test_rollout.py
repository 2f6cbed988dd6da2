"""Orders that real workers carry out on real databases."""

import os
import secrets
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import cast

import pytest
from distributed import Client, Semaphore
from psycopg import conninfo

from gnkmigrate.fleet.jobs.audit import AuditRequest
from gnkmigrate.fleet.jobs.plan import PlanRequest
from gnkmigrate.fleet.listing import Placed
from gnkmigrate.fleet.result import Found, Result
from gnkmigrate.fleet.rollout import Course, Tally, run
from gnkmigrate.fleet.session import Choice
from gnkmigrate.fleet.target import Address, Target, server_of
from gnkmigrate.fleet.task import Order, source_of
from gnkmigrate.fleet.worker_pool import Workers
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.run.status import Request
from gnkmigrate.servers import Server
from tests.fleet.conftest import CITY, NO_CITY, Shops, dask, ran
from tests.support import execute, rows


def _chosen(shops: Shops, urls: dict[str, DatabaseUrl], scheduler: str, **more: object) -> Choice:
    return Choice(targets=shops.listed(urls), on=scheduler, **more)  # type: ignore[arg-type]


def _named(urls: list[DatabaseUrl]) -> dict[str, DatabaseUrl]:
    return {f"shop{number}": url for number, url in enumerate(urls, 1)}


def test_there_and_back(shops: Shops, scheduler: str) -> None:
    urls = _named(shops.made(3))
    choice = _chosen(shops, urls, scheduler)
    before = ran(shops, "status", None, choice)
    assert set(before.states.values()) == {"pending"}
    assert before.summary.exit_code == 1
    audited = ran(shops, "audit", AuditRequest(), choice)["shop1"].found
    assert audited.text.endswith("; next phase: notes")
    assert audited.phases == (("notes", "pending"), ("city", "pending"))
    tried = ran(shops, "upgrade", Request(dry_run=True), choice)
    assert tried.summary.exit_code == 0
    assert set(tried.states.values()) == {"tried"}
    assert ran(shops, "plan", PlanRequest(), choice).summary.groups[0].names == tuple(urls)
    up = ran(shops, "upgrade", Request(), choice)
    assert up["shop1"].found.text == "ran notes, city; all phases done"
    assert up.summary.exit_code == 0
    for command, request in (("status", None), ("plan", PlanRequest()), ("audit", AuditRequest())):
        assert ran(shops, command, request, choice).summary.exit_code == 0  # type: ignore[arg-type]
    down = ran(shops, "downgrade", Request(), choice)
    assert down.summary.exit_code == 0
    assert ran(shops, "status", None, choice).states == before.states
    assert all(rows(url, "SELECT count(*) FROM shop") == [(50,)] for url in urls.values())


def test_tenants_that_drift_apart_are_grouped_by_what_differs(shops: Shops, scheduler: str) -> None:
    urls = _named(shops.made(5))
    for name in ("shop2", "shop4"):
        execute(urls[name], "CREATE INDEX in_haste ON shop (name)")
    execute(urls["shop5"], "ALTER TABLE shop ADD COLUMN owner text")
    audited = ran(shops, "audit", AuditRequest(), _chosen(shops, urls, scheduler))
    names = [group.names for group in audited.summary.groups]
    assert names == [("shop1", "shop3"), ("shop2", "shop4"), ("shop5",)]
    usual, hasty, owned = (set(group.traits) for group in audited.summary.groups)
    assert len(usual) == 2
    assert [text for text in hasty - usual if "in_haste" in text]
    assert [text for text in owned - usual if "shop.owner" in text]


@contextmanager
def _held(url: DatabaseUrl) -> Iterator[None]:
    """Somebody reads the table in a transaction that they leave open."""
    with connect(url) as other, other.transaction():
        other.execute("LOCK TABLE public.shop IN ACCESS SHARE MODE")
        yield


def test_a_broken_one_and_a_locked_one_stop_nobody_else(
    shops: Shops, scheduler: str, server: Server
) -> None:
    urls = _named(shops.made(5))
    execute(urls["shop2"], "CREATE TABLE note (id int)")
    gone = server.url.with_database("not_there")
    with _held(urls["shop3"]):
        up = ran(shops, "upgrade", Request(), _chosen(shops, urls | {"gone": gone}, scheduler))
    assert up.states == {
        "shop1": "done",
        "shop2": "failed",
        "shop3": "failed for now",
        "shop4": "done",
        "shop5": "done",
        "gone": "failed",
    }
    assert "does not exist" in (up["gone"].error or "")
    came = [each.name for each in up.came]
    assert came.index("shop4") < came.index("shop3")
    assert up.summary.exit_code == 2
    execute(urls["shop2"], "DROP TABLE note")
    again = ran(shops, "upgrade", Request(), _chosen(shops, urls, scheduler))
    assert set(again.states.values()) == {"done"}
    assert again["shop1"].found.text == "all phases done"
    assert again["shop3"].found.text.startswith("ran city;")


def test_a_role_without_rights_is_told_of(shops: Shops, scheduler: str, server: Server) -> None:
    mine, theirs = shops.made(2)
    password = conninfo.conninfo_to_dict(theirs.conninfo)["password"]
    role = f"role_{secrets.token_hex(6)}"
    execute(theirs, f"CREATE ROLE {role} LOGIN PASSWORD '{password}'")
    try:
        as_role = DatabaseUrl(conninfo.make_conninfo(theirs.conninfo, user=role))
        urls = {"mine": mine, "theirs": as_role}
        up = ran(shops, "upgrade", Request(), _chosen(shops, urls, scheduler))
    finally:
        execute(server.url, f"DROP ROLE {role}")
    assert up.states == {"mine": "done", "theirs": "failed"}
    assert "permission denied" in (up["theirs"].error or "")
    assert rows(theirs, "SELECT to_regclass('note')::text") == [(None,)]


def test_who_failed_for_now_alone_is_another_exit_code(shops: Shops, scheduler: str) -> None:
    urls = _named(shops.made(1))
    nobody = "host=/nowhere dbname=shop user=me"
    file = shops.listed(urls | {"nobody": nobody})
    done = ran(shops, "upgrade", Request(), Choice(targets=file, on=scheduler))
    assert done.states == {"shop1": "done", "nobody": "failed for now"}
    assert done.summary.exit_code == 3


def test_no_other_is_begun_where_the_canary_fails(shops: Shops, scheduler: str) -> None:
    urls = _named(shops.made(4))
    execute(urls["shop3"], "CREATE TABLE note (id int)")
    chosen = _chosen(shops, urls, scheduler, canary=("shop3",))
    up = ran(shops, "upgrade", Request(), chosen)
    assert [each.name for each in up.came] == ["shop3"]
    assert up.states["shop1"] == "not begun"
    assert up.summary.stopped == "the canary shop3 failed"
    execute(urls["shop3"], "DROP TABLE note")
    up = ran(shops, "upgrade", Request(), chosen)
    assert up.came[0].name == "shop3"
    assert set(up.states.values()) == {"done"}


def test_no_other_is_begun_after_so_many_failures(shops: Shops, scheduler: str) -> None:
    urls = _named(shops.made(6))
    for number in (1, 2, 3):
        execute(urls[f"shop{number}"], "CREATE TABLE note (id int)")
    up = ran(shops, "upgrade", Request(), _chosen(shops, urls, scheduler, jobs=1, max_failures=2))
    assert [each.name for each in up.came] == ["shop1", "shop2"]
    assert up.summary.stopped == "2 failed, and --max-failures is 2"
    assert "not begun" in up.states["shop6"]


def test_groups_have_their_turns_one_after_another(shops: Shops, scheduler: str) -> None:
    urls = _named(shops.made(4))
    regions = {"shop1": "us", "shop2": "eu", "shop3": "us", "shop4": "eu"}
    file = shops.listed(urls, region=regions)
    choice = Choice(targets=file, on=scheduler, group_by="region", canary=("shop4",))
    came = [each.labels["region"] for each in ran(shops, "status", None, choice).came]
    assert came == ["eu", "us", "us", "eu"]


class Recorder:
    """Workers that have done everything at once, or say that it is not their turn."""

    def __init__(self, places: int, turns: Mapping[str, int]) -> None:
        self.asked: list[str] = []
        self.most = 0
        self._places, self._turns = places, dict(turns)
        self._pending: list[Target] = []

    def look_at(self, order: Order) -> None:
        del order

    def places(self) -> int:
        return self._places

    def ask(self, order: Order, target: Target, attempt: int = 0) -> None:
        del order
        self.asked.append(f"{target.name} {attempt}")
        self._pending.append(target)
        self.most = max(self.most, len(self._pending))

    def next(self) -> tuple[Target, Result]:
        target = self._pending.pop(0)
        self._turns[target.name] = self._turns.get(target.name, 0) - 1
        found = Found("done", "all phases done")
        return target, Result(target.name, found, no_turn=self._turns[target.name] >= 0)


def test_no_worker_is_given_more_than_it_can_begin(shops: Shops) -> None:
    """What waits at a worker that dies would be blamed for it; and who has no turn asks again."""
    names = [(f"{server}{number}", server) for server in "ab" for number in (1, 2, 3)]
    placed = [Placed(Target(name, Address("")), server) for name, server in names]
    order = Order("status", source_of(shops.config, {}), None, "run", 2)
    workers, tally = Recorder(3, {"a1": 2}), Tally()
    course = Course([("", placed)], jobs=2)
    assert run(cast("Workers", workers), order, course, tally, lambda _: None) == ""
    assert set(tally.results) == {name for name, _ in names}
    assert workers.most == 3
    assert workers.asked[:3] == ["a1 0", "b1 0", "a2 0"]
    assert [each for each in workers.asked if each.startswith("a1")] == ["a1 0", "a1 1", "a1 2"]


def test_a_turn_that_somebody_else_has_is_asked_for_again(shops: Shops, scheduler: str) -> None:
    """As that of a worker that has died: it is free after half a minute."""
    urls = _named(shops.made(1))
    with Client(scheduler, set_as_default=False) as client, client.as_current():
        turns = Semaphore(1, f"gnkmigrate 1 at {server_of(urls['shop1'])}")
        assert turns.acquire()
        giving_back = threading.Timer(6, turns.release)
        giving_back.start()
        found = ran(shops, "status", None, _chosen(shops, urls, scheduler, jobs=1))
        giving_back.join()
    assert found.states == {"shop1": "pending"}


@pytest.mark.parametrize("jobs", [1, 2])
def test_so_many_of_one_server_at_once(shops: Shops, scheduler: str, jobs: int) -> None:
    slow = "op.execute('SELECT pg_sleep(1.5)')\n" + CITY
    shops.revision(2, "city", slow, NO_CITY)
    urls = _named(shops.made(3))
    most, over = 0, threading.Event()

    def watch() -> None:
        nonlocal most
        query = (
            "SELECT count(DISTINCT datname) FROM pg_stat_activity WHERE state = 'active'"
            " AND application_name LIKE 'gnkmigrate fleet %' AND query ~ 'pg_sleep'"
        )
        with connect(shops.server.url) as connection:
            while not over.wait(0.05):
                most = max(most, (connection.execute(query).fetchone() or [0])[0])

    watching = threading.Thread(target=watch)
    watching.start()
    ran(shops, "upgrade", Request(), _chosen(shops, urls, scheduler, jobs=jobs))
    over.set()
    watching.join()
    assert most == jobs


def test_the_work_of_a_worker_that_is_killed_is_taken_up(shops: Shops, server: Server) -> None:
    slow = f"{CITY}\nop.execute('SELECT pg_sleep(2)')\nop.execute('INSERT INTO seen VALUES (1)')"
    shops.revision(2, "city", slow, NO_CITY)
    urls = _named(shops.made(3))
    for url in urls.values():
        execute(url, "CREATE TABLE seen (n int)")
    with dask(server) as cluster:
        address = cluster.scheduler_address
        killing = threading.Thread(target=_kill_one_at, args=(address, urls["shop1"]))
        killing.start()
        up = ran(shops, "upgrade", Request(), _chosen(shops, urls, address))
        killing.join()
    assert set(up.states.values()) == {"done"}, up.summary
    for url in urls.values():
        assert rows(url, "SELECT count(*) FROM seen") == [(1,)]
        assert rows(url, "SELECT count(*), count(city) FROM shop") == [(50, 0)]
        phases = "SELECT phase, state FROM gnkmigrate.run WHERE state = 'done' ORDER BY 1"
        assert rows(url, phases) == [("city", "done"), ("notes", "done")]


def _kill_one_at(scheduler: str, url: DatabaseUrl) -> None:
    """Kills the worker that is in the middle of a database's second phase."""
    asleep = (
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND query ~ 'pg_sleep'"
        " AND pid <> pg_backend_pid()"
    )
    with Client(scheduler, set_as_default=False) as client:
        pids = client.run(os.getpid)
        deadline = time.monotonic() + 60
        while not rows(url, asleep) and time.monotonic() < deadline:
            time.sleep(0.05)
        at_work = client.processing()
        worker = next(
            address for address, keys in at_work.items() if any("shop1" in key for key in keys)
        )
        os.kill(pids[worker], signal.SIGKILL)


def test_processes_of_this_machine_are_told_passwords_by_name(shops: Shops) -> None:
    urls = _named(shops.made(2))
    file = shops.listed({name: url.conninfo for name, url in urls.items()})
    password = str(urls["shop1"].conninfo).partition("password=")[2].split()[0]
    done = ran(shops, "status", None, Choice(targets=file, processes=1))
    assert set(done.states.values()) == {"pending"}
    assert password not in repr(done)
    assert not [name for name in os.environ if name.startswith("_GNKMIGRATE")]
