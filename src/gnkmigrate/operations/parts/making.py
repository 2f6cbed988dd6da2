"""What PostgreSQL says of a table that a phase is to make, asked on temporary ones beforehand."""

from collections.abc import Iterator, Sequence

from gnkmigrate.operations.parts import empty_copy
from gnkmigrate.run.names import column, quoted
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.sync.conversion import Conversion
from gnkmigrate.run.work import Work

# "schema.table" for what is to be made.
MADE = "pg_temp.gnkmigrate_made"
_MADE = quoted(MADE)
_REFERRING = quoted("pg_temp.gnkmigrate_referring")


def refusals(work: Work, table: str, entity: str, statements: Sequence[str]) -> Iterator[Refusal]:
    """Carries statements out, which make nothing but temporary tables, and takes them back.

    Args:
        work: the session.
        table: "schema.table" that is there.
        entity: "schema.table" that is to be made, of which they are a model.
        statements: which.
    """
    if not empty_copy.can_ask(work, table):
        return
    try:
        with work.connection.transaction(force_rollback=True):
            for statement in statements:
                work.execute(statement)
    except empty_copy.REFUSED as error:
        prepared = any(step.prepares for step in work.earlier)
        if not (prepared and isinstance(error, empty_copy.NOT_YET)):
            yield Refusal(
                f"{entity} cannot be made as the revision says: {error.diag.message_primary}.",
                hint="Correct the revision, or make before what it needs.",
            )


def a_row(new: Sequence[Conversion], optional: Sequence[str], *, keyed: bool = False) -> list[str]:
    """Statements that write a row to MADE, with what each gets in columns that only that has.

    Args:
        new: these columns.
        optional: others of its columns, which have no value here.
        keyed: whether some of these are its primary key.
    """
    dropped = ", ".join(f"ALTER COLUMN {column(name)} DROP NOT NULL" for name in optional)
    names = ", ".join(column(change.new_name) for change in new)
    values = ", ".join(change.converted("NULL") for change in new)
    written = f"({names}) VALUES ({values})" if new else "DEFAULT VALUES"
    unkeyed = [f"ALTER TABLE {_MADE} DROP CONSTRAINT gnkmigrate_made_pkey"] if keyed else []
    return [*unkeyed, f"ALTER TABLE {_MADE} {dropped}", f"INSERT INTO {_MADE} {written}"]


def referring(name: str, key: str, actions: str) -> list[str]:
    """Statements that make a table that refers to MADE.

    Args:
        name: its column.
        key: the column to which it refers.
        actions: of the foreign key, as SQL.
    """
    reference = f"FOREIGN KEY ({column(name)}) REFERENCES {_MADE} ({column(key)}) {actions}"
    return [
        f"CREATE TABLE {_REFERRING} AS SELECT {column(key)} AS {column(name)} FROM {_MADE}",
        f"ALTER TABLE {_REFERRING} ADD {reference}",
    ]
