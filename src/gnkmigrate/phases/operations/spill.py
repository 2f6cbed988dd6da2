"""op.spill: what the old shape cannot hold is refused with the list, or kept in the overflow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import dedent

from gnkmigrate.errors import PhaseFailed
from gnkmigrate.phases.names import column, literal, quoted
from gnkmigrate.phases.recorder import operation
from gnkmigrate.phases.rows import listed
from gnkmigrate.phases.step import Refusal, Step
from gnkmigrate.phases.template import render
from gnkmigrate.phases.work import Work


@operation("spill")
@dataclass(frozen=True)
class Spill(Step):
    """Refuses a downgrade while a table holds such rows; with --spill keeps them and goes on.

    Attributes:
        title: why the old shape cannot hold them, as a sentence.
        table: "schema.table".
        where: SQL condition on the row, whose alias is `spilled`.
        shows: columns that identify a row to the reader.
        columns: keep only these columns, and leave the row; none: keep the row and delete it.
        of: the name of the upgrade's step without which there is nothing to spill.
    """

    title: str
    table: str
    where: str
    shows: tuple[str, ...]
    columns: tuple[str, ...] = ()
    of: str = ""

    @property
    def name(self) -> str:
        return self.title

    @property
    def undoes(self) -> str:
        return self.of or self.title

    @property
    def tables(self) -> Sequence[str]:
        return (self.table,)

    def check(self, work: Work) -> Sequence[Refusal]:
        if work.parameters["spill"] == "yes":
            return ()
        query = self._query()
        total, rows = listed(work, query)
        if not total:
            return ()
        hint = "Remove or change them, or keep them in gnkmigrate.overflow with --spill."
        return (Refusal(self.title, rows, total, hint, render(query, work.parameters)),)

    def _query(self) -> str:
        shown = ", ".join(f"spilled.{column(name)}" for name in self.shows)
        return f"SELECT {shown} FROM {quoted(self.table)} AS spilled WHERE {self.where}"

    def run(self, work: Work) -> int:
        """Keeps the rows.

        Raises:
            PhaseFailed: rows have come since the check, and --spill was not given.
        """
        if work.parameters["spill"] != "yes":
            total, rows = listed(work, self._query())
            if total:
                raise PhaseFailed(
                    f"Phase {work.phase}: {self.title} ({total} since the phase began)",
                    details=rows,
                    hint="Run the same command again, with --spill to keep them in the overflow.",
                )
            return 0
        kept, *delete = self._statements(work.phase)
        rows_kept = max(work.execute(kept).rowcount, 0)
        for statement in delete:
            work.execute(statement)
        return rows_kept

    def _statements(self, phase: str) -> Sequence[str]:
        content = "to_jsonb(spilled)"
        if self.columns:
            picked = ", ".join(f"spilled.{column(name)}" for name in self.columns)
            content = f"(SELECT to_jsonb(picked) FROM (SELECT {picked}) AS picked)"
        keep = f"""
            INSERT INTO gnkmigrate.overflow (phase, relation, reason, content)
            SELECT {literal(phase)}, {literal(self.table)}, {literal(self.title)}, {content}
            FROM {quoted(self.table)} AS spilled
            WHERE {self.where}"""
        if self.columns:
            return (keep,)
        return (keep, f"DELETE FROM {quoted(self.table)} AS spilled WHERE {self.where}")

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        statements = self._statements("")
        return [dedent(render(statement, parameters)).strip() for statement in statements]
