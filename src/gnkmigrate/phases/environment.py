"""What migrations/env.py calls, so that Alembic's own commands work as well.

`alembic upgrade head` runs each revision through the same executor and journal as `gnkmigrate
upgrade`: Alembic chooses the revisions, and learns from the journal which of them stand.
"""

import logging
import sys
from typing import Any, TextIO, cast

from alembic import context
from alembic.runtime.migration import MigrationInfo
from alembic.util import CommandError
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from gnkmigrate.connection import Connection, DatabaseUrl, connect
from gnkmigrate.errors import GnkMigrateError
from gnkmigrate.phases import events, journal, runner
from gnkmigrate.phases.recorder import VERSION_SCHEMA, VERSION_TABLE, Recorder
from gnkmigrate.phases.revision import Phase, load_phases
from gnkmigrate.phases.status import Request
from gnkmigrate.settings import Settings, live_url, load

_logger = logging.getLogger("alembic.gnkmigrate")


def run() -> None:
    """Carries out the Alembic command that loaded env.py.

    The database is that of `alembic -x url=...`, else as for every command of gnkmigrate.

    Raises:
        CommandError: Alembic's own error, with gnkmigrate's message.
    """
    try:
        settings = load()
        phases = load_phases(settings.path(settings.migrations))
        if context.is_offline_mode():
            _write_script(settings, phases)
        else:
            given = context.get_x_argument(as_dictionary=True).get("url")
            _run_online(live_url(settings, given), settings, phases)
    except GnkMigrateError as error:
        lines = [error.message, *error.details, error.hint]
        raise CommandError("\n".join(line for line in lines if line)) from error


def _run_online(url: DatabaseUrl, settings: Settings, phases: tuple[Phase, ...]) -> None:
    with connect(url, search_path=settings.schemas) as session:
        journal.create(session)

        def run_revision(_context: Any, info: MigrationInfo, _heads: Any, _arguments: Any) -> None:
            if info.is_stamp:
                raise CommandError("gnkmigrate's journal keeps the version; it cannot be stamped.")
            (name,) = (phase.name for phase in phases if phase.revision == info.up_revision_id)
            direction: events.Direction = "up" if info.is_upgrade else "down"
            runner.run(session, phases, direction, Request(phase=name), settings, _log)

        _configure(url, settings, run_revision)
        with context.begin_transaction():
            context.run_migrations()


def _configure(url: DatabaseUrl, settings: Settings, run_revision: Any) -> None:
    """An Alembic context that reads versions and executes nothing itself."""

    def creator() -> Connection:
        return connect(url, search_path=settings.schemas)

    engine = create_engine("postgresql+psycopg://", creator=creator, poolclass=NullPool)
    recorder = Recorder()
    context.configure(
        connection=engine.connect().execution_options(isolation_level="AUTOCOMMIT"),
        version_table=VERSION_TABLE,
        version_table_schema=VERSION_SCHEMA,
        transaction_per_migration=True,
        on_version_apply=run_revision,
        recorder=recorder,
    )
    # What the revision's functions say is recorded; the runner asks them again by itself.
    implementation = context.get_context().impl
    implementation.as_sql = True
    implementation.output_buffer = cast("TextIO", recorder)


def _write_script(settings: Settings, phases: tuple[Phase, ...]) -> None:
    def write_revision(_context: Any, info: MigrationInfo, _heads: Any, _arguments: Any) -> None:
        chosen = [phase for phase in phases if phase.revision == info.up_revision_id]
        direction: events.Direction = "up" if info.is_upgrade else "down"
        sys.stdout.write(runner.script(chosen, direction, settings, Request()))

    recorder = Recorder()
    context.configure(
        url="postgresql+psycopg://",
        dialect_opts={"paramstyle": "named"},
        version_table=VERSION_TABLE,
        version_table_schema=VERSION_SCHEMA,
        output_buffer=cast("TextIO", recorder),
        on_version_apply=write_revision,
        recorder=recorder,
    )
    context.run_migrations()


def _log(event: events.Event) -> None:
    match event:
        case events.StepFinished():
            _logger.info("%s: %s (%d rows)", event.phase, event.step, event.rows)
        case events.Verified():
            _logger.info("%s: verified: %s (%s)", event.phase, event.name, event.value)
        case events.LockAwaited():
            _logger.warning("%s: waiting for a lock: %s", event.phase, "; ".join(event.blockers))
        case _:
            pass
