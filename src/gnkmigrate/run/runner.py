"""Upgrades and downgrades: the phases of a request one after another, under one lock."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import psycopg
from psycopg import sql

from gnkmigrate import own
from gnkmigrate.collector import loaded_objects_excluded
from gnkmigrate.connection import Connection
from gnkmigrate.errors import ConnectionLost, PhaseRefused
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.facts.source import load_schema
from gnkmigrate.operations.verify import Verification
from gnkmigrate.run import (
    drift,
    dry_run,
    events,
    executor,
    foreign_code,
    foresight,
    journal,
    labels,
    lock,
    made,
    trust,
)
from gnkmigrate.run.announcing import locks_of
from gnkmigrate.run.batches.reconnecting import persistently
from gnkmigrate.run.blockers import BlockerWatch
from gnkmigrate.run.disk import fullness_explained
from gnkmigrate.run.encryption_key import load_key
from gnkmigrate.run.events import Direction
from gnkmigrate.run.executor import InForce
from gnkmigrate.run.names import quoted
from gnkmigrate.run.revision import Phase
from gnkmigrate.run.status import Request, select_down, select_up, status
from gnkmigrate.run.tried import require_tried
from gnkmigrate.run.work import Work
from gnkmigrate.settings import Settings

# What matters to a session that works for long, and reads definitions to write them again; the
# last one came with PostgreSQL 17.
_PINNED = {
    "idle_session_timeout": "0",
    "quote_all_identifiers": "off",
    "transform_null_equals": "off",
    "transaction_timeout": "0",
}


def run_to_the_end(
    open_session: Callable[[], Connection],
    phases: Sequence[Phase],
    direction: Direction,
    request: Request,
    settings: Settings,
    observe: events.Observer = events.ignore,
) -> tuple[Phase, ...]:
    """`run`, and with a new session on where the last one was lost.

    Args:
        open_session: connects anew.
        phases: as for `run`, and so the rest.
        direction: "up" or "down".
        request: what to run.
        settings: with `limits.reconnect_s`.
        observe: told of every event.

    Raises:
        ConnectionLost: no new session within `limits.reconnect_s`.
    """
    return persistently(
        open_session,
        lambda connection: run(connection, phases, direction, request, settings, observe),
        settings.limits.reconnect_s,
        observe,
    )


def run(
    connection: Connection,
    phases: Sequence[Phase],
    direction: Direction,
    request: Request,
    settings: Settings,
    observe: events.Observer = events.ignore,
) -> tuple[Phase, ...]:
    """Upgrades or downgrades, and gives the phases that were run.

    Raises:
        RunnerBusy: somebody else is at it.
        PhaseRefused: a phase may not run; nothing of it was changed.
        PhaseFailed: a phase stopped in the middle.
        ConnectionLost: the session ended in the middle.
        RevisionError: migrations/ does not fit the journal.
    """
    with at_work(connection, settings, request, observe, wait_s=request.wait_s) as work:
        select = select_up if direction == "up" else select_down
        selected = select(status(connection, phases), request)
        tables = foreign_code.of_phases(selected)
        foreign_code.require_trust(connection, tables, trusted=settings.trust_triggers)
        if direction == "up" and selected:
            drift.look(phases, selected, settings, work, refuses=not request.dry_run)
        if request.dry_run and selected:
            _run_dry(selected, direction, work, settings.schemas)
        elif selected:
            foresight.ask_later_guards(selected, direction, work)
            _prepare_journal(connection)
            try:
                for phase in selected:
                    if request.atomic:
                        _run_atomic(phase, direction, work)
                    elif not _run_phase(phase, direction, work):
                        break  # it waits for its cutover, and those after it for it
            except PhaseRefused:
                own.drop_empty(connection)  # nothing was changed
                raise
            drift.keep(connection, phases, settings)
        return selected


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
        lock.one_runner(connection, wait_s=wait_s),
        BlockerWatch(connection) as watch,
    ):
        _prepare(connection, settings)
        trust.require(connection, writing=True, trusts_owners=settings.trust_triggers)
        yield _work(connection, settings, request, watch, observe)


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


def verify(
    connection: Connection,
    phases: Sequence[Phase],
    settings: Settings,
    observe: events.Observer = events.ignore,
) -> tuple[events.Verified, ...]:
    """Runs the lasting verifications of every phase that is done, in one snapshot.

    The observer hears each as it comes; none of them raises.
    """
    done = [found.phase for found in status(connection, phases) if found.state == "done"]
    results = []
    with BlockerWatch(connection) as watch, connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        everything = _work(connection, settings, Request(), watch, observe)
        for phase in done:
            work = replace(everything, phase=phase.name)
            work = replace(work, parameters=_parameters(phase, "down", work))
            lasting = [s for s in phase.up_steps if isinstance(s, Verification) and not s.once]
            with work.settings(search_path=phase.search_path or work.project_path):
                results += [step.result(work) for step in lasting]
    for result in results:
        observe(result)
    return tuple(results)


def script(
    phases: Sequence[Phase], direction: Direction, settings: Settings, request: Request
) -> str:
    """The phases as one SQL script for reading; it keeps no journal."""
    lines: list[str] = []
    given, load = parameters(settings, request), _target_of(settings)
    for phase in phases:
        lines += [f"-- phase {phase.number} {phase.name}: {phase.title}", ""]
        for step in phase.up_steps if direction == "up" else phase.down_steps:
            lines.append(f"-- {step.name}")
            bracketed = step.changes and step.transactional
            lines += ["BEGIN;"] if bracketed else []
            lines += [
                f"{statement};" for statement in step.told(given, partial(load, phase.target))
            ]
            lines += ["COMMIT;", ""] if bracketed else [""]
    return "\n".join(lines)


def parameters(settings: Settings, request: Request) -> Mapping[str, str]:
    """The values of a revision's placeholders: settings, then flags."""
    return {
        "source_timezone": settings.source_timezone,
        "legacy_schema": settings.phases.legacy_schema,
        "spill": "no",
        **settings.policies,
        **request.parameters,
    }


