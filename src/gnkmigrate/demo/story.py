"""The demonstration, scene after scene; each is done when it is yielded."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, TypeAlias

from gnkmigrate.audit.result import AuditResult
from gnkmigrate.audit.session import Wish, audit_project
from gnkmigrate.connection import Connection, DatabaseUrl, connect
from gnkmigrate.demo import data
from gnkmigrate.errors import DemoFailed
from gnkmigrate.facts.files import read_scripts
from gnkmigrate.facts.script import run_scripts
from gnkmigrate.rehearsal.moment import Moment, differences, moment
from gnkmigrate.report.summary import gaps
from gnkmigrate.run import events, runner
from gnkmigrate.run.encryption_key import made_up
from gnkmigrate.run.fingerprint import Fingerprint
from gnkmigrate.run.kept.contract import contract
from gnkmigrate.run.phase import Phase, core_of
from gnkmigrate.run.revision import load_all_phases
from gnkmigrate.run.status import Request
from gnkmigrate.servers import DEFAULT_MAJOR, Server, throwaway
from gnkmigrate.settings import Settings

# What the generated rows need: they hold texts that mean nobody and values that are too long.
_KEY_COMMAND = made_up()
POLICIES: Mapping[str, str] = {"unmapped": "archive", "overflow": "truncate"}


@dataclass(frozen=True)
class ServerStarted:
    """A throwaway server runs."""

    server: Server

    title: ClassVar[str] = "A throwaway server"


@dataclass(frozen=True)
class DatabaseFilled:
    """The report's database is there."""

    before: Mapping[str, Fingerprint]

    title: ClassVar[str] = "The database of the report"


@dataclass(frozen=True)
class Audited:
    """The database was compared with the target; `again` after the upgrade."""

    result: AuditResult
    again: bool

    @property
    def title(self) -> str:
        return "Audit again" if self.again else "Audit"


@dataclass(frozen=True)
class TriedOut:
    """All phases were carried out, rolled back, and left nothing behind."""

    phases: Sequence[Phase]

    title: ClassVar[str] = "Dry run"


@dataclass(frozen=True)
class Migrated:
    """Every phase of the core, or every optional one, was run or taken back."""

    direction: events.Direction
    optional: bool = False

    @property
    def title(self) -> str:
        up = self.direction == "up"
        if self.optional:
            return "Optional phases, one by one" if up else "And each of them taken back"
        return "Upgrade, phase by phase" if up else "Downgrade, all the way back"


@dataclass(frozen=True)
class Queried:
    """The new shape answered."""

    answers: Sequence[data.Answer]

    title: ClassVar[str] = "What the new shape answers"


@dataclass(frozen=True)
class Compared:
    """After the rollback: every table and the schema are as at the start."""

    before: Mapping[str, Fingerprint]

    title: ClassVar[str] = "Comparison with the start, row by row"


@dataclass(frozen=True)
class Contracted:
    """The old shape is gone for good, and phases have run that may not stand beside it."""

    removed: int

    title: ClassVar[str] = "Upgrade once more, contract, and what comes after it"


Scene: TypeAlias = (
    ServerStarted | DatabaseFilled | Audited | TriedOut | Migrated | Queried | Compared | Contracted
)


def tell(
    settings: Settings,
    rows: int,
    observe: events.Observer = events.ignore,
    *,
    everything: bool = False,
) -> Iterator[tuple[Scene, float]]:
    """Plays the demonstration, and yields each scene with the seconds that it took.

    Args:
        settings: the project that is shown; its server settings say where it is shown.
        rows: how many rows to generate beside those of the report.
        observe: told of what the phases do.
        everything: whether to show the optional phases as well.

    Raises:
        ServerUnavailable: there is no server to show it on.
        DemoFailed: a scene did not end as it should.
    """
    started = time.monotonic()
    with ExitStack() as stack:
        for scene in _scenes(settings, rows, observe, stack, everything=everything):
            yield scene, time.monotonic() - started
            started = time.monotonic()


