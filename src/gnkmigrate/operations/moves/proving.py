"""What a move is proven by: before its cutover, and as long as the old columns are kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate.operations.moves import sync
from gnkmigrate.operations.moves.spec import Move, Part
from gnkmigrate.operations.splits.leaving import Leaving
from gnkmigrate.operations.verify import asked
from gnkmigrate.run import events
from gnkmigrate.run.batches.row_key import key_of, listed
from gnkmigrate.run.names import column
from gnkmigrate.run.sync.row_checksum import Comparison
from gnkmigrate.run.verification import Verification
from gnkmigrate.run.work import Work


def compared(move: Move, sides: Leaving) -> Comparison:
    """The rows that the side table is to have before the cutover, with those that it has."""
    shown = listed((*move.own_key, *move.names), "side")
    return Comparison(
        table=move.entity,
        expected=" UNION ALL ".join(_expected(move, sides, part) for part in move.parts),
        actual=f"SELECT {shown}, true AS gnkmigrate_fits FROM {sides.entity} AS side",
        key=move.own_key,
    )


def _expected(move: Move, sides: Leaving, part: Part) -> str:
    unfit = " OR ".join(
        f"({sides.unfit('asked', change)})" for change in part.columns if change.is_picky
    )
    values = f"{sync.written(move, sides, part, 'asked')}, NOT ({unfit or 'false'})"
    where = sides.is_present("asked", part.columns)
    return (
        f"SELECT * FROM (SELECT {values} FROM {sides.table} AS asked WHERE {where})"
        f" AS said ({sync.listed(move)}, gnkmigrate_fits)"
    )


@dataclass(frozen=True)
class VerifyMove(Verification):
    """Each row says what its rows of the side table do, as long as the old columns are kept."""

    move: Move

    @property
    def name(self) -> str:
        return f"rows of {self.move.table} say what those of {self.move.entity} do"

    def result(self, work: Work) -> events.Verified:
        move = self.move
        if work.recall(move.memory) is None:  # since contract
            return asked(work, self.name, "SELECT WHERE false")
        sides = Leaving.remembered(work, move).cut_over()
        key = listed(key_of(work, move.table, ()), "checked")
        query = " UNION ALL ".join(
            f"SELECT {key} FROM {sides.table} AS checked LEFT JOIN {sides.entity} AS side"
            f" ON {sync.is_of(move, sides, part, 'checked')} WHERE {self._unlike(sides, part)}"
            for part in move.parts
        )
        return asked(work, self.name, query)

    def _unlike(self, sides: Leaving, part: Part) -> str:
        says = " AND ".join(sides.says("checked", change, "side") for change in part.columns)
        there = f"side.{column(self.move.own_key[0])} IS NOT NULL"
        # The new application may have a row that says nothing.
        empty = " AND ".join(
            f"{sides.way_back(change)}(side.{column(change.new_name)}) IS NULL"
            for change in part.columns
        )
        present = sides.is_present("checked", part.columns)
        return (
            f"CASE WHEN {present} THEN ({there} AND {says}) IS NOT TRUE"
            f" ELSE {there} AND NOT ({empty}) END"
        )

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- must be true: {self.name}",)
