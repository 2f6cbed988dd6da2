"""Statements as spans, with the attributes of OpenTelemetry's conventions for PostgreSQL.

https://opentelemetry.io/docs/specs/semconv/database/postgresql/
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

import psycopg
from psycopg import sql

from gnkmigrate.run.cursors import CursorClass
from gnkmigrate.text.query_text import summary, without_values

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer

SYSTEM = "postgresql"


def tracing(tracer: "Tracer", parent: Callable[[], "Span | None"]) -> CursorClass:
    """A class of cursors that make a span of each statement.

    Args:
        tracer: makes the spans.
        parent: the span that a statement belongs to now. Where there is none, or it is not
            recorded, neither is the statement. It is called in the thread of the session.
    """

    class TracingCursor(psycopg.Cursor[tuple[Any, ...]]):
        def execute(self, query: Any, *arguments: Any, **options: Any) -> Self:
            within = parent()
            if within is None or not within.is_recording():
                return super().execute(query, *arguments, **options)
            with _span(tracer, within, self.connection, query):
                return super().execute(query, *arguments, **options)

    return TracingCursor


@contextmanager
def _span(
    tracer: "Tracer", within: "Span", connection: psycopg.Connection[Any], query: Any
) -> Iterator[None]:
    from opentelemetry.trace import SpanKind, Status, StatusCode, set_span_in_context

    text = without_values(_text(query, connection))
    kinds = summary(text)
    span = tracer.start_span(
        kinds or SYSTEM,
        set_span_in_context(within),
        kind=SpanKind.CLIENT,
        attributes={
            "db.system.name": SYSTEM,
            "db.namespace": connection.info.dbname,
            "db.query.summary": kinds,
            "db.query.text": text,
            "server.address": connection.info.host,
            "server.port": connection.info.port,
        },
    )
    try:
        yield
    except BaseException as error:
        name = type(error).__name__
        state = error.sqlstate if isinstance(error, psycopg.Error) else None
        if state is not None:
            span.set_attribute("db.response.status_code", state)
        span.set_attribute("error.type", state or name)
        # Not the server's message: it may quote what was in a row.
        span.set_status(Status(StatusCode.ERROR, name))
        raise
    finally:
        span.end()


def _text(query: Any, connection: psycopg.Connection[Any]) -> str:
    """A query as psycopg takes it; its parameters are not in it."""
    if isinstance(query, sql.Composable):
        return query.as_string(connection)
    return query.decode(errors="replace") if isinstance(query, bytes) else str(query)
