"""Ctrl-C between the sending of a statement and the waiting for its answer, and after BEGIN."""

from typing import Any

import psycopg
import pytest
from psycopg.pq import TransactionStatus

from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.run import runner
from gnkmigrate.run.interruption import answered
from gnkmigrate.run.status import Request
from tests.small import Small

MARK = "pg_sleep(60)"


class Interrupted(psycopg.Connection[tuple[Any, ...]]):
    """A session whose user presses Ctrl-C when a certain statement is on its way."""

    def execute(self, query: Any, *arguments: Any, **options: Any) -> Any:
        if isinstance(query, bytes) and MARK.encode() in query:
            self.pgconn.send_query(query)
            raise KeyboardInterrupt
        return super().execute(query, *arguments, **options)


@pytest.mark.parametrize("begun", [b"BEGIN", b"BEGIN; SELECT 1/0"])
def test_a_transaction_that_has_only_just_begun_does_not_stay_open(
    database: DatabaseUrl, begun: bytes
) -> None:
    def begin(session: Connection) -> None:
        with answered(session):
            session.pgconn.exec_(begun)
            raise KeyboardInterrupt

    with connect(database) as session:
        with pytest.raises(KeyboardInterrupt):
            begin(session)
        assert session.info.transaction_status == TransactionStatus.IDLE


@pytest.mark.parametrize("atomic", [False, True])
def test_the_statement_is_cancelled_and_the_journal_told(
    small: Small, caplog: pytest.LogCaptureFixture, *, atomic: bool
) -> None:
    small.revision(1, f'op.step("long", "SELECT {MARK}")')
    project = small.project()
    request = Request(atomic=atomic)

    with connect(project.url, search_path=["public"], session_class=Interrupted) as session:
        with pytest.raises(KeyboardInterrupt):
            runner.run(session, project.phases, "up", request, project.settings)
        assert session.execute("SELECT 1").fetchone() == (1,)

    told = [] if atomic else [("failed", "interrupted")]
    assert project.rows("SELECT state, error FROM gnkmigrate.run") == told
    assert caplog.messages == []
