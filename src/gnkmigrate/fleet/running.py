"""A fleet's course: canaries first, group after group, so many at once of each server."""

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gnkmigrate.fleet.cluster import Workers
from gnkmigrate.fleet.listing import Listing, Placed, Unusable
from gnkmigrate.fleet.order import Order
from gnkmigrate.fleet.result import Found, Grouping, Result, Summary

# Told of each result as it comes.
Observer = Callable[[Result], None]

_MOST_WORKERS_TRIED = 3


@dataclass(frozen=True)
class Course:
    """How an order goes through a list.

    Attributes:
        waves: the targets in the order of their turns, each with what its wave is called.
        jobs: how many databases of one server are worked on at once.
        max_failures: after so many no other is begun; None for all whatever happens.
    """

    waves: Sequence[tuple[str, Sequence[Placed]]]
    jobs: int
    max_failures: int | None = None

    @property
    def placed(self) -> Iterator[Placed]:
        for _, members in self.waves:
            yield from members


@dataclass
class Tally:
    """What has come so far; of what many have in common one copy is kept.

    Attributes:
        results: by the target's name.
        grouping: targets by what is to be said of them.
    """

    results: dict[str, Result] = field(default_factory=dict)
    grouping: Grouping = field(default_factory=Grouping)

    def add(self, result: Result) -> None:
        """Takes a result."""
        if not result.has_failed:
            self.grouping.add(result.name, result.found)
        self.results[result.name] = replace(result, found=replace(result.found, traits=()))

    @property
    def failures(self) -> int:
        return sum(result.has_failed for result in self.results.values())


def run(workers: Workers, order: Order, course: Course, tally: Tally, observe: Observer) -> str:
    """Carries out an order for every target of a course.

    Args:
        workers: who does it.
        order: what.
        course: for whom, in which order.
        tally: takes the results.
        observe: told of each.

    Returns:
        Why not all were begun; "" where all were.
    """
    workers.look_at(order)
    stopped = ""
    for name, members in course.waves:
        if not stopped:
            _run_wave(workers, order, course, members, tally, observe)
            stopped = _reason_to_stop(name, members, course, tally)
    return stopped if len(tally.results) < sum(1 for _ in course.placed) else ""


def _reason_to_stop(wave: str, members: Sequence[Placed], course: Course, tally: Tally) -> str:
    if course.max_failures is not None and tally.failures >= course.max_failures:
        return f"{tally.failures} failed, and --max-failures is {course.max_failures}"
    bad = [each.target.name for each in members if tally.results[each.target.name].has_failed]
    return f"the canary {bad[0]} failed" if bad and wave == "canary" else ""


def _run_wave(
    workers: Workers,
    order: Order,
    course: Course,
    members: Sequence[Placed],
    tally: Tally,
    observe: Observer,
) -> None:
    """Carries out an order for one wave: the next of a server when one of it is over."""
    waiting = _by_server(members)
    servers = {each.target.name: each.server for each in members}
    attempts: dict[str, int] = {}
    under_way = 0
    for queue in waiting.values():
        for _ in range(min(course.jobs, len(queue))):
            workers.ask(order, queue.popleft().target)
            under_way += 1
    while under_way:
        target, result = workers.next()
        attempt = attempts.get(target.name, 0) + 1
        if result.misfit and attempt < _MOST_WORKERS_TRIED:
            attempts[target.name] = attempt
            workers.ask(order, target, attempt)
            continue
        under_way -= 1
        tally.add(result)
        observe(result)
        queue = waiting[servers[target.name]]
        if queue and not _is_spent(course, tally):
            workers.ask(order, queue.popleft().target)
            under_way += 1


def _is_spent(course: Course, tally: Tally) -> bool:
    return course.max_failures is not None and tally.failures >= course.max_failures


def _by_server(members: Sequence[Placed]) -> Mapping[str, deque[Placed]]:
    found: dict[str, deque[Placed]] = {}
    for each in members:
        found.setdefault(each.server, deque()).append(each)
    return found


def summarised(
    order: Order,
    listing: Listing,
    tally: Tally,
    *,
    stopped: str = "",
    shard: str = "",
    group_by: str | None = None,
    started: float,
) -> Summary:
    """All results as one, those included that there was nothing to work on for.

    Args:
        order: what was asked for.
        listing: for whom, and the lines that name no database.
        tally: what came.
        stopped: why not all were begun.
        shard: the part of the list.
        group_by: the label by which results are counted.
        started: by the monotonic clock, in seconds.
    """
    results = [
        tally.results.get(each.target.name) or _not_begun(each, stopped) for each in listing.placed
    ]
    results += [_left_out(each) for each in listing.unusable]
    places: dict[str, int] = {}
    for place, result in enumerate(results):
        places.setdefault(result.name, place)  # a line that is left out may repeat a name
    return Summary(
        f"fleet {order.command}",
        tuple(results),
        tally.grouping.groups(places),
        shard,
        group_by,
        time.monotonic() - started,
        stopped,
    )


def _not_begun(placed: Placed, reason: str) -> Result:
    target = placed.target
    return Result(target.name, Found("not begun", ""), dict(target.labels), error=reason or None)


def _left_out(line: Unusable) -> Result:
    return Result(
        line.name, Found("failed", ""), dict(line.labels), error=line.message, hint=line.hint
    )
