"""The steps that make the link table, fill it and keep it in step until it takes its place."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from gnkmigrate.kinds import locks
from gnkmigrate.operations.links import archive_triggers, preflight, rows
from gnkmigrate.operations.links.building import LinkStep
from gnkmigrate.operations.links.sides import Sides
from gnkmigrate.operations.parts.fill import Fill
from gnkmigrate.operations.sql_step import SqlStep
from gnkmigrate.run import lock_announcement, relation
from gnkmigrate.run.lock_announcement import Span, TableLock
from gnkmigrate.run.names import column, quoted
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.sync import column_settings
from gnkmigrate.run.work import Work


@dataclass(frozen=True)
class MakeLinks(LinkStep):
    """Makes the link table, behind the old one and under its name."""

    @property
    def name(self) -> str:
        return f"link table {self.linking.table}"

    @property
    def tables(self) -> Sequence[str]:
        return (self.linking.entity, *self.linking.referred)

    @property
    def altered(self) -> Sequence[str]:
        return ()

    @property
    def locks(self) -> Sequence[TableLock]:
        return lock_announcement.on(self.tables, locks.SHARE_ROW_EXCLUSIVE, Span.MOMENT)

    @property
    def reverse(self) -> Sequence[Step]:
        return (SqlStep(self.name, f"DROP TABLE {quoted(self.linking.staged)}"),)

    def check(self, work: Work) -> Sequence[Refusal]:
        return preflight.of_links(work, self.linking)

    def run(self, work: Work) -> int:
        sides = Sides.built(work, self.linking)
        work.execute(rows.create(sides))
        column_settings.carry(work, sides.rows, sides.settings(self.linking.links))
        return 0


@dataclass(frozen=True)
class FollowRows(LinkStep):
    """Makes the triggers by which the link follows the old table."""

    @property
    def name(self) -> str:
        return f"links of {self.linking.table} follow its rows"

    @property
    def reverse(self) -> Sequence[Step]:
        return (LeaveRows(self.linking),)

    def run(self, work: Work) -> int:
        work.execute(rows.follow(Sides.built(work, self.linking)))
        return 0


@dataclass(frozen=True)
class LeaveRows(LinkStep):
    """Takes FollowRows back."""

    @property
    def name(self) -> str:
        return FollowRows(self.linking).name

    def run(self, work: Work) -> int:
        work.execute(rows.follow_no_more(Sides.built(work, self.linking)))
        return 0


@dataclass(frozen=True)
class FillLinks(LinkStep):
    """Makes the links in batches."""

    fills: ClassVar[bool] = True
    transactional: ClassVar[bool] = False

    @property
    def name(self) -> str:
        return f"links of {self.linking.table}"

    @property
    def reverse(self) -> Sequence[Step]:
        return (SqlStep(self.name, f"TRUNCATE {quoted(self.linking.staged)}"),)

    def run(self, work: Work) -> int:
        said, sides = self.linking, Sides.built(work, self.linking)
        sql, also = rows.fill(sides), (sides.rows,)
        fill = Fill(self.name, said.table, sides.row_key, sql, alias="filled", also=also)
        moved = _unasked(work, sides, fill) if work.atomic else fill.run(work)
        work.attempt(lambda: work.execute(f"ANALYZE {sides.rows}"))
        return moved


def _unasked(work: Work, sides: Sides, fill: Fill) -> int:
    """Where nobody else sees the table yet: one query asks of all rows what they refer to."""
    for name, _ in relation.constraints(work, sides.link, "FOREIGN KEY"):
        work.execute(f"ALTER TABLE {sides.rows} DROP CONSTRAINT {column(name)}")
    moved = fill.run(work)
    added = ", ".join(f"ADD {definition}" for definition in rows.foreign_keys(sides))
    work.execute(f"ALTER TABLE {sides.rows} {added}")
    return moved


@dataclass(frozen=True)
class PrepareLead(LinkStep):
    """Makes the triggers by which the old table is going to follow the link and the entity."""

    @property
    def name(self) -> str:
        return f"rows of {self.linking.table} follow its links"

    @property
    def tables(self) -> Sequence[str]:
        return (self.linking.entity, *self.linking.watched)

    @property
    def reverse(self) -> Sequence[Step]:
        return (DropLead(self.linking),)

    def run(self, work: Work) -> int:
        work.execute(archive_triggers.triggers(Sides.built(work, self.linking)))
        return 0


@dataclass(frozen=True)
class DropLead(LinkStep):
    """Takes PrepareLead back."""

    @property
    def name(self) -> str:
        return PrepareLead(self.linking).name

    @property
    def tables(self) -> Sequence[str]:
        return (self.linking.entity, *self.linking.watched)

    def run(self, work: Work) -> int:
        work.execute(archive_triggers.triggers_no_more(Sides.built(work, self.linking)))
        return 0
