"""Columns that leave a table for another one, whichever: what they are called, and their values.

Until the cutover the table has its columns; from then on they are kept under names of ours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, Self

from gnkmigrate.errors import PhaseFailed
from gnkmigrate.run import relation
from gnkmigrate.run.names import column, quoted
from gnkmigrate.run.sync import type_operators, ways_back
from gnkmigrate.run.sync.alike import alike
from gnkmigrate.run.sync.column_pair import kept_name
from gnkmigrate.run.sync.conversion import Conversion
from gnkmigrate.run.work import Work


class Departure(Protocol):
    """What a revision says of columns that leave.

    Attributes:
        table: "schema.table" that they leave.
        entity: "schema.table" that they become a part of.
        columns: what becomes of each; its new name is the entity's.
        memory: under which the journal keeps how they were declared.
    """

    @property
    def table(self) -> str: ...

    @property
    def entity(self) -> str: ...

    @property
    def columns(self) -> tuple[Conversion, ...]: ...

    @property
    def memory(self) -> str: ...


@dataclass(frozen=True)
class Leaving:
    """Such columns, as they are in the database.

    Attributes:
        said: what the revision says.
        before: how they were declared, as relation.columns says it.
        phase: in which they leave.
        equalities: the operators of those of the table's columns whose type has one of its own.
        is_cut_over: whether the new shape has taken the old one's place.
    """

    said: Departure
    before: relation.Columns
    phase: str
    equalities: Mapping[str, str]
    is_cut_over: bool = False

    @classmethod
    def found(cls, work: Work, said: Departure) -> Self:
        """As the columns are before the phase."""
        names = [change.column for change in said.columns]
        before = relation.columns(work, said.table, names)
        return cls(said, before, work.phase, type_operators.of_columns(work, said.table))

    @classmethod
    def remembered(cls, work: Work, said: Departure) -> Self:
        """As the columns were before the phase.

        Raises:
            PhaseFailed: the journal does not say.
        """
        before = work.recall(said.memory)
        if before is None:
            raise PhaseFailed(
                f"How the columns of {said.table} were declared is not in the journal.",
                hint="Restore the rows of gnkmigrate.memory from a backup.",
            )
        return cls(said, before, work.phase, type_operators.of_columns(work, said.table))

    def cut_over(self) -> Self:
        """The same from the cutover on."""
        return replace(self, is_cut_over=True)

    @property
    def table(self) -> str:
        return quoted(self.said.table)

    @property
    def entity(self) -> str:
        return quoted(self.said.entity)

    def type_of(self, change: Conversion) -> str:
        """The type of the entity's column, as SQL."""
        return change.type or str(self.before[change.column]["type"])

    def settings(self, changes: Sequence[Conversion]) -> list[tuple[str, Sequence[str]]]:
        """The entity's name of each column, and its options, as relation.columns says them."""
        return [(change.new_name, self.before[change.column]["options"]) for change in changes]

    def required(self) -> list[str]:
        """The columns of which the old shape wants a value in each row."""
        return [name for name, declared in self.before.items() if declared["not_null"]]

    def old(self, change: Conversion) -> str:
        """The name now of the column that leaves."""
        return column(kept_name(change.column) if self.is_cut_over else change.column)

    def unfit(self, row: str, change: Conversion) -> str:
        """The condition that the entity cannot hold what a row of the table says."""
        value = f"{row}.{self.old(change)}"
        said = replace(change, not_null=False)
        return said.unfit(value, str(self.before[change.column]["type"]))

    def old_values(self, row: str, changes: Sequence[Conversion]) -> str:
        """The values of these columns, as a list."""
        return ", ".join(f"{row}.{self.old(change)}" for change in changes)

    def new_value(self, row: str, change: Conversion) -> str:
        """The entity's value for a row of the table."""
        return change.converted(f"{row}.{self.old(change)}")

    def new_values(self, row: str, changes: Sequence[Conversion]) -> str:
        """The entity's values of these columns, as a list."""
        return ", ".join(self.new_value(row, change) for change in changes)

    def is_present(self, row: str, changes: Sequence[Conversion] = ()) -> str:
        """The condition that a row of the table says anything in these columns; none: in all."""
        asked = changes or self.said.columns
        return f"({' OR '.join(f'{row}.{self.old(change)} IS NOT NULL' for change in asked)})"

    def says(self, row: str, change: Conversion, entity: str = "entity") -> str:
        """The condition that a row of the table says of a value what the entity does."""
        there, old = f"{entity}.{column(change.new_name)}", f"{row}.{self.old(change)}"
        forward = alike(self.new_value(row, change), there)
        return f"({forward} OR {alike(f'{self.way_back(change)}({there})', old)})"

    def way_back(self, change: Conversion) -> str:
        """The function that gives the old column's value for the entity's, qualified and quoted."""
        return ways_back.function(self.said.table, self.phase, change)

    def make_ways_back(self) -> str:
        """Statements that make these functions, before the cutover."""
        return ";\n".join(
            ways_back.make(
                self.said.table,
                self.phase,
                change,
                self.before[change.column],
                f"{self.entity}.{column(change.new_name)}",
            )
            for change in self.said.columns
        )

    def drop_ways_back(self) -> str:
        """Statements that drop them."""
        return ";\n".join(
            ways_back.drop(self.said.table, self.phase, change) for change in self.said.columns
        )
