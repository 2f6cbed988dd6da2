"""The migrations of another tool, one after the other, and what each of them came to."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from gnkmigrate.check.changed import changed
from gnkmigrate.check.generate import ROWS
from gnkmigrate.check.other_tools import judging
from gnkmigrate.check.other_tools.bench import Bench
from gnkmigrate.check.other_tools.locks import watched
from gnkmigrate.check.other_tools.measured import Fault, Measured, Problem
from gnkmigrate.check.other_tools.proxy import door
from gnkmigrate.check.other_tools.rows_before import forget
from gnkmigrate.check.other_tools.start import Copy, Filling, ServerFactory, start
from gnkmigrate.check.other_tools.tools import Migration, ToolFails, opened
from gnkmigrate.check.other_tools.words import summary
from gnkmigrate.check.outcome import CheckResult, Point
from gnkmigrate.copies.clone import Transfer
from gnkmigrate.diff.beside import not_compared
from gnkmigrate.diff.omitted import AS_FAR, is_whole
from gnkmigrate.errors import RevisionError
from gnkmigrate.facts.snapshot import Unread
from gnkmigrate.facts.source import load_schema
from gnkmigrate.proof.stage import Found
from gnkmigrate.settings import Settings
from gnkmigrate.text.numbers import counted

_LINES = 6  # of what a way back leaves
_INSTEAD: Mapping[Fault, str] = {
    "rewrites": "Add a column beside, fill it in batches, and exchange them later.",
    "blocks": "Build an index CONCURRENTLY; add a constraint NOT VALID, and validate it later.",
    "loses": "Keep the values elsewhere first, or drop them in a later release.",
    "way-back": "Write what takes it back whole, or that there is no way back.",
}

_SEVERAL, _NONE = "several migrations are", "no migration is"
_GENERATED = (
    "Where generated rows are in its way: --from a database or SQL with rows, or none: --rows 0"
)


@dataclass(frozen=True)
class OthersOptions:
    """What the user asks for.

    Attributes:
        kind: whose migrations they are.
        folder: where they are.
        source: what they start from; None for an empty database.
        since: the last migration that is not looked at; None where the database knows, or for all.
        rows: how many to make for each table that has none, or to copy at most of each.
        allowed: what is meant, "loses" or "loses=NAME".
    """

    kind: str
    folder: Path
    source: str | None = None
    since: str | None = None
    rows: int | None = None
    allowed: Sequence[str] = ()


def check(
    settings: Settings,
    open_server: ServerFactory,
    options: OthersOptions,
    begin: Callable[[str], None],
    transfer: Transfer,
) -> CheckResult:
    """Runs a team's migrations as they are, on a copy, and says what each of them did.

    Args:
        settings: the project; its target is what they are to come to, where there is one.
        open_server: gives a throwaway server.
        options: what the user asks for.
        begin: called with the title of each point as it begins.
        transfer: gives the observer of a database's copying.

    Raises:
        RevisionError: the migrations or their tool cannot be had.
        SettingsError: what is allowed, or what they begin after, is not known.
        SchemaError, ConnectionFailed, ServerUnavailable, CloneFailed: there is no copy.
    """
    allowed = judging.allowing(options.allowed)
    with ExitStack() as stack:
        begin("copy")
        copy = stack.enter_context(
            start(options.source, options.rows, settings, open_server, transfer)
        )
        account = stack.enter_context(watched(copy.url))
        room = Path(stack.enter_context(TemporaryDirectory(prefix="migrations-of-gnkmigrate-")))
        way = stack.enter_context(door(copy.url, account))
        tool = opened(options.kind, options.folder, way, room)
        bench = Bench(copy, tool, account, settings)
        stack.callback(bench.disconnect)
        course = _Course(settings, options, bench, allowed, begin)
        course.run()
        return CheckResult(
            tuple(each.name for each in course.measured),
            copy.server.version,
            tuple(course.points),
            course.omitted,
            tuple(course.measured),
        )


@dataclass
class _Course:
    settings: Settings
    options: OthersOptions
    bench: Bench
    allowed: Sequence[tuple[str, str]]
    begin: Callable[[str], None]
    points: list[Point] = field(default_factory=list)
    measured: list[Measured] = field(default_factory=list)
    omitted: tuple[Unread, ...] = ()

    def run(self) -> None:
        """All points."""
        migrations = self.bench.tool.migrations()
        started = time.monotonic()
        earlier, pending = self._parted(migrations)
        self._run_earlier(earlier)
        which = f"{counted(len(pending), 'migration')} of {self.options.kind}"
        said = f"{which}, from {self.bench.copy.told}"
        self._add(Point.of("migrations", "", Found(said), time.monotonic() - started))
        given = ROWS if self.options.rows is None else self.options.rows
        filling = Filling(0 if self.bench.copy.has_rows else given, tuple(self.bench.tool.tables))
        for is_theirs, group in groupby(pending, key=lambda each: each.is_theirs):
            if is_theirs:
                self._look_at_all(list(group), filling)
            elif not self._has_stopped:
                self._run_unseen(list(group))
        self._add(_rows(self.bench.copy, filling))
        self._compare_with_target()

    def _look_at_all(self, migrations: Sequence[Migration], filling: Filling) -> None:
        for migration in migrations:
            if self._has_stopped:
                self._add(Point("migration", migration.name, "not reached"))
            else:
                self._look_at(migration, filling)

    @property
    def _has_stopped(self) -> bool:
        """Whether a migration has failed, on which the others build."""
        return any(each.fault == "fails" for one in self.measured for each in one.problems)

    def _add(self, point: Point) -> None:
        self.points.append(point)

    def _parted(
        self, migrations: Sequence[Migration]
    ) -> tuple[Sequence[Migration], Sequence[Migration]]:
        """Those that come before, and those that are looked at."""
        if self.options.since is None:
            return (), [each for each in migrations if not each.is_done]
        names = [each.name for each in migrations]
        found = [
            number for number, name in enumerate(names) if _is_called(name, self.options.since)
        ]
        if len(found) != 1:
            raise RevisionError(
                f"--since {self.options.since}: {_SEVERAL if found else _NONE} called so.",
                details=[names[number] for number in found] or names[-_LINES:],
                hint="Give the name of the last migration that is not to be looked at.",
            )
        after = found[0] + 1
        earlier = [each for each in migrations[:after] if not each.is_done]
        return earlier, [each for each in migrations[after:] if not each.is_done]

    def _run_earlier(self, earlier: Sequence[Migration]) -> None:
        if self.bench.copy.told == self.options.source and self.options.since is not None:
            return  # an SQL file has what was done before
        if earlier:
            self._run_unseen(earlier)

    def _run_unseen(self, migrations: Sequence[Migration]) -> None:
        """What is not looked at."""
        try:
            self.bench.tool.up(*(each.name for each in migrations))
        except ToolFails as error:
            raise RevisionError(
                f"What comes before the migrations that are looked at fails: {error.message}",
                details=error.details,
                hint="Say what they start from: --from SCHEMA.",
            ) from None

    def _look_at(self, migration: Migration, filling: Filling) -> None:
        point = Point("migration", migration.name)
        self.begin(point.title)
        started = time.monotonic()
        filling.fill(self.bench.session)
        measured = self.bench.measure(migration)
        problems = tuple(
            replace(each, allowed=judging.is_allowed(each, migration.name, self.allowed))
            for each in measured.problems
        )
        measured = replace(measured, problems=problems)
        self.measured.append(measured)
        wrong = [each for each in problems if not each.allowed]
        hint = _hint(wrong, migration.name, generated=bool(filling.made))
        found = Found(summary(measured), [each.text for each in wrong], hint)
        self._add(Point.of("migration", migration.name, found, time.monotonic() - started))

    def _compare_with_target(self) -> None:
        if not self.settings.has_target:
            said = "the settings name no target"
            self._add(Point("target", state="not run", summary=said))
            return
        if self._has_stopped:
            self._add(Point("target", state="not reached"))
            return
        self.begin("target")
        started = time.monotonic()
        forget(self.bench.session)
        target = load_schema(
            self.settings.target_source, self.settings, server=self.bench.copy.server
        )
        facts = self.bench.facts()
        gaps, self.omitted = changed(facts, target), not_compared(facts, target)
        said = "no gap is left" if is_whole(self.omitted) else f"no gap is left, {AS_FAR}"
        found = Found(said, gaps, "A migration that closes them is missing.")
        self._add(Point.of("target", "", found, time.monotonic() - started))


def _is_called(name: str, wanted: str) -> bool:
    return name == wanted or name.startswith(f"{wanted}_") or name.endswith(f"/{wanted}")


def _rows(copy: Copy, filling: Filling) -> Point:
    if copy.has_rows:
        return Point("rows", summary="the database's own")
    if not filling.rows:
        return Point("rows", state="not run", summary="none asked for")
    made = f"{counted(filling.made, 'row')} generated in {counted(filling.tables, 'table')}"
    return Point("rows", summary=made)


def _hint(problems: Sequence[Problem], name: str, *, generated: bool) -> str:
    """What to do instead, and how to say that it is meant."""
    faults = dict.fromkeys(each.fault for each in problems)
    if "fails" in faults:
        return _GENERATED if generated else ""
    if not faults:
        return ""
    instead = " ".join(_INSTEAD[fault] for fault in faults if fault in _INSTEAD)
    meant = " ".join(f"--allow {fault}={name}" for fault in faults)
    return f"{instead} Where this is meant: {meant}".strip()
