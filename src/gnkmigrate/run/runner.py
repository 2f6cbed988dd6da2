"""Upgrades and downgrades: the phases of a request one after another, under one lock."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from gnkmigrate import own_objects
from gnkmigrate.errors import PhaseRefused
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.run import (
    drift,
    dry_run,
    enum_labels,
    events,
    executor,
    foreign_code,
    journal,
    journal_schema,
    later_guards,
    optional_changes,
)
from gnkmigrate.run.batches.reconnecting import persistently
from gnkmigrate.run.events import Direction
from gnkmigrate.run.in_force import InForce, pending_steps
from gnkmigrate.run.names import quoted
from gnkmigrate.run.phase import Phase
from gnkmigrate.run.phase_locks import locks_of
from gnkmigrate.run.runner_session import at_work
from gnkmigrate.run.selection import select_down, select_up
from gnkmigrate.run.status import Request, status
from gnkmigrate.run.work import Work
from gnkmigrate.settings import Settings


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
        tables = foreign_code.of_phases(connection, selected)
        foreign_code.require_trust(
            connection, tables, settings.schemas, trusted=settings.trust_triggers
        )
        if direction == "up" and selected:
            drift.look(phases, selected, settings, work, refuses=not request.dry_run)
        if request.dry_run and selected:
            _run_dry(selected, direction, work, settings.schemas)
        elif selected:
            later_guards.ask(selected, direction, work)
            _prepare_journal(connection)
            try:
                for phase in selected:
                    if request.atomic:
                        _run_atomic(phase, direction, work)
                    elif not _run_phase(phase, direction, work):
                        break  # it waits for its cutover, and those after it for it
            except PhaseRefused:
                own_objects.drop_empty(connection)  # nothing was changed
                raise
            drift.keep(connection, phases, settings)
        return selected


def _prepare_journal(connection: Connection) -> None:
    journal_schema.create(connection)
    journal_schema.create_working_schemas(connection)


def _run_phase(phase: Phase, direction: Direction, work: Work) -> bool:
    head: journal.Head = phase.revision if direction == "up" else phase.down_revision
    if phase.optional:
        head = journal.KEPT  # Alembic reads which of them stand from the journal
    states = journal.steps(work.connection)
    announced = locks_of(phase, direction, states, work.connection, work.limits)
    if announced.locks:
        work.observe(announced)
    work = replace(
        work,
        parameters=_parameters(phase, direction, states, work),
        load_target=partial(work.load_target, phase.target),
        authors_path=phase.search_path or work.project_path,
    )
    if phase.optional and direction == "up":
        with optional_changes.noted(phase, work) as note:
            return executor.run_phase(phase, direction, work, head=head, ending=note)
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
        for step in pending_steps(phase, direction, InForce.of(phase.name, states))
    ]
    enum_labels.require_none_too_early([phase.name for phase in phases], steps, work)


def _parameters(
    phase: Phase, direction: Direction, states: Sequence[journal.StepState], work: Work
) -> Mapping[str, str]:
    """What an upgrade has begun goes on, and back, with the values that it began with.

    The way back has a question of its own: whether to spill.
    """
    begun = any(state.phase == phase.name and state.direction == "up" for state in states)
    if direction == "up" and not begun:
        return work.parameters
    ran = [
        run
        for run in journal.runs(work.connection)
        if run.phase == phase.name and run.direction == "up"
    ]
    recorded = ran[-1].parameters if ran else {}
    return {**work.parameters, **recorded, "spill": work.parameters["spill"]}
