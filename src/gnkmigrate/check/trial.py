"""One database on a throwaway server that goes from the baseline to the target and back."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import fnmatchcase

from gnkmigrate.catalog.load import load_sql
from gnkmigrate.catalog.script import Script, read_scripts, run_scripts
from gnkmigrate.catalog.snapshot import read_snapshot
from gnkmigrate.check import expected, old_shape
from gnkmigrate.check.generate import generate
from gnkmigrate.check.listing import Rows, read_tables, read_views
from gnkmigrate.check.outcome import Found
from gnkmigrate.connection import Connection, DatabaseUrl, connect
from gnkmigrate.diff.compare import compare
from gnkmigrate.diff.text import render_changes
from gnkmigrate.phases import runner
from gnkmigrate.phases.events import Direction
from gnkmigrate.phases.legacy import SCHEMA
from gnkmigrate.phases.revision import Phase
from gnkmigrate.phases.status import Request
from gnkmigrate.rehearsal.moment import Moment, differences, moment
from gnkmigrate.servers import Server
from gnkmigrate.settings import Settings

_AT_HEAD = ""  # no phase is called so


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
        old: the baseline's rows, by table.
        began: when, by this machine's clock.
    """

    session: Connection
    url: DatabaseUrl
    server: Server
    settings: Settings
    phases: Sequence[Phase]
    parameters: Mapping[str, str]
    before: dict[str, Moment] = field(default_factory=dict)
    old: Rows = field(default_factory=dict)
    began: datetime = field(default_factory=lambda: datetime.now(UTC))

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
        settings = self.settings
        run_scripts(self.session, _scripts(settings), settings.schemas)
        found = self._rows(rows)
        self.old = read_tables(self.session, settings.schemas[0])
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

    def _rows(self, rows: int) -> Found:
        settings = self.settings
        if not rows:
            return Found("none asked for", ran=False)
        if settings.baseline_rows is None:
            made = generate(self.session, settings.schemas, settings.ignore, rows)
            none = f"; none fit into {', '.join(made.refused)}" if made.refused else ""
            return Found(f"{made.rows:,} generated in {made.tables:,} tables{none}")
        scripts = read_scripts(settings.path(settings.baseline_rows))
        run_scripts(self.session, scripts, settings.schemas)
        return Found(f"of {settings.baseline_rows}")

    def try_out(self) -> Found:
        """All phases in one transaction that is rolled back, and leaves nothing."""
        before = self.now()
        request = Request(dry_run=True, parameters=self.parameters)
        runner.run(self.session, self.phases, "up", request, self.settings)
        left = differences(before, self.now())
        return Found("carried out and rolled back; every row and the schema are as before", left)

    def upgrade(self, phase: Phase) -> Found:
        """One phase, with what there is before it."""
        self.before[phase.name] = self.now()
        self._run(phase, "up", self.settings)
        return Found(f"{len(phase.up_steps):,} steps")

    def verify(self) -> Found:
        """What all phases claim, asked again when all of them are done."""
        self.before[_AT_HEAD] = self.now()
        results = runner.verify(self.session, self.phases, self.settings)
        wrong = [
            line
            for result in results
            if not result.passed
            for line in (f"{result.phase}: not true: {result.name}", *result.rows)
        ]
        proven = sum(not result.reports for result in results)
        return Found(f"{proven:,} claims, asked again with all phases done", wrong)

    def compare_with_target(self) -> Found:
        """What still separates the database from the declared target.

        Raises:
            SchemaError: the target cannot be loaded.
        """
        settings = self.settings
        target = load_sql(settings.path(settings.target), self.server, settings)
        reached = read_snapshot(self.session, ignore=settings.ignore, schemas=settings.schemas)
        changes = compare(reached, target)
        if not changes:
            return Found("no gap is left")
        lines = render_changes(changes, reached, target).plain.splitlines()
        return Found(
            f"{len(changes):,} gaps",
            tuple(line for line in lines if line),
            "A revision that closes them is missing: gnkmigrate plan shows the SQL.",
        )

    def compare_old_shape(self) -> Found:
        """What the old application sees through the views of the old shape."""
        views = read_views(self.session, SCHEMA)
        if not views:
            return Found("no view keeps the old shape", ran=False)
        wrong = tuple(old_shape.differences(self.old, views))
        return Found(f"{len(views):,} views show every row of the baseline as it was", wrong)

    def downgrade(self, phase: Phase) -> Found:
        """One phase taken back, every row compared with what there was before it."""
        self._run(phase, "down", self.settings)
        left = differences(self.before[phase.name], self.now())
        return Found("every row and the schema are as before it", left)

    def upgrade_again(self) -> Found:
        """All phases once more, as on large tables, which must come to the same schema."""
        for phase in self.phases:
            self._run(phase, "up", _online(self.settings))
        left = differences(self.before[_AT_HEAD], self.now(), rows=False)
        return Found("as on large tables; the schema is as after the first time", left)

    def downgrade_again(self) -> Found:
        """All of them taken back, as on large tables, to the baseline with every row."""
        for phase in reversed(self.phases):
            self._run(phase, "down", _online(self.settings))
        left = differences(self.before[self.phases[0].name], self.now()) if self.phases else ()
        return Found("as on large tables; every row and the schema are the baseline's", left)

    def now(self) -> Moment:
        """All of the database as it is."""
        return moment(self.session, self.url, self.server.major, self.settings)

    def _run(self, phase: Phase, direction: Direction, settings: Settings) -> None:
        request = Request(phase=phase.name, parameters=self.parameters)
        runner.run(self.session, self.phases, direction, request, settings)


def _scripts(settings: Settings) -> tuple[Script, ...]:
    return read_scripts(settings.path(settings.baseline)) if settings.baseline else ()


def _undisturbed(settings: Settings) -> Settings:
    """The project's settings, where no application has to be spared."""
    limits = settings.limits.model_copy(
        update={"pause_while": None, "wal_mb_per_s": None, "throttle": 0.0}
    )
    return settings.model_copy(update={"limits": limits})


def _online(settings: Settings) -> Settings:
    """With no table small enough to be rewritten in place."""
    limits = settings.limits.model_copy(update={"rewrite_rows": 0})
    return settings.model_copy(update={"limits": limits})
