"""op.name_constraint and op.restore_constraint_name: declared names for what a framework named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate.errors import PhaseFailed
from gnkmigrate.operations.parts import empty_copy
from gnkmigrate.operations.parts.constraint import ConstraintStep
from gnkmigrate.run import relation
from gnkmigrate.run.names import literal, quoted
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.work import Work


@operation("name_constraint")
@dataclass(frozen=True)
class NameConstraint(ConstraintStep):
    """Gives a constraint its declared name, and remembers the one it had.

    Attributes:
        definition: what it is, as pg_get_constraintdef prints it: "UNIQUE (email)".
    """

    definition: str

    @property
    def reverse(self) -> Sequence[Step]:
        return (RestoreConstraintName(self.table, self.constraint),)

    def check(self, work: Work) -> Sequence[Refusal]:
        if self._comes(work):
            return ()
        refusals = self.require_one(work, self.definition)
        if refusals:
            return refusals
        ((found, _),) = relation.constraints(work, self.table, self.definition)
        with_index = self.definition.startswith(("PRIMARY KEY", "UNIQUE", "EXCLUDE"))
        return self.require_free(work, found=found, is_index=with_index)

    def _comes(self, work: Work) -> bool:
        """Whether it is not there, and an earlier step of the phase may make it."""
        if work.value(f"SELECT to_regclass({literal(quoted(self.table))}) IS NULL"):
            return True
        there = relation.constraints(work, self.table, self.definition)
        return not there and empty_copy.is_changed_before(work, self.table)

    def run(self, work: Work) -> int:
        """Renames it.

        Raises:
            PhaseFailed: it is not there, or not alone.
        """
        for refused in self.require_one(work, self.definition):
            raise PhaseFailed(
                f"Phase {work.phase}: {refused.message}", details=refused.rows, hint=refused.hint
            )
        ((found, _),) = relation.constraints(work, self.table, self.definition)
        work.remember(self.name, found)
        if found != self.constraint:
            work.execute(self.rename(found, self.constraint))
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (self.rename(f'the name of "{self.definition}"', self.constraint),)


@operation("restore_constraint_name")
@dataclass(frozen=True)
class RestoreConstraintName(ConstraintStep):
    """Takes name_constraint back."""

    @property
    def clears(self) -> Sequence[str]:
        return (self.described,)

    def run(self, work: Work) -> int:
        original = work.recall(self.name)
        if original is not None and original != self.constraint:
            work.execute(self.rename(self.constraint, original))
        work.forget(self.name)
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (self.rename(self.constraint, "the name it had"),)
