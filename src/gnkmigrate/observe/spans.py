"""What the phases do as spans of OpenTelemetry: phases, in them steps, in these statements.

Attributes hold names and numbers, never a value of a row. Where the extra `otel` is not installed,
or no provider has been set up, nothing happens.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg

from gnkmigrate import __version__
from gnkmigrate.errors import ConnectionLost
from gnkmigrate.run import cursors, events

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer, TracerProvider

NAME = "gnkmigrate"


@contextmanager
def traced(
    observe: events.Observer, provider: "TracerProvider | None" = None
) -> Iterator[events.Observer]:
    """An observer that tells `observe`, and makes spans, for as long as the block lasts.

    Args:
        observe: told of every event first.
        provider: where the spans go; None for the one that the program was started with.
    """
    try:
        from opentelemetry import trace
    except ImportError:
        yield observe
        return
    from gnkmigrate.observe.statements import tracing

    tracer = trace.get_tracer(NAME, __version__, tracer_provider=provider)
    spans = _Spans(tracer)

    def tell(event: events.Event) -> None:
        observe(event)
        spans.follow(event)

    try:
        with cursors.wanted(tracing(tracer, lambda: spans.innermost)):
            yield tell
    except BaseException as error:
        spans.end(error)
        raise
    spans.end()


@dataclass
class _Spans:
    """The spans that are open: at most a phase's, and in it a step's."""

    tracer: "Tracer"
    phase: "Span | None" = None
    step: "Span | None" = None

    def follow(self, event: events.Event) -> None:
        """Begins and ends spans as the events say, and notes the others in them."""
        match event:
            case events.PhaseStarted():
                self.end()
                self.phase = self._begin(
                    f"phase {event.phase}", {"gnkmigrate.direction": event.direction}
                )
            case events.StepStarted():
                self.step = self._begin(f"step {event.step}", {"gnkmigrate.phase": event.phase})
            case events.StepFinished() if self.step is not None:
                self.step.set_attribute("gnkmigrate.rows", event.rows)
                self.step.end()
                self.step = None
            case events.PhaseFinished() if self.phase is not None:
                self.phase.set_attribute("gnkmigrate.rows", event.rows)
                self.end()
            case events.CutoverDeferred():
                self.end()
            case events.Reconnecting():
                self.end(ConnectionLost(event.reason))
            case _:
                self._note(event)

    @property
    def innermost(self) -> "Span | None":
        """The span that whatever happens now belongs to."""
        return self.step or self.phase

    def end(self, error: BaseException | None = None) -> None:
        """Ends what is open; where it failed, its status says so."""
        for span in (self.step, self.phase):
            if span is not None:
                if error is not None:
                    _mark(span, error)
                span.end()
        self.phase = self.step = None

    def _begin(self, name: str, attributes: Mapping[str, str]) -> "Span":
        from opentelemetry.trace import set_span_in_context

        within = set_span_in_context(self.phase) if self.phase is not None else None
        return self.tracer.start_span(name, within, attributes=attributes)

    def _note(self, event: events.Event) -> None:
        span = self.innermost
        if span is None:
            return
        match event:
            case events.LockAwaited():
                span.add_event("lock awaited", {"gnkmigrate.attempt": event.attempt})
            case events.Compared():
                span.add_event("compared", {"gnkmigrate.rows": event.rows})
            case events.Paused():
                span.add_event("paused", {"gnkmigrate.reason": event.reason})
            case events.Verified():
                span.add_event(
                    "verified", {"gnkmigrate.claim": event.name, "gnkmigrate.passed": event.passed}
                )
            case _:
                pass


def _mark(span: "Span", error: BaseException) -> None:
    """Says that a span failed. Its statement may have none of its own: a COMMIT can fail too."""
    from opentelemetry.trace import Status, StatusCode

    name, cause = type(error).__name__, error.__cause__
    if isinstance(cause, psycopg.Error) and cause.sqlstate:
        span.set_attribute("db.response.status_code", cause.sqlstate)
    span.set_attribute("error.type", name)
    span.set_status(Status(StatusCode.ERROR, name))
