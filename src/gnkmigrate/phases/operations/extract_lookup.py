"""op.extract_lookup: the values of a column become rows of a table of their own."""

from gnkmigrate.phases.entity import Entity
from gnkmigrate.phases.operations.entity_steps import entity_steps
from gnkmigrate.phases.recorder import operation
from gnkmigrate.phases.step import Step


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
    actions: str = "",
    index: bool = True,
) -> tuple[Step, ...]:
    """Makes a lookup table of the values of a text or enum, and a foreign key of the column.

    While both applications work, a value that the old one writes for the first time gets a row, and
    a label that the new one changes is what the old one sees in all its rows.

    Args:
        table: "schema.table" of the column.
        column: its name before.
        into: "schema.table" of the lookup table, which is made here.
        label: the column of that table that has the values.
        key: its key, an identity column.
        type: the type of the key: smallint, integer or bigint.
        label_type: the type of the labels, as SQL.
        rename: the name of the column afterwards, such as "status_id"; "" where it stays.
        not_null: whether it is NOT NULL afterwards.
        enum: the enum that the column is of, "schema.type"; "" for a text. A label that it does not
            have is NULL for the old application, and refused on the way back.
        actions: of the foreign key, such as "ON UPDATE CASCADE".
        index: whether the column gets an index.
    """
    entity = Entity(table, into, ((column, label),), key, type, rename or column, label_type)
    holds = entity.is_one_of(enum) if enum else "true"
    return entity_steps(entity, not_null=not_null, holds=holds, actions=actions, index=index)
