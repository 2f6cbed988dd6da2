"""A fleet's course: canaries first, group after group, so many at once of each server."""

import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from gnkmigrate.fleet.listing import Listing, Placed, Unusable
from gnkmigrate.fleet.result import Found, Grouping, Result, Summary
from gnkmigrate.fleet.target import Target
from gnkmigrate.fleet.task import Order
from gnkmigrate.fleet.worker_pool import Workers

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
            _Wave(workers, order, course, tally, observe).run(members)
            stopped = _reason_to_stop(name, members, course, tally)
    return stopped if len(tally.results) < sum(1 for _ in course.placed) else ""


def _reason_to_stop(wave: str, members: Sequence[Placed], course: Course, tally: Tally) -> str:
    if course.max_failures is not None and tally.failures >= course.max_failures:
        return f"{tally.failures} failed, and --max-failures is {course.max_failures}"
    bad = [each.target.name for each in members if tally.results[each.target.name].has_failed]
    return f"the canary {bad[0]} failed" if bad and wave == "canary" else ""


class _Wave:
    """The targets of one wave: those that wait, by their servers, and how many are worked on."""

    def __init__(
        self, workers: Workers, order: Order, course: Course, tally: Tally, observe: Observer
    ) -> None:
        self._workers, self._order, self._course = workers, order, course
        self._tally, self._observe = tally, observe
        self._waiting: dict[str, deque[Target]] = {}
        self._servers: dict[str, str] = {}
        self._at_work: Counter[str] = Counter()
        self._attempts: Counter[str] = Counter()

    def run(self, members: Sequence[Placed]) -> None:
        """Carries out the order for all of them: the next of a server when one of it is over."""
        for each in members:
            self._waiting.setdefault(each.server, deque()).append(each.target)
            self._servers[each.target.name] = each.server
        self._begin()
        while self._at_work.total():
            target, result = self._workers.next()
            server = self._servers[target.name]
            self._at_work[server] -= 1
            if self._is_asked_again(target, result):
                self._waiting[server].append(target)
            else:
                self._tally.add(result)
                self._observe(result)
            self._begin()

    def _is_asked_again(self, target: Target, result: Result) -> bool:
        """Whether nothing was begun, for a reason that is not the database's."""
        self._attempts[target.name] += 1
        tried = self._attempts[target.name]
        return result.no_turn or (result.misfit and tried < _MOST_WORKERS_TRIED)

    def _begin(self) -> None:
        """Has as much begun as there are workers, one of each server after the other.

        What a worker has not begun is not given to it: if it dies, that would be blamed as well.
        """
        if _is_spent(self._course, self._tally):
            return
        places = self._workers.places() - self._at_work.total()
        while places > 0 and (servers := [*self._with_room()]):
            for server in servers[:places]:
                target = self._waiting[server].popleft()
                self._workers.ask(self._order, target, self._attempts[target.name])
                self._at_work[server] += 1
                places -= 1

    def _with_room(self) -> Iterator[str]:
        for server, targets in self._waiting.items():
            if targets and self._at_work[server] < self._course.jobs:
                yield server


def _is_spent(course: Course, tally: Tally) -> bool:
    return course.max_failures is not None and tally.failures >= course.max_failures


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
