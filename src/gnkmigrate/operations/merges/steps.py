"""The steps of a merge: the new columns are built, take over, and go again."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from gnkmigrate import own_objects
from gnkmigrate.operations.convert_online import require
from gnkmigrate.operations.merges import rights, sync
from gnkmigrate.operations.merges.sides import Sides, built_name
from gnkmigrate.operations.merges.spec import Merge
from gnkmigrate.operations.merges.way import AnyWay
from gnkmigrate.operations.parts.fill import Fill
from gnkmigrate.run import dependents, relation
from gnkmigrate.run.batches.row_key import Columns, key_of, listed
from gnkmigrate.run.kept.old_value import ROW, OldValue
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.sync import column_settings, legacy, shadow_columns
from gnkmigrate.run.sync.column_pair import keep_as_they_are, kept_name, release
from gnkmigrate.run.sync.exchange import not_null_check
from gnkmigrate.run.sync.row_checksum import Comparison
from gnkmigrate.run.work import Work


@dataclass(frozen=True)
class _MergeStep(Step):
    """What the steps have in common."""

    merge: Merge
    way: AnyWay = field(repr=False)

    @property
    def tables(self) -> Sequence[str]:
        return (self.merge.side, self.merge.table)

    def sides(self, work: Work) -> Sides:
        """Both tables, before the cutover."""
        sides: Sides = self.way.sides(work, self.merge)
        return sides

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- {self.name}",)


@dataclass(frozen=True)
class FollowSide(_MergeStep):
    """Adds the new columns, and the triggers by which they follow the side table."""

    @property
    def name(self) -> str:
        return f"{self.merge.table} follows {self.merge.side}"

    @property
    def reverse(self) -> Sequence[Step]:
        return (LeaveSide(self.merge, self.way),)

    def check(self, work: Work) -> Sequence[Refusal]:
        return self.way.refusals(work, self.merge)

    def run(self, work: Work) -> int:
        sides = self.sides(work)
        relation.keep_maintenance_out(work, sides.side, sides.table)
        found = relation.columns(work, self.merge.side, [old for old, _ in self.merge.columns])
        types = {name: str(declared["type"]) for name, declared in found.items()}
        statements = (
            shadow_columns.DEFAULTS,
            sync.add_columns(sides, types),
            self.way.follow(sides),
        )
        work.execute(";\n".join(statements))
        set_ = [(built_name(new), found[old]["options"]) for old, new in self.merge.columns]
        column_settings.carry(work, sides.table, set_)
        return 0


@dataclass(frozen=True)
class LeaveSide(_MergeStep):
    """Takes FollowSide back, in an upgrade that did not come to its cutover."""

    @property
    def name(self) -> str:
        return FollowSide(self.merge, self.way).name

    @property
    def ends(self) -> Sequence[str]:
        """With it the rows that are filled, so that going up again begins anew."""
        return tuple(step.name for step in building_steps(self.merge, self.way))

    def run(self, work: Work) -> int:
        sides = self.sides(work)
        work.execute(f"{self.way.follow_no_more(sides)};\n{sync.drop_columns(sides)}")
        shadow_columns.drop_unused(work)
        return 0


@dataclass(frozen=True)
class FillColumns(_MergeStep):
    """Fills the new columns in batches."""

    fills: ClassVar[bool] = True
    transactional: ClassVar[bool] = False

    @property
    def name(self) -> str:
        return f"values of {self.merge.side} in {self.merge.table}"

    @property
    def one_way(self) -> bool:
        return True

    def run(self, work: Work) -> int:
        key, sides = key_of(work, self.merge.table, ()), self.sides(work)
        sql = ";\n".join(map(sync.fill, self.way.pieces(sides)))
        table, required = self.merge.table, self.way.required(work, sides)
        filled = Fill(self.name, table, key, sql, alias="filled", quiet=True).run(work)
        for name in required:
            require(work, table, built_name(name))
        return filled


@dataclass(frozen=True)
class MergeTables(_MergeStep):
    """The new columns get their names, and the side table goes to the archive, where it follows."""

    @property
    def name(self) -> str:
        return self.merge.name

    @property
    def cuts_over(self) -> bool:
        return True

    @property
    def archived(self) -> str:
        return self.merge.side

    @property
    def reverse(self) -> Sequence[Step]:
        return (MergeBack(self.merge, self.way),)

    def relied_on(self, table: str) -> Collection[str]:
        return self.way.relied_on(self.merge) if table == self.merge.table else ()

    def check(self, work: Work) -> Sequence[Refusal]:
        if FollowSide(self.merge, self.way) in work.earlier:
            return ()  # whose check asks all
        return self.way.lasting(work, self.merge)

    def old_values(self, work: Work, table: str) -> Sequence[OldValue]:
        """A reference that leaves says no more than the values that take its place."""
        if table != self.merge.table or not work.recall(self.merge.memory):
            return ()
        kept = map(kept_name, self.merge.leaving)
        return [OldValue(name, f"{ROW}.{column(name)}") for name in kept]

    def stranded(self, work: Work) -> Sequence[Refusal]:
        return self.way.stranded(work, self.merge) if work.recall(self.merge.memory) else ()

    def comparisons(self, work: Work) -> Sequence[Comparison]:
        sides, key = self.sides(work), self.way.row_key(work, self.merge)
        return [self._compared(piece, key) for piece in self.way.pieces(sides)]

    def _compared(self, sides: Sides, key: Columns) -> Comparison:
        row = listed(key, "merged")
        rows = f"FROM {sides.table} AS merged"
        old = f"LEFT JOIN {sides.side} AS side ON {sides.is_of('merged')}"
        return Comparison(
            table=self.merge.table,
            expected=f"SELECT {row}, {sides.old_values('side')} {rows} {old}",
            actual=f"SELECT {row}, {sides.new_values('merged')} {rows}",
            key=key,
        )

    def run(self, work: Work) -> int:
        said, sides = self.merge, self.sides(work)
        required = self.way.required(work, sides)
        relation.keep_maintenance_out(work, sides.side, sides.table)
        legacy.hide(work, said.side)
        self.way.hide(work, said)
        work.execute(f"LOCK TABLE {sides.side}, {sides.table} IN ACCESS EXCLUSIVE MODE")
        statements = [
            self.way.follow_no_more(sides),
            *self.way.put_aside(work, said),
            *_named(sides, required),
            *self._comments(work),
            *rights.carried(work, said),
            f"ALTER TABLE {sides.side} SET SCHEMA {column(own_objects.ARCHIVE)}",
        ]
        work.connection.execute(";\n".join(statements).encode())
        work.connection.execute(self.way.turn(work, sides.cut_over()).encode())
        shadow_columns.drop_unused(work)
        work.remember(said.memory, True)
        keep_as_they_are(work, said.table, said.name, self.way.relied_on(said))
        legacy.show_renamed(work, said.side, said.archived)
        self.way.show(work, said)
        rights.remember(work, said)
        return 0

    def _comments(self, work: Work) -> Sequence[str]:
        """Statements that give the new columns the comments of the old ones."""
        found: dict[str, str | None] = dict(
            work.connection.execute(
                "SELECT attname::text, col_description(attrelid, attnum) FROM pg_attribute"
                " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
                (quoted(self.merge.side),),
            ).fetchall()
        )
        return [
            f"COMMENT ON COLUMN {quoted(self.merge.table)}.{column(new)} IS {literal(comment)}"
            for old, new in self.merge.columns
            if (comment := found[old]) is not None
        ]


@dataclass(frozen=True)
class MergeBack(_MergeStep):
    """The side table, which was kept in step, takes its place again, and the columns go."""

    @property
    def name(self) -> str:
        return self.merge.name

    @property
    def ends(self) -> Sequence[str]:
        """With the cutover all that prepared it, so that going up again begins anew."""
        return (self.name, *(step.name for step in building_steps(self.merge, self.way)))

    @property
    def tables(self) -> Sequence[str]:
        return (self.merge.table,)

    def takes_off(self, table: str) -> Collection[str]:
        names = (*(new for _, new in self.merge.columns), *map(kept_name, self.merge.leaving))
        return names if table == self.merge.table else ()

    def check(self, work: Work) -> Sequence[Refusal]:
        said = self.merge
        taken = work.value(f"SELECT to_regclass({literal(quoted(said.side))}) IS NOT NULL")
        in_the_way = [f"{said.side}, which is there again"] if taken else []
        hanging = dependents.dependents(work, said.table, [new for _, new in said.columns])
        if not work.recall(said.memory) or not (hanging or in_the_way):
            return ()
        message = f"Other objects are in the way of {said.side}, or use columns that go with it."
        return (Refusal(message, [*in_the_way, *hanging], 0, "Drop them before."),)

    def run(self, work: Work) -> int:
        said, sides = self.merge, self.way.sides(work, self.merge, is_cut_over=True)
        relation.keep_maintenance_out(work, sides.side, sides.table)
        rights.settle(work, said)
        legacy.hide(work, said.archived)
        self.way.hide(work, said)
        work.execute(f"LOCK TABLE {sides.side}, {sides.table} IN ACCESS EXCLUSIVE MODE")
        statements = (
            self.way.turn_no_more(sides),
            sync.drop_columns(sides),
            *self.way.give_back(work, said),
            f"ALTER TABLE {sides.side} SET SCHEMA {column(said.side.partition('.')[0])}",
        )
        work.connection.execute(";\n".join(statements).encode())
        shadow_columns.drop_unused(work)
        legacy.show_renamed(work, said.archived, said.side)
        self.way.show_no_more(work, said)
        release(work, said.table, said.name)
        work.forget(said.memory)
        return 0


def building_steps(merge: Merge, way: AnyWay) -> tuple[Step, ...]:
    """The steps before the cutover."""
    return (FollowSide(merge, way), FillColumns(merge, way))


def _named(sides: Sides, required: Sequence[str]) -> Iterator[str]:
    """Statements that give the new columns their names, and NOT NULL to those that a CHECK proves.

    Args:
        sides: before the cutover.
        required: their names afterwards.
    """
    alter = f"ALTER TABLE {sides.table}"
    for (_, new), built in zip(sides.said.columns, sides.news, strict=True):
        yield f"{alter} ALTER COLUMN {built} DROP DEFAULT"
        yield f"{alter} RENAME COLUMN {built} TO {column(new)}"
        if new in required:
            yield f"{alter} ALTER COLUMN {column(new)} SET NOT NULL"
            yield f"{alter} DROP CONSTRAINT {column(not_null_check(built_name(new)))}"
