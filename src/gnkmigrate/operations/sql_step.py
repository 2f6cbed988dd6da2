"""op.step: SQL in one transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import dedent
from typing import ClassVar

from gnkmigrate.errors import PhaseFailed
from gnkmigrate.kinds import locks
from gnkmigrate.operations.spill import Spill
from gnkmigrate.operations.take_back import TakeBack
from gnkmigrate.run import lock_announcement
from gnkmigrate.run.lock_announcement import Span, TableLock
from gnkmigrate.run.names import quoted, split
from gnkmigrate.run.names_in_sql import mentioned
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Step
from gnkmigrate.run.template import render
from gnkmigrate.run.work import Work


@operation("step")
def step(
    title: str,
    sql: str,
    touches: tuple[str, ...] = (),
    of: str = "",
    empty: tuple[str, ...] = (),
    irreversible: str = "",
    back: str = "",
    creates: tuple[str, ...] = (),
    clears: tuple[str, ...] = (),
) -> tuple[Step, ...]:
    """Runs SQL in one transaction, together with its entry in the journal.

    Args:
        title: the step's name; the step of the same name in downgrade() takes it back.
        sql: one or more statements, with placeholders as in template.py.
        touches: existing tables, "schema.table", that it locks.
        of: in downgrade(), the name of the upgrade's step that it belongs to, if not `title`.
        empty: tables, "schema.table", without which the SQL would lose rows: an earlier step has
            taken care of those that there were.
        irreversible: why no step of downgrade() takes it back; "" where one does.
        back: SQL that takes it back, for op.reversible.
        creates: the tables, "schema.table", that it creates, which `back` drops unless it says
            something else. A downgrade is refused while they hold rows, or keeps these with
            --spill, and the next upgrade brings them back.
        clears: what else it drops, as PostgreSQL describes it with every name qualified, such as
            "view public.v" or "constraint c on table public.t": later steps of the phase do not
            find it in their way.
    """
    made = SqlStep(title, sql, touches, of, empty, irreversible, back, creates, clears)
    return (made, *(TakeBack(no_place(table), table, key=()) for table in creates))


def no_place(table: str) -> str:
    """Why the rows of a new table are spilled."""
    return f"The old shape has no table {table}."


@dataclass(frozen=True)
class SqlStep(Step):
    """Runs SQL in one transaction, together with its entry in the journal.

    Attributes:
        title: the step's name; the step of the same name in downgrade() takes it back.
        sql: one or more statements, with placeholders as in template.py.
        touches: existing tables, "schema.table", that it locks.
        of: in downgrade(), the name of the upgrade's step that it belongs to, if not `title`.
        empty: tables, "schema.table", without which the SQL would lose rows: an earlier step has
            taken care of those that there were.
        irreversible: why no step of downgrade() takes it back; "" where one does.
        back: SQL that takes it back.
        creates: the tables, "schema.table", that it creates.
        clears: what else it drops, as PostgreSQL describes it.
    """

    prepares: ClassVar[bool] = True
    speaks: ClassVar[bool] = True
    outlives_contract: ClassVar[bool] = True

    title: str
    sql: str
    touches: tuple[str, ...] = ()
    of: str = ""
    empty: tuple[str, ...] = ()
    # These do not change what the step does.
    irreversible: str = field(default="", repr=False)
    back: str = field(default="", repr=False)
    creates: tuple[str, ...] = field(default=(), repr=False)
    clears: tuple[str, ...] = field(default=(), repr=False)

    @property
    def reverse(self) -> Sequence[Step] | None:
        dropped = ";\n".join(f"DROP TABLE {quoted(table)}" for table in reversed(self.creates))
        back = self.back or dropped
        if not back:
            return super().reverse
        touches = tuple(table for table in self.touches if table not in self.creates)
        spilled = [
            Spill(no_place(table), table, "true", (), of=self.title)
            for table in reversed(self.creates)
        ]
        return (*spilled, SqlStep(self.title, back, touches, empty=self.creates))

    @property
    def one_way(self) -> bool:
        return bool(self.irreversible)

    @property
    def name(self) -> str:
        return self.title

    @property
    def undoes(self) -> str:
        return self.of or self.title

    @property
    def unsaid(self) -> str:
        return "" if self.touches else self.sql

    @property
    def tables(self) -> Sequence[str]:
        return tuple(dict.fromkeys((*self.touches, *self.empty)))

    @property
    def locks(self) -> Sequence[TableLock]:
        return lock_announcement.on(self.tables, locks.ACCESS_EXCLUSIVE, Span.SQL)

    def takes_off(self, table: str) -> Collection[str]:
        """What its author names in SQL that is about the table is his to look after."""
        named = mentioned(self.sql)
        return named if split(table)[1] in named else ()

    def run(self, work: Work) -> int:
        """Runs the SQL.

        Raises:
            PhaseFailed: a table that must be empty has rows again.
        """
        for table in self.empty:
            # Whoever wants to write, or to refer to a row, waits for this lock.
            work.execute(f"LOCK TABLE {quoted(table)} IN EXCLUSIVE MODE")
            if work.value(f"SELECT EXISTS (SELECT FROM {quoted(table)})"):
                raise PhaseFailed(
                    f"Phase {work.phase}: rows have come to {table} since the phase began.",
                    hint="Run the same command again: it asks about them anew.",
                )
        cursor = work.execute(self.sql)
        rows = max(cursor.rowcount, 0)
        while cursor.nextset():
            rows += max(cursor.rowcount, 0)
        return rows

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        return (dedent(render(self.sql, parameters)).strip().rstrip(";"),)
