"""op.add_constraint and op.drop_added_constraint: a foreign key or CHECK, without a long lock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gnkmigrate.operations.parts import partitioned, violations
from gnkmigrate.operations.parts.constraint import ConstraintStep, referenced
from gnkmigrate.run import relation
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.work import Work


@operation("add_constraint")
@dataclass(frozen=True)
class AddConstraint(ConstraintStep):
    """Adds a foreign key or CHECK: NOT VALID first, validated in a later transaction.

    Rows that do not satisfy it are listed before the phase begins, unless an earlier step of it may
    change them.

    Attributes:
        definition: as after ADD CONSTRAINT name.
    """

    transactional: ClassVar[bool] = False
    speaks: ClassVar[bool] = True

    definition: str

    @property
    def reverse(self) -> Sequence[Step]:
        return (DropAddedConstraint(self.table, self.constraint),)

    @property
    def declared(self) -> str:
        return self.definition

    def check(self, work: Work) -> Sequence[Refusal]:
        is_key = bool(referenced(self.definition))
        refused = partitioned.refuse_foreign_key(work, self.table) if is_key else ()
        return refused or self.require_free(work) or violations.refusals(work, self)

    def run(self, work: Work) -> int:
        names = {name for name, _ in relation.constraints(work, self.table, "")}
        if self.constraint not in names:
            work.attempt(lambda: work.execute(self.add(self.constraint, self.definition)))
        work.attempt(lambda: work.execute(self.validate(self.constraint)), limited=False)
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (self.add(self.constraint, self.definition), self.validate(self.constraint))


@operation("drop_added_constraint")
@dataclass(frozen=True)
class DropAddedConstraint(ConstraintStep):
    """Takes add_constraint back."""

    drops: ClassVar[bool] = True

    @property
    def clears(self) -> Sequence[str]:
        return (self.described,)

    def run(self, work: Work) -> int:
        work.execute(self.drop(self.constraint))
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (self.drop(self.constraint),)
