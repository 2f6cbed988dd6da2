"""One database on a throwaway server that goes from the baseline to the target and back."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import fnmatchcase

from gnkmigrate import own_objects
from gnkmigrate.check import expected, old_shape
from gnkmigrate.check.changed import changed
from gnkmigrate.check.fill import fill
from gnkmigrate.check.table_rows import Rows, read_tables, read_views
from gnkmigrate.copies.unhurried import unhurried
from gnkmigrate.diff.beside import not_compared
from gnkmigrate.diff.omitted import AS_FAR, is_whole
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot, Unread
from gnkmigrate.facts.source import DeclaresNothing, load_schema, nothing_beside
from gnkmigrate.postgres.connection import connect
from gnkmigrate.proof.stage import Found
from gnkmigrate.proof.state import State, differences
from gnkmigrate.proof.testbed import Ground
from gnkmigrate.run import optional_changes
from gnkmigrate.run.fingerprint import divergences, fingerprint
from gnkmigrate.run.kept.contract import contract
from gnkmigrate.run.phase import Phase, core_of
from gnkmigrate.servers import Server
from gnkmigrate.settings import Settings
from gnkmigrate.text.numbers import counted

_AT_HEAD = ""  # no phase is called so


@dataclass(frozen=True)
class _State:
    """What the database was: as pg_dump has it, and as facts, which are had ten times faster."""

    whole: State
    facts: Snapshot


@dataclass
class Trial:
    """The database, and what it was before each phase.

    Attributes:
        ground: the database, and the phases that are run there.
        server: it is on.
        before: what there was before each phase, by its name.
        beside: what there was after each optional phase, by its name.
        old: the baseline's rows, by table.
        began: when, by this machine's clock.
        omitted: what the comparison with the target has left out.
    """

    ground: Ground
    server: Server
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
            without_key = settings.model_copy(update={"encryption_key_command": ()})  # in CI
            quiet = unhurried(without_key, server.major)
            yield cls(Ground(session, url, server.major, quiet, phases, parameters), server)

    def fill(self, rows: int) -> Found:
        """The baseline, with the project's rows or generated ones.

        Raises:
            SchemaError: the baseline or its rows cannot be loaded.
        """
        session, settings = self.ground.session, self.ground.settings
        found = fill(session, settings, rows, makes_roles=self.server.is_ours)
        self.old = read_tables(session, settings.schemas[0])
        return found

    def compare_with_expected(self, *, update: bool) -> Found:
        """What the rows have become, and what they were to become.

        Raises:
            SettingsError: the file that says so cannot be read.
        """
        if self.ground.settings.expected_rows is None:
            return Found("the settings name no file in expected_rows", ran=False)
        file = self.ground.settings.path(self.ground.settings.expected_rows)
        found = expected.steady(self._rows_at_head(), self.old, self.began)
        if update:
            expected.write_expected(file, found)
            return Found(f"{self.ground.settings.expected_rows} written; read it, and commit it")
        return Found(
            f"every row is as in {self.ground.settings.expected_rows}",
            tuple(expected.differences(expected.read_expected(file), found)),
            "Where this is what you want: gnkmigrate check --update-expected",
        )

    def _rows_at_head(self) -> Rows:
        ignored = self.ground.settings.ignore
        return {
            name: rows
            for schema in self.ground.settings.schemas
            for table, rows in read_tables(self.ground.session, schema).items()
            for name in [f"{schema}.{table}"]
            if not any(fnmatchcase(name, pattern) for pattern in ignored)
        }

    def try_out(self) -> Found:
        """All phases in one transaction that is rolled back, and leaves nothing."""
        found, after = self.ground.try_out()
        self.before = {phase.name: _State(after, self._facts()) for phase in self.ground.phases[:1]}
        return found

    def upgrade(self, phase: Phase) -> Found:
        """One phase, with what there is before it."""
        if phase.name not in self.before:
            self.before[phase.name] = self._now()
        self.ground.run(phase, "up")
        if phase.optional:
            self.beside[phase.name] = self._facts()
        return Found(counted(len(phase.up_steps), "step"))

    def contract(self) -> None:
        """The core, and then the end of the old shape."""
        ground = self.ground
        for phase in core_of(ground.phases):
            ground.run(phase, "up")
        contract(ground.session, ground.phases, ground.settings, losses_allowed=True)

    def verify(self) -> Found:
        """What all phases claim, asked again when all of them are done."""
        self.before[_AT_HEAD] = self._now()
        return self.ground.verify()

    def compare_with_target(self) -> Found:
        """What still separates the database from the declared target.

        Raises:
            SchemaError: the target cannot be loaded.
        """
        settings = self.ground.settings
        facts = self._facts()
        try:
            target = load_schema(settings.target_source, settings, server=self.server)
        except DeclaresNothing as error:
            target = nothing_beside(facts, error)
        target = optional_changes.expected(target, facts, self.ground.session)
        gaps, self.omitted = changed(facts, target), not_compared(facts, target)
        return Found(
            "no gap is left" if is_whole(self.omitted) else f"no gap is left, {AS_FAR}",
            gaps,
            "A revision that closes them is missing: gnkmigrate plan shows the SQL.",
        )

    def compare_old_shape(self) -> Found:
        """What the old application sees through the views of the old shape."""
        schema = own_objects.legacy_schema(self.ground.session)
        if schema is None:
            return Found("no view keeps the old shape", ran=False)
        views = read_views(self.ground.session, schema)
        wrong = tuple(old_shape.differences(self.old, views, schema))
        return Found(f"{counted(len(views), 'view')}: every row of the baseline as it was", wrong)

    def downgrade(self, phase: Phase) -> Found:
        """One phase taken back, every row compared with what there was before it."""
        self.ground.run(phase, "down")
        left = differences(self.before[phase.name].whole, self.ground.now())
        return Found("every row and the schema are as before it", left)

    def upgrade_again(self, phase: Phase) -> Found:
        """The phase once more, as on large tables, which must come to the same schema."""
        self.ground.run(phase, "up")
        following = (each for each in core_of(self.ground.phases) if each.number > phase.number)
        after = next((each.name for each in following), _AT_HEAD)
        reached = self.beside.get(phase.name) or self.before[after].facts
        left = changed(reached, self._facts())
        return Found("as on large tables; the same schema", left)

    def downgrade_again(self, phase: Phase) -> Found:
        """And taken back once more, as on large tables."""
        self.ground.run(phase, "down")
        before = self.before[phase.name]
        now = fingerprint(self.ground.session, self.ground.settings.read_schemas)
        rows = divergences(before.whole.rows, now)
        left = [
            *(f"not the rows that there were: {each.relation}" for each in rows),
            *changed(before.facts, self._facts()),
        ]
        return Found("as on large tables; every row is as before", left)

    def _now(self) -> _State:
        return _State(self.ground.now(), self._facts())

    def _facts(self) -> Snapshot:
        session, settings = self.ground.session, self.ground.settings
        return read_snapshot(session, ignore=settings.ignore, schemas=settings.read_schemas)
