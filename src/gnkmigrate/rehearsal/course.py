"""The stages of a rehearsal, one after another, on a copy of the live database."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import psycopg

from gnkmigrate.audit.session import Wish, audit_project
from gnkmigrate.connection import Connection, DatabaseUrl, connect
from gnkmigrate.errors import PhaseFailed, PhaseRefused
from gnkmigrate.phases import events, runner
from gnkmigrate.phases.events import Direction
from gnkmigrate.phases.revision import Phase, load_phases
from gnkmigrate.phases.status import Request, select_up, status
from gnkmigrate.rehearsal.clone import Clone, Transfer, clone
from gnkmigrate.rehearsal.measure import WatchedSession, measured
from gnkmigrate.rehearsal.moment import Moment, differences, moment
from gnkmigrate.rehearsal.outcome import PhaseRun, Rehearsal, Round, Stage, StageName
from gnkmigrate.rehearsal.room import NoRoom
from gnkmigrate.rehearsal.sample import Selection
from gnkmigrate.rehearsal.shapes import Shape, read_shapes, write_through
from gnkmigrate.report.summary import gaps
from gnkmigrate.settings import Settings

# Stages on which all later ones build. A gap, or a claim that is not true, leaves the way back.
_GATES: frozenset[StageName] = frozenset({"copy", "dry run", "upgrade", "downgrade"})
_EVERYTHING = Selection()
_NOBODY_WAITS = 2**62  # rows; on a copy a dry run may hold its locks for as long as it likes


@dataclass(frozen=True)
class Listener:
    """Who is told how far a rehearsal is.

    Attributes:
        stage: told the name of each stage as it begins.
        transfer: gives the observer of the copying.
        phase: told of what the phases do.
    """

    stage: Callable[[StageName], None]
    transfer: Transfer
    phase: events.Observer


@dataclass(frozen=True)
class _Found:
    """What a stage came to."""

    summary: str
    problems: Sequence[str] = ()
    hint: str = ""


_Work = Callable[[], _Found]


def rehearse(
    settings: Settings,
    live: DatabaseUrl,
    parameters: Mapping[str, str],
    listener: Listener,
    selection: Selection = _EVERYTHING,
) -> Rehearsal:
    """Runs the pending phases on a copy of the live database, there, back and there again.

    What does not hold is part of the result, and no error.

    Args:
        settings: the project.
        live: the database, to which nothing is done but reading.
        parameters: answers to the revisions' questions, over those of the settings.
        listener: is told how far it is.
        selection: which of the live database's rows the copy has.

    Raises:
        RevisionError: migrations/ cannot be read, or does not fit the journal.
        PhaseRefused: a phase is half done, so there is no state to come back to.
        ConnectionFailed: no session with the live database.
        ServerUnavailable: no throwaway server of its major version.
        NoRoom: a disk is too small.
        CloneFailed: there can be no copy.
        SchemaError: the target cannot be loaded.
    """
    # What speaks against it is said before anything is copied.
    phases = load_phases(settings.path(settings.migrations))
    _require_steps(phases)
    with connect(live, read_only=True) as session:
        _pending(session, phases)
    started = time.monotonic()
    listener.stage("copy")
    with clone(settings, live, listener.transfer, selection) as copy:
        copied = _stage("copy", started, _copied(copy, selection))
        with _watched_session(settings, copy) as session:
            pending = _pending(session, phases)
            course = _Course(session, copy, _settings(settings, copy), phases, pending, parameters)
            stages = (copied, *course.run(copied, listener))
    return Rehearsal(
        database=str(live),
        server_version=copy.server.version,
        provider=copy.server.provider,
        size=copy.size,
        tables=copy.tables,
        rows=copy.rows,
        live_rows=copy.live_rows,
        masked=copy.masked,
        phases=tuple(phase.name for phase in pending),
        stages=stages,
        runs=tuple(course.runs),
    )


@contextmanager
def _watched_session(settings: Settings, copy: Clone) -> Iterator[WatchedSession]:
    path = settings.schemas
    with connect(copy.url, search_path=path, session_class=WatchedSession) as session:
        if not isinstance(session, WatchedSession):
            raise TypeError("a session is of the class that was asked for")
        yield session


def _require_steps(phases: Sequence[Phase]) -> None:
    """Has every revision say its steps, which is when a mistake in one shows.

    Raises:
        RevisionError: its steps are not sound.
    """
    for phase in phases:
        _ = phase.up_steps, phase.down_steps


def _copied(copy: Clone, selection: Selection) -> _Found:
    done = f"{copy.tables:,} tables, {copy.rows:,} rows"
    if copy.rows < copy.live_rows:
        done += f" of {copy.live_rows:,}"
    if copy.masked:
        done += f"; masked: {', '.join(copy.masked)}"
    if selection.without:
        done += f"; without the extensions {', '.join(selection.without)}"
    return _Found(done, copy.differences)


def _pending(session: Connection, phases: Sequence[Phase]) -> tuple[Phase, ...]:
    statuses = status(session, phases)
    half = [found.phase.name for found in statuses if found.state in {"failed", "running"}]
    if half:
        raise PhaseRefused(
            f"Phase {half[0]} is half done, so there is no state that a rehearsal could come "
            "back to.",
            hint=f"Finish it: gnkmigrate upgrade --phase {half[0]}; or take it back: "
            f"gnkmigrate downgrade --phase {half[0]}",
        )
    return select_up(statuses, Request())


def _settings(settings: Settings, copy: Clone) -> Settings:
    """The project's settings, where no application has to be spared."""
    limits = settings.limits.model_copy(
        update={
            "dry_run_rows": _NOBODY_WAITS,
            "pause_while": None,
            "wal_mb_per_s": None,
            "throttle": 0.0,
        }
    )
    server = settings.server.model_copy(update={"major": copy.server.major})
    return settings.model_copy(update={"limits": limits, "server": server})


