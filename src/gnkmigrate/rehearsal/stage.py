"""One stage: it is tried, and what it came to is written down, whether it held or not."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import psycopg

from gnkmigrate.errors import PhaseFailed, PhaseRefused
from gnkmigrate.rehearsal.outcome import Stage, StageName
from gnkmigrate.rehearsal.room import NoRoom


@dataclass(frozen=True)
class Found:
    """What a stage came to."""

    summary: str
    problems: Sequence[str] = ()
    hint: str = ""


Work: TypeAlias = Callable[[], Found]


def ended(name: StageName, started: float, found: Found) -> Stage:
    """The stage that began at `started`, by time.monotonic(), and came to `found`."""
    return Stage(
        name=name,
        state="failed" if found.problems else "ok",
        summary=found.summary,
        seconds=time.monotonic() - started,
        problems=tuple(found.problems),
        hint=found.hint,
    )


def attempt(name: StageName, work: Work) -> Stage:
    """One stage; a phase that refuses or fails is what a rehearsal is there to find.

    Raises:
        NoRoom: the copy has outgrown its disk, which says nothing about the phase.
    """
    started = time.monotonic()
    try:
        found = work()
    except (PhaseRefused, PhaseFailed) as error:
        if isinstance(error.__cause__, psycopg.errors.DiskFull):
            raise NoRoom(
                f"The throwaway server's disk is full. {error.message}",
                hint="Name a server with more room in GNKMIGRATE_SERVER__URL.",
            ) from error
        found = Found("stopped", (error.message, *error.details), error.hint)
    return ended(name, started, found)
