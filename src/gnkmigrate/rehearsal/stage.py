"""One stage: it is tried, and what it came to is written down, whether it held or not."""

import time

from gnkmigrate.proof.stage import Found, Work, attempted
from gnkmigrate.rehearsal.outcome import Stage, StageName


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
    """One stage.

    Raises:
        NoRoom: the copy has outgrown its disk, which says nothing about the phase.
    """
    started = time.monotonic()
    return ended(name, started, attempted(work))
