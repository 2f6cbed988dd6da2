"""Several rows of a table refer to one of the side table, and come to have its values."""

from collections.abc import Sequence
from dataclasses import dataclass

from gnkmigrate import own_objects
from gnkmigrate.operations.joins import preflight, sync
from gnkmigrate.operations.joins.sides import Shared
from gnkmigrate.operations.joins.spec import Join
from gnkmigrate.operations.merges.way import Way
from gnkmigrate.operations.splits import aside
from gnkmigrate.operations.splits.leaving import Leaving
from gnkmigrate.run.batches.row_key import Columns, key_of
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.sync import legacy
from gnkmigrate.run.work import Work


@dataclass(frozen=True)
class SharedRows(Way[Join, Shared]):
    """A row of the side table belongs to all that refer to it."""

    def refusals(self, work: Work, said: Join) -> list[Refusal]:
        return preflight.refusals(work, said)

    def lasting(self, work: Work, said: Join) -> list[Refusal]:
        return preflight.lasting(work, said)

    def sides(self, work: Work, said: Join, *, is_cut_over: bool = False) -> Shared:
        return Shared.of(work, said, is_cut_over=is_cut_over)

    def row_key(self, work: Work, said: Join) -> Columns:
        return key_of(work, said.table, ())

    def required(self, work: Work, sides: Shared) -> Sequence[str]:
        del work
        return preflight.required(sides)

    def follow(self, sides: Shared) -> str:
        return sync.follow(sides)

    def follow_no_more(self, sides: Shared) -> str:
        return sync.follow_no_more(sides.said)

    def turn(self, work: Work, sides: Shared) -> str:
        return sync.turn(sides, sides.split.next_key(work))

    def turn_no_more(self, sides: Shared) -> str:
        return sync.turn_no_more(sides)

    def differs(self, sides: Shared) -> str:
        """In its own words, where the identity is equal and not the same."""
        split, link = sides.split, f"merged.{sides.split.link}"
        said = [split.says("merged", change, "side") for change in split.said.telling]
        said += [split.is_equal("merged", change, "side") for change in split.said.identifying]
        return (
            f"CASE WHEN {link} IS NULL THEN {split.is_present('merged')}"
            f" ELSE ({' AND '.join(said)}) IS NOT TRUE END"
        )

    def stranded(self, work: Work, said: Join) -> Sequence[Refusal]:
        return preflight.stranded(work, said)

    def hide(self, work: Work, said: Join) -> None:
        legacy.hide(work, said.table)

    def put_aside(self, work: Work, said: Join) -> Sequence[str]:
        reference = Leaving.found(work, preflight.Reference(said))
        work.remember(said.link_memory, reference.before)
        null = f"NULL::{reference.before[said.link]['type']}"
        return aside.put_aside(
            work, reference, [f"{own_objects.JOURNAL}.kept({null})"], optional=False
        )

    def give_back(self, work: Work, said: Join) -> Sequence[str]:
        return aside.give_back(work, _reference(work, said), optional=False)

    def show(self, work: Work, said: Join) -> None:
        aside.show_kept(work, _reference(work, said))

    def show_no_more(self, work: Work, said: Join) -> None:
        aside.show_kept_no_more(work, _reference(work, said))
        work.forget(said.link_memory)


def _reference(work: Work, said: Join) -> Leaving:
    return Leaving.remembered(work, preflight.Reference(said))
