"""Measures queries before and after the phases, on a copy."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import psycopg
from psycopg import sql

from gnkmigrate.copies.clone import Transfer, clone
from gnkmigrate.copies.sample import Selection
from gnkmigrate.copies.unhurried import unhurried
from gnkmigrate.errors import GnkMigrateError
from gnkmigrate.impact import statements
from gnkmigrate.impact.hypothetical import Hypothetical
from gnkmigrate.impact.measuring import NotMeasured, estimate, measure
from gnkmigrate.impact.outcome import Impact, IndexImpact, Measured, QueryImpact
from gnkmigrate.impact.query import Query, Shape, load, script
from gnkmigrate.impact.reading import require_reading
from gnkmigrate.impact.writing import write_cost
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.postgres.sql_files import query as sql_file
from gnkmigrate.run import events, runner
from gnkmigrate.run.foreign_queries import require_trust_to_ask
from gnkmigrate.run.phase import Phase, read_steps
from gnkmigrate.run.revision import load_all_phases
from gnkmigrate.run.runner_session import pathless
from gnkmigrate.run.selection import select_with
from gnkmigrate.run.status import Request, status
from gnkmigrate.settings import Settings
from gnkmigrate.settings_fit import require_fitting

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


def queries_of(session: Connection, settings: Settings, top: int) -> tuple[Query, ...]:
    """The project's, of which there may be none where a database's own are asked.

    Raises:
        PhaseRefused: they would run code of roles with fewer rights.
        SettingsError: they cannot be read, or do not only read.
    """
    folder = settings.path(settings.audits) / FOLDER
    own = load(folder) if not top or any(folder.glob("*.sql")) else ()
    trusted = settings.trust_triggers
    asked = [each for query in own for text in query.texts.values() for each in text.statements]
    require_trust_to_ask(session, asked, settings.schemas, trusted=trusted)
    require_reading(session, own, settings.schemas)
    if not top:
        return own
    return (*own, *statements.top(session, top, settings.schemas, trusted=trusted))


@dataclass
class Course:
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
                    self.measured[query.name][shape] = self._figures(session, query, shape)
                except NotMeasured as error:
                    self.failures[query.name][shape] = str(error)

    def _figures(self, session: Connection, query: Query, shape: Shape) -> Measured:
        text = query.texts[shape]
        if text.mean_ms is None:
            return measure(session, text, self.timeout_s)
        return estimate(session, text, self.timeout_s, self.measured[query.name].get("before"))

    def foresee(self, session: Connection, indexes: Sequence[Hypothetical]) -> None:
        """What queries that stay as they are will cost with indexes that are not there yet."""
        names = {index.known_as: index.name for index in indexes}
        for query in self.queries:
            before = self.measured[query.name].get("before")
            text = query.texts.get("after")
            if before is None or text is None or text is not query.texts.get("before"):
                continue
            try:
                found = estimate(session, text, self.timeout_s, before, names)
            except NotMeasured as error:
                self.failures[query.name]["after"] = str(error)
            else:
                self.measured[query.name]["after"] = found

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
    top: int = 0,
) -> Impact:
    """Copies the database, measures, runs the pending phases there, and measures again.

    Args:
        settings: the project.
        live: the database, to which nothing is done but reading.
        parameters: answers to the revisions' questions, over those of the settings.
        listener: receives the progress.
        selection: which of the live database's rows the copy has.
        top: how many statements of pg_stat_statements to ask beside the project's queries.

    Raises:
        SettingsError: the queries cannot be read.
        GnkMigrateError: as for a rehearsal; or a phase fails on the copy.
    """
    phases = load_all_phases(settings.path(settings.migrations))
    read_steps(phases)
    with connect(live, read_only=True) as session:
        require_fitting(session, settings)
        queries = queries_of(session, settings, top)
        status(session, phases)  # what speaks against its journal is no matter of the copy
    course = Course(queries, settings.limits.statement_timeout_s, listener)
    listener.stage("copy")
    with (
        clone(settings, live, listener.transfer, selection) as copy,
        connect(copy.url, search_path=settings.schemas) as session,
    ):
        with pathless(session):
            pending = select_with(status(session, phases), settings.optional_phases)
        _prepare(session, settings, "before")
        course.ask(session, "before")
        before = {f"{schema}.{name}" for schema, _, name, *_ in _indexes(session, settings)}
        own = unhurried(settings, copy.server.major)
        _run_phases(session, phases, pending, parameters, own, listener)
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


_Index: TypeAlias = tuple[str, str, str, int, bool, bool]


def _indexes(session: Connection, settings: Settings) -> Sequence[_Index]:
    with pathless(session):
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
    for schema, table, index, size, is_constraint, serves_key in _indexes(session, settings):
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
                    serves_key=serves_key,
                )
            )
    return found
