"""What the executor tells while it works; the command line writes it down."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

Direction = Literal["up", "down"]


@dataclass(frozen=True)
class PhaseStarted:
    """A phase begins, with `steps` steps of which `done` are in force already."""

    phase: str
    direction: Direction
    steps: int
    done: int


@dataclass(frozen=True)
class StepStarted:
    phase: str
    step: str
    number: int


@dataclass(frozen=True)
class StepProgress:
    """How far a step in batches is.

    Attributes:
        rows: rows of its table that it has walked, those of an earlier run included.
        total: rows of its table, about, by the statistics; 0 when they are not known.
        rate: rows a second in this run.
        seconds_left: how long the rest takes at this rate, about; None when `total` does not say.
    """

    phase: str
    step: str
    rows: int
    total: int
    rate: float
    seconds_left: float | None


@dataclass(frozen=True)
class Paused:
    """A step in batches waits, for `reason`."""

    phase: str
    step: str
    reason: str


@dataclass(frozen=True)
class StepFinished:
    phase: str
    step: str
    number: int
    rows: int
    seconds: float


@dataclass(frozen=True)
class LockAwaited:
    """A lock was not granted in time; the step starts again after `pause` seconds."""

    phase: str
    step: str
    attempt: int
    pause: float
    blockers: tuple[str, ...]


@dataclass(frozen=True)
class Reconnecting:
    """The session was lost; another is sought, and the work goes on where the journal says."""

    reason: str
    pause: float


@dataclass(frozen=True)
class Verified:
    """The result of one verification: the rows that speak against it, or a value reported.

    Attributes:
        reports: True where `value` is worth knowing and never wrong.
    """

    phase: str
    name: str
    passed: bool
    value: str
    rows: tuple[str, ...] = ()
    reports: bool = False


@dataclass(frozen=True)
class PhaseFinished:
    phase: str
    direction: Direction
    rows: int
    seconds: float


@dataclass(frozen=True)
class Compared:
    """Before a cutover all new rows were found to be what the old ones say; `rows` of them."""

    phase: str
    step: str
    rows: int
    seconds: float


@dataclass(frozen=True)
class CutoverDeferred:
    """A phase has stopped before `step`, with old and new in step, as it was asked to."""

    phase: str
    step: str


@dataclass(frozen=True)
class Drifted:
    """What is not as the last run left it, each in words; with a plan also at its end."""

    changes: tuple[str, ...]


@dataclass(frozen=True)
class LocksAnnounced:
    """Before a phase: the strongest lock that it takes on each table that is there.

    Attributes:
        phase: whose.
        locks: (table, mode, how long at most).
    """

    phase: str
    locks: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class TablesTouched:
    """What a dry run is about to lock.

    Attributes:
        phases: whose steps it will run.
        tables: (table, rows), with the number of rows counted.
        sequences: those from which nobody else can draw meanwhile.
    """

    phases: tuple[str, ...]
    tables: tuple[tuple[str, int], ...]
    sequences: tuple[str, ...] = ()


@dataclass(frozen=True)
class BackupMade:
    """The whole database was saved before the first phase.

    Attributes:
        file: the path of the dump; its manifest is beside it.
        size: of the dump, in bytes.
        sha256: of the dump, in hexadecimal.
    """

    file: str
    size: int
    sha256: str


Event: TypeAlias = (
    PhaseStarted
    | StepStarted
    | StepProgress
    | Paused
    | StepFinished
    | LockAwaited
    | Reconnecting
    | Verified
    | PhaseFinished
    | Compared
    | CutoverDeferred
    | Drifted
    | LocksAnnounced
    | TablesTouched
    | BackupMade
)
Observer: TypeAlias = Callable[[Event], None]


def ignore(event: Event) -> None:
    """The observer that has nothing to say."""
    del event
