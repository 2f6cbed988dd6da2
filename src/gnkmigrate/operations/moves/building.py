"""The steps that build the side table of a move beside the table, and take it down again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gnkmigrate.operations.moves import preflight, sync
from gnkmigrate.operations.moves.spec import Move
from gnkmigrate.operations.parts import added
from gnkmigrate.operations.parts.fill import Fill
from gnkmigrate.operations.splits.leaving import Leaving
from gnkmigrate.run import dependents, relation
from gnkmigrate.run.as_owner import as_owner, execute
from gnkmigrate.run.batches.row_key import key_of
from gnkmigrate.run.names import quoted
from gnkmigrate.run.session import OURS
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.sync import column_settings, privileges
from gnkmigrate.run.work import Work


@dataclass(frozen=True)
class MoveStep(Step):
    """What the steps have in common."""

    move: Move

    @property
    def tables(self) -> Sequence[str]:
        return (self.move.table,)

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- {self.name}",)


@dataclass(frozen=True)
class MakeSideTable(MoveStep):
    """Makes the side table, with the owner and the grants of the table."""

    @property
    def name(self) -> str:
        return f"table {self.move.entity}"

    @property
    def reverse(self) -> Sequence[Step]:
        return (DropSideTable(self.move),)

    def check(self, work: Work) -> Sequence[Refusal]:
        return preflight.refusals(work, self.move)

    def run(self, work: Work) -> int:
        sides = Leaving.found(work, self.move)
        work.remember(self.move.memory, sides.before)
        work.execute(sync.create(self.move, sides, preflight.key_types(work, self.move)))
        column_settings.carry(work, sides.entity, sides.settings(self.move.declared))
        privileges.leave_to_owner(work, sides.table, sides.entity)
        return 0


@dataclass(frozen=True)
class DropSideTable(MoveStep):
    """Takes MakeSideTable back: what the old shape cannot hold of it has been spilled."""

    @property
    def name(self) -> str:
        return MakeSideTable(self.move).name

    @property
    def tables(self) -> Sequence[str]:
        return (self.move.entity,)

    def check(self, work: Work) -> Sequence[Refusal]:
        if not work.recall(self.move.memory) or not relation.is_there(work, self.move.entity):
            return ()
        hanging = dependents.in_the_way(work, self.move.entity)
        message = f"Other objects use {self.move.entity}, which the old shape does not have."
        used = (Refusal(message, hanging, len(hanging), "Drop them before."),) if hanging else ()
        return (*used, *added.columns(work, self.move.entity, self.move.made))

    def run(self, work: Work) -> int:
        added.require_none(work, self.move.entity, self.move.made)
        work.execute(f"DROP TABLE IF EXISTS {quoted(self.move.entity)}")
        work.forget(self.move.memory)
        return 0


@dataclass(frozen=True)
class FollowTable(MoveStep):
    """Makes the triggers by which the side table follows the table."""

    @property
    def name(self) -> str:
        return f"{self.move.entity} follows {self.move.table}"

    @property
    def reverse(self) -> Sequence[Step]:
        return (LeaveTable(self.move),)

    def run(self, work: Work) -> int:
        sides = Leaving.remembered(work, self.move)
        relation.keep_maintenance_out(work, sides.table)
        with work.settings(search_path=OURS):
            work.execute(sides.make_ways_back())
        # A rollback that was given up half way has left those of before.
        with as_owner(work, self.move.table, sides.entity) as acting:
            execute(work, acting, f"DELETE FROM {sides.entity}")
        work.execute(sync.follow(self.move, sides))
        return 0


@dataclass(frozen=True)
class LeaveTable(MoveStep):
    """Takes FollowTable back, in an upgrade that did not come to its cutover."""

    @property
    def name(self) -> str:
        return FollowTable(self.move).name

    @property
    def ends(self) -> Sequence[str]:
        """With it the rows that are filled, so that going up again begins anew."""
        return tuple(step.name for step in building_steps(self.move))

    def run(self, work: Work) -> int:
        work.execute(sync.follow_no_more(self.move))
        work.execute(Leaving.remembered(work, self.move).drop_ways_back())
        return 0


@dataclass(frozen=True)
class FillSideTable(MoveStep):
    """Makes the side table's rows in batches, and gathers statistics."""

    fills: ClassVar[bool] = True
    transactional: ClassVar[bool] = False

    @property
    def name(self) -> str:
        return f"rows of {self.move.entity}"

    @property
    def one_way(self) -> bool:
        return True

    def run(self, work: Work) -> int:
        sides, key = Leaving.remembered(work, self.move), key_of(work, self.move.table, ())
        sql = sync.fill(self.move, sides)
        also = (sides.entity,)
        rows = Fill(self.name, self.move.table, key, sql, alias="filled", also=also).run(work)
        work.attempt(lambda: work.execute(f"ANALYZE {sides.entity}"))
        return rows


def building_steps(move: Move) -> tuple[Step, ...]:
    """The steps before the cutover, without the one that makes the side table."""
    return (FollowTable(move), FillSideTable(move))
