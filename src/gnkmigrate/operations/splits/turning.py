"""The cutover of a split as a step, what it is proven by, and the steps of the way back."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gnkmigrate.operations.parts import added
from gnkmigrate.operations.spill import Spill
from gnkmigrate.operations.splits import exchange, holding, preflight
from gnkmigrate.operations.splits.aside import taken
from gnkmigrate.operations.splits.building import MakeEntity, SplitStep, building_steps
from gnkmigrate.operations.splits.holding import Belonging
from gnkmigrate.operations.splits.proving import compared
from gnkmigrate.operations.splits.sides import Sides
from gnkmigrate.operations.splits.spec import Split
from gnkmigrate.operations.take_back import TakeBack
from gnkmigrate.run.batches.row_key import key_of
from gnkmigrate.run.kept.old_value import ROW, OldValue
from gnkmigrate.run.names import column, quoted
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.sync.column_pair import kept_name
from gnkmigrate.run.sync.row_checksum import Comparison
from gnkmigrate.run.work import Work


@dataclass(frozen=True)
class SplitTable(SplitStep):
    """The link takes its name, and the old columns are kept under names of ours."""

    @property
    def name(self) -> str:
        return self.split.name

    @property
    def cuts_over(self) -> bool:
        return True

    @property
    def reverse(self) -> Sequence[Step]:
        return (HoldOldValues(self.split), *_spilled(self.split), JoinTable(self.split))

    def check(self, work: Work) -> Sequence[Refusal]:
        if MakeEntity(self.split) in work.earlier:
            return ()  # whose check asks all
        return preflight.lasting(work, self.split)

    def old_values(self, work: Work, table: str) -> Sequence[OldValue]:
        split = self.split
        if table != split.table or work.recall(split.memory) is None:
            return ()
        sides = Sides.remembered(work, split).cut_over()
        on = f"entity.{sides.key} = {ROW}.{sides.link}"
        return list(holding.old_values(sides, [Belonging(on, split.columns)]))

    def comparisons(self, work: Work) -> Sequence[Comparison]:
        key = key_of(work, self.split.table, ())
        return (compared(Sides.remembered(work, self.split), key),)

    def run(self, work: Work) -> int:
        exchange.cut_over(work, Sides.remembered(work, self.split))
        return 0


@dataclass(frozen=True)
class ValidateLink(SplitStep):
    """Validates the foreign key, while the application works."""

    @property
    def name(self) -> str:
        return f"every row of {self.split.entity} that {self.split.table} refers to is there"

    @property
    def one_way(self) -> bool:
        return True

    def run(self, work: Work) -> int:
        work.execute(self.script(work.parameters)[0])
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        table, name = quoted(self.split.table), column(self.split.foreign_key)
        return (f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}",)


@dataclass(frozen=True)
class JoinTable(SplitStep):
    """The old columns, which were kept in step, take their names again."""

    @property
    def name(self) -> str:
        return self.split.name

    @property
    def ends(self) -> Sequence[str]:
        """With the cutover all that prepared it, so that going up again begins anew."""
        return (self.name, *(step.name for step in building_steps(self.split)))

    @property
    def tables(self) -> Sequence[str]:
        return (self.split.table, self.split.entity)

    def takes_off(self, table: str) -> Collection[str]:
        kept = (kept_name(change.column) for change in self.split.columns)
        return (self.split.link, *kept) if table == self.split.table else ()

    def run(self, work: Work) -> int:
        exchange.cut_back(work, Sides.remembered(work, self.split))
        return 0


@dataclass(frozen=True)
class HoldOldValues(SplitStep):
    """What the old columns cannot hold is refused; then NOT NULL is proven, with nobody waiting."""

    transactional: ClassVar[bool] = False

    @property
    def name(self) -> str:
        return f"old columns of {self.split.table} for {self.split.entity}"

    @property
    def undoes(self) -> str:
        return self.split.name

    def check(self, work: Work) -> Sequence[Refusal]:
        sides, rows = self._rows(work)
        split = self.split
        ours = (split.foreign_key, split.index)
        return [
            *taken(work, sides, (split.link, split.index)),
            *added.on_column(work, split.table, split.link, ours),
            *holding.refusals(work, sides, rows),
        ]

    def _rows(self, work: Work) -> tuple[Sides, Sequence[Belonging]]:
        sides = Sides.remembered(work, self.split).cut_over()
        on = f"entity.{sides.key} = linked.{sides.link}"
        return sides, (Belonging(on, self.split.columns),)

    def run(self, work: Work) -> int:
        holding.hold(work, *self._rows(work))
        return 0

    def cancel(self, work: Work) -> None:
        holding.let_go(work, Sides.remembered(work, self.split))


def _unused(split: Split) -> str:
    return f"The old shape has no place for rows of {split.entity} that {split.table} does not use."


def _unsaid(split: Split) -> str:
    names = ", ".join(change.new_name for change in split.new)
    return f"The old shape says nothing of {names} in {split.entity}."


def taken_back(split: Split) -> Sequence[Step]:
    """The steps that bring back what a rollback has spilled."""
    names = tuple(change.new_name for change in split.new)
    values = [TakeBack(_unsaid(split), split.entity, names, key=split.identity)] if names else []
    return (TakeBack(_unused(split), split.entity, key=(split.key,)), *values)


def _spilled(split: Split) -> Iterator[Step]:
    """The steps that look after what the old shape has no place for."""
    shows = tuple(dict.fromkeys((split.key, *split.identity)))
    names = tuple(change.new_name for change in split.new)
    if names:
        said = " OR ".join(
            f"spilled.{column(change.new_name)} IS DISTINCT FROM {change.converted('NULL')}"
            for change in split.new
        )
        kept = (*shows, *names)
        yield Spill(_unsaid(split), split.entity, said, kept, kept, of=split.name)
    linked = f"SELECT FROM {quoted(split.table)} AS linked WHERE linked.{column(split.link)}"
    nobody = f"NOT EXISTS ({linked} = spilled.{column(split.key)})"
    yield Spill(_unused(split), split.entity, nobody, shows, of=split.name)