def _stage(name: StageName, started: float, found: _Found) -> Stage:
    return Stage(
        name=name,
        state="failed" if found.problems else "ok",
        summary=found.summary,
        seconds=time.monotonic() - started,
        problems=tuple(found.problems),
        hint=found.hint,
    )


def _attempt(name: StageName, work: _Work) -> Stage:
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
        found = _Found("stopped", (error.message, *error.details), error.hint)
    return _stage(name, started, found)


@dataclass
class _Course:
    """The stages on one copy, with what the later ones compare with."""

    session: WatchedSession
    copy: Clone
    settings: Settings
    phases: Sequence[Phase]
    pending: Sequence[Phase]
    parameters: Mapping[str, str]
    runs: list[PhaseRun] = field(default_factory=list)
    before: dict[str, Moment] = field(default_factory=dict)
    old: tuple[Shape, ...] = ()
    observe: events.Observer = events.ignore

    def run(self, copied: Stage, listener: Listener) -> tuple[Stage, ...]:
        """Every stage after the copy."""
        self.observe = listener.phase
        works: Mapping[StageName, _Work] = {
            "dry run": self.try_out,
            "upgrade": self.upgrade,
            "verification": self.verify,
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
                listener.stage(name)
                stages.append(_attempt(name, work))
        return tuple(stages[1:])

    def try_out(self) -> _Found:
        """All phases in one transaction that is rolled back, and leaves nothing."""
        before = self.now()
        request = Request(dry_run=True, parameters=self.parameters)
        runner.run(self.session, self.phases, "up", request, self.settings)
        left = differences(before, self.now())
        return _Found("carried out and rolled back; every row and the schema are as before", left)

    def upgrade(self) -> _Found:
        """Each phase, with what there is before it, and after the last."""
        self.old = read_shapes(self.session, self.settings)
        for phase in self.pending:
            self.before[phase.name] = self.now()
            self.run_phase(phase, "up", "upgrade")
        self.before[""] = self.now()
        return _Found(_phases(self.pending, "run"))

    def verify(self) -> _Found:
        """What all phases that are done claim, asked again when all of them are."""
        results = runner.verify(self.session, self.phases, self.settings, self.observe)
        wrong = [
            line
            for result in results
            if not result.passed
            for line in (f"{result.phase}: not true: {result.name}", *result.rows)
        ]
        proven = sum(not result.reports for result in results)
        return _Found(f"{proven:,} claims of {_phases(self.phases, 'asked again')}", wrong)

    def audit(self) -> _Found:
        """The copy against the declared target."""
        target = self.settings.path(self.settings.target)
        if not target.exists():
            return _Found(
                "not compared with a target",
                (f"There is no declared target: {target} does not exist.",),
                "Declare it in gnkmigrate.toml (target); gnkmigrate init --from-url writes one.",
            )
        result = audit_project(
            self.settings, self.copy.url, Wish(), datetime.now(UTC), lambda _: None
        )
        left = [finding.message for finding in gaps(result)]
        others = len(result.findings) - len(left)
        return _Found(
            f"{len(left):,} gaps to the target, {others:,} other findings",
            left,
            "gnkmigrate plan shows what would close them; a new revision does." if left else "",
        )

    def write(self) -> _Found:
        """A row through every table, and through every view of the old shape."""
        found = write_through(self.session, self.old, self.settings)
        done = (
            f"a row written, changed and deleted through {found.tables:,} tables and "
            f"{found.views:,} views of the old shape"
        )
        if found.untried:
            done += f"; not tried: {'; '.join(found.untried)}"
        return _Found(done, found.problems)

    def downgrade(self) -> _Found:
        """Each phase taken back, and every row compared with what was there before it."""
        problems: list[str] = []
        for phase in reversed(self.pending):
            self.run_phase(phase, "down", "downgrade")
            left = differences(self.before[phase.name], self.now())
            problems += [f"not as before {phase.name}: {line}" for line in left]
        done = _phases(self.pending, "taken back, every row compared after each")
        return _Found(done, problems)

    def upgrade_again(self) -> _Found:
        """The same once more, which must come to the same schema."""
        for phase in self.pending:
            self.run_phase(phase, "up", "upgrade again")
        left = differences(self.before[""], self.now(), rows=False)
        return _Found(_phases(self.pending, "run; the schema is as after the first time"), left)

    def run_phase(self, phase: Phase, direction: Direction, round_: Round) -> None:
        """One phase, its verifications kept."""
        run = PhaseRun(phase.name, round_, 0, 0)

        def observe(event: events.Event) -> None:
            nonlocal run
            self.observe(event)
            match event:
                case events.Verified():
                    run = replace(run, verified=(*run.verified, event))
                case events.PhaseFinished():
                    run = replace(run, rows=event.rows, seconds=event.seconds)
                case _:
                    pass

        request = Request(phase=phase.name, parameters=self.parameters)
        with measured(self.session) as measurement:
            runner.run(self.session, self.phases, direction, request, self.settings, observe)
            cost = measurement.cost()
        self.runs.append(replace(run, cost=cost, estimate=self.estimate(run.seconds)))

    def estimate(self, seconds: float) -> float | None:
        """Seconds that it would take with all rows, when time grows with their number."""
        if not 0 < self.copy.rows < self.copy.live_rows:
            return None
        return seconds * self.copy.live_rows / self.copy.rows

    def now(self) -> Moment:
        """All of the copy as it is."""
        return moment(self.session, self.copy.url, self.copy.server.major, self.settings)


def _phases(phases: Sequence[Phase], what: str) -> str:
    return f"{len(phases):,} {'phase' if len(phases) == 1 else 'phases'} {what}"
