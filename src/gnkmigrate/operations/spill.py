"""op.spill: what the old shape cannot hold is refused with the list, or kept in the overflow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import dedent
from typing import ClassVar

from gnkmigrate.errors import PhaseFailed
from gnkmigrate.kinds import locks
from gnkmigrate.operations.take_back import came_back
from gnkmigrate.run import lock_announcement
from gnkmigrate.run.kept import content, overflow
from gnkmigrate.run.lock_announcement import Span, TableLock
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.rows import listed
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.template import render
from gnkmigrate.run.work import Work


@operation("spill")
@dataclass(frozen=True)
class Spill(Step):
    """Refuses a downgrade while a table holds such rows; with --spill keeps them and goes on.

    Attributes:
        title: why the old shape cannot hold them, as a sentence.
        table: "schema.table".
        where: SQL condition on the row, whose alias is `spilled`.
        shows: columns that identify a row to the reader; none: all.
        columns: keep only these columns, and leave the row; none: keep the row and delete it.
        of: the name of the upgrade's step without which there is nothing to spill.
        asks: False for what is kept without a question, because nobody would miss it at once.
    """

    repeats: ClassVar[bool] = True
    speaks: ClassVar[bool] = True

    title: str
    table: str
    where: str
    shows: tuple[str, ...]
    columns: tuple[str, ...] = ()
    of: str = ""
    asks: bool = True

    @property
    def name(self) -> str:
        return self.title

    @property
    def undoes(self) -> str:
        return self.of or self.title

    @property
    def ends(self) -> Sequence[str]:
        """What came back with the last upgrade has to come back again with the next."""
        return (came_back(self.title, values=False), came_back(self.title, values=True))

    @property
    def tables(self) -> Sequence[str]:
        return (self.table,)

    @property
    def locks(self) -> Sequence[TableLock]:
        return lock_announcement.on(self.tables, locks.EXCLUSIVE, Span.SQL)

    def _is_asked(self, work: Work) -> bool:
        return not self.asks or work.parameters["spill"] == "yes"

    def check(self, work: Work) -> Sequence[Refusal]:
        if self._is_asked(work):
            return ()
        query = self._query()
        total, rows = listed(work, query)
        if not total:
            return ()
        hint = "Remove or change them, or keep them in gnkmigrate.overflow with --spill."
        return (Refusal(self.title, rows, total, hint, render(query, work.parameters)),)

    def _query(self) -> str:
        shown = ", ".join(f"spilled.{column(name)}" for name in self.shows) or "spilled.*"
        return f"SELECT {shown} FROM {quoted(self.table)} AS spilled WHERE {self.where}"

    def run(self, work: Work) -> int:
        """Keeps the rows.

        Raises:
            PhaseFailed: rows have come since the check and --spill was not given, or rows of
                another table would be deleted along with those that are kept.
        """
        total, rows = listed(work, self._query())
        if not total:
            return 0
        if not self._is_asked(work):
            raise PhaseFailed(
                f"Phase {work.phase}: {self.title} ({total} since the phase began)",
                details=rows,
                hint="Run the same command again, with --spill to keep them in the overflow.",
            )
        if not self.columns:
            overflow.refuse_to_cascade(work, self.table, self.where)
        return max(work.execute(self._statement(work.phase, self._kept(work))).rowcount, 0)

    def _kept(self, work: Work) -> str:
        return overflow.kept_of(work, self.table, "spilled", self.columns)

    def _statement(self, phase: str, kept: str) -> str:
        """Keeps and deletes in one statement, so that both are about the same rows."""
        table, where = quoted(self.table), self.where
        place = f"{literal(phase)}, {literal(self.table)}, {literal(self.title)}"
        into = "INSERT INTO gnkmigrate.overflow (phase, relation, reason, content)"
        if not self.columns:
            return f"""
                WITH spilled AS (DELETE FROM {table} AS spilled WHERE {where} RETURNING *)
                {into}
                SELECT {place}, {kept} FROM spilled"""
        return f"""
            {into}
            SELECT {place}, kept.content
            FROM {table} AS spilled
            CROSS JOIN LATERAL (SELECT {kept} AS content) AS kept
            WHERE ({where})
              AND NOT EXISTS (SELECT FROM gnkmigrate.overflow
                              WHERE (phase, relation, reason) = ({place})
                                AND overflow.content = kept.content)"""

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        # The text of each value, in the run itself; see run/kept/content.py.
        shown = content.of("spilled", self.columns) if self.columns else "to_jsonb(spilled.*)"
        return (dedent(render(self._statement("", shown), parameters)).strip(),)
