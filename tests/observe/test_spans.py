"""Phases and steps as spans, seen through OpenTelemetry's own exporter to memory."""

import builtins
import sys
from typing import Any

import pytest
from opentelemetry.trace import SpanKind

from gnkmigrate.observe import traced
from gnkmigrate.run import events
from tests.observe.recording import Recorded, attribute, children, named


def test_a_span_for_the_phase_and_within_it_for_each_step(recorded: Recorded) -> None:
    recorded.small.revision(
        1,
        'op.step("make", "CREATE TABLE product AS SELECT 1 AS id")\n'
        'op.verify(title="it is there", query="SELECT FROM product WHERE id <> 1")',
        'op.step("make", "DROP TABLE product")',
    )
    spans = recorded.run()
    phase, step = named(spans, "phase phase1"), named(spans, "step make")
    own = [span for span in spans if span.kind is SpanKind.INTERNAL]
    assert own == [step, phase]
    assert step in children(spans, phase)
    assert attribute(phase, "gnkmigrate.direction") == "up"
    assert [event.name for event in phase.events] == ["verified"]
    assert phase.status.is_unset


def test_a_failure_is_the_status_of_what_failed(recorded: Recorded) -> None:
    recorded.small.revision(1, 'op.step("divide", "SELECT 1 / 0")')
    own = [span for span in recorded.run() if span.kind is SpanKind.INTERNAL]
    assert {span.name: span.status.description for span in own} == {
        "phase phase1": "PhaseFailed",
        "step divide": "PhaseFailed",
    }


def test_a_commit_that_fails_has_the_sqlstate_too(recorded: Recorded) -> None:
    recorded.small.revision(
        1,
        'op.step("link", """CREATE TABLE node (id integer PRIMARY KEY, next integer'
        ' REFERENCES node DEFERRABLE INITIALLY DEFERRED); INSERT INTO node VALUES (1, 2)""")',
    )
    own = [span for span in recorded.run() if span.kind is SpanKind.INTERNAL]
    assert {span.name: attribute(span, "db.response.status_code") for span in own} == {
        "phase phase1": "23503",
        "step link": "23503",
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
