"""Says before a phase runs which locks it takes, and for how long at most."""

from collections.abc import Sequence

from gnkmigrate.postgres.connection import Connection
from gnkmigrate.run import events, lock_announcement
from gnkmigrate.run.events import Direction
from gnkmigrate.run.in_force import InForce, pending_steps
from gnkmigrate.run.journal import StepState
from gnkmigrate.run.phase import Phase
from gnkmigrate.settings import LimitSettings


def locks_of(
    phase: Phase,
    direction: Direction,
    states: Sequence[StepState],
    connection: Connection,
    limits: LimitSettings,
) -> events.LocksAnnounced:
    """The locks of what is left to run of one direction of a phase.

    Args:
        phase: the phase.
        direction: which.
        states: the steps in force, from the journal.
        connection: a session with the database.
        limits: for how long each lock may last.

    Raises:
        RevisionError: a step that stands has been edited since.
    """
    in_force = InForce.of(phase.name, states)
    found = lock_announcement.announced(connection, pending_steps(phase, direction, in_force))
    return events.LocksAnnounced(
        phase.name, tuple((lock.table, lock.mode, lock.lasts(limits)) for lock in found)
    )
