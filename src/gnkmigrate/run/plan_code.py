"""What the statements of a plan would run of others.

A statement sets off what hangs on its table already, and evaluates what it makes itself: a check, a
default, a generated column, the query of a materialized view.
"""

import re
from collections.abc import Iterable, Sequence

from gnkmigrate.kinds.statement import Statement
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.psql import NotPlain, commands
from gnkmigrate.run.foreign_code import all_tables, foreign_code
from gnkmigrate.run.foreign_queries import OthersCode

# These name functions, and run none.
_RUNS_NOTHING = re.compile(
    r"(?:CREATE (?:OR REPLACE )?(?:FUNCTION|PROCEDURE|AGGREGATE|TRIGGER"
    r"|CONSTRAINT TRIGGER|EVENT TRIGGER|RULE|POLICY|OPERATOR|CAST|TYPE|SCHEMA|EXTENSION)"
    r"|ALTER (?:FUNCTION|PROCEDURE|ROUTINE|AGGREGATE|VIEW|OPERATOR|TYPE|POLICY|SCHEMA|EXTENSION)"
    r"|DROP|COMMENT|GRANT|REVOKE|SECURITY LABEL|SET) "
)
# Nor does a view, until another one is filled by it.
_VIEW = re.compile(r"CREATE (?:OR REPLACE )?(?:RECURSIVE )?VIEW ")
_FILLED = re.compile(r"(?:CREATE|REFRESH) MATERIALIZED VIEW ")


def code_of_plan(
    connection: Connection, statements: Iterable[Statement], schemas: Sequence[str]
) -> tuple[str, ...]:
    """What would run with the session's rights and belongs to a role that lacks them.

    Args:
        connection: a session with the database that the plan is for.
        statements: the plan's.
        schemas: where functions find names.

    Returns:
        A line each, as `foreign_code` gives them.
    """
    statements = tuple(statements)
    there = {*all_tables(connection)}
    touched = {table for each in statements for table in _tables(each)} & there
    found = {*foreign_code(connection, sorted(touched), schemas)}
    asked = (command for each in statements for command in _commands(each))
    texts = [command for command in asked if not _RUNS_NOTHING.match(command)]
    if not any(map(_FILLED.search, texts)):
        texts = [text for text in texts if not _VIEW.match(text)]
    if texts:
        others = OthersCode.of(connection, ("pg_catalog",))
        found |= {line for text in texts for line in others.run_by(text)}
    return tuple(sorted(found))


def _commands(statement: Statement) -> Sequence[str]:
    """Each command of one transaction by itself: the first says nothing of the others."""
    try:
        return [*commands(statement.sql)] if statement.is_several else [statement.sql]
    except NotPlain:  # then it is asked about as a whole, whatever it begins with
        return [f"; {statement.sql}"]


def _tables(statement: Statement) -> Iterable[str]:
    yield statement.relation
    yield from (table for table, _ in statement.beside)
    yield from (table for table, *_ in statement.stops_at)
