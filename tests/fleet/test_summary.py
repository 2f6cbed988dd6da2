"""A list's results as one summary."""

import time

from gnkmigrate.fleet.listing import Listing, Placed, Unusable
from gnkmigrate.fleet.result import Found, Result
from gnkmigrate.fleet.rollout import Tally, summarised
from gnkmigrate.fleet.target import Address, Target
from gnkmigrate.fleet.task import Order, Source


def test_a_name_that_is_there_twice_keeps_its_place() -> None:
    placed = [Placed(Target(name, Address("dbname=x")), "db1:5432") for name in ("one", "two")]
    listing = Listing(tuple(placed), (Unusable("one", "The name is in the list twice."),))
    tally = Tally()
    for name in ("two", "one"):
        tally.add(Result(name, Found("clean", "")))
    order = Order("audit", Source("", ()), None, "run", 1)
    summary = summarised(order, listing, tally, started=time.monotonic())
    assert [each.name for each in summary.results] == ["one", "two", "one"]
    assert [group.names for group in summary.groups] == [("one", "two")]
    assert summary.exit_code == 2
