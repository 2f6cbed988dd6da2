"""op.move_columns: columns of a table become rows of a side table with the same key."""

from collections.abc import Mapping, Sequence

from gnkmigrate.operations.moves.building import MakeSideTable, building_steps
from gnkmigrate.operations.moves.proving import VerifyMove
from gnkmigrate.operations.moves.spec import Move, Part
from gnkmigrate.operations.moves.turning import MoveColumns, ValidateKey, taken_back
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Step
from gnkmigrate.run.sync.conversion import Conversion


@operation("move_columns")
def move_columns(
    table: str,
    into: str,
    columns: Mapping[str, str] | Sequence[Conversion] = (),
    *,
    key: Mapping[str, str],
    part: str = "",
    parts: Mapping[str, Mapping[str, str] | Sequence[Conversion]] | None = None,
    part_type: str = "text",
    new: tuple[Conversion, ...] = (),
) -> tuple[Step, ...]:
    """Makes a side table of some columns, with the key of the table and a foreign key to it.

    A row has one of the side table where it says anything in these columns; with `parts`, one for
    each part of which it says anything, such as the address for the bill and that for the parcel.
    The side table is made, filled and kept in step while the application writes, and takes over in
    one short transaction. The old columns stay, under names of ours, and in step with it until
    contract. Its rows are deleted, and change their key, with those of the table.

    Args:
        table: "schema.table" that the columns leave.
        into: "schema.table" of the side table, which is made here.
        columns: the columns, and what each is called in the side table; or what becomes of each, as
            for op.convert_columns: op.renamed, op.shortened, op.zoned and the like.
        key: the columns of the table's key, and what each is called in the side table.
        part: the column of the side table that says which part a row is, and belongs to its key.
        parts: instead of `columns`, those of each part, by what `part` has for it. All have the
            same columns in the side table.
        part_type: the type of `part`.
        new: columns that only the side table has: op.new, op.constant, op.answer.

    Raises:
        RevisionError: a column moves twice, or one name is given twice, or the like.
    """
    move = Move(
        table=table,
        entity=into,
        key=tuple(key.items()),
        parts=tuple(
            Part(value, _changes(moved)) for value, moved in (parts or {"": columns}).items()
        ),
        part=part,
        part_type=part_type,
        new=new,
    )
    return (
        MakeSideTable(move),
        *building_steps(move),
        MoveColumns(move),
        ValidateKey(move),
        *taken_back(move),
        VerifyMove(move),
    )


def _changes(columns: Mapping[str, str] | Sequence[Conversion]) -> tuple[Conversion, ...]:
    if not isinstance(columns, Mapping):
        return tuple(columns)
    return tuple(
        Conversion(before, rename="" if before == after else after)
        for before, after in columns.items()
    )
