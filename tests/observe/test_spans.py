"""Phases and steps as spans, seen through OpenTelemetry's own exporter to memory."""

import builtins
import sys
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from gnkmigrate.connection import DatabaseUrl, connect
from gnkmigrate.errors import PhaseFailed
from gnkmigrate.observe import traced
from gnkmigrate.phases import events, runner
from gnkmigrate.phases.status import Request
from gnkmigrate.servers import Server
from gnkmigrate.settings import Settings
from tests.phases.small import Small


@pytest.fixture
def small(tmp_path: Path, database: DatabaseUrl, server: Server) -> Small:
    return Small(tmp_path / "migrations", database, server)


def spans_of(small: Small) -> dict[str, ReadableSpan]:
    """The spans of an upgrade, by name, failed or not."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    try:
        with (
            traced(events.ignore, provider) as observe,
            connect(small.url, search_path=["public"]) as session,
        ):
            runner.run(session, small.phases, "up", Request(), Settings(), observe)
    except PhaseFailed:
        pass
    return {span.name: span for span in exporter.get_finished_spans()}


def test_a_span_for_the_phase_and_within_it_for_each_step(small: Small) -> None:
    small.revision(
        1,
        'op.step("make", "CREATE TABLE product AS SELECT 1 AS id")\n'
        'op.verify(title="it is there", query="SELECT FROM product WHERE id <> 1")',
        'op.step("make", "DROP TABLE product")',
    )
    spans = spans_of(small)
    assert spans.keys() == {"phase phase1", "step make"}
    phase, step = spans["phase phase1"], spans["step make"]
    assert step.parent is not None
    assert phase.context is not None
    assert step.parent.span_id == phase.context.span_id
    assert dict(phase.attributes or {})["gnkmigrate.direction"] == "up"
    assert [event.name for event in phase.events] == ["verified"]
    assert phase.status.is_unset


def test_a_failure_is_the_status_of_what_failed(small: Small) -> None:
    small.revision(1, 'op.step("divide", "SELECT 1 / 0")')
    spans = spans_of(small)
    assert {name: span.status.description for name, span in spans.items()} == {
        "phase phase1": "PhaseFailed",
        "step divide": "PhaseFailed",
    }


def test_without_the_extra_events_are_told_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    original = builtins.__import__

    def missing(name: str, *arguments: Any, **options: Any) -> Any:
        if name.startswith("opentelemetry"):
            raise ImportError(name)
        return original(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", missing)
    for name in [name for name in sys.modules if name == "opentelemetry"]:
        monkeypatch.delitem(sys.modules, name)
    told: list[events.Event] = []
    with traced(told.append) as observe:
        observe(events.PhaseStarted("tables", "up", 1, 0))
    assert told == [events.PhaseStarted("tables", "up", 1, 0)]
