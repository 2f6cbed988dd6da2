"""The audit of a hot standby says what that of its primary says."""

from collections.abc import Iterator

import pytest

from gnkmigrate.audit.result import AuditResult
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.servers import Server
from tests.audit.conftest import Read
from tests.audit.own_server import needs_own_server, own_server, standby_of
from tests.audit.support import audited
from tests.audit.test_minegnk import ROWS
from tests.support import BASELINE, TARGET, execute_file, rows

pytestmark = needs_own_server


@pytest.fixture(scope="module")
def primary() -> Iterator[Server]:
    with own_server(authentication="local replication all scram-sha-256\n") as server:
        yield server


@pytest.fixture(scope="module")
def shop(primary: Server) -> DatabaseUrl:
    url = primary.create_database("shop")
    execute_file(url, BASELINE)
    execute_file(url, ROWS)
    return url


@pytest.fixture
def target(read: Read) -> Snapshot:
    return read(TARGET.read_text())


def _told(result: AuditResult) -> dict[str, str]:
    return {finding.fingerprint: finding.message for finding in result.findings}


def test_a_standby_is_audited_as_its_primary(
    primary: Server, shop: DatabaseUrl, target: Snapshot
) -> None:
    with standby_of(primary) as standby:
        copy = standby.url.with_database("shop")
        assert rows(copy, "SELECT pg_is_in_recovery()") == [(True,)]
        there = audited(copy, target)
    here = audited(shop, target)
    assert _told(there) == _told(here)
    assert {missed.check for missed in there.not_run} == {missed.check for missed in here.not_run}
