"""Where every phase stands, and which of them a request is about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from gnkmigrate.errors import RevisionError
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.run import journal, journal_notes, one_runner
from gnkmigrate.run.batches.tuning import UNTUNED, Tuning
from gnkmigrate.run.called import is_plan
from gnkmigrate.run.cutover import Comparing, Waiting
from gnkmigrate.run.in_force import InForce
from gnkmigrate.run.journal import Run, StepState
from gnkmigrate.run.phase import Phase

State = Literal["pending", "running", "failed", "ready", "done"]


@dataclass(frozen=True)
class PhaseStatus:
    """Where one phase stands in one database.

    Attributes:
        phase: the phase as migrations/ has it.
        state: "failed" is also an interrupted run, or a rollback that is not through; "ready" is
            one that waits for its cutover.
        run: its last run; None when there was none.
        done_steps: steps in force now.
        edited: True where the file is not the one that ran.
        contracted: True where it can no longer be undone.
        tuning: what somebody has said of its backfills while it runs.
        waiting: its cutover, where that was deferred and is not over.
        comparison: how far the last comparison of old and new rows came before its cutover, where
            that is not over.
    """

    phase: Phase
    state: State
    run: Run | None
    done_steps: int
    edited: bool
    contracted: bool
    tuning: Tuning = UNTUNED
    waiting: Waiting | None = None
    comparison: Comparing | None = None

    @property
    def steps(self) -> int:
        return sum(step.changes for step in self.phase.up_steps)

    @property
    def started_at(self) -> datetime | None:
        return self.run.started_at if self.run and self.state != "pending" else None

    @property
    def finished_at(self) -> datetime | None:
        return self.run.finished_at if self.run and self.state != "pending" else None

    @property
    def seconds(self) -> float | None:
        """How long its last run took; None where it has not come to an end."""
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()


@dataclass(frozen=True)
class Request:
    """What a user asks the runner for.

    Attributes:
        phase: run this phase alone.
        through: run all up to this one (up), or back to before it (down).
        dry_run: execute in one transaction, then roll it back.
        atomic: one transaction a phase.
        defer_cutover: stop before the first step that puts a new shape in an old one's place.
        parameters: values for the revisions' SQL, over those of the settings.
        wait_s: seconds to wait for another runner.
    """

    phase: str | None = None
    through: str | None = None
    dry_run: bool = False
    atomic: bool = False
    defer_cutover: bool = False
    parameters: Mapping[str, str] = field(default_factory=dict)
    wait_s: float = 0


def status(connection: Connection, phases: Sequence[Phase]) -> tuple[PhaseStatus, ...]:
    """Where every phase stands.

    Raises:
        RevisionError: the journal knows a phase that migrations/ has not.
    """
    kept = journal.entries(
        connection, journal_notes.TUNING, journal_notes.CUTOVER, journal_notes.COMPARISON
    )
    last = {run.phase: run for run in kept.runs if not is_plan(run.phase)}
    states = [state for state in kept.steps if not is_plan(state.phase)]
    contract = last.pop(journal.CONTRACT, None)
    unknown = [name for name in last if name not in {phase.name for phase in phases}]
    standing = {state.phase for state in states}
    whole = {name for name in unknown if (last[name].direction, last[name].state) == ("up", "done")}
    lost = [name for name in unknown if name in whole | standing]
    if lost:
        raise RevisionError(
            f"The database has phases that migrations/ does not know: {', '.join(lost)}.",
            details=[f"{name}: a file with revision = {last[name].revision!r}" for name in lost],
            hint="Take their revision files back from version control.",
        )
    busy = one_runner.holder(connection) is not None
    return tuple(
        _noted(_status(phase, last.get(phase.name), states, contract, busy=busy), kept.notes)
        for phase in phases
    )


def _noted(found: PhaseStatus, notes: Mapping[tuple[str, str], Any]) -> PhaseStatus:
    """With what the journal has noted of a phase that is not over."""
    tuned = notes.get((found.phase.name, journal_notes.TUNING))
    if tuned and found.state == "running":
        found = replace(found, tuning=Tuning(**tuned))
    waiting = notes.get((found.phase.name, journal_notes.CUTOVER))
    if waiting and found.run:
        stopped = (found.run.direction, found.state) == ("up", "done")
        state = "ready" if stopped else found.state
        found = replace(found, state=state, edited=False, waiting=Waiting.of(waiting))
    compared = notes.get((found.phase.name, journal_notes.COMPARISON))
    if compared and found.state != "pending":
        found = replace(found, comparison=Comparing.of(compared))
    return found


def _status(
    phase: Phase,
    run: Run | None,
    states: Sequence[StepState],
    contract: Run | None,
    *,
    busy: bool,
) -> PhaseStatus:
    in_force = InForce.of(phase.name, states)
    done = sum(state.state == "applied" for state in in_force.up.values())
    state: State
    if run is None or (run.direction == "down" and run.state == "done"):
        state = "pending"
    elif run.state == "done":
        state = "done"
    elif run.state == "running" and busy:
        state = "running"
    else:
        # An upgrade whose first step failed has left nothing behind that could be taken back.
        half = in_force.up or in_force.down or run.direction == "down"
        state = "failed" if half else "pending"
    edited = state == "done" and run is not None and run.checksum != phase.checksum
    older = run is not None and contract is not None and run.number < contract.number
    contracted = older and not phase.outlives_contract
    return PhaseStatus(phase, state, run, done, edited, contracted)


def undone(statuses: Sequence[PhaseStatus]) -> tuple[PhaseStatus, ...]:
    """Phases that are not over: an optional one that nobody has asked for is none of them."""
    return tuple(
        found
        for found in statuses
        if found.state != "done" and not (found.phase.optional and found.state == "pending")
    )
