"""The cutover of a move as a step, and the steps of the way back."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gnkmigrate.operations.moves import either_leads, preflight, rights, sync
from gnkmigrate.operations.moves.building import MakeSideTable, MoveStep, building_steps
from gnkmigrate.operations.moves.proving import compared
from gnkmigrate.operations.moves.spec import Move
from gnkmigrate.operations.spill import Spill
from gnkmigrate.operations.spill_values import SpillValues
from gnkmigrate.operations.splits import holding
from gnkmigrate.operations.splits.aside import (
    give_back,
    lock,
    put_aside,
    show,
    show_no_more,
    taken,
    view_of_kept,
)
from gnkmigrate.operations.splits.holding import Belonging
from gnkmigrate.operations.splits.leaving import Leaving
from gnkmigrate.operations.take_back import TakeBack
from gnkmigrate.run.kept.old_value import ROW, OldValue
from gnkmigrate.run.names import column, quoted
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.sync import by_hand, privileges, shadow_columns
from gnkmigrate.run.sync.column_pair import kept_name
from gnkmigrate.run.sync.row_checksum import Comparison
from gnkmigrate.run.work import Work


@dataclass(frozen=True)
class MoveColumns(MoveStep):
    """The old columns are kept under names of ours, and the side table leads as well."""

    @property
    def name(self) -> str:
        return self.move.name

    @property
    def cuts_over(self) -> bool:
        return True

    @property
    def reverse(self) -> Sequence[Step]:
        return (HoldOldValues(self.move), *_spilled(self.move), MoveBack(self.move))

    def relied_on(self, table: str) -> Collection[str]:
        return [before for before, _ in self.move.key] if table == self.move.table else ()

    def check(self, work: Work) -> Sequence[Refusal]:
        if MakeSideTable(self.move) in work.earlier:
            return ()  # whose check asks all
        return preflight.lasting(work, self.move)

    def old_values(self, work: Work, table: str) -> Sequence[OldValue]:
        if table != self.move.table or work.recall(self.move.memory) is None:
            return ()
        sides = Leaving.remembered(work, self.move).cut_over()
        return list(holding.old_values(sides, _belonging(self.move, sides, ROW)))

    def side_keys(self, table: str) -> Mapping[str, Mapping[str, str]]:
        return {self.move.entity: dict(self.move.key)} if table == self.move.table else {}

    def comparisons(self, work: Work) -> Sequence[Comparison]:
        return (compared(self.move, Leaving.remembered(work, self.move)),)

    def run(self, work: Work) -> int:
        move, sides = self.move, Leaving.remembered(work, self.move)
        after = sides.cut_over()
        lock(work, sides)
        rights.carry(work, move, sides.table, sides.entity)
        moved = {change.column: change.new_name for change in move.columns}
        privileges.carry_column_comments(work, sides.table, sides.entity, moved)
        work.execute(shadow_columns.DEFAULTS)
        mine, theirs = (", ".join(map(column, names)) for names in zip(*move.key, strict=True))
        foreign_key = (
            f"ALTER TABLE {sides.entity} ADD CONSTRAINT {column(move.foreign_key)}"
            f" FOREIGN KEY ({theirs}) REFERENCES {sides.table} ({mine})"
            " ON UPDATE CASCADE ON DELETE CASCADE NOT VALID"
        )
        aside = put_aside(work, sides, either_leads.defaults(move, after))
        kept = either_leads.keep_in_step(move, after)
        work.execute(";\n".join((sync.follow_no_more(move), *aside, foreign_key, kept)))
        key = [before for before, _ in move.key]
        new = (each.new_name for each in move.new)
        show(work, sides, self.name, key, (*move.own_key, *move.names, *new))
        by_hand.remember(work, self.name, [rights.face(move), *view_of_kept(work, sides)])
        return 0


@dataclass(frozen=True)
class MoveBack(MoveStep):
    """The old columns, which were kept in step, take their names again."""

    @property
    def name(self) -> str:
        return self.move.name

    @property
    def ends(self) -> Sequence[str]:
        """With the cutover all that prepared it, so that going up again begins anew."""
        return (self.name, *(step.name for step in building_steps(self.move)))

    @property
    def tables(self) -> Sequence[str]:
        return (self.move.table, self.move.entity)

    def takes_off(self, table: str) -> Collection[str]:
        kept = [kept_name(change.column) for change in self.move.columns]
        return kept if table == self.move.table else ()

    def run(self, work: Work) -> int:
        move, sides = self.move, Leaving.remembered(work, self.move)
        by_hand.settle(work, self.name, sides.table)
        lock(work, sides)
        drop = f"ALTER TABLE {sides.entity} DROP CONSTRAINT {column(move.foreign_key)}"
        statements = (either_leads.keep_no_more(move), sides.drop_ways_back(), drop)
        work.execute(";\n".join((*statements, *give_back(work, sides))))
        privileges.close(work, sides.entity)
        show_no_more(work, sides, self.name)
        shadow_columns.drop_unused(work)
        return 0


@dataclass(frozen=True)
class ValidateKey(MoveStep):
    """Validates the foreign key, while the application works."""

    @property
    def name(self) -> str:
        return f"every row of {self.move.entity} has one of {self.move.table}"

    @property
    def one_way(self) -> bool:
        return True

    def run(self, work: Work) -> int:
        work.execute(self.script(work.parameters)[0])
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        entity, name = quoted(self.move.entity), column(self.move.foreign_key)
        return (f"ALTER TABLE {entity} VALIDATE CONSTRAINT {name}",)


@dataclass(frozen=True)
class HoldOldValues(MoveStep):
    """What the old columns cannot hold is refused; then NOT NULL is proven, with nobody waiting."""

    transactional: ClassVar[bool] = False

    @property
    def name(self) -> str:
        return f"old columns of {self.move.table} for {self.move.entity}"

    @property
    def undoes(self) -> str:
        return self.move.name

    def check(self, work: Work) -> Sequence[Refusal]:
        sides, rows = self._rows(work)
        return [*taken(work, sides), *holding.refusals(work, sides, rows)]

    def _rows(self, work: Work) -> tuple[Leaving, Sequence[Belonging]]:
        sides = Leaving.remembered(work, self.move).cut_over()
        return sides, _belonging(self.move, sides, "linked")

    def run(self, work: Work) -> int:
        holding.hold(work, *self._rows(work))
        return 0

    def cancel(self, work: Work) -> None:
        holding.let_go(work, Leaving.remembered(work, self.move))


def _belonging(move: Move, sides: Leaving, row: str) -> list[Belonging]:
    """Which rows of the side table, `entity`, belong to a row of the table."""
    return [
        Belonging(sync.is_of(move, sides, part, row, "entity"), part.columns) for part in move.parts
    ]


def _unknown(move: Move) -> str:
    what = f"of another {move.part} or without a value" if move.part else "without a value"
    return f"The old shape has no place for rows of {move.entity} {what}."


def _unsaid(move: Move) -> str:
    names = ", ".join(change.new_name for change in move.new)
    return f"The old shape says nothing of {names} in {move.entity}."


def taken_back(move: Move) -> Sequence[Step]:
    """The steps that bring back what a rollback has spilled."""
    names = tuple(change.new_name for change in move.new)
    values = [TakeBack(_unsaid(move), move.entity, names, key=move.own_key)] if names else []
    return (TakeBack(_unknown(move), move.entity, key=move.own_key), *values)


def _spilled(move: Move) -> Iterator[Step]:
    """The steps that look after what the old shape has no place for."""
    names = tuple(change.new_name for change in move.new)
    empty = " AND ".join(f"spilled.{column(name)} IS NULL" for name in move.names)
    known = " OR ".join(f"({sync.is_part(move, part, 'spilled')})" for part in move.parts)
    shows = move.own_key
    unknown = f"({empty}) OR NOT ({known})"
    yield Spill(_unknown(move), move.entity, unknown, shows, of=move.name)
    if names:
        said = " OR ".join(
            f"spilled.{column(change.new_name)} IS DISTINCT FROM {change.converted('NULL')}"
            for change in move.new
        )
        kept = (*shows, *names)
        yield SpillValues(
            _unsaid(move), move.entity, said, kept, kept, of=move.name, key=move.own_key
        )
