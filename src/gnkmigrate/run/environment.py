"""What migrations/env.py calls, so that Alembic's own commands work as well.

`alembic upgrade head` runs each revision through the same executor and journal as `gnkmigrate
upgrade`: Alembic chooses the revisions, and learns from the journal which of them stand.
"""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO, cast

from alembic import context
from alembic.runtime.migration import MigrationInfo
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import create_engine, create_mock_engine
from sqlalchemy.pool import NullPool

from gnkmigrate.errors import GnkMigrateError
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.run import events, journal, journal_schema, phase_script, runner, trust
from gnkmigrate.run.phase import Phase, read_steps
from gnkmigrate.run.recorder import VERSION_SCHEMA, VERSION_TABLE, Recorder
from gnkmigrate.run.revision import OPTIONAL, load_all_phases, needs_of
from gnkmigrate.run.runner_session import pathless
from gnkmigrate.run.status import Request
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
        phases = load_all_phases(settings.path(settings.migrations))
        # Recorded now: while Alembic runs a revision, `op` is Alembic's.
        read_steps(phases)
        if context.is_offline_mode():
            _write_script(settings, phases)
        else:
            given = context.get_x_argument(as_dictionary=True).get("url")
            _run_online(live_url(settings, given), settings, phases)
    except GnkMigrateError as error:
        lines = [error.message, *error.details, error.hint]
        raise CommandError("\n".join(line for line in lines if line)) from error


def _run_online(url: DatabaseUrl, settings: Settings, phases: tuple[Phase, ...]) -> None:
    recorder = Recorder()
    with connect(url, search_path=settings.schemas) as session:

        def run_revision(ctx: Any, step: MigrationInfo, heads: Any, run_args: Any) -> None:
            del ctx, heads, run_args
            if step.is_stamp:
                raise CommandError("gnkmigrate's journal keeps the version; it cannot be stamped.")
            recorder.clear()
            direction: events.Direction = "up" if step.is_upgrade else "down"
            request = Request(phase=step.up_revision_id)
            runner.run(session, phases, direction, request, settings, _log)

        with _reading_versions(url, recorder, run_revision):
            if not context.get_context().opts.get("dont_mutate"):
                with pathless(session):
                    trust.require(session, writing=True, trusts_owners=settings.trust_triggers)
                    journal_schema.create(session)
            with context.begin_transaction():
                context.run_migrations()


@contextmanager
def _reading_versions(
    url: DatabaseUrl, recorder: Recorder, run_revision: Callable[..., None]
) -> Iterator[None]:
    """An Alembic context that reads versions and executes nothing itself.

    What the revision's functions say is recorded and forgotten; the runner asks them again.
    """

    def creator() -> Connection:
        return connect(url)  # versions are read by their schema

    engine = create_engine("postgresql+psycopg://", creator=creator, poolclass=NullPool)
    with engine.connect() as connection:
        context.configure(
            connection=connection.execution_options(isolation_level="AUTOCOMMIT"),
            version_table=VERSION_TABLE,
            version_table_schema=VERSION_SCHEMA,
            transaction_per_migration=True,
            on_version_apply=run_revision,
            recorder=recorder,
        )
        _read_optional_heads(url)
        implementation = context.get_context().impl
        implementation.as_sql = True
        implementation.output_buffer = cast("TextIO", recorder)
        # op.get_bind() must not reach the database either.
        implementation.connection = cast("Any", create_mock_engine("postgresql://", _ignore))
        yield


def _read_optional_heads(url: DatabaseUrl) -> None:
    """Lets Alembic know of optional phases that stand, where it has read their revisions.

    They are no row of its table: to commands that read the core alone they would be unknown.
    """
    migration, script = context.get_context(), context.script
    core = migration.get_current_heads

    def heads() -> tuple[str, ...]:
        with connect(url, read_only=True) as session:
            last = {run.phase: run for run in journal.runs(session)}
        optional = {
            run.revision
            for run in last.values()
            if (run.direction, run.state) == ("up", "done") and _is_optional(script, run.revision)
        }
        implied = {
            needed for revision in optional for needed in needs_of(script.get_revision(revision))
        }
        return tuple(sorted({*core(), *optional} - implied))

    migration.get_current_heads = heads  # type: ignore[method-assign]


def _is_optional(script: ScriptDirectory, revision: str) -> bool:
    known = {each.revision: each for each in script.walk_revisions()}
    return revision in known and Path(known[revision].path).parent.name == OPTIONAL


def _ignore(*_arguments: Any, **_keywords: Any) -> None:
    """What a revision executes on its own; the runner records it."""


def _write_script(settings: Settings, phases: tuple[Phase, ...]) -> None:
    recorder = Recorder()

    def write_revision(ctx: Any, step: MigrationInfo, heads: Any, run_args: Any) -> None:
        del ctx, heads, run_args
        recorder.clear()
        chosen = [phase for phase in phases if phase.revision == step.up_revision_id]
        direction: events.Direction = "up" if step.is_upgrade else "down"
        sys.stdout.write(phase_script.script(chosen, direction, settings, Request()))

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
