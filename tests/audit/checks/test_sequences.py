"""When sequences end at the rate at which they give numbers."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gnkmigrate.audit.checks import sequence_near_end
from gnkmigrate.audit.finding import Finding, Severity
from gnkmigrate.audit.options import AuditOptions
from gnkmigrate.audit.selection import Selection
from gnkmigrate.audit.session import audit_project
from gnkmigrate.audit.trend import PastNumbers
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.render.audit.json import render
from gnkmigrate.render.parts.view import View
from gnkmigrate.settings import Settings
from tests.audit.checks.running import findings
from tests.support import execute

LOGS = "CREATE TABLE logs (id smallserial PRIMARY KEY);"
SELECTED = AuditOptions(selection=Selection(only=("sequence-near-end",)))


def test_a_sequence_that_ends_soon_by_statistics(
    database: DatabaseUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sequence_near_end, "COUNTED", timedelta(0))
    execute(database, f"{LOGS} SELECT pg_stat_reset()")
    with connect(database, search_path=["public"]) as session:
        for _ in range(100):
            session.execute("INSERT INTO logs DEFAULT VALUES")
    (found,) = findings("sequence-near-end", database)
    today = datetime.now(UTC).date()
    assert found.message == (
        f"Sequence logs_id_seq has used 0 of 100 of its numbers, and ends about {today} "
        f"at the rate of the rows inserted since {today}."
    )
    assert found.severity is Severity.HIGH


def test_without_statistics_of_a_week_there_is_no_rate(database: DatabaseUrl) -> None:
    execute(
        database,
        "CREATE TABLE logs (id smallint PRIMARY KEY GENERATED ALWAYS AS IDENTITY);"
        "SELECT pg_stat_reset(); INSERT INTO logs SELECT FROM generate_series(1, 17000)",
    )
    (found,) = findings("sequence-near-end", database)
    assert found.message == "Sequence logs_id_seq has used 51 of 100 of its numbers."


def test_a_kept_report_tells_the_rate(database: DatabaseUrl, tmp_path: Path) -> None:
    settings = Settings(root=tmp_path)
    (tmp_path / "audits").mkdir()
    execute(database, f"{LOGS} SELECT setval('logs_id_seq', 2767)")
    _keep(settings, database, datetime.now(UTC) - timedelta(days=10))
    execute(database, "SELECT setval('logs_id_seq', 3767)")
    (found,) = _audit(settings, database)
    ends = (datetime.now(UTC) + timedelta(days=290)).date()
    assert found.message == (
        f"Sequence logs_id_seq has used 11 of 100 of its numbers, and ends about {ends} "
        "at the rate since the report past.json."
    )
    assert found.evidence["numbers a day"] == "100"
    execute(database, "SELECT setval('logs_id_seq', 1000)")  # begun anew: no rate
    assert _audit(settings, database) == ()


def _keep(settings: Settings, url: DatabaseUrl, time: datetime) -> None:
    """Keeps a report as if it had been made then."""
    result = audit_project(settings, url, SELECTED, time, lambda _: None)
    (settings.root / "audits" / "past.json").write_text(render(result, View()))


def _audit(settings: Settings, url: DatabaseUrl) -> tuple[Finding, ...]:
    return audit_project(settings, url, SELECTED, datetime.now(UTC), lambda _: None).findings


@pytest.mark.parametrize(
    ("ages", "base"), [((0.5,), None), ((1, 30, 80, 200), 80), ((100, 200), 100)]
)
def test_which_report_tells_the_present_rate(ages: tuple[float, ...], base: int | None) -> None:
    now, key = datetime.now(UTC), ("public", "tickets")
    past = [PastNumbers(f"{age}.json", now - timedelta(days=age), {key: 0}) for age in ages]
    rate = sequence_near_end.kept_rate(_Row(now), 100, past)
    assert (rate and rate.since) == (base and f"since the report {base}.json")


class _Row:
    """What the server says of a sequence."""

    schema, sequence, increment = "public", "tickets", 1

    def __init__(self, now: datetime) -> None:
        self.now = now
