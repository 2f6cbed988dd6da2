"""How the rows of two tables that are merged belong together, and what follows from it.

A row of the side table belongs to one row (OneRow), or several rows refer to it (joins/).
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from gnkmigrate.operations.merges import preflight, sync
from gnkmigrate.operations.merges.sides import Sides
from gnkmigrate.operations.merges.spec import Merge
from gnkmigrate.run.batches.row_key import Columns
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.sync.alike import alike
from gnkmigrate.run.work import Work

MergeT = TypeVar("MergeT", bound=Merge)
SidesT = TypeVar("SidesT", bound=Sides)


class Way(ABC, Generic[MergeT, SidesT]):
    """What the steps of a merge ask; what most of them need not do is nothing here."""

    @abstractmethod
    def refusals(self, work: Work, said: MergeT) -> list[Refusal]:
        """All that speaks against it."""

    def lasting(self, work: Work, said: MergeT) -> Sequence[Refusal]:
        """What of it may have come by the time of the cutover."""
        return preflight.lasting(work, said)

    @abstractmethod
    def sides(self, work: Work, said: MergeT, *, is_cut_over: bool = False) -> SidesT:
        """Both tables."""

    def pieces(self, sides: SidesT) -> Sequence[Sides]:
        """What is filled, and compared, by itself."""
        return (sides,)

    @abstractmethod
    def row_key(self, work: Work, said: MergeT) -> Columns:
        """The table's columns along which it is compared."""

    def required(self, work: Work, sides: SidesT) -> Sequence[str]:
        """Those of the new columns, by their names afterwards, that are NOT NULL."""
        del work, sides
        return ()

    @abstractmethod
    def follow(self, sides: SidesT) -> str:
        """Statements that make the triggers by which the table follows, before the cutover."""

    @abstractmethod
    def follow_no_more(self, sides: SidesT) -> str:
        """Statements that drop them."""

    @abstractmethod
    def turn(self, work: Work, sides: SidesT) -> str:
        """Statements that make the triggers from the cutover on, when all has its new name."""

    @abstractmethod
    def turn_no_more(self, sides: SidesT) -> str:
        """Statements that drop them."""

    @abstractmethod
    def differs(self, sides: Any) -> str:
        """The condition that `merged` does not say what `side` does, if there is one."""

    def relied_on(self, said: MergeT) -> Sequence[str]:
        """The table's columns that these triggers name."""
        return [new for _, new in said.columns]

    def stranded(self, work: Work, said: MergeT) -> Sequence[Refusal]:
        """Rows of the side table of which the new shape has nothing."""
        del work, said
        return ()

    def hide(self, work: Work, said: MergeT) -> None:
        """Hides the view of the table, if it loses a column."""
        del work, said

    def put_aside(self, work: Work, said: MergeT) -> Sequence[str]:
        """Statements that give columns of the table that leave names of ours."""
        del work, said
        return ()

    def give_back(self, work: Work, said: MergeT) -> Sequence[str]:
        """Statements that give them their own."""
        del work, said
        return ()

    def show(self, work: Work, said: MergeT) -> None:
        """Shows them to the old application."""
        del work, said

    def show_no_more(self, work: Work, said: MergeT) -> None:
        """Takes `show` back."""
        del work, said


@dataclass(frozen=True)
class OneRow(Way[Merge, Sides]):
    """A row of the side table belongs to one row of the table, whose key it has."""

    def refusals(self, work: Work, said: Merge) -> list[Refusal]:
        return preflight.refusals(work, said)

    def sides(self, work: Work, said: Merge, *, is_cut_over: bool = False) -> Sides:
        return Sides.found(work, said, is_cut_over=is_cut_over)

    def row_key(self, work: Work, said: Merge) -> Columns:
        del work
        return tuple(new for _, new in said.key)

    def follow(self, sides: Sides) -> str:
        return sync.follow_side(sides)

    def follow_no_more(self, sides: Sides) -> str:
        return sync.follow_side_no_more(sides)

    def turn(self, work: Work, sides: Sides) -> str:
        stays = sync.may_say_nothing(work, sides)
        return f"{sync.follow_side(sides)};\n{sync.follow_table(sides, stays=stays)}"

    def turn_no_more(self, sides: Sides) -> str:
        return f"{sync.follow_table_no_more(sides.said)};\n{sync.follow_side_no_more(sides)}"

    def relied_on(self, said: Merge) -> Sequence[str]:
        return [new for _, new in (*said.key, *said.columns)]

    def differs(self, sides: Sides) -> str:
        return f"NOT {alike(sides.new_values('merged'), sides.old_values('side'))}"


AnyWay: TypeAlias = Way[Any, Any]
