"""The demonstration, scene after scene; each is done when it is yielded."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import ClassVar, TypeAlias

from gnkmigrate.audit.options import AuditOptions
from gnkmigrate.audit.result import AuditResult
from gnkmigrate.audit.session import audit_project
from gnkmigrate.demo import data
from gnkmigrate.errors import DemoFailed
from gnkmigrate.facts.files import read_scripts
from gnkmigrate.facts.script import run_scripts
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.proof.state import differences
from gnkmigrate.proof.testbed import Ground
from gnkmigrate.run import events
from gnkmigrate.run.encryption_key import made_up
from gnkmigrate.run.fingerprint import Fingerprint
from gnkmigrate.run.kept.contract import contract
from gnkmigrate.run.phase import Phase, core_of
from gnkmigrate.run.revision import load_all_phases
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
    ground = _ground(server, url, session, settings, observe)
    start = ground.now()
    yield DatabaseFilled(start.rows)

    yield Audited(_audit(settings, url), again=False)

    core = core_of(ground.phases)
    tried, _ = replace(ground, observe=events.ignore).try_out()
    _require_same("the dry run", tried.problems)
    yield TriedOut(core)

    for phase in core:
        ground.run(phase, "up")
    yield Migrated("up")

    result = _audit(settings, url)
    _require_no_gap(result)
    yield Audited(result, again=True)

    yield Queried(data.answers(session))

    if everything:
        yield from _beside(ground)

    for phase in reversed(core):
        ground.run(phase, "down")
    yield Migrated("down")

    _require_same("the rollback", differences(start, ground.now()))
    yield Compared(start.rows)

    if everything:
        yield from _after_contract(ground)


def _ground(
    server: Server,
    url: DatabaseUrl,
    session: Connection,
    settings: Settings,
    observe: events.Observer,
) -> Ground:
    """The database, where a phase that encrypts has a key that is made up."""
    shown = settings.model_copy(update={"encryption_key_command": _KEY_COMMAND})
    phases = load_all_phases(settings.path(settings.migrations))
    return Ground(session, url, server.major, shown, phases, POLICIES, observe)


def _optional(phases: Sequence[Phase], *, late: bool) -> Sequence[Phase]:
    """Those that may stand beside an old shape, or may not; what exchanges a table first."""
    found = [each for each in phases if each.optional and each.after_contract == late]
    return sorted(found, key=lambda each: not any(step.cuts_over for step in each.up_steps))


def _beside(ground: Ground) -> Iterator[Scene]:
    """Optional phases on top of the core, all of them together, and back."""
    before = ground.now()
    chosen = _optional(ground.phases, late=False)
    for phase in chosen:
        ground.run(phase, "up")
    yield Migrated("up", optional=True)
    result = _audit(ground.settings, ground.url)
    _require_no_gap(result)
    yield Audited(result, again=True)
    for phase in reversed(chosen):
        ground.run(phase, "down")
    _require_same("the optional phases", differences(before, ground.now()))
    yield Migrated("down", optional=True)


def _after_contract(ground: Ground) -> Iterator[Scene]:
    """What may not stand beside an old shape, once that is gone."""
    for phase in core_of(ground.phases):
        ground.run(phase, "up")
    removed = contract(ground.session, ground.phases, ground.settings, losses_allowed=True)
    for phase in _optional(ground.phases, late=True):
        ground.run(phase, "up")
    _require_no_gap(_audit(ground.settings, ground.url))
    yield Contracted(len(removed))


def _make(session: Connection, settings: Settings, rows: int) -> None:
    if settings.baseline is None:
        raise DemoFailed("The project that is shown has no baseline.")
    scripts = read_scripts(settings.path(settings.baseline))
    run_scripts(session, scripts, settings.schemas)
    data.fill(session, rows)


def _audit(settings: Settings, url: DatabaseUrl) -> AuditResult:
    return audit_project(settings, url, AuditOptions(), datetime.now(UTC), lambda _: None)


def _require_no_gap(result: AuditResult) -> None:
    left = result.gaps
    if left:
        raise DemoFailed(
            "The audit still finds gaps after the upgrade.",
            details=[finding.message for finding in left],
        )


def _require_same(after: str, details: Sequence[str]) -> None:
    if details:
        raise DemoFailed(f"The database is not as it was before {after}.", details=details)
