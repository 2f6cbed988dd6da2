"""op.add_unique and op.drop_added_unique: a UNIQUE constraint, while the application writes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gnkmigrate.errors import RevisionError
from gnkmigrate.operations.index import BuildIndex, DropBuiltIndex
from gnkmigrate.operations.parts import partitioned
from gnkmigrate.operations.parts.constraint import ConstraintStep, refuse_referred
from gnkmigrate.operations.splits.spec import twice
from gnkmigrate.postgres.quoting import qualified
from gnkmigrate.run import relation, sharding
from gnkmigrate.run.names import column, split
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.work import Work

_DEFERRABLE = re.compile(r"DEFERRABLE( INITIALLY (DEFERRED|IMMEDIATE))?", re.IGNORECASE)
_HAS_MEMORY = "SELECT to_regclass('gnkmigrate.memory') IS NOT NULL"


@operation("add_unique")
@dataclass(frozen=True)
class AddUnique(ConstraintStep):
    """Adds a UNIQUE constraint: its index is built CONCURRENTLY, and then becomes the constraint.

    Rows that have the same values are listed before the phase begins.

    Attributes:
        columns: which columns are unique together.
        include: further ones that the index holds.
        nulls_distinct: whether NULL differs from NULL; False needs PostgreSQL 15.
        deferrable: "DEFERRABLE" or "DEFERRABLE INITIALLY DEFERRED".

    Raises:
        RevisionError: no column is given, or one twice.
    """

    transactional: ClassVar[bool] = False

    columns: Sequence[str]
    include: Sequence[str] = ()
    nulls_distinct: bool = True
    deferrable: str = ""

    def __post_init__(self) -> None:
        wrong = [*twice("is named twice", list(self.columns))]
        if self.deferrable and not _DEFERRABLE.fullmatch(self.deferrable):
            wrong.append(f'deferrable is "DEFERRABLE" or the like, and not "{self.deferrable}"')
        if wrong or not self.columns:
            raise RevisionError(
                f"op.add_unique does not say which columns of {self.table} are unique together.",
                details=wrong,
                hint="Name each column once.",
            )

    @property
    def reverse(self) -> Sequence[Step]:
        return (DropAddedUnique(self.table, self.constraint),)

    @property
    def _index(self) -> BuildIndex:
        definition = f"({', '.join(map(column, self.columns))})"
        if self.include:
            definition += f" INCLUDE ({', '.join(map(column, self.include))})"
        if not self.nulls_distinct:
            definition += " NULLS NOT DISTINCT"
        return BuildIndex(self.constraint, self.table, definition, unique=True)

    @property
    def _attach(self) -> str:
        name = column(self.constraint)
        add = f"{self._alter} ADD CONSTRAINT {name} UNIQUE USING INDEX {name}"
        return f"{add} {self.deferrable}".strip()

    def check(self, work: Work) -> Sequence[Refusal]:
        hint = "Add the constraint to each partition, and then to the table by op.step."
        if refused := self._index.unindexable(work):
            return refused
        if refused := partitioned.refuse_index(work, self.table, hint):
            return refused
        if refused := sharding.refuse_unique(work, self.table, self.columns):
            return refused
        taken = [] if self._has_begun(work) else self.require_free(work, is_index=True)
        return taken or self._index.duplicates(work)

    def _has_begun(self, work: Work) -> bool:
        """Whether an interrupted run of this step may have left the index behind."""
        return bool(work.value(_HAS_MEMORY)) and work.recall(self.name) is not None

    def run(self, work: Work) -> int:
        work.attempt(lambda: work.remember(self.name, "begun"))
        if self.constraint not in dict(relation.constraints(work, self.table, "UNIQUE")):
            self._index.run(work)
            work.attempt(lambda: work.execute(self._attach))
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        return (*self._index.script(parameters), self._attach)


@operation("drop_added_unique")
@dataclass(frozen=True)
class DropAddedUnique(ConstraintStep):
    """Takes add_unique back."""

    transactional: ClassVar[bool] = False
    drops: ClassVar[bool] = True

    @property
    def clears(self) -> Sequence[str]:
        return (self.described, f"index {qualified(split(self.table)[0], self.constraint)}")

    def check(self, work: Work) -> Sequence[Refusal]:
        return refuse_referred(work, self.table, self.constraint)

    def run(self, work: Work) -> int:
        work.attempt(lambda: work.execute(self.drop(self.constraint)))
        DropBuiltIndex(self.constraint, self.table).run(work)  # the upgrade may have stopped there
        work.attempt(lambda: work.forget(self.name))
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (self.drop(self.constraint),)
