"""Ctrl-C, and what stops containers: exit code 2, one message, and the same command goes on."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gnkmigrate.postgres.connection import DatabaseUrl, connect
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
    assert 'Interrupted in phase data, step "rows of public.nodes"; ' in messages
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


@pytest.mark.parametrize("milliseconds", range(60, 600, 60))
def test_while_it_starts(milliseconds: int) -> None:
    """Python's own start is over when the script says where gnkmigrate's is."""
    with subprocess.Popen(
        [sys.executable, "-c", _STARTS],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/x"},
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(milliseconds / 1000)
        process.send_signal(signal.SIGINT)
        _, messages = process.communicate(timeout=20)
    assert "Traceback" not in messages
    assert process.returncode in {2, 3}
    if process.returncode == 2:
        assert messages.startswith("error: Interrupted; nothing ")


def test_where_nothing_can_be_raised() -> None:
    """It comes again a moment later, and is not forgotten."""
    with subprocess.Popen(
        [sys.executable, "-c", _IGNORES], stderr=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        _, messages = process.communicate(timeout=20)
    assert process.returncode == 2
    assert messages == "error: Interrupted; nothing is left half done.\n"


_IGNORES = """
import os, signal, sys, time
from gnkmigrate.cli._frame import framed

class Thing:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)

@framed
def command():
    Thing()
    time.sleep(10)

try:
    command()
except Exception as end:
    sys.exit(end.exit_code)
"""
_STARTS = """
import sys
from gnkmigrate.__main__ import main
sys.argv = ["gnkmigrate", "audit"]
print("starts", flush=True)
main()
"""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--help",), 0),
        (("status",), 3),
        (("--url", "x", "status"), 2),
        (("diff", "schema/target.sql", "schema/target.sql"), 0),
    ],
)
def test_messages_that_cannot_be_written_change_nothing(
    arguments: tuple[str, ...], code: int
) -> None:
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "gnkmigrate", *arguments],
            stdout=subprocess.DEVNULL,
            stderr=full,
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/x"},
            check=False,
        )
    assert ran.returncode == code


def test_a_result_that_cannot_be_written_is_a_failure() -> None:
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "gnkmigrate", "--help"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ran.returncode == 2
    assert ran.stderr == "error: The result cannot be written: No space left on device\n"
