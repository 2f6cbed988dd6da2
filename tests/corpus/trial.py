"""One pair: planned, run, and compared with what was wanted."""

import signal
import traceback
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from gnkmigrate.errors import GnkMigrateError
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.proof.dump import changed_lines, difference, statements
from tests.corpus import planner
from tests.corpus.bench import Bench, Databases, LoadFailed, loaded
from tests.corpus.outcome import Outcome, Verdict
from tests.corpus.pairs import Direction, Pair, Task

PLAN_TIMEOUT_S = 60
_SHOWN = 8  # lines of a difference


@dataclass(frozen=True)
class Leg:
    """One direction of a pair.

    Attributes:
        direction: which one.
        start: the database that is changed.
        target: the one that it should be like afterwards.
    """

    direction: Direction
    start: DatabaseUrl
    target: DatabaseUrl


def try_pair(bench: Bench, task: Task) -> list[Outcome]:
    """What becomes of a pair in each direction; nothing that happens to it is raised."""
    pair, both = task.pair, len(task.directions) > 1
    try:
        with loaded(bench, pair, keep=both) as databases, ThreadPoolExecutor() as threads:
            legs = [_leg(each, databases) for each in task.directions]
            wanted = [threads.submit(bench.dump, leg.target) for leg in legs]
            wait(wanted)  # a leg's target is the start of the next
            return [
                _guarded(bench, pair, leg, dump) for leg, dump in zip(legs, wanted, strict=True)
            ]
    except LoadFailed as error:
        verdict, message, trace = Verdict.LOAD_FAILED, str(error), ""
    except Exception as error:  # noqa: BLE001 - one pair does not end the run
        verdict, message, trace = Verdict.BROKEN, described(error), traceback.format_exc()
    return [
        Outcome(pair.id, pair.source, each, verdict, message, trace=trace)
        for each in task.directions
    ]


def _leg(direction: Direction, databases: Databases) -> Leg:
    if direction is Direction.FORWARD:
        return Leg(direction, databases.old, databases.new)
    return Leg(direction, databases.new, databases.kept or databases.old)


def _guarded(bench: Bench, pair: Pair, leg: Leg, wanted: Future[str]) -> Outcome:
    try:
        return _try_leg(bench, pair, leg, wanted)
    except Exception as error:  # noqa: BLE001 - the other direction is tried all the same
        message, trace = described(error), traceback.format_exc()
        return Outcome(pair.id, pair.source, leg.direction, Verdict.BROKEN, message, trace=trace)


def _try_leg(bench: Bench, pair: Pair, leg: Leg, wanted: Future[str]) -> Outcome:
    def outcome(verdict: Verdict, message: str = "", diff: str = "", trace: str = "") -> Outcome:
        return Outcome(pair.id, pair.source, leg.direction, verdict, message, script, diff, trace)

    script = ""
    try:
        with at_most(PLAN_TIMEOUT_S):
            script = planner.planned_script(leg.start.conninfo, leg.target.conninfo)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the verdict
        return outcome(Verdict.PLAN_FAILED, described(error), trace=traceback.format_exc())
    if script and not pair.differ:
        return outcome(Verdict.NOT_EMPTY, _first_statement(script))
    if script and (problem := bench.run_script(leg.start, script)):
        return outcome(Verdict.SCRIPT_FAILED, problem)
    with ThreadPoolExecutor(1) as thread:
        result = thread.submit(bench.dump, leg.start)
        left = planner.differences(leg.start.conninfo, leg.target.conninfo)
    diff = _difference(bench, result.result(), wanted.result())
    if left:
        return outcome(Verdict.DIFFERS, "\n".join(left[:_SHOWN]), diff)
    if diff:
        return outcome(Verdict.DUMP_DIFFERS, "\n".join(changed_lines(diff)[:_SHOWN]), diff)
    return outcome(Verdict.CONVERGED)


def _difference(bench: Bench, result: str, wanted: str) -> str:
    """What differs between two dumps, and still does when both have been restored.

    PostgreSQL prints some expressions otherwise once they were dumped and read again.
    """
    diff = difference(statements(result), statements(wanted))
    if not diff:
        return ""
    again = (bench.restored(result), bench.restored(wanted))
    if None in again:
        return diff
    return difference(*(statements(dump or "") for dump in again)) and diff


def described(error: Exception) -> str:
    """The class of an error, its message's first line, and the details of one of ours."""
    first, *_ = [*str(error).strip().splitlines(), ""]
    details = error.details if isinstance(error, GnkMigrateError) else ()
    return "\n".join([f"{type(error).__name__}: {first}", *details])


def _first_statement(script: str) -> str:
    lines = (line.strip() for line in script.splitlines())
    return next((line for line in lines if line and not line.startswith("--")), script)


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """Ends the block with TimeoutError when it takes longer; for a process's main thread."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"no plan within {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
