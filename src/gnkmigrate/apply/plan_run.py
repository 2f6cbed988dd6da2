"""A plan as the executor runs it."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from gnkmigrate.apply.steps import StatementStep, steps_of
from gnkmigrate.facts.fact import content_hash
from gnkmigrate.kinds.statement import Statements
from gnkmigrate.plan.document import PlanDocument, StatementDocument, read_plan
from gnkmigrate.run.called import called, of_plan
from gnkmigrate.run.events import Direction


@dataclass(frozen=True)
class PlanRun:
    """A plan, in the shape of a phase: its statements, and those that take it back.

    Attributes:
        document: the plan.
        file: where it was read from.
    """

    document: PlanDocument
    file: Path

    @classmethod
    def read(cls, file: Path) -> "PlanRun":
        """The plan that a file holds.

        Raises:
            PlanUnreadable: it holds none.
        """
        return cls(read_plan(file), file)

    @property
    def name(self) -> str:
        return of_plan(self.checksum)

    @property
    def words(self) -> str:
        """It at the beginning of a sentence."""
        return called(self.name)

    @property
    def revision(self) -> str:
        return ""

    @cached_property
    def checksum(self) -> str:
        """Of what it does and where: a plan that was proven afterwards is the same plan."""
        does = {"session", "statements", "undo"}
        return content_hash(
            [self.document.source.facts, self.document.model_dump(mode="json", include=does)]
        )

    @cached_property
    def up_steps(self) -> tuple[StatementStep, ...]:
        return steps_of(self.statements("up"))

    @cached_property
    def down_steps(self) -> tuple[StatementStep, ...]:
        return steps_of(self.statements("down"), "undo: ")

    def statements(self, direction: Direction) -> Statements:
        documents: list[StatementDocument] = (
            self.document.statements if direction == "up" else self.document.undo.statements
        )
        return tuple(each.statement() for each in documents)

    def losses(self, direction: Direction) -> tuple[str, ...]:
        """What data one direction of it loses, each once."""
        lost = (each.loses_data for each in self.statements(direction) if each.loses_data)
        return tuple(dict.fromkeys(lost))
