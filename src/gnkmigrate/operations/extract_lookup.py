"""op.extract_lookup: the values of a column become rows of a table of their own."""

from gnkmigrate.operations.split_table import split_table
from gnkmigrate.run.names import literal, quoted
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Step
from gnkmigrate.run.sync.conversion import Conversion


@operation("extract_lookup")
def extract_lookup(
    table: str,
    column: str,
    into: str,
    *,
    label: str = "name",
    key: str = "id",
    type: str = "integer",  # noqa: A002 - as Conversion calls it
    label_type: str = "text",
    rename: str = "",
    not_null: bool = False,
    enum: str = "",
    new: tuple[Conversion, ...] = (),
    actions: str = "",
    index: bool = True,
) -> tuple[Step, ...]:
    """Makes a lookup table of the values of a text or enum, and a foreign key of the column.

    While both applications work, a value that the old one writes for the first time gets a row, and
    a label that the new one changes is what the old one sees in all its rows. It is op.split_table
    of one column.

    Args:
        table: "schema.table" of the column.
        column: its name before.
        into: "schema.table" of the lookup table, which is made here.
        label: the column of that table that has the values.
        key: its key.
        type: the type of the key, as for op.split_table.
        label_type: the type of the labels, as SQL.
        rename: the name of the column afterwards, such as "status_id"; "" where it stays.
        not_null: whether it is NOT NULL afterwards.
        enum: the enum that the column is of, "schema.type"; "" for a text. A label that it does not
            have is NULL for the old application, and refused on the way back.
        new: columns of the lookup table that the old shape does not have.
        actions: of the foreign key, such as "ON UPDATE CASCADE".
        index: whether the column gets an index.
    """
    values = Conversion(
        column,
        label_type,
        using=f":column::{label_type}",
        back=":column::text" if enum else ":column",
        rename=label,
        not_null=True,
        holds=_is_label_of(enum) if enum else "true",
    )
    return split_table(
        table,
        into,
        (values,),
        reference=rename or column,
        new=new,
        key=key,
        type=type,
        not_null=not_null,
        actions=actions,
        index=index,
    )


def _is_label_of(enum: str) -> str:
    """The condition that an enum, "schema.type", has a label."""
    return (
        "EXISTS (SELECT FROM pg_catalog.pg_enum"
        f" WHERE enumtypid = {literal(quoted(enum))}::regtype AND enumlabel = :column::text)"
    )
