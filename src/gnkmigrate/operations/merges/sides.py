"""Both tables of a merge: what they and their columns are called, before the cutover and after it.

Until then the new columns have names of ours; from then on the side table is in the archive.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from gnkmigrate.operations.merges.spec import Merge
from gnkmigrate.run.names import column, quoted
from gnkmigrate.run.own_names import own_name
from gnkmigrate.run.sync import type_operators
from gnkmigrate.run.work import Work


def built_name(new: str) -> str:
    """What a new column is called until the cutover."""
    return own_name("gnkmigrate_", new)


@dataclass(frozen=True)
class Sides:
    """A merge, and the tables that it is about.

    Attributes:
        said: what the revision says.
        equalities: the operators of those of the table's columns whose type has one of its own.
        is_cut_over: whether the new shape has taken the old one's place.
    """

    said: Merge
    equalities: Mapping[str, str]
    is_cut_over: bool = False

    @classmethod
    def found(cls, work: Work, said: Merge, *, is_cut_over: bool = False) -> Self:
        """As they are before the cutover, or from then on."""
        return cls(said, type_operators.of_columns(work, said.table), is_cut_over)

    def cut_over(self) -> Self:
        """The same from the cutover on."""
        return replace(self, is_cut_over=True)

    @property
    def part(self) -> Mapping[str, str]:
        """The column of the side table that tells its parts apart, with the one that this is of."""
        return {}

    @property
    def side(self) -> str:
        return quoted(self.said.archived if self.is_cut_over else self.said.side)

    @property
    def table(self) -> str:
        return quoted(self.said.table)

    @property
    def olds(self) -> Sequence[str]:
        """The side table's columns that go to the table, quoted."""
        return [column(old) for old, _ in self.said.columns]

    @property
    def news(self) -> Sequence[str]:
        """What they are called there now, quoted, in the same order."""
        return [
            column(new if self.is_cut_over else built_name(new)) for _, new in self.said.columns
        ]

    def is_of(self, row: str, side: str = "side") -> str:
        """The condition that a row of the side table belongs to one of the table."""
        return type_operators.all_equal(
            [f"{side}.{column(old)}" for old, _ in self.said.key],
            [f"{row}.{column(new)}" for _, new in self.said.key],
            [self.equalities.get(new, type_operators.EQUAL) for _, new in self.said.key],
        )

    def says(self, row: str) -> str:
        """The condition that a row of the table has any of the values."""
        return f"({' OR '.join(f'{row}.{new} IS NOT NULL' for new in self.news)})"

    def old_values(self, row: str) -> str:
        """The values of a row of the side table, as a list."""
        return ", ".join(f"{row}.{old}" for old in self.olds)

    def new_values(self, row: str) -> str:
        """Those of a row of the table, as a list in the same order."""
        return ", ".join(f"{row}.{new}" for new in self.news)

    def assigned(self, side: str) -> str:
        """Assignments that give a row of the table the values of one of the side table."""
        pairs = zip(self.news, self.olds, strict=True)
        return ", ".join(f"{new} = {side}.{old}" for new, old in pairs)
