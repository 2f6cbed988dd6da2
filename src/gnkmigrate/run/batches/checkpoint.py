"""The checkpoint of a backfill: the key ranges that are left, each as far as it has been walked.

Each range moves on in the transaction of its batch, so that whoever goes on, with however many
sessions, begins each range where it stands.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from psycopg.types.json import Jsonb

from gnkmigrate.errors import RunnerBusy
from gnkmigrate.run.batches.key_range import KeyRange, Keys
from gnkmigrate.run.work import Work

# Into how many ranges a table is divided for each session, since none takes the same time.
_RANGES_A_WORKER = 4

# `run` keeps out a session whose runner is gone and whose step somebody else has taken over.
_ADVANCE = """
UPDATE gnkmigrate.step
SET checkpoint = jsonb_set(checkpoint, ARRAY['ranges', %(place)s], %(range)s),
    rows = step.rows + %(changed)s
WHERE phase = %(phase)s AND direction = %(direction)s AND name = %(step)s AND run = %(run)s
"""
_COUNT = "UPDATE gnkmigrate.run SET rows = run.rows + %(changed)s WHERE number = %(run)s"
_RUN = """
SELECT run FROM gnkmigrate.step
WHERE phase = %(phase)s AND direction = %(direction)s AND name = %(step)s
"""


@dataclass(frozen=True)
class Checkpoint:
    """What is left of a walk.

    Attributes:
        run: the run that it belongs to.
        walked: rows walked before, in ranges that are through.
        ranges: those that are left; their `rows` have been walked as well.
    """

    run: int
    walked: int
    ranges: tuple[KeyRange, ...]

    @property
    def rows(self) -> int:
        """Rows walked so far."""
        return self.walked + sum(each.rows for each in self.ranges)

    def advance(self, work: Work, place: int, reached: KeyRange, changed: int) -> None:
        """Writes, in the transaction of a batch, how far it has come.

        Args:
            work: the session of the batch.
            place: which of the ranges it belongs to.
            reached: what is left of that range.
            changed: how many rows the batch has changed.

        Raises:
            RunnerBusy: another runner has taken the step over.
        """
        values = {
            **_step(work),
            "run": self.run,
            "place": str(place),
            "range": Jsonb(asdict(reached)),
            "changed": changed,
        }
        if not work.connection.execute(_ADVANCE, values).rowcount:
            raise RunnerBusy(
                f'Another gnkmigrate has taken over the step "{work.step}".',
                hint="Wait for it; gnkmigrate status shows how far it is.",
            )
        work.connection.execute(_COUNT, values)


def plan(work: Work, keys: Keys, workers: int) -> Checkpoint:
    """The walk of a step, from its beginning or from where it stands, and kept in the journal.

    Args:
        work: the session, in no transaction.
        keys: what is walked.
        workers: how many sessions are to walk; for several the ranges are divided.
    """
    found: dict[str, Any] | None = work.checkpoint
    if found is None:
        walked, ranges = 0, tuple(each for each in (keys.whole(work),) if each)
    else:
        known = [KeyRange.of(each) for each in found["ranges"]]
        walked = found["walked"] + sum(each.rows for each in known if each.is_through)
        ranges = tuple(each for each in known if not each.is_through)
    ((run,),) = work.connection.execute(_RUN, _step(work)).fetchall()
    walk = Checkpoint(run, walked, ranges)
    if ranges and workers > len(ranges):
        walk = _divided(work, keys, walk, workers)
    saved = {"walked": walk.walked, "ranges": [asdict(each) for each in walk.ranges]}
    work.attempt(lambda: work.save_checkpoint(saved, 0))
    return walk


def _divided(work: Work, keys: Keys, walk: Checkpoint, workers: int) -> Checkpoint:
    parts = -(-workers * _RANGES_A_WORKER // len(walk.ranges))
    divided: Sequence[KeyRange] = [
        part for each in walk.ranges for part in keys.divided(work, each, parts)
    ]
    return Checkpoint(walk.run, walk.rows, tuple(divided))


def _step(work: Work) -> dict[str, str]:
    return {"phase": work.phase, "direction": work.direction, "step": work.step}
