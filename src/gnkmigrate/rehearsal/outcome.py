"""What a rehearsal found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from gnkmigrate.audit.rehearsed import Kept
from gnkmigrate.rehearsal.measure import Cost
from gnkmigrate.run.events import Verified

StageName = Literal[
    "copy",
    "dry run",
    "upgrade",
    "verification",
    "audit",
    "both shapes",
    "downgrade",
    "upgrade again",
]
StageState = Literal["ok", "failed", "not reached"]
Round = Literal["upgrade", "downgrade", "upgrade again"]


@dataclass(frozen=True)
class Stage:
    """One part of a rehearsal.

    Attributes:
        name: which.
        state: "not reached" where an earlier stage failed on which it builds.
        summary: what was done, or what it came to.
        seconds: how long it took, comparisons included.
        problems: what did not hold, a line each; empty unless the state is "failed".
        hint: what to do about them; "" where nothing can be said.
    """

    name: StageName
    state: StageState
    summary: str = ""
    seconds: float = 0
    problems: tuple[str, ...] = ()
    hint: str = ""


@dataclass(frozen=True)
class PhaseRun:
    """One phase that was run on the copy, once.

    Attributes:
        phase: its name.
        round: the stage that ran it.
        rows: how many rows it wrote.
        seconds: how long it took, comparisons left out.
        cost: locks, rewritten tables, room and log.
        estimate: seconds that it would take with as many rows as the live database has, when
            time grows with them; None where the copy has them all.
        verified: what its verifications said, in their order.
    """

    phase: str
    round: Round
    rows: int
    seconds: float
    cost: Cost = field(default_factory=Cost)
    estimate: float | None = None
    verified: tuple[Verified, ...] = ()


@dataclass(frozen=True)
class Rehearsal:
    """A rehearsal that came to its end, well or not.

    Attributes:
        database: the live database's address, without any secret.
        server_version: server_version_num of the server with the copy.
        provider: where that server came from.
        size: bytes of the live database.
        tables: how many tables were copied.
        rows: how many rows.
        live_rows: how many rows the live database has.
        masked: columns whose text was replaced in the copy, "schema.table.column".
        phases: the pending phases, in order.
        stages: all of them, in order.
        runs: every phase that was run to its end, in the order of time.
        revisions: the checksum of each revision of the core, by the phase's name.
    """

    database: str
    server_version: int
    provider: str
    size: int
    tables: int
    rows: int
    live_rows: int
    masked: tuple[str, ...]
    phases: tuple[str, ...]
    stages: tuple[Stage, ...]
    runs: tuple[PhaseRun, ...]
    revisions: Mapping[str, str] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether everything held."""
        return all(stage.state == "ok" for stage in self.stages)

    def stage(self, name: StageName) -> Stage:
        """The stage of that name."""
        return next(stage for stage in self.stages if stage.name == name)

    def kept(self, time: datetime) -> Kept:
        """What an audit asks of it later.

        Args:
            time: when this is, with time zone.
        """
        return Kept(
            time=time,
            database=self.database,
            phases=self.phases,
            revisions=self.revisions,
            stages={stage.name: stage.state for stage in self.stages},
        )

    def of_round(self, name: Round) -> tuple[PhaseRun, ...]:
        """The runs of one stage."""
        return tuple(run for run in self.runs if run.round == name)
