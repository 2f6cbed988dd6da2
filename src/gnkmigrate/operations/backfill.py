"""op.backfill: moves rows in batches along a key, each batch a transaction with its checkpoint."""

import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from textwrap import dedent
from typing import ClassVar

import psycopg

from gnkmigrate.errors import PhaseFailed, RevisionError
from gnkmigrate.kinds import locks
from gnkmigrate.run import lock_announcement, quiet_triggers
from gnkmigrate.run.batches import checkpoint, row_key
from gnkmigrate.run.batches.checkpoint import Checkpoint
from gnkmigrate.run.batches.failing_row import name_failing_row
from gnkmigrate.run.batches.key_range import KeyRange, Keys
from gnkmigrate.run.batches.pace import Pace
from gnkmigrate.run.batches.progress import Progress
from gnkmigrate.run.batches.row_key import Named, key_of, named
from gnkmigrate.run.batches.tuning import Tuning, tuning
from gnkmigrate.run.batches.workers import in_parallel
from gnkmigrate.run.lock_announcement import Span, TableLock
from gnkmigrate.run.lock_retry import PASSING
from gnkmigrate.run.names import literal, quoted
from gnkmigrate.run.quiet_triggers import Silence
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.template import render
from gnkmigrate.run.work import Work

BATCH = ":batch"


class _CrewChanged(Exception):
    """Another number of sessions is to go on from where these have come to."""


