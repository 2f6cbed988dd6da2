"""Runs of a small project, with the spans that OpenTelemetry's own exporter keeps in memory."""

import re
from collections.abc import Sequence
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from gnkmigrate.errors import PhaseFailed
from gnkmigrate.observe import traced
from gnkmigrate.postgres.connection import connect
from gnkmigrate.run import events, runner
from gnkmigrate.run.events import Direction
from gnkmigrate.run.status import Request
from gnkmigrate.settings import Settings
from tests.small import Small

_OWN = re.compile(r"SET |DO \?$|.*(gnkmigrate\.|set_config|current_setting)")


class Recorded:
    """A small project whose runs leave spans."""

    def __init__(self, small: Small) -> None:
        self.small = small
        self._exporter = InMemorySpanExporter()
        self._provider = TracerProvider()
        self._provider.add_span_processor(SimpleSpanProcessor(self._exporter))

    def run(
        self, direction: Direction = "up", request: Request | None = None, **settings: Any
    ) -> Sequence[ReadableSpan]:
        """The spans of a run, failed or not, in the order in which they ended."""
        self._exporter.clear()
        try:
            with (
                traced(events.ignore, self._provider) as observe,
                connect(self.small.url, search_path=["public"]) as session,
            ):
                given = Settings(**settings)
                wanted = request or Request()
                runner.run(session, self.small.phases, direction, wanted, given, observe)
        except PhaseFailed:
            pass
        return self._exporter.get_finished_spans()


def named(spans: Sequence[ReadableSpan], name: str) -> ReadableSpan:
    (span,) = [span for span in spans if span.name == name]
    return span


def children(spans: Sequence[ReadableSpan], of: ReadableSpan) -> Sequence[ReadableSpan]:
    assert of.context is not None
    return [each for each in spans if each.parent and each.parent.span_id == of.context.span_id]


def attribute(span: ReadableSpan, name: str) -> Any:
    return (span.attributes or {}).get(name)


def statements(spans: Sequence[ReadableSpan], of: ReadableSpan) -> Sequence[ReadableSpan]:
    """The statements within a span that are not the journal's or the session's own."""
    return [
        each
        for each in children(spans, of)
        if each.kind is SpanKind.CLIENT and not _OWN.match(attribute(each, "db.query.text"))
    ]
