"""The steps of the second half: the link takes the old table's place."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from gnkmigrate.operations.links import archive_triggers, granting, kept, preflight, rows, spilling
from gnkmigrate.operations.links.building import (
    AddColumns,
    FollowTable,
    LinkStep,
    compared,
)
from gnkmigrate.operations.links.link_rows import FillLinks, FollowRows, MakeLinks, PrepareLead
from gnkmigrate.operations.links.sides import Sides
from gnkmigrate.operations.links.spec import Linking
from gnkmigrate.operations.spill import Spill
from gnkmigrate.operations.swap import SwapTable
from gnkmigrate.operations.take_back import TakeBack
from gnkmigrate.operations.unswap import UnswapTable, ValidateForeignKeys
from gnkmigrate.operations.verify import asked
from gnkmigrate.run import events, foreign_keys, relation
from gnkmigrate.run.lock_announcement import TableLock
from gnkmigrate.run.names import column, quoted
from gnkmigrate.run.rows import listed
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.sync import privileges
from gnkmigrate.run.sync.alike import alike
from gnkmigrate.run.sync.column_pair import keep_as_they_are, release
from gnkmigrate.run.sync.row_checksum import Comparison
from gnkmigrate.run.verification import Verification
from gnkmigrate.run.work import Work


@dataclass(frozen=True)
class SwapLinks(LinkStep):
    """The link takes the old table's place, which goes to the archive and is kept in step.

    Attributes:
        alone: whether the entity is an earlier phase's.
    """

    alone: bool = False

    @property
    def name(self) -> str:
        return f"swap of {self.linking.table}"

    @property
    def shown(self) -> str:
        return self.linking.table

    @property
    def cuts_over(self) -> bool:
        return True

    @property
    def archived(self) -> str:
        return self.linking.table

    @property
    def reverse(self) -> Sequence[Step]:
        return (
            HoldRows(self.linking),
            *_spilled(self.linking, self.name, alone=self.alone),
            UnswapLinks(self.linking, self.alone),
            ValidateForeignKeys(self.linking.table),
        )

    def _swap(self, last: str = "", view: str = "", compare: str = "") -> SwapTable:
        said = self.linking
        along = (said.reference, *said.owner)
        return SwapTable(self.name, said.table, last, view or "SELECT", compare, along)

    def relied_on(self, table: str) -> Collection[str]:
        said = self.linking
        names = {name for each in said.links for name in (each.column, each.new_name)}
        return names if table == said.table else ()

    def check(self, work: Work) -> Sequence[Refusal]:
        swap = self._swap().check(work)
        if AddColumns(self.linking) in work.earlier:
            return swap  # whose check asks the rest
        return [*swap, *preflight.lasting(work, Sides.built(work, self.linking))]

    def comparisons(self, work: Work) -> Sequence[Comparison]:
        sides = Sides.built(work, self.linking)
        links = self._swap(compare=rows.expected(sides)).comparisons(work)
        return (_entities(sides), *links)

    def run(self, work: Work) -> int:
        # The old table is not in the archive yet, but is what it will be there.
        built = Sides.built(work, self.linking)
        sides = built.after_swap()
        names = relation.column_names(work, self.linking.table, written=True)
        self._swap(archive_triggers.lead(sides), archive_triggers.view(sides, names)).run(work)
        entity = self.linking.made and not self.alone
        granting.carry(work, sides, self.name, entity=entity)
        names = relation.column_names(work, self.linking.table)
        keep_as_they_are(work, self.linking.table, self.name, names)
        return 0


def _entities(sides: Sides) -> Comparison:
    """What each row says of its entity, with what that has."""
    said = sides.said
    unfit = " OR ".join(
        f"({change.unfit(f'asked.{column(change.column)}', sides.old_type(change))})"
        for change in dict.fromkeys((*said.columns, *said.links))
        if change.is_picky
    )
    expected, has = compared(sides, "asked")
    there = f"entity.{sides.key} IS NOT NULL"
    key = ", ".join(
        f"asked.{column(name)} AS {column(f'key_{place}')}"
        for place, name in enumerate(sides.row_key)
    )
    said_, is_ = (
        ", ".join(f"{value} AS {column(f'value_{place}')}" for place, value in enumerate(values))
        for values in (["true", *expected], [f"{there} AND NOT ({unfit or 'false'})", *has])
    )
    return Comparison(
        table=said.table,
        expected=f"SELECT {key}, {said_} FROM {sides.old} AS asked",
        actual=f"SELECT {key}, {is_} FROM {sides.old} AS asked"
        f" LEFT JOIN {sides.entity} AS entity ON entity.{sides.key} = asked.{sides.ref}",
        key=tuple(f"key_{place}" for place in range(len(sides.row_key))),
    )


@dataclass(frozen=True)
class UnswapLinks(LinkStep):
    """The old table, which was kept in step, takes its place again.

    Attributes:
        alone: whether the entity is an earlier phase's.
    """

    alone: bool = field(default=False, repr=False)

    @property
    def name(self) -> str:
        return SwapLinks(self.linking).name

    @property
    def tables(self) -> Sequence[str]:
        return (self.linking.table, self.linking.entity)

    @property
    def locks(self) -> Sequence[TableLock]:
        return self._unswap("").locks

    def check(self, work: Work) -> Sequence[Refusal]:
        return self._unswap("").check(work)

    def _unswap(self, after: str) -> UnswapTable:
        return UnswapTable(self.name, self.linking.table, (self.linking.entity,), after)

    def run(self, work: Work) -> int:
        after = archive_triggers.lead_no_more(Sides.swapped(work, self.linking).before_swap())
        release(work, self.linking.table, self.name)
        rows = self._unswap(after).run(work)
        if self.linking.made and not self.alone:
            privileges.close(work, quoted(self.linking.entity))
        return rows


@dataclass(frozen=True)
class HoldRows(LinkStep):
    """Values of the new application's that the old table cannot hold are refused."""

    repeats: ClassVar[bool] = True

    @property
    def name(self) -> str:
        return f"old rows of {self.linking.table} hold what the new ones say"

    @property
    def undoes(self) -> str:
        return SwapLinks(self.linking).name

    @property
    def ends(self) -> Sequence[str]:
        return ()

    @property
    def locks(self) -> Sequence[TableLock]:
        return ()

    def check(self, work: Work) -> Sequence[Refusal]:
        return list(self._refusals(work))

    def _refusals(self, work: Work) -> Iterator[Refusal]:
        said, sides = self.linking, Sides.swapped(work, self.linking)
        entity = f"{sides.entity} AS new ON new.{sides.key} = old.{sides.ref}"
        same = sides.are_same(sides.link_pair("new"), sides.pair("old"))
        link = f"{sides.rows} AS new ON {same}"
        for join, table, changes in (
            (entity, said.entity, said.returning),
            (link, said.table, said.carried),
        ):
            for change in changes:
                there, mine = f"new.{column(change.new_name)}", f"old.{column(change.column)}"
                said_ = sides.new_value("old", change)
                query = (
                    f"SELECT {sides.row_keys('old')}, {there} FROM {sides.old} AS old JOIN {join}"
                    f" WHERE {there} IS NOT NULL AND NOT {alike(said_, there)}"
                    f" AND {alike(sides.old_value(there, change, mine), mine)}"
                )
                total, found = listed(work, query)
                if total:
                    message = f"{table}.{change.new_name}: values that the old column cannot hold."
                    yield Refusal(message, found, total, "Change them first.", query)

    def run(self, work: Work) -> int:
        del work
        return 0


