"""Two runs of all phases there and back, and what both of them sent."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby, takewhile, zip_longest
from typing import cast

from gnkmigrate import own_objects
from gnkmigrate.check.fill import fill
from gnkmigrate.check.generate import ROWS
from gnkmigrate.errors import GnkMigrateError, NotPlainSql, OrmError
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.orm.typeorm.recording.session import RecordingConnection, Sent
from gnkmigrate.orm.typeorm.recording.statements import (
    guarding,
    is_bookkeeping,
    unless_there,
    written,
)
from gnkmigrate.postgres.connection import Connection, connect
from gnkmigrate.postgres.quoting import literal
from gnkmigrate.run import events, journal_schema, runner
from gnkmigrate.run.events import Direction
from gnkmigrate.run.phase import Phase
from gnkmigrate.run.status import Request
from gnkmigrate.servers import Server
from gnkmigrate.settings import Settings

Way = tuple[str, Direction]

_COLUMNS = """
SELECT coalesce(md5(string_agg(
    format('%I.%I.%I %s', table_schema, table_name, column_name, udt_name), ', '
    ORDER BY table_schema COLLATE "C", table_name COLLATE "C", column_name COLLATE "C"
)), '')
FROM information_schema.columns
WHERE (table_schema, table_name) IN ({tables})
"""


@dataclass(frozen=True)
class Statement:
    """A statement of a migration, with the search path that it is meant for."""

    text: str
    path: str


@dataclass(frozen=True)
class Recorded:
    """What all phases send.

    Attributes:
        rooms: makes the schemas that phases work with, each where it is missing.
        ways: the statements of each phase, there and back.
        shapes: the database after each, and the columns that it had before.
    """

    rooms: tuple[str, ...]
    ways: Mapping[Way, tuple[Statement, ...]]
    shapes: Mapping[Way, "Shape"]


@dataclass(frozen=True)
class Shape:
    """A database between two phases.

    Attributes:
        facts: all of the project's.
        columns: a query that sums up the columns of its tables, and what that gave before.
    """

    facts: Snapshot
    columns: tuple[str, str]


@dataclass(frozen=True)
class _Run:
    rooms: tuple[str, ...]
    sent: Mapping[Way, Sequence[Sent]]
    shapes: Mapping[Way, Shape]


def record(
    server: Server, settings: Settings, phases: Sequence[Phase], progress: Callable[[str], None]
) -> Recorded:
    """Runs all phases there and back, without rows and with some, and gives what they send.

    Args:
        server: where the databases are made.
        settings: the project's.
        phases: all of them.
        progress: told what is being done.

    Raises:
        NotPlainSql: what a phase sends depends on the rows, or is no SQL.
        SchemaError: the baseline or its rows cannot be loaded.
    """
    progress("Running the phases on the baseline, without rows.")
    empty = _run(server, settings, phases, rows=0)
    progress("Running them once more, with rows.")
    filled = _run(server, settings, phases, rows=ROWS)
    ways = {way: tuple(_same(way, empty.sent[way], filled.sent[way])) for way in empty.sent}
    return Recorded(empty.rooms, ways, filled.shapes)


@contextmanager
def baseline(
    server: Server, settings: Settings, rows: int, session_class: type[Connection]
) -> Iterator[Connection]:
    """A database with the project's baseline, and rows where they are wanted."""
    with server.database() as url:
        loader = server.as_loader(url)
        with connect(loader, search_path=settings.schemas) as session:
            fill(session, settings, rows)
        with connect(loader, search_path=settings.schemas, session_class=session_class) as session:
            yield session


def _run(server: Server, settings: Settings, phases: Sequence[Phase], *, rows: int) -> _Run:
    with baseline(server, settings, rows, RecordingConnection) as connection:
        session = cast("RecordingConnection", connection)
        rooms = tuple(_rooms(session))
        sent: dict[Way, Sequence[Sent]] = {}
        shapes: dict[Way, Shape] = {}
        facts = facts_of(session, settings)
        for phase, direction in there_and_back(phases):
            columns = columns_of(session, facts)
            way = (phase.name, direction)
            sent[way] = _sent(session, phases, phase, direction, settings)
            facts = facts_of(session, settings)
            shapes[way] = Shape(facts, columns)
    return _Run(rooms, sent, shapes)


