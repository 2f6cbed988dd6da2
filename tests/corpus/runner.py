"""Whether plans do what they should: python -m tests.corpus --pairs FILE.

FILE holds one JSON object a line: `id`, `source` (where the pair is from), `old_sql`, `new_sql`,
`roles` (made first) and `differ` (false: the plan must be empty). Both schemas are loaded; the plan
from the one to the other is run with psql. A pair has converged when no difference is left that
gnkmigrate sees, and none that pg_dump sees, with owners and privileges, the order of columns aside.
"""

import argparse
import multiprocessing
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

from gnkmigrate.servers import DEFAULT_MAJOR, throwaway
from gnkmigrate.settings import ServerSettings
from tests.corpus.bench import Bench
from tests.corpus.outcome import Outcome, listing, read_failed, table, write_outcomes
from tests.corpus.pairs import Direction, Task, read_pairs, select
from tests.corpus.trial import try_pair

JOBS = 2
INTERRUPTED = 130
BOTH = "both"
_STEP = 25  # pairs between two lines of progress where there is no terminal


@dataclass(frozen=True)
class Worker:
    """A process and the server that it has for itself."""

    process: ProcessPoolExecutor
    bench: Bench


def main() -> int:
    """Returns the exit code: 1 when a pair failed, 130 after Ctrl-C."""
    parser = _parser()
    given = parser.parse_args()
    if not given.pairs.is_file():
        parser.error(f"there is no file {given.pairs}")
    tasks = select(
        read_pairs(given.pairs),
        tuple(Direction) if given.direction == BOTH else (Direction(given.direction),),
        only=given.only,
        source=given.source,
        again=read_failed(given.rerun) if given.rerun else None,
    )[: given.limit]
    if not tasks:
        sys.stderr.write("There is no such pair.\n")
        return 0
    settings = ServerSettings.model_validate(
        {"provider": "url", "url": given.url} if given.url else {"provider": "embedded"}
    )
    jobs = min(1 if given.url else given.jobs, len(tasks))
    major = given.major if given.url else given.major or DEFAULT_MAJOR
    try:
        with workers(settings, major, jobs) as staff:
            outcomes = list(_tried(tasks, staff))
    except KeyboardInterrupt:
        return INTERRUPTED
    if given.json:
        write_outcomes(given.json, outcomes)
    sys.stdout.write(f"{table(outcomes)}\n\n")
    sys.stdout.writelines(f"{line}\n" for line in listing(outcomes, show=given.show))
    return 1 if any(each.failed for each in outcomes) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.corpus", description=__doc__.partition("\n")[2]
    )
    parser.add_argument("--pairs", type=Path, required=True, metavar="FILE")
    parser.add_argument("--only", default="", metavar="TEXT", help="pairs whose id contains it")
    parser.add_argument("--source", metavar="NAME", help="pairs from there")
    parser.add_argument("--limit", type=int, metavar="N", help="no more than so many pairs")
    parser.add_argument(
        "--direction", choices=[*Direction, BOTH], default=BOTH, help="which way to go"
    )
    parser.add_argument(
        "--rerun", type=Path, metavar="FILE", help="what failed, by a file that --json wrote"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="where to keep all details")
    parser.add_argument(
        "--show", action="store_true", help="print each failure's script and difference"
    )
    parser.add_argument("--jobs", type=int, default=JOBS, metavar="N", help="processes")
    parser.add_argument("--major", type=int, metavar="N", help="PostgreSQL's major version")
    parser.add_argument(
        "--url",
        help="a server to use, as a superuser, by one process, instead of embedded ones: "
        "for what these lack",
    )
    return parser


@contextmanager
def workers(settings: ServerSettings, major: int | None, count: int) -> Iterator[list[Worker]]:
    """Processes with a server each: roles are the server's, so no two pairs may share one."""
    # A forked process would hold on to what tells a server that this process is gone.
    context = multiprocessing.get_context("spawn")
    with ExitStack() as stack:
        yield [
            Worker(
                process=stack.enter_context(
                    ProcessPoolExecutor(1, mp_context=context, initializer=_start_worker)
                ),
                bench=Bench.of(stack.enter_context(throwaway(settings, major))),
            )
            for _ in range(count)
        ]


def _start_worker() -> None:
    """Makes this process finish its pair on Ctrl-C, and end when its parent is gone."""

    def watch(parent: BaseProcess) -> None:
        parent.join()
        os._exit(1)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if parent := multiprocessing.parent_process():
        threading.Thread(target=watch, args=(parent,), daemon=True).start()


def _tried(tasks: Sequence[Task], staff: Sequence[Worker]) -> Iterator[Outcome]:
    """Tries everything and tells on stderr how far it is."""
    idle: queue.SimpleQueue[Worker] = queue.SimpleQueue()
    for worker in staff:
        idle.put(worker)

    def attempt(task: Task) -> list[Outcome]:
        worker = idle.get()
        try:
            return worker.process.submit(try_pair, worker.bench, task).result()
        finally:
            idle.put(worker)

    started, failed = time.monotonic(), 0
    with ThreadPoolExecutor(len(staff)) as threads:
        for number, outcomes in enumerate(threads.map(attempt, tasks), start=1):
            yield from outcomes
            failed += sum(each.failed for each in outcomes)
            seconds = time.monotonic() - started
            text = f"{number} of {len(tasks)} pairs, {failed} failures, {seconds:.0f} s"
            _progress(text, number, last=number == len(tasks))


def _progress(text: str, number: int, *, last: bool) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.write("\n" if last else "")
    elif last or number % _STEP == 0:
        sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
