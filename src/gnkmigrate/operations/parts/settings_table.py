"""Small tables with which a running database is told how long things last; the owner changes them.

Rows that are still as they came go with the table. Where somebody has changed them, all of them are
kept by a way back with --spill, and come back instead of the first ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from gnkmigrate.errors import PhaseFailed
from gnkmigrate.operations.expect import ExpectAbsent
from gnkmigrate.operations.parts.whole import open_to_readers, owner_of, refused_by
from gnkmigrate.operations.spill import Spill
from gnkmigrate.operations.sql_step import SqlStep, no_place
from gnkmigrate.operations.take_back import TakeBack
from gnkmigrate.run.names import literal, quoted
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.work import Work


def settings_table(
    table: str, columns: str, rows: Sequence[tuple[str, str]], like: str
) -> tuple[Step, ...]:
    """The steps that make one, with its first rows.

    Args:
        table: "schema.table".
        columns: SQL of its columns: a text, which is the key, and an interval.
        rows: the first rows.
        like: "schema.table" whose owner it gets, and whose readers may read it.
    """
    values = ", ".join(f"({literal(name)}, {literal(time)}::interval)" for name, time in rows)
    place = quoted(table)
    fill = (
        f"DO $fill$ BEGIN IF NOT EXISTS (SELECT FROM {place}) THEN"
        f" INSERT INTO {place} VALUES {values}; END IF; END $fill$"
    )
    return (
        SettingsTable(table, columns, values, like),
        TakeBack(no_place(table), table, key=()),
        SqlStep(_filling(table), fill, irreversible="they go with their table"),
    )


def _filling(table: str) -> str:
    """What the step is called that gives it its first rows."""
    return f"rows of {table}"


@dataclass(frozen=True)
class SettingsTable(Step):
    """The table comes.

    Attributes:
        table: "schema.table".
        columns: SQL of its columns.
        values: the first rows, as after VALUES.
        like: whose owner and readers it gets.
    """

    outlives_contract: ClassVar[bool] = True
    prepares: ClassVar[bool] = True

    table: str
    columns: str
    values: str
    like: str

    @property
    def name(self) -> str:
        return f"table {self.table}"

    @property
    def reverse(self) -> Sequence[Step]:
        spill = Spill(no_place(self.table), self.table, self.changed, (), of=self.name)
        return (spill, DropSettings(self.name, self.table, self.changed))

    @property
    def changed(self) -> str:
        """SQL: whether its rows are others than the first ones."""
        table = quoted(self.table)
        return (
            f"EXISTS ((SELECT * FROM {table} EXCEPT VALUES {self.values})"
            f" UNION ALL (VALUES {self.values} EXCEPT SELECT * FROM {table}))"
        )

    @property
    def sql(self) -> str:
        return f"CREATE TABLE {quoted(self.table)} ({self.columns})"

    def check(self, work: Work) -> Sequence[Refusal]:
        there = ExpectAbsent((self.table,)).check(work)
        return there or refused_by(work, self.name, lambda: self._try(work))

    def _try(self, work: Work) -> None:
        self._make(work)
        work.execute(f"INSERT INTO {quoted(self.table)} VALUES {self.values}")

    def run(self, work: Work) -> int:
        self._make(work)
        return 0

    def _make(self, work: Work) -> None:
        table = quoted(self.table)
        work.execute(self.sql)
        work.execute(f"REVOKE ALL ON {table} FROM PUBLIC")
        work.execute(f"ALTER TABLE {table} OWNER TO {owner_of(work, self.like)}")
        oid = work.value(f"SELECT {literal(quoted(self.like))}::regclass::oid::bigint")
        open_to_readers(work, table, [oid])

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (self.sql,)


@dataclass(frozen=True)
class DropSettings(Step):
    """The table goes, with rows that nobody has changed.

    Attributes:
        title: the name of the step that has made it.
        table: "schema.table".
        changed: SQL: whether its rows are others than the first ones.
    """

    title: str
    table: str
    changed: str = field(repr=False)

    @property
    def name(self) -> str:
        return self.title

    @property
    def ends(self) -> Sequence[str]:
        """The next upgrade gives it rows anew."""
        return (self.title, _filling(self.table))

    @property
    def tables(self) -> Sequence[str]:
        return (self.table,)

    def run(self, work: Work) -> int:
        """Drops it.

        Raises:
            PhaseFailed: its rows were changed since the phase began.
        """
        table = quoted(self.table)
        work.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        if work.value(f"SELECT EXISTS (SELECT FROM {table}) AND {self.changed}"):
            raise PhaseFailed(
                f"Phase {work.phase}: rows of {self.table} have changed since the phase began.",
                hint="Run the same command again: it asks about them anew.",
            )
        work.execute(f"DROP TABLE {table}")
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"DROP TABLE {quoted(self.table)}",)
