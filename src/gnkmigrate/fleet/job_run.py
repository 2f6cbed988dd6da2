"""What a worker does: one order for one target, and whatever happens becomes a result."""

import os
import platform
import re
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from gnkmigrate import __version__
from gnkmigrate.errors import GnkMigrateError, SettingsError
from gnkmigrate.exit_codes import explain
from gnkmigrate.failure import FAILED, LATER, Failure
from gnkmigrate.fleet.jobs import job
from gnkmigrate.fleet.result import Found, Result
from gnkmigrate.fleet.subject import Subject
from gnkmigrate.fleet.target import Target, server_of
from gnkmigrate.fleet.task import Order, OtherProject
from gnkmigrate.fleet.tidying import Tidying
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.text.numbers import counted
from gnkmigrate.text.redaction import redact

_TURN_S = 5  # how long a turn is waited for, before the worker does something else
# A command for one database; without an address it would run on another one.
_COMMAND = re.compile(
    r"\bgnkmigrate (?=(?:apply|audit|contract|cutover|doctor|downgrade|forget|grants|plan|rehearse"
    r"|status|tune|upgrade|verify)\b)"
)
_tidying = Tidying()


class NoTurn(GnkMigrateError):
    """As many databases of a server are worked on as may be at once."""

    passing = True


class OtherVersion(SettingsError):
    """A worker has another gnkmigrate than the one that gave the order."""


def carry_out(order: Order, target: Target) -> Result:
    """One order for one target. Nothing is raised: what goes wrong is part of the result.

    Args:
        order: what to do.
        target: where.
    """
    started = time.monotonic()
    database = ""
    try:
        _require_version(order)
        url = target.address.resolved()
        database = str(url)
        with _turn(order, url):
            found = job(order.command)(Subject.of(order, target, url), order.request)
        result = Result(target.name, found)
    except Exception as error:  # noqa: BLE001 (one failure stops nobody else)
        result = failed(target.name, error)
    _tidying.now_and_then()
    return replace(
        result,
        labels=dict(target.labels),
        database=database,
        seconds=time.monotonic() - started,
        worker=f"{platform.node()}:{os.getpid()}",
    )


def failed(name: str, error: Exception) -> Result:
    """The result that an error stands for."""
    failure = explain(error) or _defect(error)
    return Result(
        name,
        Found("failed for now" if failure.exit_code == LATER else "failed", ""),
        error=redact(failure.message),
        hint=redact(_for_one(failure.hint)),
        details=tuple(map(redact, failure.details)),
        misfit=isinstance(error, OtherVersion | OtherProject),
        no_turn=isinstance(error, NoTurn),
    )


def _for_one(hint: str) -> str:
    """A hint for one database, as it reads where there are many."""
    if "--wait" in hint:  # of the commands for one
        return "Run the same command again: what is done is not done twice."
    return _COMMAND.sub("gnkmigrate --url ADDRESS ", hint)


def _defect(error: Exception) -> Failure:
    last = traceback.extract_tb(error.__traceback__)[-1:]
    place = f" ({Path(last[0].filename).name}, line {last[0].lineno})" if last else ""
    return Failure(
        f"A defect of gnkmigrate: {type(error).__name__}: {error}{place}.",
        hint="The same command for this database alone shows where.",
        exit_code=FAILED,
    )


def _require_version(order: Order) -> None:
    if order.version != __version__:
        raise OtherVersion(
            f"The worker on {platform.node()} has gnkmigrate {__version__}, and the order is by "
            f"{order.version}.",
            hint="Install the same version on every worker.",
        )


@contextmanager
def _turn(order: Order, url: DatabaseUrl) -> Iterator[None]:
    """A turn at the database's server, which all workers of a scheduler share.

    Orders with the same number of jobs share turns; the number is a part of the name, since a
    semaphore has one size for all. A worker that has died keeps its turn for half a minute.

    Raises:
        NoTurn: none is free; whoever has asked for the work asks again, maybe another worker.
    """
    from distributed import Semaphore

    server = server_of(url)
    turns = Semaphore(order.jobs, f"gnkmigrate {order.jobs} at {server}")
    if not turns.acquire(timeout=_TURN_S):
        raise NoTurn(f"{counted(order.jobs, 'database')} of {server} are worked on already.")
    try:
        yield
    finally:
        turns.release()
