"""op.merge_tables: the columns of a table become columns of the one that its rows belong to."""

from collections.abc import Mapping, Sequence

from gnkmigrate.errors import RevisionError
from gnkmigrate.operations.joins.spec import Join
from gnkmigrate.operations.joins.way import SharedRows
from gnkmigrate.operations.merges.parts import PartRows, Parts
from gnkmigrate.operations.merges.proving import VerifyMerge
from gnkmigrate.operations.merges.spec import Merge
from gnkmigrate.operations.merges.steps import MergeTables, building_steps
from gnkmigrate.operations.merges.way import AnyWay, OneRow
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Step


@operation("merge_tables")
def merge_tables(
    side: str,
    *,
    into: str,
    columns: Mapping[str, str] | None = None,
    on: Mapping[str, str] | None = None,
    reference: Mapping[str, str] | None = None,
    identity: tuple[str, ...] = (),
    unused: str = "refuse",
    dropped: Sequence[str] = (),
    part: str = "",
    parts: Mapping[str, Mapping[str, str]] | None = None,
) -> tuple[Step, ...]:
    """Merges a side table into the table to which its rows belong, or that refers to them.

    The way back of op.move_columns, with `on`: a row has one of the side table at most, or with
    `parts` one for each part, such as the address for the bill. And that of op.split_table, with
    `reference`: several rows may refer to one, and each gets its values.

    The columns are added, filled and kept in step while the application writes, and take over in
    one short transaction. The side table is kept in the archive until contract, in step with the
    new columns whichever application writes: the old one sees both tables through their views, if
    op.keep_shape has kept their shapes, and a downgrade puts all back as it is, without moving a
    row.

    Args:
        side: "schema.table" of the side table.
        into: "schema.table" that gets its columns.
        columns: its other columns, and what each is called afterwards. They may be NULL then; with
            `reference` those are NOT NULL that are so before, where that is NOT NULL as well.
        on: the columns of the side table's foreign key to the other, which is a key of its own as
            well, and those that they reference.
        reference: instead, the column of the other table's foreign key, which leaves, and the key
            of the side table.
        identity: with `reference`, the columns of the side table that tell its rows apart: they are
            NOT NULL, and unique; none: all those that go to the other table. What the new
            application writes to others than these counts for all rows that have the same identity,
            until contract.
        unused: with `reference`, what becomes of rows of the side table to which none refers:
            they are in the way ("refuse"), or are kept until contract ("archive").
        dropped: columns that nothing is made of, such as a key of its own; what they have by
            default is what a row has there that the new application makes.
        part: with `on`, the column of the side table that says which part a row is; both are a key.
        parts: instead of `columns`, those of each part, by what `part` has for it.

    Raises:
        RevisionError: a column is named twice, or none goes to the table, or the like.
    """
    key = tuple((on or {}).items())
    merge: Merge
    way: AnyWay
    if reference is not None and on is None and parts is None and not part:
        merge, way = _join(side, into, columns or {}, reference, identity, unused, dropped)
    elif on is None or reference is not None or identity or unused != "refuse":
        raise _contradiction(side, into, "either on=, or reference= with identity= and unused=")
    elif (parts is None) == (columns is None) or (parts is None and part):
        raise _contradiction(side, into, "either columns=, or part= and parts=")
    elif parts:
        lots = tuple((value, tuple(each.items())) for value, each in parts.items())
        pairs = tuple(pair for _, lot in lots for pair in lot)
        merge = Parts(side, into, key, pairs, tuple(dropped), part, lots)
        way = PartRows()
    else:
        merge = Merge(side, into, key, tuple((columns or {}).items()), tuple(dropped))
        way = OneRow()
    return (*building_steps(merge, way), MergeTables(merge, way), VerifyMerge(merge, way))


def _join(
    side: str,
    into: str,
    columns: Mapping[str, str],
    reference: Mapping[str, str],
    identity: tuple[str, ...],
    unused: str,
    dropped: Sequence[str],
) -> tuple[Merge, AnyWay]:
    key = tuple((referred, referring) for referring, referred in reference.items())
    told = identity or tuple(columns)
    merge = Join(side, into, key, tuple(columns.items()), tuple(dropped), told, unused)
    return merge, SharedRows()


def _contradiction(side: str, into: str, what: str) -> RevisionError:
    return RevisionError(
        f"The merge of {side} into {into} contradicts itself.",
        details=[what],
        hint="on= names the side table's foreign key, reference= that of the other table.",
    )
