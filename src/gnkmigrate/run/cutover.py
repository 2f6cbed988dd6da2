"""The cutover: the moment at which the new shape takes the old one's place.

A phase may stop before it (`upgrade --defer-cutover`). Triggers go on keeping old and new in step
until somebody says when (`gnkmigrate cutover`), or takes the phase back.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from gnkmigrate.run import events, journal, journal_notes
from gnkmigrate.run.step import Step
from gnkmigrate.run.work import Work

# A second time it waits as long as it has waited.
_WAIT = """
INSERT INTO gnkmigrate.memory (phase, key, value)
VALUES (%s, %s, pg_catalog.jsonb_build_object('step', %s::text,
                                              'since', pg_catalog.clock_timestamp()))
ON CONFLICT (phase, key) DO UPDATE SET value = excluded.value
WHERE memory.value ->> 'step' <> excluded.value ->> 'step'
"""


@dataclass(frozen=True)
class Waiting:
    """A phase that waits for its cutover.

    Attributes:
        step: the step before which it stopped.
        since: when it did.
    """

    step: str
    since: datetime

    @classmethod
    def of(cls, noted: Any) -> Self:
        """What the journal has noted of it."""
        return cls(noted["step"], datetime.fromisoformat(noted["since"]))


@dataclass(frozen=True)
class Comparing:
    """How far the last comparison of old and new rows came.

    Attributes:
        step: the step before which they were compared.
        rows: new rows compared.
        total: how many there are, about; 0 where that is not known.
        agreed: whether it came to its end, and all were what they are to be.
        at: when that was so.
    """

    step: str
    rows: int
    total: int
    agreed: bool
    at: datetime

    @classmethod
    def of(cls, noted: Any) -> Self:
        """What the journal has noted of it."""
        return cls(**{**noted, "at": datetime.fromisoformat(noted["at"])})


def onwards(steps: Sequence[Step]) -> Sequence[Step]:
    """The first cutover that is left, and what comes after it: nothing of it has begun.

    What only looks, such as op.guard and op.expect_table, is about the beginning of the phase.
    """
    left = itertools.dropwhile(lambda step: not step.cuts_over, steps)
    return tuple(step for step in left if step.changes)


def wait(step: Step, run: int, work: Work) -> None:
    """Closes a run before `step`, and notes that its phase waits."""
    with work.connection.transaction():
        journal.finish_run(work.connection, run, head=journal.KEPT)
        work.connection.execute(_WAIT, (work.phase, journal_notes.CUTOVER, step.name))
    work.observe(events.CutoverDeferred(work.phase, step.name))
