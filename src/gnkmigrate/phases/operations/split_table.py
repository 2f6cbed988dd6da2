"""op.split_table: several columns become rows of a table of their own, each of them once."""

from collections.abc import Mapping

from gnkmigrate.errors import RevisionError
from gnkmigrate.phases.entity import Entity
from gnkmigrate.phases.operations.entity_steps import entity_steps
from gnkmigrate.phases.recorder import operation
from gnkmigrate.phases.step import Step


@operation("split_table")
def split_table(
    table: str,
    into: str,
    columns: Mapping[str, str],
    *,
    reference: str,
    key: str = "id",
    type: str = "bigint",  # noqa: A002 - as Conversion calls it
    not_null: bool = False,
    actions: str = "",
    index: bool = True,
) -> tuple[Step, ...]:
    """Makes a table of what several columns say together, and a foreign key to it.

    Rows that say the same refer to one row. Where all columns are NULL there is none; rows in which
    some are NULL and some are not are refused. While both applications work, what the old one
    writes for the first time gets a row, and a row that the new one changes is what the old one
    sees wherever it is referred to.

    Args:
        table: "schema.table" of the columns.
        into: "schema.table" of the new table, which is made here.
        columns: the columns, and what each is called in the new table.
        reference: the column of the old table that refers to it, which is made here.
        key: the key of the new table, an identity column.
        type: its type: smallint, integer or bigint.
        not_null: whether the reference is NOT NULL afterwards.
        actions: of the foreign key, such as "ON DELETE RESTRICT".
        index: whether the reference gets an index.

    Raises:
        RevisionError: no columns are given, or one name is given twice.
    """
    names = [*columns.values(), key]
    if not columns or len(set(names)) < len(names):
        raise RevisionError(
            f"op.split_table does not say which columns {into} has: {', '.join(names)}.",
            hint="Give each column a name of its own, other than the key's.",
        )
    entity = Entity(table, into, tuple(columns.items()), key, type, reference)
    return entity_steps(entity, not_null=not_null, actions=actions, index=index)
