"""op.widen_key: an integer key becomes a wider one, with all the foreign keys to it."""

from collections.abc import Iterator, Sequence

from gnkmigrate.errors import RevisionError
from gnkmigrate.operations.convert import converting_steps
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Step
from gnkmigrate.run.sync.conversion import Conversion
from gnkmigrate.run.sync.reshaping import Reshaping


@operation("widen_key")
def widen_key(
    table: str,
    column: str = "id",
    *,
    references: Sequence[str] = (),
    type: str = "bigint",  # noqa: A002 - as Conversion calls it
) -> tuple[Step, ...]:
    """Gives a key a wider type before its numbers come to an end, while the application writes.

    The columns that refer to it change one table after the other, the key comes last. Defaults,
    sequences, identity, NOT NULL, primary and foreign keys go over to the new columns. With
    op.keep_shape the old application still reads and writes the narrow ones.

    Args:
        table: "schema.table".
        column: the key, or a column of it.
        references: "schema.table.column" of each column that has a foreign key to it, and of what
            else of these tables becomes wider: the columns of a table change once in a revision.
        type: what they become: "bigint" or "integer".
    """
    names: dict[str, list[str]] = {}
    for reference in references:
        of, dot, name = reference.rpartition(".")
        if not dot or "." not in of:
            raise RevisionError(
                f'"{reference}" in op.widen_key of {table} names no column.',
                hint='Write it as "schema.table.column".',
            )
        names.setdefault(of, []).append(name)
    names[table] = [*names.pop(table, ()), column]
    return tuple(_steps(names, type))


def _steps(names: dict[str, list[str]], type_: str) -> Iterator[Step]:
    for table, columns in names.items():
        changes = (Conversion(name, type_, redeclares=False, exact=True) for name in columns)
        yield from converting_steps(Reshaping(table, (), tuple(changes), tuple(names)))
