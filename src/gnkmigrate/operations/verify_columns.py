"""The part of op.convert_columns that proves that old and new columns say the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate.operations.verify import asked
from gnkmigrate.run import events
from gnkmigrate.run.batches.row_key import listed
from gnkmigrate.run.names import column, quoted
from gnkmigrate.run.sync import shadow_columns
from gnkmigrate.run.sync.alike import alike
from gnkmigrate.run.sync.column_pair import ColumnPair
from gnkmigrate.run.sync.reshaping import Reshaping
from gnkmigrate.run.verification import Verification
from gnkmigrate.run.work import Work


@dataclass(frozen=True)
class VerifyColumns(Verification):
    """Each new value is that of the old one, and comes back as itself.

    Or else the new application has written it, and the old value is that of the new one. As long as
    the old columns are kept; where values are looked up in other tables, these may have changed
    since, and nothing is claimed.
    """

    reshaping: Reshaping

    @property
    def name(self) -> str:
        return f"old and new columns of {self.reshaping.table} say the same"

    def result(self, work: Work) -> events.Verified:
        spec = self.reshaping
        remembered = spec.is_remembered(work)  # until contract
        pairs = [pair for pair in spec.pairs(work) if not pair.change.keep] if remembered else []
        unlike = [self._unlike(work, pair) for pair in pairs]
        if not unlike:  # by now the table may have another name
            return asked(work, self.name, "SELECT WHERE false")
        key = listed(spec.new_key(work), "checked")
        where = " OR ".join(unlike)
        query = f"SELECT {key} FROM {quoted(spec.table)} AS checked WHERE {where}"
        return asked(work, self.name, query)

    def _unlike(self, work: Work, pair: ColumnPair) -> str:
        new, old = (f"checked.{column(name)}" for name in (pair.change.new_name, pair.kept))
        there = pair.new_value("checked", pair.kept)
        back = f"{shadow_columns.way_back(self.reshaping.table, work.phase, pair)}({new})"
        and_back = pair.change.converted(back)
        return f"""CASE WHEN {alike(there, new)}
            THEN {back} IS NOT NULL AND NOT {alike(and_back, new)}
            ELSE NOT {alike(back, old)} END"""

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- must be true: {self.name}",)
