"""op.backfill: moves rows in batches along a key, each batch a transaction with its checkpoint."""

import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from textwrap import dedent
from typing import ClassVar

from gnkmigrate.errors import RevisionError
from gnkmigrate.phases import relation
from gnkmigrate.phases.names import column, literal, quoted
from gnkmigrate.phases.pace import Pace
from gnkmigrate.phases.recorder import operation
from gnkmigrate.phases.step import Step
from gnkmigrate.phases.template import render
from gnkmigrate.phases.work import Work

BATCH = ":batch"
_TELL_EVERY_S = 0.5


@operation("backfill")
@dataclass(frozen=True)
class Backfill(Step):
    """Runs a statement for one key range after another until the table is through.

    A batch and its checkpoint commit together, so that a killed backfill goes on with the next
    batch. The end of the key range is fixed at the start: rows that arrive later are the sync
    trigger's, which must be in force before.

    Attributes:
        title: the step's name.
        table: "schema.table" whose rows are walked.
        key: its unique, ordered column.
        sql: statements that stay correct when run twice; `:batch` stands where the condition on
            the key range goes, on the column as `alias` qualifies it.
        alias: the table's alias in `sql`; without one the key is not qualified.
        quiet: the table's own triggers do not fire, since no value of the application changes.
    """

    transactional: ClassVar[bool] = False

    title: str
    table: str
    key: str
    sql: str
    alias: str = ""
    quiet: bool = False

    def __post_init__(self) -> None:
        if BATCH not in self.sql:
            raise RevisionError(
                f'The backfill "{self.title}" does not say where its batch goes.',
                hint="Write :batch in the WHERE clause of its SQL.",
            )

    @property
    def name(self) -> str:
        return self.title

    @property
    def tables(self) -> Sequence[str]:
        return (self.table,)

    def run(self, work: Work) -> int:
        if work.atomic:
            work.execute(f"LOCK TABLE {quoted(self.table)} IN EXCLUSIVE MODE")
            rows = self._batch(work, "true")
            work.save_checkpoint({}, rows)
            return rows
        total = work.value(
            "SELECT greatest(reltuples, 0)::bigint FROM pg_catalog.pg_class"
            f" WHERE oid = {literal(quoted(self.table))}::regclass"
        )
        reached = self._beginning(work)
        pace = Pace(work)
        done, told = 0, time.monotonic()
        while (upto := self._next(work, reached, pace.rows)) is not None:
            condition = _range(self._qualified, reached.get("after"), upto)
            beyond = {**reached, "after": upto}
            started = time.monotonic()
            done += work.attempt(partial(self._move, work, condition, beyond))
            seconds, reached = time.monotonic() - started, beyond
            if time.monotonic() - told >= _TELL_EVERY_S:
                work.progress(done, total)
                told = time.monotonic()
            pace.after_batch(pace.rows, seconds)
        return done

    @property
    def _qualified(self) -> str:
        return f"{self.alias}.{column(self.key)}" if self.alias else column(self.key)

    def _beginning(self, work: Work) -> Mapping[str, str | None]:
        """Where an interrupted backfill stopped, and where it ends."""
        if work.checkpoint is not None:
            found: Mapping[str, str | None] = work.checkpoint
            return found
        key = f"walked.{column(self.key)}"
        last = f"SELECT {key}::text FROM {quoted(self.table)} AS walked ORDER BY {key} DESC LIMIT 1"
        return {"end": work.value(last)}

    def _next(self, work: Work, reached: Mapping[str, str | None], size: int) -> str | None:
        """The last key of the next batch of `size` rows, or None at the end."""
        after, end = reached.get("after"), reached.get("end")
        if end is None or after == end:
            return None
        # An unqualified key in ORDER BY would be the text in the result, which sorts otherwise.
        key = f"walked.{column(self.key)}"
        row = work.connection.execute(
            f"SELECT {key}::text FROM (SELECT {key} FROM {quoted(self.table)} AS walked"
            f" WHERE {_range(key, after, end)} ORDER BY {key} LIMIT {size}) AS walked"
            f" ORDER BY {key} DESC LIMIT 1".encode()
        ).fetchone()
        return row[0] if row else None

    def _move(self, work: Work, condition: str, beyond: Mapping[str, str | None]) -> int:
        alias = f"AS {self.alias}" if self.alias else ""
        lock = f"SELECT FROM {quoted(self.table)} {alias} WHERE {condition} FOR NO KEY UPDATE"
        rows = self._batch(work, condition, first=lock)
        work.save_checkpoint(beyond, rows)
        return rows

    def _batch(self, work: Work, condition: str, first: str = "SELECT") -> int:
        """Rows that the last of the statements has changed; `first` runs before them."""
        # Rendered before the keys come in, which may look like placeholders themselves.
        sql = render(self.sql, work.parameters).replace(BATCH, f"({condition})")
        with relation.quiet_batch(work, self.table) if self.quiet else nullcontext():
            cursor = work.connection.execute(f"{first}; {sql}".encode())
            while cursor.nextset():
                pass
        return max(cursor.rowcount, 0)

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        text = dedent(render(self.sql.replace(BATCH, "true"), parameters))
        return (f"-- in batches along {self.key}\n{text.strip().rstrip(';')}",)


def _range(key: str, after: str | None, upto: str) -> str:
    """The half-open key range (after, upto] as a condition; untyped literals take the key's."""
    upper = f"{key} <= {literal(upto)}"
    return upper if after is None else f"{key} > {literal(after)} AND {upper}"
