"""Which steps of a phase stand, and which are still to run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate.errors import RevisionError
from gnkmigrate.run.events import Direction
from gnkmigrate.run.journal import StepState
from gnkmigrate.run.step import Runnable, Step


@dataclass(frozen=True)
class InForce:
    """Which steps of a phase stand, by name, from the journal.

    Attributes:
        up: steps of upgrade() whose effect stands, whole or in part.
        down: steps of downgrade() that have been done in a rollback which is not through.
    """

    up: Mapping[str, StepState]
    down: Mapping[str, StepState]

    @classmethod
    def of(cls, phase: str, states: Sequence[StepState]) -> "InForce":
        return cls(
            up={
                state.name: state
                for state in states
                if (state.phase, state.direction) == (phase, "up")
            },
            down={
                state.name: state
                for state in states
                if (state.phase, state.direction) == (phase, "down")
            },
        )


def pending_steps(phase: Runnable, direction: Direction, in_force: InForce) -> tuple[Step, ...]:
    """The steps that are still to run, in order.

    One that only looks runs again with the steps around it, but not once a later step stands:
    what it looks at may have another shape by then.

    Raises:
        RevisionError: a step that stands in part or whole has been edited since.
    """
    if direction == "up":
        _require_unedited(phase, in_force)
        standing = [place for place, step in enumerate(phase.up_steps) if step.name in in_force.up]
        last = max(standing, default=-1)
        return tuple(
            step
            for place, step in enumerate(phase.up_steps)
            if (not _applied(in_force.up.get(step.name)) if step.changes else place > last)
        )
    known = {step.name for step in phase.up_steps if step.changes}
    return tuple(
        step
        for step in phase.down_steps
        if not _applied(in_force.down.get(step.name))
        and (step.undoes in in_force.up or step.undoes not in known)
    )


def _applied(state: StepState | None) -> bool:
    return state is not None and state.state == "applied"


def _require_unedited(phase: Runnable, in_force: InForce) -> None:
    for step in phase.up_steps:
        state = in_force.up.get(step.name)
        if state is not None and state.checksum != step.checksum:
            raise RevisionError(
                f'Phase {phase.name}, step "{step.name}" has been edited since it ran.',
                hint=f"Take {phase.file.name} back from version control, or roll the phase back "
                f"with the version that ran: gnkmigrate downgrade --phase {phase.name}",
            )
