"""What a worker does for one database, without any worker around it."""

import pytest

from gnkmigrate.fleet.jobs import job
from gnkmigrate.fleet.jobs.audit import AuditRequest
from gnkmigrate.fleet.jobs.plan import PlanRequest
from gnkmigrate.fleet.result import Found
from gnkmigrate.fleet.subject import Subject
from gnkmigrate.fleet.target import Address, Target
from gnkmigrate.fleet.task import Command, Order, source_of
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.run.status import Request
from tests.fleet.conftest import Shops
from tests.run.test_attacks import TELLING
from tests.support import execute, rows


def _did(shops: Shops, command: Command, url: DatabaseUrl, request: object) -> Found:
    order = Order(command, source_of(shops.config, {}), request, "run", 1)
    target = Target("one", Address(url.conninfo))
    return job(command)(Subject.of(order, target, url), request)


@pytest.mark.parametrize(("command", "did"), [("upgrade", "ran"), ("downgrade", "took back")])
def test_what_was_asked_for_and_is_done_is_done_the_second_time_as_well(
    shops: Shops, command: Command, did: str
) -> None:
    url = shops.made()[0]
    if command == "downgrade":
        _did(shops, "upgrade", url, Request())
    request = Request(through="notes" if command == "upgrade" else "city")
    first, again = _did(shops, command, url, request), _did(shops, command, url, request)
    assert (first.state, again.state) == ("done", "done")
    assert first.text.startswith(did)
    assert again.text == "1 of 2 phases done; city pending"
    assert rows(url, "SELECT count(*) FROM gnkmigrate.step") == [(1,)]


def test_planted_functions_are_not_called(shops: Shops) -> None:
    text = shops.config.read_text()
    shops.config.write_text(f"trust_triggers = true\n{text}")
    url = shops.made()[0]
    execute(url, TELLING)
    commands: tuple[tuple[Command, object], ...] = (
        ("upgrade", Request()),
        ("status", None),
        ("audit", AuditRequest()),
        ("plan", PlanRequest()),
        ("downgrade", Request()),
    )
    for command, request in commands:
        assert _did(shops, command, url, request).state != "failed"
