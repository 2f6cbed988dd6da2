"""What somebody says, from any shell, to a backfill that is running: the journal carries it.

It holds for the run. One that was cut off and goes on keeps to it; see journal.begin_run.
"""

from dataclasses import asdict, dataclass
from typing import Any

from psycopg import errors, sql
from psycopg.types.json import Jsonb

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.run import journal, journal_notes, one_runner, trust
from gnkmigrate.run.called import is_plan
from gnkmigrate.settings import LimitSettings

_TUNE = """
INSERT INTO gnkmigrate.memory (phase, key, value) VALUES (%s, %s, %s)
ON CONFLICT (phase, key) DO UPDATE SET value = memory.value || excluded.value
RETURNING value
"""


@dataclass(frozen=True)
class Tuning:
    """What was said; None where nothing was.

    Attributes:
        throttle: rest after each batch, as a multiple of the time that it took.
        workers: sessions at once.
        batch_rows: rows of one transaction at most.
        paused: whether it is to wait until somebody says otherwise.
    """

    throttle: float | None = None
    workers: int | None = None
    batch_rows: int | None = None
    paused: bool | None = None

    def applied_to(self, limits: LimitSettings) -> LimitSettings:
        """The limits that hold now."""
        said = self.said
        changed: dict[str, Any] = {
            name: said[name] for name in ("throttle", "batch_rows") if name in said
        }
        return limits.model_copy(update=changed)

    @property
    def said(self) -> dict[str, Any]:
        """What was said, by name."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    def __str__(self) -> str:
        """Such as "throttle 2, workers 1, paused"."""
        numbers = {
            "throttle": self.throttle,
            "workers": self.workers,
            "batch size": self.batch_rows,
        }
        words = [f"{name} {value:g}" for name, value in numbers.items() if value is not None]
        if self.paused is not None:
            words.append("paused" if self.paused else "not paused")
        return ", ".join(words)


UNTUNED = Tuning()


def tuning(connection: Connection, phase: str) -> Tuning:
    """What holds for a phase that is running."""
    return Tuning(**(journal_notes.recall(connection, phase, journal_notes.TUNING) or {}))


def tune(connection: Connection, change: Tuning) -> tuple[str, Tuning]:
    """Changes what holds for the run that is under way.

    Args:
        connection: a session in autocommit.
        change: what is said anew; the rest stays.

    Returns:
        The phase that is running, and what holds for it now.

    Raises:
        PhaseRefused: nothing is running that could be tuned, or the role may not say so.
    """
    phase = _running(connection)
    trust.require(connection, writing=True)
    try:
        row = connection.execute(
            _TUNE, (phase, journal_notes.TUNING, Jsonb(change.said))
        ).fetchone()
    except errors.InsufficientPrivilege as error:
        user = sql.Identifier(connection.info.user).as_string()
        raise PhaseRefused(
            f"Role {user} may not write to gnkmigrate's journal in {connection.info.dbname}.",
            hint="Connect as the role that runs the upgrade.",
        ) from error
    return phase, Tuning(**(row[0] if row else {}))


def _running(connection: Connection) -> str:
    """The phase that is running."""
    holder = one_runner.holder(connection)
    last = [run for run in journal.runs(connection)[-1:] if run.state == "running"]
    phases = [run.phase for run in last if not is_plan(run.phase)]
    if holder is not None and phases:
        return phases[0]
    raise PhaseRefused(
        f"Nothing that could be tuned is running in {connection.info.dbname}.",
        details=[f"another gnkmigrate is at work, which has no backfill: {holder}"]
        if holder
        else [],
        hint="A phase that upgrade or downgrade runs step by step can be tuned. Before it begins: "
        "gnkmigrate upgrade --throttle, --workers, --batch-size",
    )
