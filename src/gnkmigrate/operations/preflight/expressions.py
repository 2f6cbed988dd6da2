"""The expressions of a conversion compile, on the types that the columns really have.

Nothing is run: PREPARE asks PostgreSQL to parse a statement and to find its names and operators.
"""

from collections.abc import Iterator, Mapping, Sequence

import psycopg
from psycopg import errors

from gnkmigrate.operations.preflight.asked import Asked
from gnkmigrate.run.names import column, quoted
from gnkmigrate.run.session import OURS
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.sync.conversion import COLUMN, Conversion
from gnkmigrate.run.template import render
from gnkmigrate.run.work import Work

_VALUE = "asked.value"
# What a step of the same phase may make before the conversion runs.
MISSING = (errors.UndefinedFunction, errors.UndefinedTable, errors.UndefinedObject,
            errors.InvalidSchemaName)  # fmt: skip


def refusals(asked: Asked) -> Iterator[Refusal]:
    """Expressions that PostgreSQL does not accept, each with what it says."""
    wrong = [
        f"{name}, {what}: {error.diag.message_primary}"
        for name, what, error in faults(asked.work, asked.table, asked.conversions, asked.types)
        if not (asked.is_prepared and isinstance(error, MISSING))
    ]
    if wrong:
        yield Refusal(
            f"Expressions for columns of {asked.table} do not compile.",
            wrong,
            len(wrong),
            "Correct the revision; :column stands for the value, and every name that is not "
            "PostgreSQL's own needs its schema.",
        )


def faults(
    work: Work, table: str, conversions: Sequence[Conversion], types: Mapping[str, str]
) -> Iterator[tuple[str, str, psycopg.Error]]:
    """Column, argument and error of each expression that does not compile.

    Args:
        work: the session.
        table: "schema.table", whose columns are those that will be converted.
        conversions: the columns' changes.
        types: the type of each of these columns, as SQL.
    """
    for change in conversions:
        for what, statement in statements(table, change, types[change.column]):
            error = refused(work, statement)
            if error is not None:
                yield change.column, what, error


def statements(table: str, change: Conversion, old_type: str) -> Iterator[tuple[str, str]]:
    """What each argument of a conversion has to be good for, as a query on a value."""
    name, source = column(change.column), quoted(table)
    before = f"FROM (SELECT {name} AS value FROM {source}) AS asked"
    new = change.converted(_VALUE)
    after = f"FROM (SELECT {new} AS value {before}) AS asked"
    yield "using", f"SELECT {new} {before}"
    yield "fits", f"SELECT {before} WHERE ({change.fits.replace(COLUMN, _VALUE)}) IS NOT TRUE"
    yield "back", f"SELECT {change.reverted(_VALUE, old_type)} {after}"
    yield "holds", f"SELECT {after} WHERE ({change.holds.replace(COLUMN, _VALUE)}) IS NOT TRUE"
    if change.default is not None:
        yield "default", f"SELECT ({change.default})::{change.type or old_type}"


def is_null(work: Work, expression: str) -> bool:
    """Whether an expression that compiles is NULL whatever it is asked for; nothing is run."""
    with work.settings(search_path=OURS):
        text = render(f"EXPLAIN (VERBOSE, FORMAT JSON) SELECT {expression}", work.parameters)
        plan = work.value(text)
    return str(plan[0]["Plan"]["Output"][0]).startswith("NULL::")


def refused(work: Work, query: str) -> psycopg.Error | None:
    """What PostgreSQL says against a query that it does not accept; None where it does."""
    with work.settings(search_path=OURS):
        try:
            with work.connection.transaction():
                text = render(query, work.parameters)
                work.connection.execute(f"PREPARE gnkmigrate_asked AS {text}".encode())
                work.connection.execute("DEALLOCATE gnkmigrate_asked")
        except (psycopg.ProgrammingError, psycopg.DataError) as error:
            return error
    return None
