"""Ctrl-C, and what stops containers: exit code 2, one message, and the same command goes on."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from gnkmigrate.connection import DatabaseUrl, connect
from tests.cli.conftest import Command
from tests.cli.test_upgrade import states
from tests.support import ROOT, execute, rows


@contextmanager
def started(url: DatabaseUrl, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """gnkmigrate as a process of its own."""
    with subprocess.Popen(
        [sys.executable, "-m", "gnkmigrate", *arguments],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url.conninfo},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.02)


def asked(url: DatabaseUrl, query: str) -> bool:
    return rows(url, query) == [(True,)]


@pytest.fixture
def many(report: DatabaseUrl) -> DatabaseUrl:
    """So many nodes that small batches take their time."""
    execute(
        report,
        "INSERT INTO user_nodes (user_id, node_address)"
        " SELECT (SELECT id FROM users LIMIT 1), 'node ' || number"
        " FROM generate_series(1, 5000) AS number",
    )
    return report


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_in_the_middle_of_a_backfill(
    gnkmigrate: Command, many: DatabaseUrl, number: signal.Signals
) -> None:
    slowly = ("--batch-size", "10", "--throttle", "2")
    with started(many, "upgrade", "--yes", "--through", "data", *slowly) as process:
        wait_until(lambda: asked(many, "SELECT to_regclass('public.nodes') IS NOT NULL"))
        wait_until(lambda: asked(many, "SELECT EXISTS (SELECT FROM public.nodes)"))
        process.send_signal(number)
        _, messages = process.communicate(timeout=20)
    assert process.returncode == 2
    assert 'Interrupted in phase data, step "rows of nodes"; ' in messages
    assert "gnkmigrate downgrade --phase data" in messages
    assert "Traceback" not in messages

    assert states(gnkmigrate, many)["data"] == "failed"
    assert rows(many, "SELECT state FROM gnkmigrate.run WHERE phase = 'data'") == [("failed",)]
    (moved,) = rows(many, "SELECT count(*) FROM nodes")
    assert 0 < moved[0] < 5001

    assert gnkmigrate(many, "upgrade", "--yes", "--through", "data").exit_code == 0
    assert rows(many, "SELECT count(*) FROM nodes") == [(5001,)]
    assert gnkmigrate(many, "downgrade", "--all", "--yes").exit_code == 0


def test_while_waiting_for_a_lock(gnkmigrate: Command, report: DatabaseUrl) -> None:
    with connect(report) as other, other.transaction():
        other.execute("LOCK TABLE public.user_nodes IN ACCESS SHARE MODE")
        with started(report, "upgrade", "--yes", "--through", "data") as process:
            wait_until(
                lambda: asked(
                    report,
                    "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted"
                    " AND relation = 'public.user_nodes'::regclass)",
                )
            )
            process.send_signal(signal.SIGINT)
            _, messages = process.communicate(timeout=20)
    assert process.returncode == 2
    assert "Interrupted in phase data" in messages
    assert asked(
        report,
        "SELECT count(*) = 0 FROM pg_stat_activity WHERE datname = current_database()"
        " AND application_name LIKE 'gnkmigrate%' AND pid <> pg_backend_pid()",
    )
    assert gnkmigrate(report, "upgrade", "--yes").exit_code == 0


def test_in_a_dry_run_nothing_is_left(gnkmigrate: Command, many: DatabaseUrl) -> None:
    with connect(many) as other, other.transaction():
        other.execute("LOCK TABLE public.user_nodes IN ACCESS SHARE MODE")
        waits = ("--lock-timeout", "60000")
        with started(many, "upgrade", "--dry-run", *waits) as process:
            wait_until(
                lambda: asked(
                    many,
                    "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted"
                    " AND relation = 'public.user_nodes'::regclass)",
                )
            )
            process.send_signal(signal.SIGINT)
            _, messages = process.communicate(timeout=20)
    assert process.returncode == 2
    assert "the dry run was rolled back, and the database is as it was." in messages
    assert rows(many, "SELECT to_regclass('public.nodes'), to_regnamespace('gnkmigrate')") == [
        (None, None)
    ]
    assert set(states(gnkmigrate, many).values()) == {"pending"}
