"""What proves that no row has lost what it named, and counts what a policy has let go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate.operations.verify import asked
from gnkmigrate.run import events
from gnkmigrate.run.batches.row_key import listed
from gnkmigrate.run.names import column, quoted
from gnkmigrate.run.sync.reshaping import Reshaping
from gnkmigrate.run.verification import Verification
from gnkmigrate.run.work import Work


@dataclass(frozen=True)
class VerifyReferences(Verification):
    """Each row that names a row refers to one.

    Names change hands while the application writes: afterwards nothing is claimed of them.

    Attributes:
        reshaping: the columns.
        once: this is asked in the upgrade alone.
    """

    reshaping: Reshaping
    once: bool = True

    @property
    def name(self) -> str:
        return f"rows of {self.reshaping.table} that name a row refer to one"

    def result(self, work: Work) -> events.Verified:
        spec = self.reshaping
        lost = [
            f"checked.{column(pair.change.new_name)} IS NULL"
            f" AND {pair.new_value('checked', pair.kept)} IS NOT NULL"
            for pair in spec.pairs(work)
        ]
        key = listed(spec.new_key(work), "checked")
        query = f"SELECT {key} FROM {quoted(spec.table)} AS checked WHERE {' OR '.join(lost)}"
        return asked(work, self.name, query)

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- must be true: {self.name}",)


@dataclass(frozen=True)
class CountUnresolved(Verification):
    """Tells how many texts that name no row a policy has let go: the old column alone has them.

    Attributes:
        reshaping: the column.
        reports: no number of them is wrong.
    """

    reshaping: Reshaping
    reports: bool = True

    @property
    def name(self) -> str:
        (change,) = self.reshaping.conversions
        return f"texts of {self.reshaping.table}.{change.column} that name no row"

    def result(self, work: Work) -> events.Verified:
        spec, value = self.reshaping, 0
        if spec.is_remembered(work):  # after contract nothing is kept
            (pair,) = spec.pairs(work)
            now, before = column(pair.change.new_name), column(pair.kept)
            where = f"{now} IS NULL AND {before} IS NOT NULL"
            value = work.value(f"SELECT count(*) FROM {quoted(spec.table)} WHERE {where}")
        return events.Verified(work.phase, self.name, passed=True, value=str(value), reports=True)

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- reports: {self.name}",)
