"""The steps that build the new shape of a split beside the old one, and take it down again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gnkmigrate.operations.convert_online import require
from gnkmigrate.operations.parts import added
from gnkmigrate.operations.parts.fill import Fill
from gnkmigrate.operations.splits import entity, preflight, sync
from gnkmigrate.operations.splits.sides import Sides
from gnkmigrate.operations.splits.spec import Split
from gnkmigrate.run import dependents, relation, unfinished_index
from gnkmigrate.run.as_owner import Acting, as_owner, execute
from gnkmigrate.run.batches.row_key import key_of
from gnkmigrate.run.batches.tuning import Tuning
from gnkmigrate.run.kept import made_rows
from gnkmigrate.run.kept.made_rows import Made
from gnkmigrate.run.names import column, quoted
from gnkmigrate.run.names import split as parts
from gnkmigrate.run.session import OURS
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.sync import building, column_settings, privileges, shadow_columns
from gnkmigrate.run.work import Work


@dataclass(frozen=True)
class SplitStep(Step):
    """What the steps of a split have in common."""

    split: Split

    @property
    def tables(self) -> Sequence[str]:
        return (self.split.table,)

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- {self.name}",)


@dataclass(frozen=True)
class MakeEntity(SplitStep):
    """Makes the entity's table, which is its owner's alone until the cutover."""

    @property
    def name(self) -> str:
        return f"table {self.split.entity}"

    @property
    def reverse(self) -> Sequence[Step]:
        return (DropEntity(self.split),)

    def check(self, work: Work) -> Sequence[Refusal]:
        return preflight.refusals(work, self.split)

    def run(self, work: Work) -> int:
        sides = Sides.found(work, self.split)
        work.remember(self.split.memory, sides.before)
        made_rows.note(work, Made(self.split.entity, self.split.key, self.split.identity))
        work.execute(entity.create(sides))
        column_settings.carry(work, sides.entity, sides.settings(self.split.columns))
        work.execute(entity.spare_spilled_keys(self.split.entity, self.split.key))
        privileges.leave_to_owner(work, sides.table, sides.entity)
        return 0


@dataclass(frozen=True)
class DropEntity(SplitStep):
    """Takes MakeEntity back: what the old shape cannot hold of its rows has been spilled."""

    @property
    def name(self) -> str:
        return MakeEntity(self.split).name

    @property
    def tables(self) -> Sequence[str]:
        return (self.split.entity,)

    def check(self, work: Work) -> Sequence[Refusal]:
        if not relation.is_there(work, self.split.entity):
            return ()
        hanging = dependents.in_the_way(work, self.split.entity)
        others = [each for each in hanging if not each.startswith(self._own)]
        message = f"Other objects use {self.split.entity}, which the old shape does not have."
        used = (Refusal(message, others, len(others), "Drop them before."),) if others else ()
        return (*used, *added.columns(work, self.split.entity, self.split.made))

    @property
    def _own(self) -> str:
        """As PostgreSQL describes the foreign key of the link."""
        return f"constraint {self.split.foreign_key} on table"

    def run(self, work: Work) -> int:
        added.require_none(work, self.split.entity, self.split.made)
        work.execute(f"DROP TABLE IF EXISTS {quoted(self.split.entity)}")
        work.forget(self.split.memory)
        made_rows.forget(work, self.split.entity)
        return 0


@dataclass(frozen=True)
class AddLink(SplitStep):
    """Adds the column of the link, and its index while it is empty."""

    transactional: ClassVar[bool] = False

    @property
    def name(self) -> str:
        return f"link from {self.split.table} to {self.split.entity}"

    @property
    def reverse(self) -> Sequence[Step]:
        return (DropLink(self.split),)

    def run(self, work: Work) -> int:
        split, link = self.split, column(self.split.built_link)
        table, index = quoted(split.table), quoted(f"{parts(split.table)[0]}.{split.index}")
        if not relation.columns(work, split.table, [split.built_link]):
            type_ = relation.columns(work, split.entity, [split.key])[split.key]["type"]
            default = building.mark(str(type_))
            add = f"ALTER TABLE {table} ADD COLUMN {link} {type_} DEFAULT {default}"
            work.attempt(lambda: work.execute(f"{shadow_columns.DEFAULTS};\n{add}"))
        if split.indexed and not unfinished_index.is_built(work, index):
            concurrently = "" if work.atomic else " CONCURRENTLY"
            create = f"CREATE INDEX{concurrently} {column(split.index)} ON {table} ({link})"
            unfinished_index.build(work, index, create)
        return 0


@dataclass(frozen=True)
class DropLink(SplitStep):
    """Takes AddLink back, in an upgrade that did not come to its cutover."""

    @property
    def name(self) -> str:
        return AddLink(self.split).name

    def run(self, work: Work) -> int:
        table, link = quoted(self.split.table), column(self.split.built_link)
        work.execute(f"ALTER TABLE {table} DROP COLUMN IF EXISTS {link}")
        shadow_columns.drop_unused(work)
        return 0


@dataclass(frozen=True)
class FollowTable(SplitStep):
    """Makes the triggers by which the entity follows the table."""

    @property
    def name(self) -> str:
        return f"{self.split.entity} follows {self.split.table}"

    @property
    def reverse(self) -> Sequence[Step]:
        return (LeaveTable(self.split),)

    def run(self, work: Work) -> int:
        sides = Sides.remembered(work, self.split)
        relation.keep_maintenance_out(work, sides.table)
        with work.settings(search_path=OURS):
            work.execute(sides.make_ways_back())
        # A rollback that was given up half way has left those of before.
        with as_owner(work, self.split.table, sides.entity) as acting:
            execute(work, acting, f"DELETE FROM {sides.entity}")
        functions = sync.functions(sides, sides.next_key(work))
        triggers = sync.triggers(sides, key_of(work, self.split.table, ()))
        work.execute(f"{functions};\n{triggers}")
        return 0


@dataclass(frozen=True)
class LeaveTable(SplitStep):
    """Takes FollowTable back, in an upgrade that did not come to its cutover."""

    @property
    def name(self) -> str:
        return FollowTable(self.split).name

    @property
    def ends(self) -> Sequence[str]:
        """With it the link and the rows that are filled, so that going up again begins anew."""
        return tuple(step.name for step in building_steps(self.split))

    def run(self, work: Work) -> int:
        work.execute(sync.drop_triggers(self.split))
        work.execute(Sides.remembered(work, self.split).drop_ways_back())
        DropLink(self.split).run(work)
        return 0


class _InOrder(Fill):
    """One session alone, in the order of the key, so that one row is the first, one the last."""

    def _crew(self, work: Work, said: Tuning) -> int:
        del work, said
        return 1


@dataclass(frozen=True)
class FillEntity(SplitStep):
    """Makes the rows of the entity in batches, and links the table's rows to them."""

    fills: ClassVar[bool] = True
    transactional: ClassVar[bool] = False

    @property
    def name(self) -> str:
        return f"rows of {self.split.entity}"

    @property
    def one_way(self) -> bool:
        return True

    def run(self, work: Work) -> int:
        split = self.split
        sides, key = Sides.remembered(work, split), key_of(work, split.table, ())
        kind = Fill if split.disagree == "refuse" else _InOrder
        sql = entity.fill(sides, key)
        also = (sides.entity,)
        fill = kind(self.name, split.table, key, sql, alias="filled", quiet=True, also=also)
        return fill.run(work)


@dataclass(frozen=True)
class SettleEntity(SplitStep):
    """Removes entities that were left meanwhile, and gathers statistics; no link may be missing."""

    transactional: ClassVar[bool] = False

    @property
    def name(self) -> str:
        return f"rows of {self.split.entity} that {self.split.table} does not use"

    @property
    def one_way(self) -> bool:
        return True

    def run(self, work: Work) -> int:
        sides, split = Sides.remembered(work, self.split), self.split
        if split.not_null:
            require(work, split.table, split.built_link)
        with as_owner(work, split.table, sides.entity) as acting:
            removed = work.attempt(lambda: self._remove(work, sides, acting), limited=False)
        analyze = f"ANALYZE {sides.entity}; ANALYZE {sides.table} ({sides.link})"
        work.attempt(lambda: work.execute(analyze))
        return removed

    @staticmethod
    def _remove(work: Work, sides: Sides, acting: Acting | None) -> int:
        _, removed, _ = [execute(work, acting, text) for text in entity.remove_unused(sides)]
        return max(removed, 0)


def building_steps(split: Split) -> tuple[Step, ...]:
    """The steps before the cutover, without the one that makes the entity's table."""
    return (AddLink(split), FollowTable(split), FillEntity(split), SettleEntity(split))
