"""op.keep_shape and op.forget_shape: the tables that the old application goes on using."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.sync import legacy, view_place
from gnkmigrate.run.work import Work


@operation("keep_shape")
@dataclass(frozen=True)
class KeepShape(Step):
    """Remembers a table's columns, so that later phases show them in a view when they change.

    With the policy legacy = none nothing is remembered, and no view is made.

    Attributes:
        table: "schema.table".
    """

    table: str

    @property
    def reverse(self) -> Sequence[Step]:
        return (ForgetShape(self.table),)

    @property
    def name(self) -> str:
        return f"shape of {self.table}"

    @property
    def shown(self) -> str:
        return self.table

    def check(self, work: Work) -> Sequence[Refusal]:
        return view_place.refusals(work, self.table)

    def run(self, work: Work) -> int:
        if view_place.is_wanted(work.parameters):
            legacy.keep(work, self.table)
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        view = view_place.view_of(parameters, self.table)
        return (f"-- remembers the columns of {self.table} for the view {view}",)


@operation("forget_shape")
@dataclass(frozen=True)
class ForgetShape(Step):
    """Takes keep_shape back."""

    table: str

    @property
    def name(self) -> str:
        return f"shape of {self.table}"

    def run(self, work: Work) -> int:
        legacy.forget(work, self.table)
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- forgets the columns of {self.table}",)
