"""op.soft_delete: a deleted row stays, and the application does not see it."""

from collections.abc import Mapping, Sequence

from gnkmigrate.operations.index import BuildIndex
from gnkmigrate.operations.retire_constraint import RetireConstraint
from gnkmigrate.operations.soft_deletes.hiding import HideDeleted
from gnkmigrate.operations.soft_deletes.marking import AddDeleted, DeletedRows
from gnkmigrate.run import names
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Step


@operation("soft_delete")
def soft_delete(
    table: str,
    view: str,
    unique: Mapping[str, tuple[str, str]] | None = None,
    column: str = "deleted_at",
    unfired: Sequence[str] = (),
) -> tuple[Step, ...]:
    """Adds a column that says when a row was deleted, and a view that hides those rows.

    Whoever has the view's schema first in the search path goes on as before: what he deletes
    through the view stays in the table, with the time, and is not shown. What goes with its parent
    (ON DELETE CASCADE), and what is deleted from the table itself, goes for good. Rows that refer
    to a deleted one stay as they are. Who may DELETE may also bring a row back.

    A downgrade is refused while the table has deleted rows, or keeps them with --spill, and the
    next upgrade brings them back. Until contract an old application may look for rows by what was
    unique; so a table with `unique` is refused while an old shape is kept in step with it.

    Args:
        table: "schema.table".
        view: "schema.name" of the view, in a schema made for such views.
        unique: for each UNIQUE constraint the index that takes its place, which is about rows alone
            that are not deleted: its name, and its columns such as "(email)".
        column: the new column's name.
        unfired: triggers on DELETE that need not fire any more: for them a DELETE through the view
            is an UPDATE.
    """
    reason = f"The old shape of {table} has no deleted rows."
    living = f"WHERE {names.column(column)} IS NULL"
    replaced = [
        step
        for constraint, (index, columns) in (unique or {}).items()
        for step in (
            BuildIndex(index, table, f"{columns} {living}", unique=True),
            RetireConstraint(table, constraint),
        )
    ]
    return (
        AddDeleted(table, column),
        *replaced,
        DeletedRows(reason, table, key=(), column=column),
        HideDeleted(
            table,
            view,
            column,
            tuple((name, columns) for name, (_, columns) in (unique or {}).items()),
            tuple(unfired),
        ),
    )