def _scenes(
    settings: Settings,
    rows: int,
    observe: events.Observer,
    stack: ExitStack,
    *,
    everything: bool,
) -> Iterator[Scene]:
    server = stack.enter_context(throwaway(settings.server, DEFAULT_MAJOR))
    yield ServerStarted(server)

    url = stack.enter_context(server.database())
    session = stack.enter_context(connect(url, search_path=settings.schemas))
    _make(session, settings, rows)
    start = moment(session, url, server.major, settings)
    yield DatabaseFilled(start.rows)

    yield Audited(_audit(settings, url), again=False)

    phases = load_all_phases(settings.path(settings.migrations))
    core = core_of(phases)
    trial = Request(dry_run=True, parameters=POLICIES)
    runner.run(session, phases, "up", trial, settings)
    _require_same("the dry run", start, moment(session, url, server.major, settings))
    yield TriedOut(core)

    for phase in core:
        request = Request(phase=phase.name, parameters=POLICIES)
        runner.run(session, phases, "up", request, settings, observe)
    yield Migrated("up")

    result = _audit(settings, url)
    _require_no_gap(result)
    yield Audited(result, again=True)

    yield Queried(data.answers(session))

    if everything:
        place = _Place(server, url, session, settings, phases, observe)
        yield from _beside(place)

    runner.run(session, phases, "down", Request(), settings, observe)
    yield Migrated("down")

    _require_same("the rollback", start, moment(session, url, server.major, settings))
    yield Compared(start.rows)

    if everything:
        yield from _after_contract(place)


@dataclass(frozen=True)
class _Place:
    """The database, and what is done with it."""

    server: Server
    url: DatabaseUrl
    session: Connection
    settings: Settings
    phases: Sequence[Phase]
    observe: events.Observer

    def run(self, phase: Phase, direction: events.Direction) -> None:
        request = Request(phase=phase.name, parameters=POLICIES)
        settings = self.settings.model_copy(update={"encryption_key_command": _KEY_COMMAND})
        runner.run(self.session, self.phases, direction, request, settings, self.observe)

    def now(self) -> Moment:
        return moment(self.session, self.url, self.server.major, self.settings)

    def optional(self, *, late: bool) -> Sequence[Phase]:
        """Those that may stand beside an old shape, or may not; what exchanges a table first."""
        found = [each for each in self.phases if each.optional and each.after_contract == late]
        return sorted(found, key=lambda each: not any(step.cuts_over for step in each.up_steps))


def _beside(place: _Place) -> Iterator[Scene]:
    """Optional phases on top of the core, all of them together, and back."""
    before = place.now()
    chosen = place.optional(late=False)
    for phase in chosen:
        place.run(phase, "up")
    yield Migrated("up", optional=True)
    result = _audit(place.settings, place.url)
    _require_no_gap(result)
    yield Audited(result, again=True)
    for phase in reversed(chosen):
        place.run(phase, "down")
    _require_same("the optional phases", before, place.now())
    yield Migrated("down", optional=True)


def _after_contract(place: _Place) -> Iterator[Scene]:
    """What may not stand beside an old shape, once that is gone."""
    for phase in core_of(place.phases):
        place.run(phase, "up")
    removed = contract(place.session, place.phases, place.settings, losses_allowed=True)
    for phase in place.optional(late=True):
        place.run(phase, "up")
    _require_no_gap(_audit(place.settings, place.url))
    yield Contracted(len(removed))


def _make(session: Connection, settings: Settings, rows: int) -> None:
    if settings.baseline is None:
        raise DemoFailed("The project that is shown has no baseline.")
    scripts = read_scripts(settings.path(settings.baseline))
    run_scripts(session, scripts, settings.schemas)
    data.fill(session, rows)


def _audit(settings: Settings, url: DatabaseUrl) -> AuditResult:
    return audit_project(settings, url, Wish(), datetime.now(UTC), lambda _: None)


def _require_no_gap(result: AuditResult) -> None:
    left = gaps(result)
    if left:
        raise DemoFailed(
            "The audit still finds gaps after the upgrade.",
            details=[finding.message for finding in left],
        )


def _require_same(after: str, before: Moment, now: Moment) -> None:
    details = differences(before, now)
    if details:
        raise DemoFailed(f"The database is not as it was before {after}.", details=details)
