"""The statements of a plan, run on a copy one after the other."""

import time

import psycopg
from psycopg import errors

from gnkmigrate.copies.disk_space import NoRoom
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.proof.objection import DEFECT, NotProven
from gnkmigrate.proof.rewritten_tables import Files

# How what a confined server may not do ends: a program, a connection, a file.
_OUTSIDE = (
    errors.ExternalRoutineException,
    errors.SqlclientUnableToEstablishSqlconnection,
    errors.InsufficientPrivilege,
)
_CONFINED = (
    "It is not the statement that fails but a function of the database that it sets off, a check "
    "or a trigger for example. A throwaway server of gnkmigrate runs no programs, connects to "
    "nothing and reads no files but its own (docs/throwaway-servers.md). If the function is meant "
    "to do so, prove the plan on a server of yours, named in GNKMIGRATE_SERVER__URL."
)


def run_statements(
    session: Connection, statements: Statements, observing: Connection
) -> tuple[float, ...]:
    """Runs a plan, each statement in a transaction of its own, as psql does.

    Args:
        session: in which they run.
        statements: in their order.
        observing: another session, which sees what tables are written anew.

    Returns:
        The seconds that each took, to the millisecond.

    Raises:
        NotProven: one fails, or writes a table anew of which it does not say so.
        NoRoom: the server's disk is full, which says nothing about the plan.
    """
    seconds, files = [], Files(observing)
    for number, statement in enumerate(statements, 1):
        seconds.append(_run(session, number, statement))
        if rewritten := files.rewritten(statement):
            raise NotProven(
                f"Statement {number} of the plan writes all rows of {', '.join(rewritten)} anew, "
                "and does not say so.",
                details=_shown(statement),
                hint=DEFECT,
            )
    return tuple(seconds)


def _run(session: Connection, number: int, statement: Statement) -> float:
    started = time.monotonic()
    try:
        session.execute(statement.sql.encode())
    except errors.DiskFull as error:
        raise NoRoom(
            f"The throwaway server's disk is full: {error.diag.message_primary}",
            hint="Name a server with more room in GNKMIGRATE_SERVER__URL, or copy a part: "
            "--sample ROWS",
        ) from error
    except psycopg.Error as error:
        raise NotProven(
            f"Statement {number} of the plan fails on a copy of the live database: "
            f"{error.diag.message_primary or error}",
            details=[*_shown(statement), *_functions(error)],
            hint=_hint(error),
        ) from error
    return round(time.monotonic() - started, 3)


def _hint(error: psycopg.Error) -> str:
    only_read = "The live database was only read."
    if isinstance(error, errors.IntegrityError | errors.DataError):
        return (
            "Fix the rows that are in its way, or write a phase that does: gnkmigrate audit names "
            f"them. {only_read}"
        )
    if isinstance(error, errors.UndefinedObject) and "role " in (error.diag.message_primary or ""):
        return f"Create the role on the live server, and on the throwaway one. {only_read}"
    if _functions(error):
        return f"{_CONFINED} {only_read}"
    return f"{DEFECT} {only_read}"


def _functions(error: psycopg.Error) -> list[str]:
    """The functions that wanted to reach what is outside of the server, the innermost first."""
    return (error.diag.context or "").splitlines() if isinstance(error, _OUTSIDE) else []


def _shown(statement: Statement) -> list[str]:
    return [statement.reason, *statement.sql.splitlines()]
