"""The session of a run: one runner, its settings pinned, and what its steps work with."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path

import psycopg
from psycopg import sql

from gnkmigrate.collector import loaded_objects_excluded
from gnkmigrate.errors import ConnectionLost, PhaseRefused
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.facts.source import load_schema
from gnkmigrate.postgres.connection import PRINTING, Connection
from gnkmigrate.run import events, foreign_code, one_runner, trust
from gnkmigrate.run.blockers import BlockerWatch
from gnkmigrate.run.encryption_key import load_key
from gnkmigrate.run.full_disk import fullness_explained
from gnkmigrate.run.session import OURS, SETTABLE
from gnkmigrate.run.status import Request
from gnkmigrate.run.untried_servers import require_tried
from gnkmigrate.run.work import Work
from gnkmigrate.settings import Settings

# What matters to a session that works for long, and reads definitions to write them again; the
# last one came with PostgreSQL 17.
_PINNED = {
    **dict(PRINTING),
    "idle_session_timeout": "0",
    "transaction_timeout": "0",
}


@contextmanager
def at_work(
    connection: Connection,
    settings: Settings,
    request: Request,
    observe: events.Observer,
    *,
    wait_s: float = 0,
) -> Iterator[Work]:
    """A session that is this database's one runner, with its settings set for the work.

    Args:
        connection: the session.
        settings: with the limits.
        request: with the parameters.
        observe: told of every event.
        wait_s: seconds to wait for another runner.

    Raises:
        RunnerBusy: somebody else is at it.
        PhaseRefused: the server is a standby, or what has our names there is not to be trusted.
        ConnectionLost: the session ended in the middle.
    """
    with (
        loaded_objects_excluded(),
        _loss_explained(connection),
        fullness_explained(connection),
        pathless(connection) as path,
        one_runner.hold(connection, wait_s=wait_s),
        BlockerWatch(connection) as watch,
    ):
        _prepare(connection, settings)
        trust.require(connection, writing=True, trusts_owners=settings.trust_triggers)
        yield work_of(connection, settings, request, watch, observe, path)


@contextmanager
def pathless(connection: Connection) -> Iterator[str]:
    """A session in which our own SQL finds what is PostgreSQL's, and nothing that others plant.

    Of several functions by one name PostgreSQL takes the one that fits best, whatever schema it is
    in (manual, 10.3). Gives the path that the session had, which it gets back.
    """
    row = connection.execute("SELECT pg_catalog.current_setting('search_path')").fetchone()
    path = str(row[0]) if row else OURS
    set_path = "SELECT pg_catalog.set_config('search_path', %s, false)"
    connection.execute(set_path, (OURS,))
    try:
        yield path
    finally:
        if not connection.closed and connection.info.transaction_status in SETTABLE:
            connection.execute(set_path, (path,))


@contextmanager
def _loss_explained(connection: Connection) -> Iterator[None]:
    try:
        yield
    except psycopg.OperationalError as error:
        if not connection.closed:
            raise
        reason = error.diag.message_primary or str(error).strip().splitlines()[0]
        raise ConnectionLost(
            f"The connection was lost: {reason}.",
            hint="Run the same command again: it goes on where the journal says.",
        ) from error


def parameters(settings: Settings, request: Request) -> Mapping[str, str]:
    """The values of a revision's placeholders: settings, then flags."""
    return {
        "source_timezone": settings.source_timezone,
        "legacy_schema": settings.phases.legacy_schema,
        "spill": "no",
        **settings.policies,
        **request.parameters,
    }


def work_of(
    connection: Connection,
    settings: Settings,
    request: Request,
    watch: BlockerWatch,
    observe: events.Observer,
    path: str,
) -> Work:
    """What steps work with; `path` is the project's search path."""
    return Work(
        connection=connection,
        phase="",
        parameters=parameters(settings, request),
        atomic=False,
        limits=settings.limits,
        watch=watch,
        observe=observe,
        project_path=path,
        authors_path=path,
        defers_cutover=request.defer_cutover,
        load_target=target_of(settings, connection.info.server_version // 10000),
        require_trust=partial(
            foreign_code.require_trust,
            connection,
            schemas=settings.schemas,
            trusted=settings.trust_triggers,
        ),
        load_key=partial(load_key, settings.encryption_key_command),
        schemas=settings.read_schemas,
        ignore=settings.ignore,
    )


def target_of(settings: Settings, major: int | None = None) -> Callable[..., Snapshot]:
    """What loads the target that was kept for a phase, or else the project's, once."""

    @cache
    def load(kept: Path | None) -> Snapshot:
        return load_schema(str(kept or settings.target_source), settings, major=major)

    return load


def _prepare(connection: Connection, settings: Settings) -> None:
    """The session's part of the promise: short waits for locks, and somewhere to write."""
    wanted = {"lock_timeout": f"{settings.limits.lock_timeout_ms}ms", **_PINNED}
    if settings.limits.throttle:
        wanted["max_parallel_workers_per_gather"] = "0"  # the application needs the other cores
    connection.execute(
        "SELECT set_config(name, value, false) FROM unnest(%s::text[], %s::text[])"
        " AS wanted (name, value) JOIN pg_settings USING (name)",
        (list(wanted), list(wanted.values())),
    )
    require_tried(connection.info.server_version)
    row = connection.execute("SELECT pg_is_in_recovery()").fetchone()
    if row and row[0]:
        raise PhaseRefused(
            "The server is a standby, on which nothing can be written.",
            hint="Give the primary's address with --url.",
        )
    _let_triggers_fire(connection)


def _let_triggers_fire(connection: Connection) -> None:
    """In a session that passes for a replication worker, triggers and foreign keys would sleep."""
    setting = "session_replication_role"
    row = connection.execute("SELECT current_setting(%s), current_user", (setting,)).fetchone()
    role, user = row or ("origin", "")
    if role == "origin":
        return
    try:
        connection.execute("SELECT set_config(%s, 'origin', false)", (setting,))
    except psycopg.errors.InsufficientPrivilege:
        name = sql.Identifier(user).as_string()
        raise PhaseRefused(
            f"Neither triggers nor foreign keys work in this session: {setting} is {role}.",
            hint=f"Ask a superuser for: ALTER ROLE {name} RESET {setting};",
        ) from None
