"""op.rename_columns: other names, for everybody at once and for the old application never."""

from collections.abc import Mapping

from gnkmigrate.errors import RevisionError
from gnkmigrate.operations.convert import convert_columns
from gnkmigrate.run.names import misnamed
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Step
from gnkmigrate.run.sync.conversion import Conversion


@operation("rename_columns")
def rename_columns(table: str, names: Mapping[str, str]) -> tuple[Step, ...]:
    """Gives columns other names in one short transaction; nothing else of them changes.

    With op.keep_shape the old application goes on under the old names.

    Args:
        table: "schema.table".
        names: what each column is called afterwards, by its name before.

    Raises:
        RevisionError: a name is empty, or one that PostgreSQL would cut.
    """
    if wrong := list(misnamed(names.values())):
        raise RevisionError(
            f"Columns of {table} cannot be called so.", details=wrong, hint="Give others."
        )
    renamed = (
        Conversion(before, rename=after, redeclares=False) for before, after in names.items()
    )
    return convert_columns(table, conversions=tuple(renamed))