def _work(
    connection: Connection,
    settings: Settings,
    request: Request,
    watch: BlockerWatch,
    observe: events.Observer,
) -> Work:
    row = connection.execute("SELECT current_setting('search_path')").fetchone()
    return Work(
        connection=connection,
        phase="",
        parameters=parameters(settings, request),
        atomic=False,
        limits=settings.limits,
        watch=watch,
        observe=observe,
        project_path=str(row[0]) if row else "pg_catalog, pg_temp",
        defers_cutover=request.defer_cutover,
        load_target=_target_of(settings, connection.info.server_version // 10000),
        load_key=partial(load_key, settings.encryption_key_command),
        schemas=settings.read_schemas,
        ignore=settings.ignore,
    )


def _target_of(settings: Settings, major: int | None = None) -> Callable[..., Snapshot]:
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


def _prepare_journal(connection: Connection) -> None:
    journal.create(connection)
    journal.create_rooms(connection)


def _run_phase(phase: Phase, direction: Direction, work: Work) -> bool:
    head: journal.Head = phase.revision if direction == "up" else phase.down_revision
    if phase.optional:
        head = journal.KEPT  # Alembic reads which of them stand from the journal
    announced = locks_of(phase, direction, work.connection, work.limits)
    if announced.locks:
        work.observe(announced)
    work = replace(
        work,
        parameters=_parameters(phase, direction, work),
        load_target=partial(work.load_target, phase.target),
    )
    with work.settings(search_path=phase.search_path or work.project_path):
        if phase.optional and direction == "up":
            with made.noted(phase, work) as note:
                return note(executor.run_phase(phase, direction, work, head=head))
        return executor.run_phase(phase, direction, work, head=head)


def _run_atomic(phase: Phase, direction: Direction, work: Work) -> None:
    outside = replace(work, phase=phase.name, step="the whole phase")
    _require_one_transaction([phase], direction, outside)
    outside.attempt(lambda: _run_phase(phase, direction, replace(work, atomic=True)))


def _run_dry(
    phases: Sequence[Phase], direction: Direction, work: Work, schemas: Sequence[str]
) -> None:
    def run_and_roll_back() -> None:
        with dry_run.rolled_back(work.connection, schemas):
            _prepare_journal(work.connection)
            for phase in phases:
                _run_phase(phase, direction, replace(work, atomic=True))

    names = tuple(phase.name for phase in phases)
    outside = replace(work, phase=", ".join(names), step="the dry run")
    _require_one_transaction(phases, direction, outside)
    tables = {table: quoted(table) for phase in phases for table in phase.tables}
    dry_run.announce(names, tables, outside, schemas)
    outside.attempt(run_and_roll_back)


def _require_one_transaction(phases: Sequence[Phase], direction: Direction, work: Work) -> None:
    """Nothing is begun that one transaction cannot do."""
    states = journal.steps(work.connection)
    steps = [
        step
        for phase in phases
        for step in executor.pending_steps(phase, direction, InForce.of(phase.name, states))
    ]
    labels.require_none_too_early([phase.name for phase in phases], steps, work)


def _parameters(phase: Phase, direction: Direction, work: Work) -> Mapping[str, str]:
    """What an upgrade has begun goes on, and back, with the values that it began with.

    The way back has a question of its own: whether to spill.
    """
    begun = any(
        state.phase == phase.name and state.direction == "up"
        for state in journal.steps(work.connection)
    )
    if direction == "up" and not begun:
        return work.parameters
    ran = [
        run
        for run in journal.runs(work.connection)
        if run.phase == phase.name and run.direction == "up"
    ]
    recorded = ran[-1].parameters if ran else {}
    return {**work.parameters, **recorded, "spill": work.parameters["spill"]}
