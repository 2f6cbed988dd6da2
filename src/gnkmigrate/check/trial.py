"""One database on a throwaway server that goes from the baseline to the target and back."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import fnmatchcase

from gnkmigrate import own
from gnkmigrate.check import expected, old_shape
from gnkmigrate.check.changed import changed
from gnkmigrate.check.fill import fill
from gnkmigrate.check.listing import Rows, read_tables, read_views
from gnkmigrate.check.outcome import Found
from gnkmigrate.connection import Connection, DatabaseUrl, connect
from gnkmigrate.diff.beside import not_compared
from gnkmigrate.diff.omitted import AS_FAR, is_whole
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot, Unread
from gnkmigrate.facts.source import DeclaresNothing, load_schema, nothing_beside
from gnkmigrate.rehearsal.moment import Moment, differences, moment
from gnkmigrate.run import optional_changes, runner, verify
from gnkmigrate.run.encryption_key import made_up
from gnkmigrate.run.events import Direction
from gnkmigrate.run.fingerprint import divergences, fingerprint
from gnkmigrate.run.kept.contract import contract
from gnkmigrate.run.phase import Phase, core_of
from gnkmigrate.run.status import Request
from gnkmigrate.servers import Server
from gnkmigrate.settings import Settings
from gnkmigrate.text.numbers import counted

_AT_HEAD = ""  # no phase is called so
# Where there is no key in the environment.
_KEY_COMMAND = made_up()


@dataclass(frozen=True)
class _State:
    """What the database was: as pg_dump has it, and as facts, which are had ten times faster."""

    whole: Moment
    facts: Snapshot


@dataclass
class Trial:
    """The database, and what it was before each phase.

    Attributes:
        session: the only one.
        url: the same database.
        server: it is on.
        settings: the project's, without any regard for an application.
        phases: all of them.
        parameters: answers to the revisions' questions.
        before: what there was before each phase, by its name.
        beside: what there was after each optional phase, by its name.
        old: the baseline's rows, by table.
        began: when, by this machine's clock.
        omitted: what the comparison with the target has left out.
    """

    session: Connection
    url: DatabaseUrl
    server: Server
    settings: Settings
    phases: Sequence[Phase]
    parameters: Mapping[str, str]
    before: dict[str, _State] = field(default_factory=dict)
    beside: dict[str, Snapshot] = field(default_factory=dict)
    old: Rows = field(default_factory=dict)
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    omitted: tuple[Unread, ...] = ()

    @classmethod
    @contextmanager
    def on(
        cls,
        server: Server,
        settings: Settings,
        phases: Sequence[Phase],
        parameters: Mapping[str, str],
    ) -> Iterator["Trial"]:
        """A new, empty database, for as long as the block lasts."""
        with server.database() as url, connect(url, search_path=settings.schemas) as session:
            yield cls(session, url, server, _undisturbed(settings), phases, parameters)

    def fill(self, rows: int) -> Found:
        """The baseline, with the project's rows or generated ones.

        Raises:
            SchemaError: the baseline or its rows cannot be loaded.
        """
        found = fill(self.session, self.settings, rows, makes_roles=self.server.is_ours)
        self.old = read_tables(self.session, self.settings.schemas[0])
        return found

    def compare_with_expected(self, *, update: bool) -> Found:
        """What the rows have become, and what they were to become.

        Raises:
            SettingsError: the file that says so cannot be read.
        """
        if self.settings.expected_rows is None:
            return Found("the settings name no file in expected_rows", ran=False)
        file = self.settings.path(self.settings.expected_rows)
        found = expected.steady(self._rows_at_head(), self.old, self.began)
        if update:
            expected.write_expected(file, found)
            return Found(f"{self.settings.expected_rows} written; read it, and commit it")
        return Found(
            f"every row is as in {self.settings.expected_rows}",
            tuple(expected.differences(expected.read_expected(file), found)),
            "Where this is what you want: gnkmigrate check --update-expected",
        )

    def _rows_at_head(self) -> Rows:
        ignored = self.settings.ignore
        return {
            name: rows
            for schema in self.settings.schemas
            for table, rows in read_tables(self.session, schema).items()
            for name in [f"{schema}.{table}"]
            if not any(fnmatchcase(name, pattern) for pattern in ignored)
        }

    def try_out(self) -> Found:
        """All phases in one transaction that is rolled back, and leaves nothing."""
        before = self._now()
        request = Request(dry_run=True, parameters=self.parameters)
        runner.run(self.session, self.phases, "up", request, self.settings)
        after = self._now()
        left = differences(before.whole, after.whole)
        self.before = {phase.name: after for phase in self.phases[:1]}
        return Found("carried out and rolled back; every row and the schema are as before", left)

    def upgrade(self, phase: Phase) -> Found:
        """One phase, with what there is before it."""
        if phase.name not in self.before:
            self.before[phase.name] = self._now()
        self._run(phase, "up", self.settings)
        if phase.optional:
            self.beside[phase.name] = self._facts()
        return Found(counted(len(phase.up_steps), "step"))

    def contract(self) -> None:
        """The core, and then the end of the old shape."""
        runner.run(
            self.session, self.phases, "up", Request(parameters=self.parameters), self.settings
        )
        contract(self.session, self.phases, self.settings, losses_allowed=True)

    def verify(self) -> Found:
        """What all phases claim, asked again when all of them are done."""
        self.before[_AT_HEAD] = self._now()
        results = verify.verify(self.session, self.phases, self.settings)
        wrong = [
            line
            for result in results
            if not result.passed
            for line in (f"{result.phase}: not true: {result.name}", *result.rows)
        ]
        proven = sum(not result.reports for result in results)
        return Found(f"{counted(proven, 'claim')}, asked again with all phases done", wrong)

    def compare_with_target(self) -> Found:
        """What still separates the database from the declared target.

        Raises:
            SchemaError: the target cannot be loaded.
        """
        settings = self.settings
        facts = self._facts()
        try:
            target = load_schema(settings.target_source, settings, server=self.server)
        except DeclaresNothing as error:
            target = nothing_beside(facts, error)
        target = optional_changes.expected(target, facts, self.session)
        gaps, self.omitted = changed(facts, target), not_compared(facts, target)
        return Found(
            "no gap is left" if is_whole(self.omitted) else f"no gap is left, {AS_FAR}",
            gaps,
            "A revision that closes them is missing: gnkmigrate plan shows the SQL.",
        )

    def compare_old_shape(self) -> Found:
        """What the old application sees through the views of the old shape."""
        schema = own.legacy_schema(self.session)
        if schema is None:
            return Found("no view keeps the old shape", ran=False)
        views = read_views(self.session, schema)
        wrong = tuple(old_shape.differences(self.old, views, schema))
        return Found(f"{counted(len(views), 'view')}: every row of the baseline as it was", wrong)

    def downgrade(self, phase: Phase) -> Found:
        """One phase taken back, every row compared with what there was before it."""
        self._run(phase, "down", self.settings)
        left = differences(self.before[phase.name].whole, self._whole())
        return Found("every row and the schema are as before it", left)

    def upgrade_again(self, phase: Phase) -> Found:
        """The phase once more, as on large tables, which must come to the same schema."""
        self._run(phase, "up", self.settings)
        following = (each for each in core_of(self.phases) if each.number > phase.number)
        after = next((each.name for each in following), _AT_HEAD)
        reached = self.beside.get(phase.name) or self.before[after].facts
        left = changed(reached, self._facts())
        return Found("as on large tables; the same schema", left)

    def downgrade_again(self, phase: Phase) -> Found:
        """And taken back once more, as on large tables."""
        self._run(phase, "down", self.settings)
        before = self.before[phase.name]
        now = fingerprint(self.session, self.settings.read_schemas)
        rows = divergences(before.whole.rows, now)
        left = [
            *(f"not the rows that there were: {each.relation}" for each in rows),
            *changed(before.facts, self._facts()),
        ]
        return Found("as on large tables; every row is as before", left)

    def _now(self) -> _State:
        return _State(self._whole(), self._facts())

    def _whole(self) -> Moment:
        return moment(self.session, self.url, self.server.major, self.settings)

    def _facts(self) -> Snapshot:
        settings = self.settings
        return read_snapshot(self.session, ignore=settings.ignore, schemas=settings.read_schemas)

    def _run(self, phase: Phase, direction: Direction, settings: Settings) -> None:
        request = Request(phase=phase.name, parameters=self.parameters)
        runner.run(self.session, self.phases, direction, request, settings)


def _undisturbed(settings: Settings) -> Settings:
    """The project's settings, where no application has to be spared."""
    limits = settings.limits.model_copy(
        update={"pause_while": None, "wal_mb_per_s": None, "throttle": 0.0}
    )
    return settings.model_copy(
        update={"limits": limits, "trust_triggers": True, "encryption_key_command": _KEY_COMMAND}
    )
