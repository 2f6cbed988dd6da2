"""A stage of a proof, and what it found; a phase that fails is a finding, and no error."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import psycopg

from gnkmigrate.copies.disk_space import NoRoom
from gnkmigrate.errors import PhaseFailed, PhaseRefused, RevisionError


@dataclass(frozen=True)
class Found:
    """What a stage came to.

    Attributes:
        summary: what was done, or why it was not.
        problems: what did not hold, a line each.
        hint: what to do about them.
        ran: False where the project does not ask for it.
    """

    summary: str
    problems: Sequence[str] = ()
    hint: str = ""
    ran: bool = True


Work: TypeAlias = Callable[[], Found]


def attempted(work: Work) -> Found:
    """What a stage found; a phase that refuses or fails is what a proof is there to find.

    Raises:
        NoRoom: the database has outgrown its disk, which says nothing about the phase.
    """
    try:
        return work()
    except (RevisionError, PhaseRefused, PhaseFailed) as error:
        if isinstance(error.__cause__, psycopg.errors.DiskFull):
            raise NoRoom(
                f"The throwaway server's disk is full. {error.message}",
                hint="Name a server with more room in GNKMIGRATE_SERVER__URL.",
            ) from error
        return Found("stopped", (error.message, *error.details), error.hint)
