"""op.replace_foreign_key and op.restore_foreign_key: other actions, never a moment without."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from gnkmigrate.operations.parts import partitioned
from gnkmigrate.operations.parts.constraint import ConstraintStep
from gnkmigrate.run import relation
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.work import Work


@operation("replace_foreign_key")
@dataclass(frozen=True)
class ReplaceForeignKey(ConstraintStep):
    """Exchanges a foreign key for one with other actions, without a moment of neither.

    Attributes:
        references: what stays: "FOREIGN KEY (user_id) REFERENCES public.users(id)".
        actions: what changes: "ON DELETE CASCADE".
    """

    transactional: ClassVar[bool] = False
    drops: ClassVar[bool] = True

    references: str
    actions: str

    @property
    def declared(self) -> str:
        return self.references

    @property
    def reverse(self) -> Sequence[Step]:
        return (RestoreForeignKey(self.table, self.constraint),)

    def check(self, work: Work) -> Sequence[Refusal]:
        refusals = partitioned.refuse_foreign_key(work, self.table)
        refusals = refusals or self.require_one(work, self.references)
        if refusals:
            return refusals
        ((found, _),) = relation.constraints(work, self.table, self.references)
        return self.require_free(work, found=found)

    def run(self, work: Work) -> int:
        work.attempt(lambda: self._exchange(work))
        work.attempt(lambda: work.execute(self.validate(self.constraint)), limited=False)
        return 0

    def _exchange(self, work: Work) -> None:
        ((found, definition),) = relation.constraints(work, self.table, self.references)
        wanted = found == self.constraint and self.actions in definition
        if wanted and work.recall(self.name) is not None:
            return  # exchanged already, before an interruption
        comment = relation.constraint_comment(work, self.table, found)
        original = {"name": found, "definition": definition, "comment": comment}
        work.remember(self.name, original)
        work.execute(self.drop(found))
        work.execute(self.add(self.constraint, self._definition))
        self.comment(work, self.constraint, comment)

    @property
    def _definition(self) -> str:
        return f"{self.references} {self.actions}".strip()

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        note = f"-- in one transaction: drop the foreign key {self.references}, and"
        add = self.add(self.constraint, self._definition)
        return (f"{note}\n{add}", self.validate(self.constraint))


@operation("restore_foreign_key")
@dataclass(frozen=True)
class RestoreForeignKey(ConstraintStep):
    """Takes replace_foreign_key back."""

    transactional: ClassVar[bool] = False
    drops: ClassVar[bool] = True

    def run(self, work: Work) -> int:
        original = work.recall(self.name)
        if original is None:
            return 0
        work.attempt(lambda: self._exchange(work, original))
        if not original["definition"].endswith("NOT VALID"):
            validate = self.validate(original["name"])
            work.attempt(lambda: work.execute(validate), limited=False)
        work.attempt(lambda: work.forget(self.name))
        return 0

    def _exchange(self, work: Work, original: Mapping[str, Any]) -> None:
        found = dict(relation.constraints(work, self.table, ""))
        before = original["definition"].removesuffix(" NOT VALID")
        if found.get(original["name"], "").removesuffix(" NOT VALID") == before:
            return  # exchanged already, before an interruption
        work.execute(self.drop(self.constraint))
        work.execute(self.add(original["name"], original["definition"]))
        self.comment(work, original["name"], original["comment"])

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- and the remembered foreign key in its place\n{self.drop(self.constraint)}",)
