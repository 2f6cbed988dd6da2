"""Measures queries on the live database; estimates what pending phases' indexes will change."""

from collections.abc import Iterator, Sequence

from gnkmigrate.impact.hypothetical import Hypothetical, hypothetical, schema_of_extension
from gnkmigrate.impact.outcome import Impact, IndexImpact, QueryImpact
from gnkmigrate.impact.workflow import Course, Listener, queries_of
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.run.revision import load_all_phases
from gnkmigrate.run.runner_session import pathless
from gnkmigrate.run.selection import select_up
from gnkmigrate.run.status import Request, status
from gnkmigrate.settings import Settings

_NO_HYPOPG = (
    "What the pending phases' indexes will change is not estimated: the extension hypopg is not "
    "installed in this database. Without --live it is measured on a copy."
)


def on_live(settings: Settings, live: DatabaseUrl, listener: Listener, top: int = 0) -> Impact:
    """Measures the queries on the live database, in the shape that its phases have given it.

    With the extension hypopg, it estimates what indexes of pending phases will change.

    Args:
        settings: the project.
        live: the database.
        listener: receives the progress.
        top: how many statements of pg_stat_statements to ask beside the project's queries.

    Raises:
        SettingsError: the queries cannot be read.
        ConnectionFailed: no session.
    """
    phases = load_all_phases(settings.path(settings.migrations))
    with connect(live, read_only=True) as session:
        queries = queries_of(session, settings, top)
        extension = schema_of_extension(session)
    course = Course(queries, settings.limits.statement_timeout_s, listener)
    indexes: tuple[IndexImpact, ...] = ()
    with connect(live, read_only=True, search_path=settings.schemas) as session:
        with pathless(session):
            pending = select_up(status(session, phases), Request())
        course.ask(session, "before" if pending else "after")
        if pending and extension is not None:
            listener.stage("indexes that are not there yet")
            with hypothetical(session, extension, pending) as found:
                course.foresee(session, found)
            indexes = tuple(_foreseen(found, course.found))
        version = session.info.server_version
    remark = _NO_HYPOPG if pending and extension is None else ""
    return Impact(str(live), version, "live", 0, (), course.found, indexes, remark)


def _foreseen(
    indexes: Sequence[Hypothetical], queries: Sequence[QueryImpact]
) -> Iterator[IndexImpact]:
    for each in indexes:
        users = [
            query.name
            for query in queries
            if "after" in query.shapes and each.name in query.shapes["after"].indexes
        ]
        yield IndexImpact(each.name, each.table, True, each.unique, each.size, users, None)
