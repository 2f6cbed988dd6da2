"""Runs one phase or plan in one direction: asks its steps, runs them, and keeps the journal.

A transactional step and its journal entry commit together, so whatever happens, the journal says
what stands.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import psycopg

from gnkmigrate.errors import GnkMigrateError, PhaseFailed
from gnkmigrate.run import (
    cursors,
    cutover,
    enum_labels,
    events,
    foreign_code,
    journal,
    journal_notes,
    ownership,
)
from gnkmigrate.run.called import called, way_on
from gnkmigrate.run.events import Direction
from gnkmigrate.run.in_force import InForce, pending_steps
from gnkmigrate.run.interruption import answered
from gnkmigrate.run.journal import StepState
from gnkmigrate.run.lock_retry import PASSING
from gnkmigrate.run.preflight import refuse_if_anything_speaks_against
from gnkmigrate.run.step import Runnable, Step
from gnkmigrate.run.sync.row_checksum import require_agreement
from gnkmigrate.run.work import Work


def run_phase(
    phase: Runnable,
    direction: Direction,
    work: Work,
    *,
    head: journal.Head,
    ending: Callable[[], None] | None = None,
) -> bool:
    """Runs what is pending of one direction of a phase, up to its end or to a deferred cutover.

    Args:
        phase: the phase, or what else has steps.
        direction: "up" or "down".
        work: the session; its `phase` is set here.
        head: the revision that the database is at when this is through; None when none is left,
            and `journal.KEPT` where that has nothing to do with it.
        ending: called in the transaction in which the journal says that an upgrade is done.

    Returns:
        Whether it came to its end.

    Raises:
        PhaseRefused: a check speaks against it; nothing was changed.
        PhaseFailed: a step failed; what was done before it stands and is journalled.
    """
    work = replace(work, phase=phase.name, direction=direction)
    started = time.monotonic()
    in_force = InForce.of(phase.name, journal.steps(work.connection))
    steps = pending_steps(phase, direction, in_force)
    _ask(phase, direction, steps, in_force, work)
    run = _begin(phase, direction, steps, work)
    try:
        if direction == "up":
            _give_up_downgrade(phase, in_force, work)
        loose = tuple(step.name for step in phase.up_steps if step.changes and step.one_way)
        with cursors.in_use(work.connection), answered(work.connection):
            rows, waiting = _run_steps(steps, direction, run, work, loose)
        if waiting is not None:
            cutover.wait(waiting, run, work)
            return False
        _end(run, head, ending, work)
    except BaseException as error:
        _note_failure(work, run, error)
        raise
    work.observe(events.PhaseFinished(phase.name, direction, rows, time.monotonic() - started))
    return True


def _ask(
    phase: Runnable,
    direction: Direction,
    steps: Sequence[Step],
    in_force: InForce,
    work: Work,
) -> None:
    """Asks the steps that are pending whether anything speaks against them.

    Raises:
        PhaseRefused: something does.
    """
    resumed = bool(in_force.up and direction == "up") or bool(in_force.down)
    # Much may have been done in the days for which a cutover was deferred, or a phase was left.
    asked = cutover.onwards(steps) if resumed else steps
    if not resumed or direction == "up":
        refuse_if_anything_speaks_against(phase, direction, asked, work)


def _begin(phase: Runnable, direction: Direction, steps: Sequence[Step], work: Work) -> int:
    """Says in the journal, and to whoever observes, that the run begins; gives its number."""
    all_steps = phase.up_steps if direction == "up" else phase.down_steps
    total = sum(step.changes for step in all_steps)
    run = journal.begin_run(
        work.connection,
        phase=phase.name,
        revision=phase.revision,
        direction=direction,
        checksum=phase.checksum,
        steps=total,
        parameters=work.parameters,
    )
    done = total - sum(step.changes for step in steps)
    work.observe(events.PhaseStarted(phase.name, direction, total, done))
    return run


def _end(run: int, head: journal.Head, ending: Callable[[], None] | None, work: Work) -> None:
    """Says in the journal that the phase is done, or taken back and forgotten."""
    if work.direction == "down":
        with work.connection.transaction():
            journal.erase_direction(work.connection, work.phase, "up")
            journal.erase_direction(work.connection, work.phase, "down")
            journal_notes.erase_memory(work.connection, work.phase)
            journal.finish_run(work.connection, run, head=head)
    elif ending is None:
        journal.finish_run(work.connection, run, head=head)
    else:
        _finish(run, head, ending, work)


def _finish(run: int, head: journal.Head, ending: Callable[[], None], work: Work) -> None:
    def finish() -> None:
        ending()
        journal.finish_run(work.connection, run, head=head)

    work.step = "what it has made"
    work.attempt(finish, limited=False)


def _give_up_downgrade(phase: Runnable, in_force: InForce, work: Work) -> None:
    """What a downgrade that was not finished has prepared is taken back, last first."""
    for step in reversed(phase.down_steps):
        if step.name in in_force.down:
            work.step = step.name

            def cancel(step: Step = step) -> None:
                step.cancel(work)
                journal.erase_step(work.connection, phase.name, "down", step.name)

            work.attempt(cancel)


def _run_steps(
    steps: Sequence[Step], direction: Direction, run: int, work: Work, loose: Sequence[str]
) -> tuple[int, Step | None]:
    """The rows that they have moved, and the step before which they wait; None for none.

    `loose` are the steps of the upgrade that no step takes back.
    """
    rows = 0
    number = 0
    for step in steps:
        work.step = step.name
        if not step.changes:
            with _failures_explained(step, work):
                _run_looking(step, work)
            continue
        number += 1
        with _failures_explained(step, work):
            # Once more: while earlier steps ran, others may have put something there.
            work.require_trust(foreign_code.of_steps(work.connection, (step,)))
        work.observe(events.StepStarted(work.phase, step.name, number))
        started = time.monotonic()
        with _failures_explained(step, work):
            if step.cuts_over:
                require_agreement(step, work)
                if work.defers_cutover:
                    return rows, step
            done = _run_changing(step, direction, run, work, loose)
        rows += done
        work.observe(
            events.StepFinished(work.phase, step.name, number, done, time.monotonic() - started)
        )
    return rows, None


# The detail of these errors is the whole row, in which there may be a password.
_WITH_ROW_IN_DETAIL = (psycopg.errors.NotNullViolation, psycopg.errors.CheckViolation)


@contextmanager
def _failures_explained(step: Step, work: Work) -> Iterator[None]:
    """Turns an error of PostgreSQL into one that says which step it stopped."""
    try:
        yield
    except foreign_code.CodeNotTrusted as refused:
        raise PhaseFailed(
            f'{called(work.phase)}, step "{step.name}": since the run began others have put code '
            "where it would run with your rights; the step was not begun.",
            details=refused.details,
            hint=refused.hint,
        ) from None
    except psycopg.errors.UnsafeNewEnumValueUsage as error:
        raise enum_labels.stopped(step, work, error) from error
    except psycopg.Error as error:
        if work.connection.closed or (work.atomic and isinstance(error, PASSING)):
            raise  # somebody further out knows what to do
        diagnostic = error.diag
        about = [diagnostic.schema_name, diagnostic.table_name, diagnostic.column_name]
        details = [
            ".".join(name for name in about if name),
            "" if isinstance(error, _WITH_ROW_IN_DETAIL) else diagnostic.message_detail,
            diagnostic.message_hint,
            *getattr(error, "__notes__", ()),  # what the step knows of it
        ]
        raise PhaseFailed(
            f'{called(work.phase)}, step "{step.name}": {diagnostic.message_primary or error}',
            details=[text for text in details if text],
            hint=way_on(work.phase, work.direction, atomic=work.atomic),
        ) from error


def _run_looking(step: Step, work: Work) -> None:
    """A verification sees one moment of the database, however many queries it makes."""

    def look() -> None:
        if not work.atomic:
            work.connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        with work.words_of(step):
            step.run(work)

    work.attempt(look, limited=False)


def _run_changing(
    step: Step, direction: Direction, run: int, work: Work, loose: Sequence[str]
) -> int:
    def state(name: str, rows: int) -> StepState:
        return StepState(work.phase, direction, step.name, name, step.checksum, rows)

    def finish(rows: int) -> None:
        ownership.settle(work.connection)
        if direction == "down" and step.ends:
            for name in step.ends:
                journal.erase_step(work.connection, work.phase, "up", name)
            journal.erase_loose(work.connection, work.phase, loose)
            journal.erase_step(work.connection, work.phase, "down", step.name)
            journal.add_rows(work.connection, run, rows)
        elif step.repeats:
            journal.add_rows(work.connection, run, rows)
        else:
            journal.record_step(work.connection, run, state("applied", rows))

    def whole() -> int:
        with work.words_of(step):
            rows = step.run(work)
        finish(rows)
        return rows

    if step.transactional:
        return work.attempt(whole)
    if direction == "down" and step.ends:
        # From its first statement on the upgrade's step may not stand whole any more.
        journal.reopen_steps(work.connection, work.phase, step.ends)
    journal.record_step(work.connection, run, state("partial", 0))
    with work.words_of(step):
        rows = step.run(work)
    work.attempt(lambda: finish(0))  # its rows were counted batch by batch
    return rows


def _note_failure(work: Work, run: int, error: BaseException) -> None:
    """Writes the failure down where that is still possible; inside --atomic it rolls back too."""
    if work.connection.closed or work.atomic:
        return
    if isinstance(error, KeyboardInterrupt):
        text = "interrupted"
    else:
        text = error.message if isinstance(error, GnkMigrateError) else type(error).__name__
    try:
        journal.fail_run(work.connection, run, text)
    except psycopg.Error as second:
        # A run that is open without a runner counts as failed, and the first error says more.
        error.add_note(f"It is not in the journal: {second.diag.message_primary or second}")
