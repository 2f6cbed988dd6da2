"""Workers that do not fit, and schedulers that are not there."""

import subprocess
import sys
import time
from dataclasses import replace
from typing import Any

import pytest

from gnkmigrate.errors import PhaseRefused, SettingsError
from gnkmigrate.fleet import worker_pool
from gnkmigrate.fleet.job_run import carry_out, failed
from gnkmigrate.fleet.session import Choice
from gnkmigrate.fleet.target import Address, Target
from gnkmigrate.fleet.task import Order, source_of
from gnkmigrate.run.status import Request
from tests.fleet.conftest import NO_NOTES, NOTES, Shops, ran
from tests.support import rows

NOBODY = Target("nobody", Address("dbname=nobody"))


def _order(shops: Shops, **other: Any) -> Order:
    return replace(Order("status", source_of(shops.config, {}), None, "run", 1), **other)


def test_a_scheduler_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_pool, "_SCHEDULER_S", 0.3)
    with (
        pytest.raises(
            worker_pool.SchedulerUnavailable, match="No Dask scheduler answers"
        ) as raised,
        worker_pool.workers("tcp://127.0.0.1:1", 1, print),
    ):
        pass
    assert raised.value.passing


def test_workers_of_this_machine_that_do_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: Any) -> None:
        raise RuntimeError("Nanny failed to start.")

    monkeypatch.setattr("distributed.LocalCluster", fail)
    with (
        pytest.raises(
            worker_pool.WorkersUnavailable, match="did not start: Nanny failed"
        ) as raised,
        worker_pool.workers(None, 1, print),
    ):
        pass
    assert raised.value.passing


def test_an_address_that_is_none() -> None:
    with (
        pytest.raises(
            worker_pool.SchedulerUnavailable, match="No Dask scheduler answers at nowhere"
        ),
        worker_pool.workers("nowhere://x", 1, print),
    ):
        pass


def test_dask_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(SettingsError, match="distributed is not installed") as raised,
        worker_pool.workers(None, 1, print),
    ):
        pass
    assert "gnkmigrate[fleet]" in raised.value.hint


def test_a_worker_with_another_version_is_told_of_by_name(shops: Shops, scheduler: str) -> None:
    told: list[str] = []
    with (
        worker_pool.workers(scheduler, 1, told.append) as workers,
        pytest.raises(worker_pool.NoFittingWorker) as raised,
    ):
        workers.look_at(_order(shops, version="9.9"))
    assert len(told) == 2
    assert all("tcp://" in text and "not 9.9" in text for text in raised.value.details)


def test_a_worker_with_another_state_of_the_project_is_told_of(
    shops: Shops, scheduler: str
) -> None:
    told: list[str] = []
    order = _order(shops)
    (shops.folder / "target.sql").write_text("CREATE TABLE other (id int);")
    with (
        worker_pool.workers(scheduler, 1, told.append) as workers,
        pytest.raises(worker_pool.NoFittingWorker),
    ):
        workers.look_at(order)
    assert all("is not as where the command was typed" in text for text in told)


def test_a_worker_that_comes_later_refuses_an_order_of_another_version(shops: Shops) -> None:
    refused = carry_out(_order(shops, version="9.9"), NOBODY)
    assert refused.misfit
    assert "the order is by 9.9" in (refused.error or "")


def test_a_defect_is_told_of_one_database_alone(shops: Shops) -> None:
    broken = replace(_order(shops), command="nothing")  # type: ignore[arg-type]
    result = carry_out(broken, NOBODY)
    assert result.state == "failed"
    assert "defect" in (result.error or "")


@pytest.mark.parametrize(
    ("hint", "told"),
    [
        ("Wait for it, or have --wait do so", "Run the same command again: what is done is not"),
        ("Then: gnkmigrate upgrade --phase a", "Then: gnkmigrate --url ADDRESS upgrade --phase a"),
        ("gnkmigrate fleet status shows it", "gnkmigrate fleet status shows it"),
        ("gnkmigrate quotes names itself", "gnkmigrate quotes names itself"),
    ],
)
def test_a_hint_for_one_database_says_that_it_needs_its_address(hint: str, told: str) -> None:
    assert failed("shop", PhaseRefused("No.", hint=hint)).hint.startswith(told)


_SCHEDULER = """
import sys, time
from distributed import LocalCluster

if __name__ == "__main__":
    cluster = LocalCluster(n_workers=1, threads_per_worker=1, processes=False, protocol="tcp",
                           host="127.0.0.1", dashboard_address="127.0.0.1:0")
    print(cluster.scheduler_address, flush=True)
    time.sleep(60)
"""
_ASLEEP = "SELECT FROM pg_stat_activity WHERE query ~ 'pg_sleep' AND pid <> pg_backend_pid()"


def test_a_scheduler_that_ends_in_the_middle(shops: Shops, scheduler: str) -> None:
    shops.revision(1, "notes", f"op.execute('SELECT pg_sleep(4)')\n{NOTES}", NO_NOTES)
    url = shops.made()[0]
    order, slow = _order(shops, command="upgrade"), Target("slow", Address(url.conninfo))
    with subprocess.Popen([sys.executable, "-c", _SCHEDULER], stdout=subprocess.PIPE) as process:
        address = (process.stdout or sys.stdin.buffer).readline().decode().strip()
        with worker_pool.workers(address, 1, print) as workers:
            workers.look_at(order)
            workers.ask(replace(order, request=Request()), slow)
            deadline = time.monotonic() + 60
            while not rows(url, _ASLEEP) and time.monotonic() < deadline:
                time.sleep(0.1)
            process.kill()
            target, result = workers.next()
    assert (target, result.state) == (slow, "failed for now")
    assert "scheduler" in (result.error or "")
    # Another scheduler, and the same command: it waits for the session that has lost its worker.
    choice = Choice(targets=shops.listed({"slow": url}), on=scheduler)
    again = ran(shops, "upgrade", Request(wait_s=30), choice)
    assert again["slow"].found.text == "ran notes, city; all phases done"
    done = "SELECT phase, state FROM gnkmigrate.run WHERE state = 'done' ORDER BY 1"
    assert rows(url, done) == [("city", "done"), ("notes", "done")]
    assert rows(url, "SELECT count(*), count(city) FROM shop") == [(50, 0)]
