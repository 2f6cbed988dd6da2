"""What a merge is proven by, as long as the side table is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gnkmigrate.operations.merges.spec import Merge
from gnkmigrate.operations.merges.way import AnyWay
from gnkmigrate.operations.verify import asked
from gnkmigrate.run import events
from gnkmigrate.run.batches.row_key import key_of, listed
from gnkmigrate.run.verification import Verification
from gnkmigrate.run.work import Work


@dataclass(frozen=True)
class VerifyMerge(Verification):
    """Each row says what its row of the side table does, as long as that is kept."""

    merge: Merge
    way: AnyWay = field(repr=False)

    @property
    def name(self) -> str:
        return f"rows of {self.merge.table} say what those of {self.merge.side} did"

    def result(self, work: Work) -> events.Verified:
        if not work.recall(self.merge.memory):  # since contract
            return asked(work, self.name, "SELECT WHERE false")
        sides = self.way.sides(work, self.merge, is_cut_over=True)
        key = listed(key_of(work, self.merge.table, ()), "merged")
        query = " UNION ALL ".join(
            f"SELECT {key} FROM {each.table} AS merged LEFT JOIN {each.side} AS side"
            f" ON {each.is_of('merged')} WHERE {self.way.differs(each)}"
            for each in self.way.pieces(sides)
        )
        return asked(work, self.name, query)

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- must be true: {self.name}",)
