"""One kind of work, divided among several sessions: all are through, or none goes on.

Each session has its thread. The thread of the run only listens: it passes on what the others tell,
sees that the session with the runner's lock is still there, and stops all when one fails.
"""

import queue
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from typing import TypeVar

import psycopg

from gnkmigrate.errors import ConnectionLost
from gnkmigrate.run import events
from gnkmigrate.run.batches.worker_session import worker_session
from gnkmigrate.run.work import Work

Task = TypeVar("Task")

_LISTEN_S = 0.2
_CANCEL_S = 5.0


class _Stopped(Exception):
    """Another worker has failed, or the user has had enough."""


def in_parallel(
    work: Work, workers: int, tasks: Iterable[Task], run: Callable[[Work, Task], None]
) -> None:
    """Runs every task in one of `workers` sessions, each of which takes the next one left.

    Args:
        work: the session of the run; its observer is called in this thread alone.
        workers: how many further sessions, one or more.
        tasks: what is to be done; their order is kept, as far as several at once have one.
        run: does one task. It ends soon after one of the others has failed, because telling the
            observer, or asking the database, ends it.

    Raises:
        ConnectionFailed: the server has no connection left.
        ConnectionLost: a session ended in the middle.
        GnkMigrateError: whatever `run` raises first, after all others have stopped.
        psycopg.Error: the same.
    """
    left: queue.SimpleQueue[Task] = queue.SimpleQueue()
    for task in tasks:
        left.put(task)
    told: queue.SimpleQueue[events.Event] = queue.SimpleQueue()
    over = threading.Event()

    def tell(event: events.Event) -> None:
        if over.is_set():
            raise _Stopped
        told.put(event)

    with ExitStack() as sessions:
        crew = [sessions.enter_context(worker_session(work, tell)) for _ in range(workers)]
        with ThreadPoolExecutor(workers) as threads:
            futures = {threads.submit(_labour, mate, left, run, over) for mate in crew}
            try:
                _listen(work, futures, told)
            finally:
                over.set()
                _cancel(crew, futures)
    _pass_on(work, told)


def _labour(
    mate: Work,
    left: "queue.SimpleQueue[Task]",
    run: Callable[[Work, Task], None],
    over: threading.Event,
) -> None:
    """What one thread does: task after task, until none is left or all is over."""
    try:
        while not over.is_set():
            run(mate, left.get_nowait())
    except (queue.Empty, _Stopped):
        return
    except psycopg.Error as error:
        if over.is_set():
            return  # it was told to stop
        if mate.connection.closed:
            raise ConnectionLost(
                f"The connection of a worker was lost: {str(error).strip().splitlines()[0]}.",
                hint="Run the same command again: it goes on where the journal says.",
            ) from error
        raise


def _listen(
    work: Work, futures: "set[Future[None]]", told: "queue.SimpleQueue[events.Event]"
) -> None:
    """Waits for all of them, and raises what one of them raises."""
    pending = futures
    while pending:
        done, pending = wait(pending, timeout=_LISTEN_S, return_when=FIRST_EXCEPTION)
        _pass_on(work, told)
        for future in done:
            future.result()
        work.connection.execute("SELECT")  # who has lost the runner's lock must not go on


def _pass_on(work: Work, told: "queue.SimpleQueue[events.Event]") -> None:
    while not told.empty():
        work.observe(told.get())


def _cancel(crew: Sequence[Work], futures: "set[Future[None]]") -> None:
    """Ends the statements that are still at work; each worker rolls back what it was doing."""
    if all(future.done() for future in futures):
        return
    for mate in crew:
        mate.connection.cancel_safe(timeout=_CANCEL_S)
