"""The column that says when a row was deleted, and what becomes of such rows on the way back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gnkmigrate.errors import PhaseFailed
from gnkmigrate.operations.parts.dropped_column import DropOwnColumn
from gnkmigrate.operations.spill import Spill
from gnkmigrate.operations.take_back import TakeBack
from gnkmigrate.run import foreign_keys
from gnkmigrate.run.names import column, quoted
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.work import Work


@dataclass(frozen=True)
class AddDeleted(Step):
    """The column comes, and is NULL in all rows."""

    outlives_contract: ClassVar[bool] = True
    prepares: ClassVar[bool] = True
    adds_columns: ClassVar[bool] = True

    table: str
    column: str

    @property
    def name(self) -> str:
        return f"column {self.column} of {self.table}"

    @property
    def reverse(self) -> Sequence[Step]:
        return (DropDeleted(self.table, self.column),)

    @property
    def tables(self) -> Sequence[str]:
        return (self.table,)

    @property
    def sql(self) -> str:
        return f"ALTER TABLE {quoted(self.table)} ADD COLUMN {column(self.column)} timestamptz"

    def check(self, work: Work) -> Sequence[Refusal]:
        found = work.connection.execute(
            "SELECT FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attname = %s",
            (quoted(self.table), self.column),
        ).fetchone()
        if found is None:
            return ()
        message = f"{self.table} has a column {self.column} already."
        return (Refusal(message, hint='Take another name: op.soft_delete(..., column="...").'),)

    def run(self, work: Work) -> int:
        work.execute(self.sql)
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (self.sql,)


class DropDeleted(DropOwnColumn):
    """The column goes, with no row that says anything in it."""

    def run(self, work: Work) -> int:
        """Drops it.

        Raises:
            PhaseFailed: rows were deleted since the phase began.
        """
        table, name = quoted(self.table), column(self.column)
        work.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        if work.value(f"SELECT EXISTS (SELECT FROM {table} WHERE {name} IS NOT NULL)"):
            raise PhaseFailed(
                f"Phase {work.phase}: rows of {self.table} were deleted since the phase began.",
                hint="Run the same command again: it asks about them anew.",
            )
        return super().run(work)


@dataclass(frozen=True)
class DeletedRows(TakeBack):
    """Deleted rows that a rollback kept come back, and are kept again by the next one."""

    outlives_contract: ClassVar[bool] = True

    column: str = ""

    @property
    def one_way(self) -> bool:
        return False

    @property
    def reverse(self) -> Sequence[Step]:
        where = f"spilled.{column(self.column)} IS NOT NULL"
        return (
            SpillDeleted(
                self.reason, self.table, where, (), of=f"column {self.column} of {self.table}"
            ),
        )


class SpillDeleted(Spill):
    """Deleted rows are kept; those to which others refer cannot go."""

    def check(self, work: Work) -> Sequence[Refusal]:
        deleted = f"(SELECT * FROM {quoted(self.table)} AS spilled WHERE {self.where}) AS spilled"
        hanging = {
            key.table: work.value(
                f"SELECT count(*) FROM {key.table} AS referring JOIN {deleted} ON {key.on}"
            )
            for key in foreign_keys.referring(work, self.table)
        }
        rows = [f"{table}: {count:,}" for table, count in hanging.items() if count]
        referred = Refusal(
            f"Rows refer to deleted rows of {self.table}, and would go with them.",
            rows,
            len(rows),
            "Let them refer to others, delete them, or bring the deleted rows back:"
            f" UPDATE {quoted(self.table)} SET ... = NULL.",
        )
        return (*super().check(work), *((referred,) if rows else ()))
