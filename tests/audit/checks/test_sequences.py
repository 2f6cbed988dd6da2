"""When sequences end at the rate at which rows come in."""

from datetime import UTC, datetime

import pytest

from gnkmigrate.audit.checks import sequence_near_end
from gnkmigrate.audit.finding import Severity
from gnkmigrate.connection import DatabaseUrl, connect
from tests.audit.checks.running import findings
from tests.support import execute


def test_a_sequence_that_ends_soon(database: DatabaseUrl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sequence_near_end, "LEAST_S", 0)
    execute(database, "CREATE TABLE logs (id smallserial PRIMARY KEY); SELECT pg_stat_reset()")
    with connect(database, search_path=["public"]) as session:
        for _ in range(100):
            session.execute("INSERT INTO logs DEFAULT VALUES")
    (found,) = findings("sequence-near-end", database)
    assert found.message.startswith("Sequence logs_id_seq has used 0 of 100 of its numbers, and ")
    assert f"ends about {datetime.now(UTC).year}-" in found.message
    assert found.severity is Severity.HIGH


def test_without_statistics_of_a_day_there_is_no_rate(database: DatabaseUrl) -> None:
    execute(
        database,
        "CREATE TABLE logs (id smallint PRIMARY KEY GENERATED ALWAYS AS IDENTITY);"
        "SELECT pg_stat_reset(); INSERT INTO logs SELECT FROM generate_series(1, 17000)",
    )
    (found,) = findings("sequence-near-end", database)
    assert found.message == "Sequence logs_id_seq has used 51 of 100 of its numbers."