def _spilled(said: Linking, swap: str, *, alone: bool) -> Iterator[Step]:
    """What the old table has no row for."""
    archive = quoted(said.archived)
    # Elements of arrays are equal by their type's own equality, whatever is found by its name.
    pair = " AND ".join(
        (
            f"row.{column(said.reference)} = spilled.{column(said.reference)}",
            *(
                f"ARRAY[row.{column(change.column)}] = ARRAY[spilled.{column(change.new_name)}]"
                for change in said.owners
            ),
        )
    )
    where = f"NOT EXISTS (SELECT FROM {archive} AS row WHERE {pair})"
    yield kept.spill(said, said.table, no_row(said), where, swap)
    without = f"NOT EXISTS (SELECT FROM {archive} AS row WHERE row.{column(said.reference)} = {{}})"
    if alone:
        hanging = without.format(kept.REFERENCE)
        for table in said.hanging:
            yield kept.spill(said, table, spilling.no_place(table), hanging, swap)
    else:
        yield from spilling.hanging(said, FollowTable(said).name)
    key = without.format(f"spilled.{column(said.key)}")
    yield Spill(spilling.no_row(said), said.entity, key, (said.key, *said.identity), of=swap)


def no_row(said: Linking) -> str:
    """Why links without a row are spilled."""
    return f"The old shape has no place for links of {said.table} that have no row of it."


@dataclass(frozen=True)
class VerifyLinks(Verification):
    """Each link has what it refers to."""

    linking: Linking

    @property
    def name(self) -> str:
        return f"every link of {self.linking.table} has what it refers to"

    def result(self, work: Work) -> events.Verified:
        table = self.linking.table
        holds = " AND ".join(foreign_keys.references(work, table, "link"))
        shown = ", ".join(map(column, (*self.linking.owner, self.linking.reference)))
        query = f"SELECT {shown} FROM {quoted(table)} AS link WHERE NOT ({holds})"
        return asked(work, self.name, query)

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- must be true: {self.name}",)


def _taken_back(said: Linking) -> Iterator[Step]:
    """What rollbacks have spilled, in an order in which it can come back."""
    yield TakeBack(spilling.no_row(said), said.entity, key=(said.key,))
    yield kept.take_back(said, said.table, no_row(said))
    for table in said.hanging:
        yield kept.take_back(said, table, spilling.no_place(table))
    for reason, changes in ((spilling.unsaid(said), said.new), (spilling.begun(said), said.shared)):
        names = tuple(change.new_name for change in changes)
        if names:
            yield TakeBack(reason, said.entity, names, key=said.identity)


def steps(said: Linking, *, alone: bool) -> tuple[Step, ...]:
    """The steps of the second half.

    Args:
        said: what the revision says.
        alone: whether the entity is an earlier phase's.
    """
    return (
        MakeLinks(said),
        FollowRows(said),
        FillLinks(said),
        PrepareLead(said),
        SwapLinks(said, alone),
        *_taken_back(said),
        VerifyLinks(said),
    )
