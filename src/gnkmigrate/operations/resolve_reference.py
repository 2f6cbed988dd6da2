"""op.resolve_reference: a text that names a row of another table becomes a foreign key to it."""

from gnkmigrate.operations.add_constraint import AddConstraint
from gnkmigrate.operations.convert import converting_steps
from gnkmigrate.operations.index import BuildIndex
from gnkmigrate.operations.verify_references import CountUnresolved
from gnkmigrate.run.names import column as quoted_column
from gnkmigrate.run.names import quoted, split
from gnkmigrate.run.own_names import fitting
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Step
from gnkmigrate.run.sync.reference import reference
from gnkmigrate.run.sync.reshaping import Reshaping


@operation("resolve_reference")
def resolve_reference(
    table: str,
    column: str,
    to: str,
    by: str,
    *,
    type: str,  # noqa: A002 - as Conversion calls it
    key: str = "id",
    fold: bool = False,
    by_key: bool = False,
    rename: str = "",
    not_null: bool = False,
    unless: tuple[str, str] | None = None,
    actions: str = "",
    index: bool = True,
) -> tuple[Step, ...]:
    """Looks each text up, and adds the foreign key and an index for it.

    A text that names nobody, or several alike, is listed before the phase begins. Until contract
    what the old application writes is looked up as well; with `fold` an index of ours helps.

    From then on the key says who is meant. Where that row gets another name later, the old
    application goes on reading the text that was written, whoever has that name by then. A
    downgrade gives the row the name that whom it refers to has by then, unless the text still
    names the same: then it comes back to the letter.

    Args:
        table: "schema.table" of the column.
        column: its name before.
        to: "schema.table" of the rows that are named.
        by: the column of that table that the text says.
        type: the type of that table's key, as SQL.
        key: that table's key.
        fold: whether a text that is nobody's names the one whose differs in case alone.
        by_key: whether a text that is still nobody's may be a key of that table itself.
        rename: its name afterwards; "" where it stays.
        not_null: whether it is NOT NULL afterwards.
        unless: a policy of the settings and its value, such as ("unmapped", "archive"), with which
            a text that names nobody becomes NULL; the old column keeps it until contract.
        actions: of the foreign key, such as "ON DELETE CASCADE".
        index: whether the new column gets an index.
    """
    mapping = reference(
        column, to, by, type=type, key=key, fold=fold, by_key=by_key, rename=rename,
        not_null=not_null, unless=unless,
    )  # fmt: skip
    spec = Reshaping(table, (), (mapping,))
    return (
        *converting_steps(spec),
        *((CountUnresolved(spec),) if unless else ()),
        *referring(table, mapping.new_name, to, key, actions=actions, index=index),
    )


def referring(
    table: str, column: str, to: str, key: str, *, actions: str, index: bool
) -> tuple[Step, ...]:
    """The steps that add a foreign key, with the name that PostgreSQL would give it, and its index.

    Args:
        table: "schema.table" of the column.
        column: its name.
        to: "schema.table" that it references.
        key: the column of that table.
        actions: as after the referenced columns.
        index: whether the column gets an index.
    """
    name, of = split(table)[1], quoted_column(column)
    refers = f"FOREIGN KEY ({of}) REFERENCES {quoted(to)} ({quoted_column(key)}) {actions}".strip()
    built = BuildIndex(fitting(name, column, "idx"), table, f"({of})")
    return (
        AddConstraint(table, fitting(name, column, "fkey"), refers),
        *((built,) if index else ()),
    )
