"""Statements as spans of their steps, with what the conventions for PostgreSQL ask for."""

import pytest
from opentelemetry.trace import SpanKind, StatusCode
from psycopg import conninfo

from gnkmigrate.observe import traced
from gnkmigrate.postgres.connection import connect
from gnkmigrate.run import cursors, events
from tests.observe.recording import Recorded, attribute, children, named, statements
from tests.support import execute


def test_upgrade_and_downgrade_are_phases_steps_and_statements(recorded: Recorded) -> None:
    recorded.small.revision(
        1,
        'op.step("make", "CREATE TABLE product AS SELECT 7 AS id")',
        'op.step("make", "DROP TABLE product")',
    )
    for direction, kind, text in (
        ("up", "CREATE TABLE", "CREATE TABLE product AS SELECT ? AS id"),
        ("down", "DROP TABLE", "DROP TABLE product"),
    ):
        spans = recorded.run("up" if direction == "up" else "down")
        phase, step = named(spans, "phase phase1"), named(spans, "step make")
        assert phase.parent is None
        assert attribute(phase, "gnkmigrate.direction") == direction
        assert step in children(spans, phase)
        (statement,) = statements(spans, step)
        assert (statement.name, statement.kind) == (kind, SpanKind.CLIENT)
        there = conninfo.conninfo_to_dict(recorded.small.url.conninfo)
        assert dict(statement.attributes or {}) == {
            "db.system.name": "postgresql",
            "db.namespace": there["dbname"],
            "db.query.summary": kind,
            "db.query.text": text,
            "server.address": there["host"],
            "server.port": int(str(there["port"])),
        }
        assert statement.status.is_unset


def test_the_statement_that_failed_has_the_sqlstate(recorded: Recorded) -> None:
    recorded.small.revision(
        1, """op.step("read", "SELECT 1; SELECT 'sesame'::integer; SELECT 2")"""
    )
    spans = recorded.run()
    (statement,) = statements(spans, named(spans, "step read"))
    assert attribute(statement, "db.response.status_code") == "22P02"
    assert attribute(statement, "error.type") == "22P02"
    assert statement.status.status_code is StatusCode.ERROR
    assert statement.status.description == "InvalidTextRepresentation"
    assert all("sesame" not in span.to_json() for span in spans)


def test_parameters_are_in_no_span(recorded: Recorded) -> None:
    recorded.small.revision(
        1, """op.step("keep", "CREATE TABLE answer AS SELECT :'password' AS is, 471100884 AS n")"""
    )
    spans = recorded.run(policies={"password": "open sesame"})
    (statement,) = statements(spans, named(spans, "step keep"))
    assert attribute(statement, "db.query.text") == "CREATE TABLE answer AS SELECT ? AS is, ? AS n"
    # Nine digits, because an identifier of a span holds any four of them now and then.
    for span in spans:
        assert "sesame" not in span.to_json()
        assert "471100884" not in span.to_json()


@pytest.mark.parametrize("workers", [1, 2])
def test_each_batch_of_a_backfill_is_a_span(recorded: Recorded, workers: int) -> None:
    execute(
        recorded.small.url,
        "CREATE TABLE product (id integer PRIMARY KEY, price integer);"
        "INSERT INTO product SELECT n FROM generate_series(1, 1000) AS n; ANALYZE product",
    )
    recorded.small.revision(
        1,
        'op.backfill(title="price it", table="public.product", key="id",'
        ' sql="UPDATE product SET price = 99 WHERE :batch")',
    )
    limits = {"batch_rows": 100, "throttle": 0, "backfill_workers": workers}
    spans = recorded.run(limits=limits)
    step = named(spans, "step price it")
    batches = [each for each in statements(spans, step) if each.name == "SELECT UPDATE"]
    assert len(batches) >= 10
    text = attribute(batches[-1], "db.query.text")
    assert text.startswith('SELECT FROM "public"."product" WHERE "id" > ? AND "id" <= ?')
    assert "UPDATE product SET price = ? WHERE" in text


def test_verifications_are_statements_of_their_phase(recorded: Recorded) -> None:
    recorded.small.revision(1, 'op.verify(title="sound", query="SELECT 1 WHERE 1 > 2")')
    spans = recorded.run()
    texts = [attribute(each, "db.query.text") for each in statements(spans, spans[-1])]
    assert any("SELECT ? WHERE ? > ?" in text for text in texts)


def test_what_is_not_recorded_costs_no_span(recorded: Recorded) -> None:
    """Without a provider, a phase has no span that records, and so no statement has one."""
    with (
        traced(events.ignore) as observe,
        connect(recorded.small.url) as session,
        cursors.in_use(session),
    ):
        observe(events.PhaseStarted("phase1", "up", 1, 0))
        assert session.execute("SELECT 1").fetchall() == [(1,)]


def test_sessions_have_their_own_cursors_again(recorded: Recorded) -> None:
    with connect(recorded.small.url) as session:
        own = session.cursor_factory
        with traced(events.ignore), cursors.in_use(session):
            assert session.cursor_factory is not own
        assert session.cursor_factory is own
        with cursors.in_use(session):
            assert session.cursor_factory is own
