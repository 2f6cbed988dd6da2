"""Measures queries before and after the phases, on a copy; or on the live database."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import psycopg
from psycopg import sql

from gnkmigrate.connection import Connection, DatabaseUrl, connect
from gnkmigrate.errors import GnkMigrateError
from gnkmigrate.facts.query import query as sql_file
from gnkmigrate.fitting import require_fitting
from gnkmigrate.impact.measuring import NotMeasured, measure
from gnkmigrate.impact.outcome import Impact, IndexImpact, Measured, QueryImpact
from gnkmigrate.impact.query import Query, Shape, load, script
from gnkmigrate.impact.writing import write_cost
from gnkmigrate.rehearsal.clone import Transfer, clone, unhurried
from gnkmigrate.rehearsal.sample import Selection
from gnkmigrate.run import events, runner
from gnkmigrate.run.phase import Phase, read_steps
from gnkmigrate.run.revision import load_all_phases
from gnkmigrate.run.selection import select_up, select_with
from gnkmigrate.run.status import Request, status
from gnkmigrate.settings import Settings

FOLDER = "queries"  # in the project's audits
OURS = "gnkmigrate_"  # how names begin that run/own_names.py gives


@dataclass(frozen=True)
class Listener:
    """Who is told how far it is.

    Attributes:
        stage: told in words what begins.
        transfer: gives the observer of the copying.
        phase: told of what the phases do.
    """

    stage: Callable[[str], None]
    transfer: Transfer
    phase: events.Observer


@dataclass
class _Course:
    """What was found so far, by query."""

    queries: Sequence[Query]
    timeout_s: float
    listener: Listener
    measured: defaultdict[str, dict[Shape, Measured]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    failures: defaultdict[str, dict[Shape, str]] = field(default_factory=lambda: defaultdict(dict))

    def ask(self, session: Connection, shape: Shape) -> None:
        """Every query that there is for a shape."""
        for query in self.queries:
            if shape in query.texts:
                self.listener.stage(f"{query.name}, {shape}")
                try:
                    text = query.texts[shape]
                    self.measured[query.name][shape] = measure(session, text, self.timeout_s)
                except NotMeasured as error:
                    self.failures[query.name][shape] = str(error)

    @property
    def found(self) -> tuple[QueryImpact, ...]:
        return tuple(
            QueryImpact(query.name, self.measured[query.name], self.failures[query.name])
            for query in self.queries
        )


def on_copy(
    settings: Settings,
    live: DatabaseUrl,
    parameters: Mapping[str, str],
    listener: Listener,
    selection: Selection,
) -> Impact:
    """Copies the database, measures, runs the pending phases there, and measures again.

    Args:
        settings: the project.
        live: the database, to which nothing is done but reading.
        parameters: answers to the revisions' questions, over those of the settings.
        listener: receives the progress.
        selection: which of the live database's rows the copy has.

    Raises:
        SettingsError: the queries cannot be read.
        GnkMigrateError: as for a rehearsal; or a phase fails on the copy.
    """
    queries = load(settings.path(settings.audits) / FOLDER)
    phases = load_all_phases(settings.path(settings.migrations))
    read_steps(phases)
    with connect(live, read_only=True) as session:
        require_fitting(session, settings)
    course = _Course(queries, settings.limits.statement_timeout_s, listener)
    listener.stage("copy")
    with (
        clone(settings, live, listener.transfer, selection) as copy,
        connect(copy.url, search_path=settings.schemas) as session,
    ):
        pending = select_with(status(session, phases), settings.optional_phases)
        _prepare(session, settings, "before")
        course.ask(session, "before")
        before = {f"{schema}.{name}" for schema, _, name, *_ in _indexes(session, settings)}
        _run_phases(session, phases, pending, parameters, unhurried(settings, copy), listener)
        _prepare(session, settings, "after")
        course.ask(session, "after")
        listener.stage("indexes")
        indexes = tuple(_index_impacts(session, settings, before, course.found))
    return Impact(
        database=str(live),
        server_version=copy.server.version,
        place="copy",
        rows=copy.rows,
        phases=tuple(phase.name for phase in pending),
        queries=course.found,
        indexes=indexes,
    )


def on_live(settings: Settings, live: DatabaseUrl, listener: Listener) -> Impact:
    """Measures the queries on the live database, in the shape that its phases have given it.

    Raises:
        SettingsError: the queries cannot be read.
        ConnectionFailed: no session.
    """
    queries = load(settings.path(settings.audits) / FOLDER)
    phases = load_all_phases(settings.path(settings.migrations))
    course = _Course(queries, settings.limits.statement_timeout_s, listener)
    with connect(live, read_only=True, search_path=settings.schemas) as session:
        pending = select_up(status(session, phases), Request())
        course.ask(session, "before" if pending else "after")
        version = session.info.server_version
    return Impact(str(live), version, "live", 0, (), course.found, ())


def _prepare(session: Connection, settings: Settings, shape: Shape) -> None:
    """Rows that only the copy has, and statistics.

    Raises:
        GnkMigrateError: the project's script fails.
    """
    folder = settings.path(settings.audits) / FOLDER
    if text := script(folder, shape):
        try:
            with session.transaction():
                session.execute(text.encode())
        except psycopg.Error as error:
            raise GnkMigrateError(
                f"{folder / f'_{shape}.sql'} fails on the copy: {error.diag.message_primary}.",
                hint="Correct the script; it runs before the queries are measured.",
            ) from error
    session.execute("VACUUM ANALYZE")


def _run_phases(
    session: Connection,
    phases: Sequence[Phase],
    pending: Sequence[Phase],
    parameters: Mapping[str, str],
    settings: Settings,
    listener: Listener,
) -> None:
    listener.stage("phases")
    for phase in pending:
        request = Request(phase=phase.name, parameters=parameters)
        runner.run(session, phases, "up", request, settings, listener.phase)


def _indexes(session: Connection, settings: Settings) -> Sequence[tuple[str, str, str, int, bool]]:
    return session.execute(sql_file("impact", "indexes"), [list(settings.schemas)]).fetchall()


def _index_impacts(
    session: Connection, settings: Settings, before: set[str], queries: Sequence[QueryImpact]
) -> list[IndexImpact]:
    """New indexes, and those of tables that the queries read by an index."""
    used: defaultdict[str, list[str]] = defaultdict(list)
    for query in queries:
        for index in query.shapes["after"].indexes if "after" in query.shapes else ():
            used[index].append(query.name)
    found = []
    for schema, table, index, size, is_constraint in _indexes(session, settings):
        name = f"{schema}.{index}"
        if index.startswith(OURS):
            continue  # it goes with gnkmigrate contract
        if name not in before or name in used:
            places = sql.Identifier(schema, table), sql.Identifier(schema, index)
            cost = None if is_constraint else write_cost(session, *places)
            found.append(
                IndexImpact(
                    name=name,
                    table=f"{schema}.{table}",
                    is_new=name not in before,
                    is_constraint=is_constraint,
                    size=size,
                    used_by=tuple(sorted(used[name])),
                    write_us=cost,
                )
            )
    return found
