"""The steps of the first half: the entity follows the old table, whose rows refer to it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from gnkmigrate.kinds import locks
from gnkmigrate.operations.index import BuildIndex
from gnkmigrate.operations.links import entity, following, granting, preflight, spilling
from gnkmigrate.operations.links.sides import Sides
from gnkmigrate.operations.links.spec import Linking
from gnkmigrate.operations.parts import added
from gnkmigrate.operations.parts.fill import Fill
from gnkmigrate.operations.splits.entity import spare_spilled_keys
from gnkmigrate.operations.sql_step import SqlStep
from gnkmigrate.operations.take_back import TakeBack
from gnkmigrate.operations.verify import asked
from gnkmigrate.run import events, lock_announcement
from gnkmigrate.run.as_owner import as_owner, execute
from gnkmigrate.run.kept import made_rows
from gnkmigrate.run.kept.made_rows import Made
from gnkmigrate.run.lock_announcement import Span, TableLock
from gnkmigrate.run.names import column, quoted
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.sync import column_settings, privileges
from gnkmigrate.run.sync.alike import alike
from gnkmigrate.run.sync.column_pair import keep_as_they_are, release
from gnkmigrate.run.verification import Verification
from gnkmigrate.run.work import Work


@dataclass(frozen=True)
class LinkStep(Step):
    """What the steps of op.link_table have in common."""

    linking: Linking

    @property
    def tables(self) -> Sequence[str]:
        return (self.linking.table,)

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- {self.name}",)


@dataclass(frozen=True)
class AddColumns(LinkStep):
    """The old table gets the reference, and what the link alone has; the entity gets its table.

    Attributes:
        alone: whether the links are another phase's, until which everybody may use the entity.
    """

    alone: bool = field(default=False, repr=False)

    @property
    def name(self) -> str:
        return f"columns {', '.join(self.linking.added)} of {self.linking.table}"

    @property
    def reverse(self) -> Sequence[Step]:
        return (*spilling.values(self.linking, self.name), DropColumns(self.linking))

    def check(self, work: Work) -> Sequence[Refusal]:
        return preflight.of_entity(work, self.linking)

    def run(self, work: Work) -> int:
        said, sides = self.linking, Sides.built(work, self.linking)
        if said.made:
            work.execute(entity.create(sides))
            column_settings.carry(work, sides.entity, sides.settings(said.columns))
            privileges.leave_to_owner(work, sides.old, sides.entity)
            if self.alone:
                granting.carry_to_entity(work, sides)
            work.execute(spare_spilled_keys(said.entity, said.key))
            sides = Sides.built(work, said)
        made_rows.note(work, Made(said.entity, said.key, said.identity))
        added = [f"ADD COLUMN {sides.ref} {sides.key_type}"]
        for change in said.new_links:
            type_, value = change.type, change.converted("NULL")
            added.append(f"ADD COLUMN {column(change.new_name)} {type_} DEFAULT {value}")
        work.execute(f"ALTER TABLE {sides.old} {', '.join(added)}")
        return 0


@dataclass(frozen=True)
class DropColumns(LinkStep):
    """Takes AddColumns back: what the old shape cannot hold has been spilled."""

    @property
    def name(self) -> str:
        return AddColumns(self.linking).name

    @property
    def tables(self) -> Sequence[str]:
        said = self.linking
        return (said.table, said.entity) if said.made else (said.table,)

    def check(self, work: Work) -> Sequence[Refusal]:
        return preflight.of_way_back(work, self.linking)

    def takes_off(self, table: str) -> Collection[str]:
        return self.linking.added if table == self.linking.table else ()

    def run(self, work: Work) -> int:
        said = self.linking
        dropped = ", ".join(f"DROP COLUMN {column(name)}" for name in said.added)
        work.execute(f"ALTER TABLE {quoted(said.table)} {dropped}")
        made_rows.forget(work, said.entity)
        if said.made:
            added.require_none(work, said.entity, said.entity_columns)
            work.execute(f"DROP TABLE IF EXISTS {quoted(said.entity)}")
        return 0


@dataclass(frozen=True)
class FollowTable(LinkStep):
    """Makes the triggers by which the entity follows the old table."""

    @property
    def name(self) -> str:
        return f"{self.linking.entity} follows {self.linking.table}"

    @property
    def reverse(self) -> Sequence[Step]:
        return (LeaveTable(self.linking),)

    def run(self, work: Work) -> int:
        said, sides = self.linking, Sides.built(work, self.linking)
        work.execute(following.follow(sides))
        keep_as_they_are(work, said.entity, self.name, said.entity_columns)
        keep_as_they_are(work, said.table, self.name, sides.columns)
        return 0


@dataclass(frozen=True)
class LeaveTable(LinkStep):
    """Takes FollowTable back; until then the triggers go on making entities."""

    @property
    def name(self) -> str:
        return FollowTable(self.linking).name

    @property
    def tables(self) -> Sequence[str]:
        return (self.linking.table, self.linking.entity, *self.linking.hanging)

    def run(self, work: Work) -> int:
        sides = Sides.built(work, self.linking)
        sql = f"{following.follow_no_more(sides)};\nDELETE FROM {sides.entity}"
        release(work, self.linking.entity, self.name)
        release(work, self.linking.table, self.name)
        return SqlStep(self.name, sql, empty=self.linking.hanging).run(work)


class _InOrder(Fill):
    """One session alone, in the order of the key, so that one row is the first, one the last."""

    def _crew(self, work: Work, said: object) -> int:
        del work, said
        return 1


@dataclass(frozen=True)
class FillEntity(LinkStep):
    """Makes the entities in batches, and lets the old table's rows refer to them.

    Attributes:
        alone: whether the links are another phase's, so that a way back finds the old table in its
            place.
    """

    fills: ClassVar[bool] = True
    transactional: ClassVar[bool] = False

    alone: bool = False

    @property
    def name(self) -> str:
        return f"rows of {self.linking.entity}"

    @property
    def reverse(self) -> Sequence[Step]:
        said = self.linking
        emptied = ", ".join(map(quoted, (said.entity, *said.hanging)))
        sql = f"TRUNCATE {emptied}"
        emptying = SqlStep(self.name, sql, touches=(said.entity,), empty=said.hanging)
        return (*spilling.entities(said, FollowTable(said).name, alone=self.alone), emptying)

    def run(self, work: Work) -> int:
        said, sides = self.linking, Sides.built(work, self.linking)
        free = sides.is_alone or (said.disagree == "refuse" and not said.shared)
        kind = Fill if free else _InOrder
        return kind(
            self.name,
            said.table,
            sides.row_key,
            entity.fill(sides),
            alias="filled",
            quiet=True,
            at_once=entity.fill_at_once(sides).replace(":batch", "true"),
        ).run(work)


@dataclass(frozen=True)
class SettleEntity(LinkStep):
    """Removes entities that were left meanwhile, and gathers statistics."""

    transactional: ClassVar[bool] = False

    @property
    def name(self) -> str:
        return f"rows of {self.linking.entity} that {self.linking.table} does not use"

    @property
    def one_way(self) -> bool:
        return True

    @property
    def locks(self) -> Sequence[TableLock]:
        return lock_announcement.on(self.tables, locks.SHARE_UPDATE_EXCLUSIVE, Span.SCAN)

    def run(self, work: Work) -> int:
        sides = Sides.built(work, self.linking)
        with as_owner(work, self.linking.table, sides.entity) as acting:
            removed = work.attempt(
                lambda: execute(work, acting, entity.remove_unused(sides)), limited=False
            )
        work.attempt(lambda: work.execute(f"ANALYZE {sides.entity}, {sides.old}"))
        return max(removed, 0)


@dataclass(frozen=True)
class VerifyEntity(Verification):
    """Each row says of its entity what that has, as long as the old table leads."""

    linking: Linking
    once: bool = True

    @property
    def name(self) -> str:
        return f"every row of {self.linking.entity} says what its row of {self.linking.table} does"

    def result(self, work: Work) -> events.Verified:
        sides = Sides.built(work, self.linking)
        expected, has = (", ".join(values) for values in compared(sides, "asked"))
        query = f"""
            SELECT {sides.row_keys("asked")}
            FROM {sides.old} AS asked
            LEFT JOIN {sides.entity} AS entity ON entity.{sides.key} = asked.{sides.ref}
            WHERE entity.{sides.key} IS NULL OR NOT {alike(expected, has)}"""
        return asked(work, self.name, query)

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- must be true: {self.name}",)


def compared(sides: Sides, row: str) -> tuple[list[str], list[str]]:
    """What a row of the old table says that its entity has, and what that has."""
    said = sides.said
    changes = said.returning if said.disagree == "refuse" else said.identifying
    types = {change: f"::{sides.type_of(change)}" for change in changes}
    return (
        [f"{sides.new_value(row, change)}{types[change]}" for change in changes],
        [f"entity.{column(change.new_name)}{types[change]}" for change in changes],
    )


def steps(said: Linking, *, alone: bool) -> tuple[Step, ...]:
    """The steps of the first half.

    Args:
        said: what the revision says.
        alone: whether the links are another phase's.
    """
    names = tuple(change.new_name for change in said.new_links)
    back = (TakeBack(spilling.unsaid_link(said), said.table, names, key=()),) if names else ()
    return (
        AddColumns(said, alone),
        BuildIndex(said.index, said.table, f"({column(said.reference)})"),
        FollowTable(said),
        FillEntity(said, alone),
        *back,
        SettleEntity(said),
        VerifyEntity(said),
    )