@operation("backfill")
@dataclass(frozen=True)
class Backfill(Step):
    """Runs a statement for one key range after another until the table is done.

    A batch and its checkpoint commit together, so that a killed backfill goes on with the next
    batch. The end of the key range is fixed at the start: rows that arrive later are the sync
    trigger's, which must be in force before.

    Several sessions may walk at once, each on a range of keys of its own. One that was interrupted
    goes on with any number of them.

    Attributes:
        title: the step's name.
        table: "schema.table" whose rows are walked.
        key: the column, or columns, along which they are walked; those of its key where nothing
            is said.
        sql: statements that stay correct when run twice; `:batch` stands where the condition on
            the key range goes, on the key as `alias` qualifies it.
        alias: the table's alias in `sql`; without one the key is not qualified.
        quiet: the table's own triggers do not fire, since no value of the application changes.
        at_once: the same for all rows in one statement, for `--atomic`, where look-ups that suit a
            batch are slower than a join; `sql` without its condition unless given.
        workers: how many sessions at once, unless `limits.backfill_workers` says. Their number is
            nothing that the step is made of, so it may change before it goes on.
        irreversible: why no step of downgrade() takes it back, such as that the values go with
            their column; "" where one does.
    """

    transactional: ClassVar[bool] = False
    speaks: ClassVar[bool] = True

    title: str
    table: str
    key: Named = ()
    sql: str = ""
    alias: str = ""
    quiet: bool = False
    at_once: str = ""
    workers: int = field(default=1, repr=False)
    irreversible: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if BATCH not in self.sql:
            raise RevisionError(
                f'The backfill "{self.title}" does not say where its batch goes.',
                hint="Write :batch in the WHERE clause of its SQL.",
            )

    @property
    def one_way(self) -> bool:
        return bool(self.irreversible)

    @property
    def name(self) -> str:
        return self.title

    @property
    def tables(self) -> Sequence[str]:
        return (self.table,)

    @property
    def locks(self) -> Sequence[TableLock]:
        # A role that cannot keep triggers quiet switches them off; see quiet_triggers.silence.
        mode = locks.SHARE_ROW_EXCLUSIVE if self.quiet else locks.ROW_EXCLUSIVE
        return lock_announcement.on(self.tables, mode, Span.BATCH)

    def _keys(self, work: Work) -> Keys:
        return Keys.of(work, self.table, key_of(work, self.table, self.key))

    def check(self, work: Work) -> Sequence[Refusal]:
        keyless = row_key.refusals(work, self.table, self.key)
        if keyless or not work.value(f"SELECT to_regclass({literal(quoted(self.table))})"):
            return keyless
        return self._keys(work).refusals(work)

    def run(self, work: Work) -> int:
        """Walks the table, or what is left of it.

        Raises:
            PhaseFailed: the table, made by an earlier step, cannot be walked along the key; or no
                lock was to be had.
            psycopg.Error: a batch failed; the notes name its row, and a trigger at fault.
        """
        keys = self._keys(work)
        for refusal in keys.refusals(work):
            raise PhaseFailed(
                f'Phase {work.phase}, step "{self.title}": {refusal.message}', hint=refusal.hint
            )
        if work.atomic:
            return self._run_at_once(work, keys)
        progress: Progress | None = None
        while True:
            crew = self._crew(work, tuning(work.connection, work.phase))
            walk = checkpoint.plan(work, keys, crew)
            progress = progress or Progress(self._estimate(work), walk.rows)
            try:
                self._walk_all(keys, walk, progress, work, crew)
            except _CrewChanged:
                continue
            return progress.changed

    def _crew(self, work: Work, said: Tuning) -> int:
        """How many sessions are to walk at once."""
        return said.workers or work.limits.backfill_workers or self.workers

    def _walk_all(
        self, keys: Keys, walk: Checkpoint, progress: Progress, work: Work, crew: int
    ) -> None:
        """All of the ranges, to their ends."""
        step = partial(self._walk, keys, walk, progress, crew)
        workers = min(crew, len(walk.ranges))
        if workers > 1:
            in_parallel(work, workers, range(len(walk.ranges)), step)
        else:
            for place in range(len(walk.ranges)):
                step(work, place)

    def _run_at_once(self, work: Work, keys: Keys) -> int:
        """In the transaction of the whole phase: one batch, and a savepoint to look back from."""
        work.execute(f"LOCK TABLE {quoted(self.table)} IN EXCLUSIVE MODE")
        quiet = self._silence(work)
        try:
            with work.connection.transaction():
                rows = self._batch(work, self.at_once or self.sql, "true", quiet=quiet)
        except psycopg.Error as error:
            whole = None if isinstance(error, PASSING) else keys.whole(work)
            if whole is not None:
                count = work.value(f"SELECT count(*) FROM {quoted(self.table)}")
                batch = replace(whole, rows=int(count))
                name_failing_row(work, error, keys, batch, partial(self._move, keys, work, quiet))
            raise
        work.save_checkpoint({}, rows)
        return rows

    def _silence(self, work: Work) -> Silence | None:
        return quiet_triggers.silence(work, self.table) if self.quiet else None

    def _estimate(self, work: Work) -> int:
        return int(
            work.value(
                "SELECT greatest(reltuples, 0)::bigint FROM pg_catalog.pg_class"
                f" WHERE oid = {literal(quoted(self.table))}::regclass"
            )
        )

    def _walk(
        self, keys: Keys, walk: Checkpoint, progress: Progress, crew: int, work: Work, place: int
    ) -> None:
        """One of the ranges, to its end.

        Raises:
            _CrewChanged: somebody has said that more sessions are to walk, or fewer.
        """
        reached, pace = walk.ranges[place], Pace(work)
        move = partial(self._move, keys, work, self._silence(work))
        while (batch := keys.batch(work, reached, pace.rows)) is not None:
            started = time.monotonic()
            reached = reached.beyond(batch)
            advance = partial(walk.advance, work, place, reached)
            changed = self._attempt(keys, work, batch, move, advance)
            progress.add(work, batch.rows, changed)
            pace.after_batch(pace.rows, time.monotonic() - started)
            if self._crew(work, pace.tuning) != crew:
                raise _CrewChanged

    def _attempt(
        self,
        keys: Keys,
        work: Work,
        batch: KeyRange,
        move: "partial[int]",
        advance: "partial[None]",
    ) -> int:
        def move_and_advance() -> int:
            changed = move(batch)
            advance(changed)
            return changed

        try:
            return work.attempt(move_and_advance)
        except psycopg.Error as error:
            if not isinstance(error, PASSING):
                name_failing_row(work, error, keys, batch, move)
            raise

    def _move(self, keys: Keys, work: Work, quiet: Silence | None, batch: KeyRange) -> int:
        condition = batch.condition(keys, self.alias)
        alias = f"AS {self.alias}" if self.alias else ""
        lock = f"SELECT FROM {quoted(self.table)} {alias} WHERE {condition} FOR NO KEY UPDATE"
        return self._batch(work, self.sql, condition, first=lock, quiet=quiet)

    def _batch(
        self,
        work: Work,
        statements: str,
        condition: str,
        first: str = "SELECT",
        quiet: Silence | None = None,
    ) -> int:
        """Rows that the last of the statements has changed; `first` runs before them."""
        # Rendered before the keys come in, which may look like placeholders themselves.
        sql = render(statements, work.parameters).replace(BATCH, f"({condition})")
        sql = sql.strip().rstrip(";")
        if quiet is not None:
            return self._counted(work, (first, quiet.begin, sql, quiet.end))
        with quiet_triggers.quiet_triggers(work, self.table) if self.quiet else nullcontext():
            return self._counted(work, (first, "", sql, ""))

    def _counted(self, work: Work, statements: tuple[str, str, str, str]) -> int:
        """Runs statements in one round trip; gives the rows of the last one that has any.

        Args:
            work: the session.
            statements: the first one, what goes before the batch, the batch, what goes after it.
        """
        cursor = work.connection.execute("; ".join(filter(None, statements)).encode())
        rows = max(cursor.rowcount, 0)
        while cursor.nextset():
            rows = cursor.rowcount if cursor.rowcount >= 0 else rows
        return rows

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        text = dedent(render(self.sql.replace(BATCH, "true"), parameters))
        along = ", ".join(named(self.key)) or "its key"
        return (f"-- in batches along {along}\n{text.strip().rstrip(';')}",)
