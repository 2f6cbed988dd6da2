"""The points of a check, one after another: what needs no server first."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from functools import partial

from gnkmigrate.check import revisions
from gnkmigrate.check.generate import ROWS
from gnkmigrate.check.outcome import GROUPS, CheckResult, Group, Point
from gnkmigrate.check.trial import Trial
from gnkmigrate.errors import SettingsError
from gnkmigrate.facts.files import read_scripts
from gnkmigrate.facts.snapshot import Unread
from gnkmigrate.models import is_models
from gnkmigrate.proof.stage import Found, Work, attempted
from gnkmigrate.run.phase import Phase, core_of, needed_by
from gnkmigrate.servers import Server
from gnkmigrate.settings import Settings

ServerFactory = Callable[[], AbstractContextManager[Server]]


@dataclass(frozen=True)
class CheckOptions:
    """What the user asks of a check.

    Attributes:
        rows: how many rows to make for each table where the project has no `baseline_rows`; 0
            for none at all, not even those.
        parameters: answers to the revisions' questions, over those of the settings.
        update_expected: write what the rows have become to the file of `expected_rows`.
    """

    rows: int = ROWS
    parameters: Mapping[str, str] = field(default_factory=dict)
    update_expected: bool = False


def check(
    settings: Settings,
    open_server: ServerFactory,
    options: CheckOptions,
    begin: Callable[[str], None],
) -> CheckResult:
    """Takes the baseline through all phases to the target and back, on a throwaway server.

    What does not hold is part of the result, and no error.

    Args:
        settings: the project.
        open_server: gives the server, which is asked for once the revisions can be read.
        options: what the user asks for.
        begin: called with the title of each point as it begins.

    Raises:
        SettingsError: the project has no baseline.
        SchemaError: baseline, its rows or the target cannot be loaded.
        ServerUnavailable: there is no throwaway server.
    """
    _require_schemas(settings)
    course = _Course(settings, options, begin)
    with ExitStack() as stack:
        course.run(open_server, stack)
    reached = {point.group for point in course.points}
    missing = [course.without(group) for group in GROUPS if group not in reached]
    names = tuple(phase.name for phase in course.phases)
    points = (*course.points, *missing)
    return CheckResult(names, course.server_version, points, course.omitted)


def _require_schemas(settings: Settings) -> None:
    if settings.baseline is None:
        raise SettingsError(
            "The project declares no baseline, so there is nothing to start from.",
            hint="Set `baseline` in gnkmigrate.toml to the schema before the first revision; "
            "gnkmigrate init --from-url writes it.",
        )
    declared = None if is_models(settings.target_source) else settings.target
    for path in (settings.baseline, declared, settings.baseline_rows):
        if path is not None:
            read_scripts(settings.path(path))  # what cannot be read needs no server


@dataclass
class _Course:
    """The points so far."""

    settings: Settings
    options: CheckOptions
    begin: Callable[[str], None]
    phases: Sequence[Phase] = ()
    points: list[Point] = field(default_factory=list)
    server_version: int = 0
    omitted: tuple[Unread, ...] = ()

    def run(self, open_server: ServerFactory, stack: ExitStack) -> None:
        """All points, up to the first that fails on which the others build."""
        settings = self.settings
        if not self.attempt("revisions", self.read_revisions):
            return
        self.attempt("checksums", lambda: revisions.unchanged(settings, self.phases))
        self.attempt("claims", lambda: revisions.claims(self.phases))
        server = stack.enter_context(open_server())
        self.server_version = server.version
        trial = stack.enter_context(self.trial(server))
        if not self.attempt("rows", lambda: trial.fill(self.options.rows)):
            return
        if not self.attempt("dry run", trial.try_out):
            return
        self.take_course(trial, lambda: stack.enter_context(self.trial(server)))

    def trial(self, server: Server) -> AbstractContextManager[Trial]:
        """Another database, in which nothing has been done."""
        return Trial.on(server, self.settings, self.phases, self.options.parameters)

    def take_course(self, trial: Trial, another: Callable[[], Trial]) -> bool:
        """The phases up and down; whether all of them held."""
        core = core_of(self.phases)
        optional = self.phases[len(core) :]
        late = [phase for phase in optional if phase.after_contract]
        return (
            all(self.go_up(trial, phase) for phase in core)
            and self.look(trial)
            and all(self.beside(trial, phase) for phase in optional if phase not in late)
            and all(self.there_and_back(trial, phase) for phase in reversed(core))
            and (not late or self.after_contract(another(), late))
        )

    def go_up(self, trial: Trial, phase: Phase) -> bool:
        return self.attempt("upgrade", partial(trial.upgrade, phase), phase.name)

    def look(self, trial: Trial) -> bool:
        """What is asked when the core is done; what does not hold ends nothing."""
        self.attempt("verification", trial.verify)
        self.attempt("target", trial.compare_with_target)
        self.omitted = trial.omitted
        update = self.options.update_expected
        self.attempt("expected rows", lambda: trial.compare_with_expected(update=update))
        self.attempt("old shape", trial.compare_old_shape)
        return True

    def after_contract(self, trial: Trial, late: Sequence[Phase]) -> bool:
        """Phases beside which no old shape may stand."""
        trial.fill(self.options.rows)
        trial.contract()
        return all(self.beside(trial, phase) for phase in late)

    def beside(self, trial: Trial, optional: Phase) -> bool:
        """An optional phase on top of the core, with those that it needs; whether that held."""
        needed = needed_by(optional, self.phases)
        chain = [
            phase
            for phase in self.phases
            if phase is optional or (phase.optional and phase.revision in needed)
        ]
        return (
            all(self.go_up(trial, phase) for phase in chain)
            and self.attempt("target", trial.compare_with_target, optional.name)
            and all(self.there_and_back(trial, phase) for phase in reversed(chain))
        )

    def there_and_back(self, trial: Trial, phase: Phase) -> bool:
        """A phase taken back, and tried a second time; whether that held."""
        works: Mapping[Group, Callable[[Phase], Found]] = {
            "downgrade": trial.downgrade,
            "upgrade again": trial.upgrade_again,
            "downgrade again": trial.downgrade_again,
        }
        return all(
            self.attempt(group, partial(work, phase), phase.name) for group, work in works.items()
        )

    def read_revisions(self) -> Found:
        """The revisions, which the points that follow are about."""
        self.phases = revisions.read(self.settings)
        return revisions.described(self.phases)

    def without(self, group: Group) -> Point:
        """A point that was not looked at."""
        if self.failed or self.phases:
            return Point(group, state="not reached")
        return Point(group, state="not run", summary="there is no revision yet")

    @property
    def failed(self) -> bool:
        return any(point.state == "failed" for point in self.points)

    def attempt(self, group: Group, work: Work, phase: str = "") -> bool:
        """One point; whether it held."""
        self.begin(Point(group, phase).title)
        started = time.monotonic()
        point = Point.of(group, phase, attempted(work), time.monotonic() - started)
        self.points.append(point)
        return point.state != "failed"
