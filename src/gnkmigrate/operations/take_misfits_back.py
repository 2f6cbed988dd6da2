"""The part of op.convert_columns that takes back what the last rollback had to spill."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate.run.kept import made_rows, misfits, overflow
from gnkmigrate.run.names import column
from gnkmigrate.run.step import Step
from gnkmigrate.run.sync import column_pair, shadow_columns
from gnkmigrate.run.sync.alike import alike
from gnkmigrate.run.sync.conversion import Conversion
from gnkmigrate.run.sync.reshaping import Reshaping
from gnkmigrate.run.template import render
from gnkmigrate.run.work import Work


@dataclass(frozen=True)
class TakeMisfitsBack(Step):
    """Values, or rows, for which the old columns had no place come back.

    A value comes back where nobody has written since, a row where there is no other in its place.
    """

    reshaping: Reshaping

    @property
    def one_way(self) -> bool:
        return True

    @property
    def name(self) -> str:
        return f"misfits of {self.reshaping.table} that a rollback kept, if any"

    @property
    def tables(self) -> Sequence[str]:
        return (self.reshaping.table,)

    def run(self, work: Work) -> int:
        spec, rows = self.reshaping, 0
        for change in spec.conversions:
            kept, key = (work, spec.table, misfits.reason(change)), spec.new_key(work)
            if change.fallback is None:
                rows += overflow.insert_back(*kept, key)
            else:
                names, also = (change.new_name,), self._also(work, change)
                key = made_rows.identity_of(work, spec.table) or key
                untouched = self._is_untouched(work, change)
                rows += overflow.update_back(*kept, key, names, untouched, also)
        return rows

    def _is_untouched(self, work: Work, change: Conversion) -> str:
        """Whether a row still has what it got instead, or what the old column has made of it."""
        table, name = self.reshaping.table, column(change.new_name)
        still = f"restored.{name} IS NOT DISTINCT FROM {change.fallback}"
        for pair in column_pair.pairs_of(work, table, (change,)):
            old = f"{shadow_columns.way_back(table, work.phase, pair)}(spilled.{name})"
            again = render(change.converted(old), work.parameters)
            same = alike(again, f"restored.{name}")
            still += f" OR {old} IS NOT NULL AND {same}"
        return still

    def _also(self, work: Work, change: Conversion) -> Sequence[str]:
        """What the old column says of the value: nothing, or what it can."""
        table, value = self.reshaping.table, f"spilled.{column(change.new_name)}"
        return [
            f"{column(pair.kept)} = {shadow_columns.way_back(table, work.phase, pair)}({value})"
            for pair in column_pair.pairs_of(work, table, (change,))
        ]

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        table = self.reshaping.table
        return (f"-- takes values of {table} back from gnkmigrate.overflow, if any are there",)
