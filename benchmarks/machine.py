"""When the machine itself stood still: gaps in what should run all the time, whatever else does."""

import gc
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.synchronize import Event
from typing import Any

# A virtual machine whose host is busy gets no processor for tens of milliseconds.
_LOOK_S = 0.002
_GAP_S = 0.005


@dataclass(frozen=True)
class Gap:
    """One processor did nothing from one moment to another, by time.monotonic()."""

    processor: int
    started: float
    ended: float


@dataclass
class Machine:
    """The gaps of each processor, known once the watch is over."""

    gaps: list[Gap] = field(default_factory=list)

    def standstill(self, started: float, ended: float) -> float:
        """Seconds between two moments in which a processor stood still: the worse one's."""
        seconds: dict[int, float] = {}
        for gap in self.gaps:
            overlap = min(ended, gap.ended) - max(started, gap.started)
            if overlap > 0:
                seconds[gap.processor] = seconds.get(gap.processor, 0) + overlap
        return max(seconds.values(), default=0)


@contextmanager
def watched() -> Iterator[Machine]:
    """Watches until the block ends; where real-time priority is not to be had, it sees nothing."""
    machine = Machine()
    context = multiprocessing.get_context("spawn")
    over, answers = context.Event(), context.Queue()
    processors = sorted(os.sched_getaffinity(0))
    processes = [
        context.Process(target=_watch, args=(processor, over, answers), daemon=True)
        for processor in processors
    ]
    for process in processes:
        process.start()
    yield machine
    over.set()
    for _ in processes:
        found: Sequence[Gap] | None = answers.get()
        if found is None:
            print("... the machine is not watched: no real-time priority", file=sys.stderr)
        machine.gaps += found or []
    for process in processes:
        process.join()


def _watch(processor: int, over: Event, answers: Any) -> None:
    try:
        os.sched_setaffinity(0, {processor})
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    except PermissionError:
        answers.put(None)
        return
    gc.disable()
    gaps, before = [], time.monotonic()
    while not over.is_set():
        time.sleep(_LOOK_S)
        now = time.monotonic()
        if now - before > _GAP_S:
            gaps.append(Gap(processor, before + _LOOK_S, now))
        before = now
    answers.put(gaps)
