"""op.merge_tables: the rows of a side table become columns of the table that they belong to."""

from collections.abc import Mapping, Sequence

from gnkmigrate.operations.merges.spec import Merge
from gnkmigrate.operations.merges.steps import MergeTables, VerifyMerge, building_steps
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Step


@operation("merge_tables")
def merge_tables(
    side: str,
    *,
    into: str,
    on: Mapping[str, str],
    columns: Mapping[str, str],
    dropped: Sequence[str] = (),
) -> tuple[Step, ...]:
    """Merges a side table, which has one row at most for each row of another, into that one.

    The way back of op.move_columns, as an upgrade. The columns are added, filled and kept in step
    while the application writes, and take over in one short transaction. The side table is kept in
    the archive until contract, in step with the new columns whichever application writes: the old
    one sees it through its view, if op.keep_shape has kept its shape, and a downgrade puts it back
    as it is, without moving a row.

    Args:
        side: "schema.table" of the side table.
        into: "schema.table" that gets its columns.
        on: the columns of the side table's foreign key to it, which is a key of its own as well,
            and those that they reference.
        columns: its other columns, and what each is called afterwards. They may be NULL then.
        dropped: columns that nothing is made of, such as a key of its own; what they have by
            default is what a row has there that the new application makes.

    Raises:
        RevisionError: a column is named twice, or none goes to the table.
    """
    merge = Merge(side, into, tuple(on.items()), tuple(columns.items()), tuple(dropped))
    return (*building_steps(merge), MergeTables(merge), VerifyMerge(merge))
