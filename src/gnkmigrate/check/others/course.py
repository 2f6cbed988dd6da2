"""The migrations of another tool, one after the other, and what each of them came to."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path

from gnkmigrate.check.changed import changed
from gnkmigrate.check.generate import ROWS
from gnkmigrate.check.others import judging
from gnkmigrate.check.others.door import door
from gnkmigrate.check.others.kept import SCHEMA, Kept, forget
from gnkmigrate.check.others.locks import Account, strongest, watched
from gnkmigrate.check.others.measured import Measured, Problem, WayBack
from gnkmigrate.check.others.start import Copy, Filling, ServerFactory, start
from gnkmigrate.check.others.storage import Storage
from gnkmigrate.check.others.tools import Migration, Tool, ToolFails, opened
from gnkmigrate.check.others.words import summary
from gnkmigrate.check.outcome import CheckResult, Found, Point
from gnkmigrate.check.wording import counted
from gnkmigrate.connection import Connection, connect
from gnkmigrate.diff.beside import not_compared
from gnkmigrate.diff.omitted import AS_FAR, is_whole
from gnkmigrate.errors import RevisionError
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot, Unread
from gnkmigrate.facts.source import load_schema
from gnkmigrate.rehearsal.clone import Transfer
from gnkmigrate.settings import Settings

_LINES = 6  # of what a way back leaves


@dataclass(frozen=True)
class Wish:
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
    wish: Wish,
    begin: Callable[[str], None],
    transfer: Transfer,
) -> CheckResult:
    """Runs a team's migrations as they are, on a copy, and says what each of them did.

    Args:
        settings: the project; its target is what they are to come to, where there is one.
        open_server: gives a throwaway server.
        wish: what the user asks for.
        begin: is told the title of each point as it begins.
        transfer: gives the observer of a database's copying.

    Raises:
        RevisionError: the migrations or their tool cannot be had.
        SettingsError: what is allowed, or what they begin after, is not known.
        SchemaError, ConnectionFailed, ServerUnavailable, CloneFailed: there is no copy.
    """
    allowed = judging.allowing(wish.allowed)
    with ExitStack() as stack:
        begin("copy")
        copy = stack.enter_context(start(wish.source, wish.rows, settings, open_server, transfer))
        account = stack.enter_context(watched(copy.url))
        tool = opened(wish.kind, wish.folder, stack.enter_context(door(copy.url, account)))
        session = stack.enter_context(connect(copy.url))
        course = _Course(settings, wish, copy, tool, session, account, allowed, begin)
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
    wish: Wish
    copy: Copy
    tool: Tool
    session: Connection
    account: Account
    allowed: Sequence[tuple[str, str]]
    begin: Callable[[str], None]
    points: list[Point] = field(default_factory=list)
    measured: list[Measured] = field(default_factory=list)
    omitted: tuple[Unread, ...] = ()

    def run(self) -> None:
        """All points."""
        migrations = self.tool.migrations()
        started = time.monotonic()
        earlier, pending = self._parted(migrations)
        self._run_earlier(earlier)
        said = f"{counted(len(pending), 'migration')} of {self.wish.kind}, from {self.copy.told}"
        self._add(Point.of("migrations", "", Found(said), time.monotonic() - started))
        given = ROWS if self.wish.rows is None else self.wish.rows
        filling = Filling(0 if self.copy.has_rows else given, tuple(self.tool.tables))
        for migration in pending:
            if any(point.group == "migration" and self._stops(point) for point in self.points):
                self._add(Point("migration", migration.name, "not reached"))
            elif not migration.is_theirs:
                self.tool.up(migration.name)
            else:
                self._look_at(migration, filling)
        self._add(_rows(self.copy, filling))
        self._compare_with_target()

    def _add(self, point: Point) -> None:
        self.points.append(point)

    def _stops(self, point: Point) -> bool:
        return point.state == "not reached" or (
            point.state == "failed"
            and any(
                each.fault == "fails"
                for measured in self.measured
                if measured.name == point.phase
                for each in measured.problems
            )
        )

    def _parted(
        self, migrations: Sequence[Migration]
    ) -> tuple[Sequence[Migration], Sequence[Migration]]:
        """Those that come before, and those that are looked at."""
        if self.wish.since is None:
            return (), [each for each in migrations if not each.is_done]
        names = [each.name for each in migrations]
        found = [number for number, name in enumerate(names) if _is_called(name, self.wish.since)]
        if len(found) != 1:
            raise RevisionError(
                f"--since {self.wish.since}: {'several migrations are' if found else 'no migration is'}"
                " called so.",
                details=[names[number] for number in found] or names[-_LINES:],
                hint="Give the name of the last migration that is not to be looked at.",
            )
        after = found[0] + 1
        earlier = [each for each in migrations[:after] if not each.is_done]
        return earlier, [each for each in migrations[after:] if not each.is_done]

    def _run_earlier(self, earlier: Sequence[Migration]) -> None:
        if self.copy.told == self.wish.source and self.wish.since is not None:
            return  # an SQL file has what was done before
        for migration in earlier:
            try:
                self.tool.up(migration.name)
            except ToolFails as error:
                raise RevisionError(
                    f"{migration.name}, which comes before what is looked at, fails: "
                    f"{error.message}",
                    details=error.details,
                    hint="Say what they start from: --from SCHEMA.",
                ) from None

    def _look_at(self, migration: Migration, filling: Filling) -> None:
        point = Point("migration", migration.name)
        self.begin(point.title)
        started = time.monotonic()
        filling.fill(self.session)
        measured = self._measure(migration)
        problems = tuple(
            replace(each, allowed=judging.is_allowed(each, migration.name, self.allowed))
            for each in measured.problems
        )
        measured = replace(measured, problems=problems)
        self.measured.append(measured)
        wrong = [each for each in problems if not each.allowed]
        hint = _hint(wrong, migration.name)
        found = Found(summary(measured), [each.text for each in wrong], hint)
        self._add(Point.of("migration", migration.name, found, time.monotonic() - started))

    def _measure(self, migration: Migration) -> Measured:
        name = migration.name
        facts = self._facts() if migration.has_way_back else None
        kept = Kept.of(self.session, self.tool.tables)
        before = Storage.of(self.session)
        self.account.locks.clear()
        self.account.refused = None
        started = time.monotonic()
        try:
            self.tool.up(name)
        except ToolFails as error:
            return Measured(name, time.monotonic() - started, problems=(self._failure(error),))
        seconds = time.monotonic() - started
        now = Storage.of(self.session)
        known = set(before.names.values())
        locks = tuple(each for each in strongest(self.account.locks) if self._counts(each.relation, known))
        rewritten = tuple(each for each in before.rewritten(now) if each in kept.with_rows)
        read = frozenset(before.read_through(now)) & kept.with_rows
        problems = [
            *judging.of_locks(locks, rewritten, read),
            *judging.of_losses(kept.losses(self.session)),
        ]
        way_back: WayBack = "none"
        if facts is not None:
            way_back, left = self._take_back(name, facts, kept)
            problems += left
        return Measured(
            name, seconds, locks, rewritten, tuple(sorted(read)), way_back, tuple(problems)
        )

    def _counts(self, relation: str, known: set[str]) -> bool:
        """Whether a relation was there before, and is nobody's but the team's."""
        own = any(fnmatchcase(relation, pattern) for pattern in self.tool.tables)
        return relation in known and not own

    def _failure(self, error: ToolFails) -> Problem:
        text = error.message
        if self.account.refused:
            message, statement = self.account.refused
            text = f"{message}: {judging.shown(statement)}"
        return Problem("fails", f"fails: {text}")

    def _take_back(
        self, name: str, facts: Snapshot, kept: Kept
    ) -> tuple[WayBack, Sequence[Problem]]:
        """Its own way back, what that leaves, and the way there once more."""
        self.account.refused = None
        try:
            self.tool.down(name)
        except ToolFails as error:
            return "fails", [Problem("way-back", f"the way back {self._failure(error).text}")]
        left = [*changed(facts, self._facts()), *kept.losses(self.session).lines]
        problems = [Problem("way-back", f"after the way back: {line}") for line in left[:_LINES]]
        if len(left) > _LINES:
            problems.append(Problem("way-back", f"and {len(left) - _LINES:,} lines more"))
        try:
            self.tool.up(name)
        except ToolFails as error:
            failure = self._failure(error)
            problems.append(Problem("fails", f"after its way back it {failure.text}"))
        return "not whole" if problems else "whole", problems

    def _facts(self) -> Snapshot:
        settings = self.settings
        own = [*self.tool.tables, *(f"{each}.*" for each in self.tool.tables), SCHEMA, f"{SCHEMA}.*"]
        return read_snapshot(
            self.session, ignore=[*settings.ignore, *own], schemas=settings.read_schemas
        )

    def _compare_with_target(self) -> None:
        if not self.settings.has_target:
            said = "the settings name no target"
            self._add(Point("target", state="not run", summary=said))
            return
        if any(self._stops(point) for point in self.points):
            self._add(Point("target", state="not reached"))
            return
        self.begin("target")
        started = time.monotonic()
        forget(self.session)
        target = load_schema(self.settings.target_source, self.settings, server=self.copy.server)
        facts = self._facts()
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


def _hint(problems: Sequence[Problem], name: str) -> str:
    faults = dict.fromkeys(each.fault for each in problems if each.fault != "fails")
    if not faults or any(each.fault == "fails" for each in problems):
        return ""
    return f"Where this is meant: {' '.join(f'--allow {fault}={name}' for fault in faults)}"