def there_and_back(phases: Sequence[Phase]) -> Iterator[tuple[Phase, Direction]]:
    """All phases up, and then down to the last one that can be taken back."""
    for phase in phases:
        yield phase, "up"
    for phase in takewhile(lambda phase: not phase.irreversible, reversed(phases)):
        yield phase, "down"


def facts_of(session: Connection, settings: Settings) -> Snapshot:
    """The project's part of a database."""
    return read_snapshot(session, ignore=settings.ignore, schemas=settings.read_schemas)


def columns_of(session: Connection, facts: Snapshot) -> tuple[str, str]:
    """A query that sums up the columns of all tables, and what it gives now."""
    tables = [
        f"({literal(table.identity.path[0])}, {literal(table.identity.name)})"
        for table in facts.of_kind("table")
    ]
    query = _COLUMNS.format(tables=", ".join(tables) or "('', '')")
    row = session.execute(query.encode()).fetchone()
    return query, str(row[0]) if row else ""


def _rooms(session: RecordingConnection) -> Iterator[str]:
    """What makes the journal and the other schemas of ours."""
    journal_schema.create(session)
    yield unless_there(own_objects.JOURNAL, [sent.text for sent in session.log.take()])
    journal_schema.create_working_schemas(session)
    sent = [each.text for each in session.log.take()]
    for name, texts in groupby(sent, key=_room_of):
        yield unless_there(name, list(texts))


def _room_of(text: str) -> str:
    return next(name for name in (own_objects.ARCHIVE, own_objects.STAGING) if name in text)


def _sent(
    session: RecordingConnection,
    phases: Sequence[Phase],
    phase: Phase,
    direction: Direction,
    settings: Settings,
) -> Sequence[Sent]:
    """What one phase sends, in one transaction."""

    def observe(event: events.Event) -> None:
        if isinstance(event, events.StepStarted):
            session.log.step = event.step

    session.log.take()
    session.log.path = ", ".join([*settings.schemas, "pg_temp"])
    request = Request(phase=phase.name, atomic=True)
    try:
        runner.run(session, phases, direction, request, settings, observe)
    except OrmError as error:
        raise NotPlainSql(phase.name, error.message, hint=error.hint) from error
    except GnkMigrateError as error:
        doing = "upgrade" if direction == "up" else "downgrade"
        raise NotPlainSql(
            phase.name,
            f"its {doing} does not run in one transaction on the baseline. {error.message}",
            details=error.details,
            hint=f"gnkmigrate check tries it, and gnkmigrate {doing} runs it.",
        ) from error
    return session.log.take()


def _same(way: Way, empty: Sequence[Sent], filled: Sequence[Sent]) -> Iterator[Statement]:
    """The statements, where rows make no difference; and the guards that have let both runs pass.

    Raises:
        OrmError: rows make a difference.
    """
    _require_alike(way, empty, filled)
    doing = "upgrade" if way[1] == "up" else "downgrade"
    passing = {each.text for each in filled if each.guards and not each.found}
    for sent in empty:
        if not sent.guards:
            yield Statement(written(sent.text), sent.path)
        elif sent.text in passing and not sent.found:
            passing.remove(sent.text)  # once is enough
            yield Statement(guarding(sent.text, way[0], f"{doing} --phase {way[0]}"), sent.path)


def _require_alike(way: Way, empty: Sequence[Sent], filled: Sequence[Sent]) -> None:
    changing = [[each for each in run if not each.guards] for run in (empty, filled)]
    for one, other in zip_longest(*changing):
        if one is None or other is None or not _is_alike(one, other):
            found = one or other
            raise NotPlainSql(
                way[0],
                f"what it does on the way {way[1]} depends on the rows that it finds.",
                details=[" ".join(found.text.split())[:200]],
                hint=f"gnkmigrate runs it: leave phase {way[0]} and those after it to gnkmigrate.",
            )


def _is_alike(one: Sent, other: Sent) -> bool:
    counts = is_bookkeeping(one.text) and is_bookkeeping(other.text)
    return counts or written(one.text) == written(other.text)
