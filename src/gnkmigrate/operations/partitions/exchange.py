"""The exchange of the old table and the new one, and the way back."""

from collections.abc import Sequence
from dataclasses import dataclass

from gnkmigrate.operations.partitions import following
from gnkmigrate.operations.partitions.spec import Partitioning
from gnkmigrate.operations.swap import SwapTable
from gnkmigrate.operations.unswap import UnswapTable, ValidateForeignKeys
from gnkmigrate.run import dependents, relation
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.sync.column_pair import keep_as_they_are, release
from gnkmigrate.run.work import Work


@dataclass(frozen=True)
class Exchange(SwapTable):
    """They take the old table's place; on the way back nothing of the user's may use them."""

    spec: Partitioning | None = None

    @property
    def reverse(self) -> Sequence[Step]:
        if self.spec is None:
            raise TypeError("an exchange knows what it exchanges")
        return (
            Return(self.title, self.table, after=following.after(self.spec)),
            ValidateForeignKeys(self.table),
        )

    @property
    def _functions(self) -> Sequence[str]:
        # It is there when a way back has stopped after the exchange.
        return () if self.spec is None else (self.spec.procedure,)

    def run(self, work: Work) -> int:
        if self.spec is None:
            raise TypeError("an exchange knows what it exchanges")
        names = relation.column_names(work, self.table)
        swap = SwapTable(self.title, self.table, following.last(self.spec, names))
        keep_as_they_are(work, self.table, self.name, names)
        return swap.run(work)


@dataclass(frozen=True)
class Return(UnswapTable):
    """The old table comes back."""

    def run(self, work: Work) -> int:
        release(work, self.table, self.name)
        return super().run(work)

    def check(self, work: Work) -> Sequence[Refusal]:
        hanging = [
            each
            for each in dependents.dependents(work, self.table)
            if "gnkmigrate_led_" not in each and not each.startswith("table ")
        ]
        asked = super().check(work)
        if not hanging:
            return asked
        message = f"Others use {self.table}, which is to be the old one again."
        hint = "Drop them before, and make them anew."
        return (Refusal(message, hanging, len(hanging), hint), *asked)
