"""Says before a phase runs which locks it takes, and for how long at most."""

from gnkmigrate.connection import Connection
from gnkmigrate.run import events, journal, lock_announcement
from gnkmigrate.run.events import Direction
from gnkmigrate.run.executor import InForce, pending_steps
from gnkmigrate.run.phase import Phase
from gnkmigrate.settings import LimitSettings


def locks_of(
    phase: Phase, direction: Direction, connection: Connection, limits: LimitSettings
) -> events.LocksAnnounced:
    """The locks of what is left to run of one direction of a phase.

    Raises:
        RevisionError: a step that stands has been edited since.
    """
    in_force = InForce.of(phase.name, journal.steps(connection))
    found = lock_announcement.announced(connection, pending_steps(phase, direction, in_force))
    return events.LocksAnnounced(
        phase.name, tuple((lock.table, lock.mode, lock.lasts(limits)) for lock in found)
    )
