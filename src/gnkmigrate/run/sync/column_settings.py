"""What was set for a column, to store and to estimate its values, for the one that takes its place.

It is set while the new column has no values: how they are stored, they keep, and statistics are
gathered once they are there.
"""

from collections.abc import Iterable, Sequence

from gnkmigrate.run.names import column, literal
from gnkmigrate.run.work import Work

# Types of a fixed length are stored as they are, and PostgreSQL refuses to be told another way.
_STORED_AS_IT_IS = """
SELECT typstorage = 'p' FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
WHERE attrelid = {table}::regclass AND attname = {name}
"""
_OF_LONG_VALUES = ("SET STORAGE", "SET COMPRESSION")


def carry(work: Work, table: str, given: Iterable[tuple[str, Sequence[str]]]) -> None:
    """Sets it.

    Args:
        work: the session.
        table: the quoted table of the new columns.
        given: the name of each, and the options of the old one, as relation.columns says them.
    """
    for name, options in given:
        plain = options and work.value(
            _STORED_AS_IT_IS.format(table=literal(table), name=literal(name))
        )
        actions = [each for each in options if not (plain and each.startswith(_OF_LONG_VALUES))]
        if actions:
            listed = ", ".join(f"ALTER COLUMN {column(name)} {action}" for action in actions)
            work.connection.execute(f"ALTER TABLE {table} {listed}".encode())
