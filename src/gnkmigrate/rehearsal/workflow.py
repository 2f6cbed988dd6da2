"""The stages of a rehearsal after the copy, one after another."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from gnkmigrate.audit.options import AuditOptions
from gnkmigrate.audit.session import audit_project
from gnkmigrate.copies.clone import Clone
from gnkmigrate.proof.schema import Schema
from gnkmigrate.proof.stage import Found, Work
from gnkmigrate.proof.state import State, differences, schema, schema_differences
from gnkmigrate.proof.testbed import Ground
from gnkmigrate.rehearsal.measure import WatchedSession, measured
from gnkmigrate.rehearsal.outcome import PhaseRun, Round, Stage, StageName
from gnkmigrate.rehearsal.shapes import Shape, read_shapes, write_through
from gnkmigrate.rehearsal.stage import attempt
from gnkmigrate.run import events
from gnkmigrate.run.events import Direction
from gnkmigrate.run.phase import Phase
from gnkmigrate.text.numbers import counted

# Stages on which all later ones build. A gap, or a claim that is not true, leaves the way back.
_GATES: frozenset[StageName] = frozenset({"copy", "dry run", "upgrade", "downgrade"})


@dataclass
class Course:
    """The stages on one copy, with what the later ones compare with.

    Attributes:
        session: a session with the copy, which keeps watch on locks.
        copy: of the live database.
        ground: the same two, with the project and all of its phases.
        pending: the phases that are run.
        runs: what each run of a phase came to.
        before: what there was before each phase, by name.
        reached: the schema after the last phase.
        old: the tables and views of the old shape.
    """

    session: WatchedSession
    copy: Clone
    ground: Ground
    pending: Sequence[Phase]
    runs: list[PhaseRun] = field(default_factory=list)
    before: dict[str, State] = field(default_factory=dict)
    reached: Schema = field(default_factory=Schema)
    old: tuple[Shape, ...] = ()

    def run(self, copied: Stage, begin: Callable[[StageName], None]) -> tuple[Stage, ...]:
        """Every stage after the copy, which `copied` tells of; `begin` hears of each."""
        works: Mapping[StageName, Work] = {
            "dry run": self.try_out,
            "upgrade": self.upgrade,
            "verification": self.ground.verify,
            "audit": self.audit,
            "both shapes": self.write,
            "downgrade": self.downgrade,
            "upgrade again": self.upgrade_again,
        }
        stages = [copied]
        for name, work in works.items():
            if any(stage.name in _GATES and stage.state == "failed" for stage in stages):
                stages.append(Stage(name, "not reached"))
            else:
                begin(name)
                stages.append(attempt(name, work))
        return tuple(stages[1:])

    def try_out(self) -> Found:
        """All phases in one transaction that is rolled back, and leaves nothing."""
        found, after = self.ground.try_out()
        self.before = {phase.name: after for phase in self.pending[:1]}
        return found

    def upgrade(self) -> Found:
        """Each phase, with what there is before it, and after the last."""
        self.old = read_shapes(self.session, self.ground.settings)
        for phase in self.pending:
            if phase.name not in self.before:
                self.before[phase.name] = self.ground.now()
            self.run_phase(phase, "up", "upgrade")
        self.reached = self.schema()
        return Found(_phases(self.pending, "run"))

    def audit(self) -> Found:
        """The copy against the declared target."""
        if not self.ground.settings.has_target:
            target = self.ground.settings.target_source
            return Found(
                "not compared with a target",
                (f"There is no declared target: {target} does not exist.",),
                "Declare it in gnkmigrate.toml (target); gnkmigrate init --from-url writes one.",
            )
        result = audit_project(
            self.ground.settings, self.copy.url, AuditOptions(), datetime.now(UTC), lambda _: None
        )
        left = [finding.message for finding in result.gaps]
        others = len(result.findings) - len(left)
        return Found(
            f"{len(left):,} gaps to the target, {others:,} other findings",
            left,
            "gnkmigrate plan shows what would close them; a new revision does." if left else "",
        )

    def write(self) -> Found:
        """A row through every table, and through every view of the old shape."""
        found = write_through(self.session, self.old, self.ground.settings)
        done = (
            f"a row written, changed and deleted through {found.tables:,} tables and "
            f"{found.views:,} views of the old shape"
        )
        if found.untried:
            done += f"; not tried: {'; '.join(found.untried)}"
        return Found(done, found.problems)

    def downgrade(self) -> Found:
        """Each phase taken back, and every row compared with what was there before it."""
        problems: list[str] = []
        for phase in reversed(self.pending):
            self.run_phase(phase, "down", "downgrade")
            left = differences(self.before[phase.name], self.ground.now())
            problems += [f"not as before {phase.name}: {line}" for line in left]
        done = _phases(self.pending, "taken back, every row compared after each")
        return Found(done, problems)

    def upgrade_again(self) -> Found:
        """The same once more, which must come to the same schema."""
        for phase in self.pending:
            self.run_phase(phase, "up", "upgrade again")
        left = schema_differences(self.reached, self.schema())
        return Found(_phases(self.pending, "run; the schema is as after the first time"), left)

    def run_phase(self, phase: Phase, direction: Direction, round_: Round) -> None:
        """One phase, its verifications kept."""
        run = PhaseRun(phase.name, round_, 0, 0)

        def observe(event: events.Event) -> None:
            nonlocal run
            self.ground.observe(event)
            match event:
                case events.Verified():
                    run = replace(run, verified=(*run.verified, event))
                case events.PhaseFinished():
                    run = replace(run, rows=event.rows, seconds=event.seconds)
                case _:
                    pass

        with measured(self.session) as measurement:
            self.ground.run(phase, direction, observe)
            cost = measurement.cost()
        self.runs.append(replace(run, cost=cost, estimate=self.estimate(run.seconds)))

    def estimate(self, seconds: float) -> float | None:
        """Seconds that it would take with all rows, when time grows with their number."""
        if not 0 < self.copy.rows < self.copy.live_rows:
            return None
        return seconds * self.copy.live_rows / self.copy.rows

    def schema(self) -> Schema:
        """The copy's schema as it is."""
        return schema(self.copy.url, self.copy.server.major, self.ground.settings)


def _phases(phases: Sequence[Phase], what: str) -> str:
    return f"{counted(len(phases), 'phase')} {what}"
