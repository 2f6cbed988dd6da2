"""The part of op.resolve_reference that proves that no row has lost what it named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate.operations.verify import Verification, asked
from gnkmigrate.run import events
from gnkmigrate.run.batches.row_key import listed
from gnkmigrate.run.names import column, quoted
from gnkmigrate.run.sync.reshaping import Reshaping
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
