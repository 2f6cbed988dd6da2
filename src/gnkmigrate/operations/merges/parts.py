"""A side table with several rows for each row of the table, each of which is a part of its own.

What keeps the two in step is made for each part by itself, as if it were a side table.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from gnkmigrate.operations.merges import preflight, sync
from gnkmigrate.operations.merges.sides import Sides
from gnkmigrate.operations.merges.spec import Merge
from gnkmigrate.operations.merges.way import Way
from gnkmigrate.run.batches.row_key import Columns, listed
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.own_names import own_name
from gnkmigrate.run.rows import listed as listed_rows
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.sync import type_operators
from gnkmigrate.run.sync.alike import alike
from gnkmigrate.run.work import Work


@dataclass(frozen=True)
class Piece(Merge):
    """One part, as a merge by itself.

    Attributes:
        part: the column of the side table that tells parts apart.
        value: what it has for this one.
    """

    part: str = ""
    value: str = ""

    def _contradictions(self) -> Iterator[str]:
        yield from ()  # what it is a part of has been asked

    def function(self, what: str) -> str:
        return super().function(own_name(f"{what}_", self.value))

    def trigger(self, prefix: str) -> str:
        return column(own_name(prefix, self.side, self.value))


@dataclass(frozen=True)
class Parts(Merge):
    """A merge of such a table; `columns` has those of all parts.

    Attributes:
        part: the column that tells them apart, which is of the side table's key.
        parts: what it has for each, with the columns of that.
    """

    part: str = ""
    parts: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()

    def _contradictions(self) -> Iterator[str]:
        yield from super()._contradictions()
        if not self.part:
            yield "no column says which part a row is"
        first, *others = ({old for old, _ in columns} for _, columns in self.parts)
        for (value, _), names in zip(self.parts[1:], others, strict=True):
            if names != first:
                yield f'the part "{value}" has other columns than "{self.parts[0][0]}"'

    @property
    def telling(self) -> tuple[str, ...]:
        return (self.part,)

    @property
    def leaving_names(self) -> list[str]:
        return [*(old for old, _ in self.key), self.part, *(old for old, _ in self.parts[0][1])]

    @property
    def pieces(self) -> Iterator[Piece]:
        """Each part by itself."""
        for value, columns in self.parts:
            yield Piece(self.side, self.table, self.key, columns, self.dropped, self.part, value)


@dataclass(frozen=True)
class PieceSides(Sides):
    """One part, and the tables that it is about.

    Attributes:
        equal: the operator by which parts are told apart.
    """

    said: Piece
    equal: str = type_operators.EQUAL

    @property
    def part(self) -> Mapping[str, str]:
        return {self.said.part: self.said.value}

    def is_of(self, row: str, side: str = "side") -> str:
        is_part = f"{side}.{column(self.said.part)} {self.equal} {literal(self.said.value)}"
        return f"{super().is_of(row, side)} AND {is_part}"


@dataclass(frozen=True)
class PartsSides(Sides):
    """All parts together.

    Attributes:
        pieces: each by itself.
    """

    said: Parts
    pieces: tuple[PieceSides, ...] = ()

    @classmethod
    def of(cls, work: Work, said: Parts, *, is_cut_over: bool) -> Self:
        """As they are before the cutover, or from then on."""
        place = said.archived if is_cut_over else said.side
        equal = type_operators.of_columns(work, place).get(said.part, type_operators.EQUAL)
        whole = Sides.found(work, said, is_cut_over=is_cut_over)
        pieces = (PieceSides(piece, whole.equalities, is_cut_over, equal) for piece in said.pieces)
        return cls(said, whole.equalities, is_cut_over, tuple(pieces))

    def cut_over(self) -> Self:
        pieces = tuple(piece.cut_over() for piece in self.pieces)
        return replace(self, is_cut_over=True, pieces=pieces)


@dataclass(frozen=True)
class PartRows(Way[Parts, PartsSides]):
    """A row of the table has a row of the side table for each part, or none."""

    def refusals(self, work: Work, said: Parts) -> list[Refusal]:
        found = preflight.of_tables(work, said) or [
            *preflight.keyed(work, said),
            *preflight.lasting(work, said),
            *preflight.together(work, said),
        ]
        return found or list(_others(work, said, said.side))

    def sides(self, work: Work, said: Parts, *, is_cut_over: bool = False) -> PartsSides:
        return PartsSides.of(work, said, is_cut_over=is_cut_over)

    def pieces(self, sides: PartsSides) -> Sequence[Sides]:
        return sides.pieces

    def row_key(self, work: Work, said: Parts) -> Columns:
        del work
        return tuple(new for _, new in said.key)

    def follow(self, sides: PartsSides) -> str:
        return ";\n".join(map(sync.follow_side, sides.pieces))

    def follow_no_more(self, sides: PartsSides) -> str:
        return ";\n".join(map(sync.follow_side_no_more, sides.pieces))

    def turn(self, work: Work, sides: PartsSides) -> str:
        stays = sync.may_say_nothing(work, sides)
        follow = (sync.follow_table(piece, stays=stays) for piece in sides.pieces)
        return ";\n".join((self.follow(sides), *follow))

    def turn_no_more(self, sides: PartsSides) -> str:
        tables = (sync.follow_table_no_more(piece.said) for piece in sides.pieces)
        return ";\n".join((*tables, self.follow_no_more(sides)))

    def relied_on(self, said: Parts) -> Sequence[str]:
        return [new for _, new in (*said.key, *said.columns)]

    def differs(self, sides: Sides) -> str:
        return f"NOT {alike(sides.new_values('merged'), sides.old_values('side'))}"

    def stranded(self, work: Work, said: Parts) -> Sequence[Refusal]:
        return list(_others(work, said, said.archived))


def _others(work: Work, said: Parts, place: str) -> Iterator[Refusal]:
    """Rows that are no part of which the revision says what becomes of it."""
    known = ", ".join(literal(value) for value, _ in said.parts)
    shown = listed((*(old for old, _ in said.key), said.part), "side")
    query = (
        f"SELECT {shown} FROM {quoted(place)} AS side"
        f" WHERE side.{column(said.part)}::text NOT IN ({known})"
    )
    total, rows = listed_rows(work, query)
    if total:
        yield Refusal(
            f"Rows of {said.side} are another part: the new shape has no place for them.",
            rows,
            total,
            "Say in `parts` what becomes of them, or delete them.",
            query,
        )
