"""What was recorded is tried by itself: on a database that no phase has run on."""

from collections.abc import Callable, Iterator, Sequence

import psycopg

from gnkmigrate.check.changed import changed
from gnkmigrate.check.generate import ROWS
from gnkmigrate.check.table_rows import Rows, read_tables
from gnkmigrate.errors import NotPlainSql
from gnkmigrate.orm.typeorm.recording.workflow import (
    Recorded,
    Statement,
    baseline,
    facts_of,
    there_and_back,
)
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.quoting import literal
from gnkmigrate.run.phase import Phase
from gnkmigrate.servers import Server
from gnkmigrate.settings import Settings


def try_out(
    server: Server,
    settings: Settings,
    phases: Sequence[Phase],
    recorded: Recorded,
    progress: Callable[[str], None],
) -> None:
    """Sends what was recorded, and compares schema after each phase and the rows at the end.

    Raises:
        NotPlainSql: it does not do what the phases have done.
    """
    progress("Trying the SQL by itself.")
    with baseline(server, settings, ROWS, psycopg.Connection) as session:
        before = _rows(session, settings)
        for phase, direction in there_and_back(phases):
            way = (phase.name, direction)
            try:
                with session.transaction():
                    for statement in whole(recorded, recorded.ways[way]):
                        session.execute(statement.encode())
            except psycopg.Error as error:
                problem = error.diag.message_primary or str(error)
                raise _unlike(phase, direction, [problem]) from error
            now, then = facts_of(session, settings), recorded.shapes[way].facts
            if lines := changed(then, now):
                raise _unlike(phase, direction, lines)
        if not any(phase.irreversible for phase in phases) and _rows(session, settings) != before:
            raise _unlike(phases[0], "down", ["rows are not what they were"])


def whole(recorded: Recorded, statements: Sequence[Statement]) -> Iterator[str]:
    """All that is sent in one transaction: the schemas that are needed, and each search path."""
    yield from recorded.rooms
    path = ""
    for statement in statements:
        if statement.path != path:
            path = statement.path
            yield f"SELECT set_config('search_path', {literal(path)}, true)"
        yield statement.text


def _rows(session: Connection, settings: Settings) -> dict[str, Rows]:
    found = {schema: read_tables(session, schema) for schema in settings.schemas}
    return {
        schema: {name: sorted(rows, key=str) for name, rows in tables.items()}
        for schema, tables in found.items()
    }


def _unlike(phase: Phase, direction: str, details: Sequence[str]) -> NotPlainSql:
    return NotPlainSql(
        phase.name,
        f"sent by itself, what it does on the way {direction} comes to something else.",
        details=details,
        hint=f"gnkmigrate runs it: leave phase {phase.name} and those after it to gnkmigrate.",
    )
