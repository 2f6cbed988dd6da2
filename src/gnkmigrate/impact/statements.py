"""The statements on which a database spends most time: the extension pg_stat_statements has them.

It keeps them with $1 for each constant. So they are not run: what they cost is estimated from what
a call took and from the planner's costs. Whose they are nobody knows; they are planned with the
rights of a role that may read, and not where they name what could give it more (audit/reader.py),
or run what a role with fewer rights has made, which could take the session's own rights back.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import psycopg
from psycopg import sql

from gnkmigrate.audit.generic_plan import generic_plan, nodes
from gnkmigrate.audit.reader import reader, unsafe
from gnkmigrate.errors import SettingsError
from gnkmigrate.impact.query import SHAPES, Head, Query, Text
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.sql_files import query as sql_file
from gnkmigrate.run.foreign_queries import OthersCode

EXTENSION = "pg_stat_statements"
CANDIDATES = 20  # for each that is wanted: catalogs and other projects' tables are asked as well
_NAME = 60  # characters

_GRANT = (
    "It shows all statements to members of pg_read_all_stats: "
    "GRANT pg_read_all_stats TO the role that connects."
)


def top(
    session: Connection, count: int, schemas: Sequence[str], *, trusted: bool = False
) -> tuple[Query, ...]:
    """The queries of a database that have taken most time and read tables of these schemas.

    Args:
        session: with the live database, and the search_path of our own SQL.
        count: how many at most.
        schemas: the project's, where names of the statements are looked up.
        trusted: whether the user allows code of roles with fewer rights.

    Raises:
        SettingsError: the extension is not there, or shows no such statement.
    """
    with session.transaction(force_rollback=True):
        role = reader(session, None)
        others = None if trusted else OthersCode.of(session, schemas)
        candidates = _candidates(session, count * CANDIDATES)
        path = sql.SQL(", ").join(map(sql.Identifier, (*schemas, "pg_temp")))
        session.execute(sql.SQL("SET LOCAL search_path = {}").format(path))
        found: dict[str, Query] = {}
        left_out: set[str] = set()
        for statement, calls_a_day, mean_ms in candidates:
            if len(found) == count:
                break
            if lines := {*others.run_by(statement)} if others else ():
                left_out |= lines
            elif _reads(session, statement, schemas, role):
                name = _name(statement, found)
                head = Head(name=name, calls_a_day=calls_a_day)
                text = Text(None, head, statement, mean_ms)
                found[name] = Query(name, dict.fromkeys(SHAPES, text))
    if not found:
        raise SettingsError(
            f"{EXTENSION} has no query here that reads a table of {', '.join(schemas)}.",
            details=[
                f"left out, for it would run with your rights: {line}" for line in sorted(left_out)
            ],
            hint=f"Ask again when the application has worked for a while. {_GRANT}",
        )
    return tuple(found.values())


def _candidates(session: Connection, count: int) -> Sequence[tuple[str, float, float]]:
    schema = session.execute(
        "SELECT extnamespace::regnamespace::text FROM pg_extension WHERE extname = %s", [EXTENSION]
    ).fetchone()
    if schema is None:
        raise SettingsError(
            f"The extension {EXTENSION} is not installed in this database.",
            hint="CREATE EXTENSION pg_stat_statements, on a server that has it in "
            "shared_preload_libraries; or write the queries into files (docs/impact.md).",
        )
    asked = sql.SQL(sql_file("impact", "statements")).format(
        view=sql.SQL(f"{schema[0]}.pg_stat_statements"),
        info=sql.SQL(f"{schema[0]}.pg_stat_statements_info"),
        candidates=sql.Literal(count),
    )
    try:
        with session.transaction():
            return session.execute(asked).fetchall()
    except psycopg.Error as error:
        raise SettingsError(
            f"{EXTENSION} cannot be read: {error.diag.message_primary}.",
            hint="The server needs it in shared_preload_libraries, and the extension has to be of "
            "version 1.9 or later (ALTER EXTENSION pg_stat_statements UPDATE).",
        ) from error


def _reads(session: Connection, statement: str, schemas: Sequence[str], role: str | None) -> bool:
    """Whether it can be planned here, and reads something of the project."""
    if unsafe(session, statement):
        return False
    try:
        plan = generic_plan(session, statement, role)
    except psycopg.Error:  # a table that is gone, another search_path, a right that is missing
        return False
    return any(schema in schemas for schema in _schemas(plan))


def _schemas(plan: Mapping[str, Any]) -> Iterator[str]:
    return (node["Schema"] for node in nodes(plan) if "Schema" in node)


def _name(statement: str, taken: Mapping[str, Query]) -> str:
    """Its beginning, on one line; numbered where another begins in the same way."""
    line = " ".join(statement.split())
    name = line if len(line) <= _NAME else f"{line[: _NAME - 4]} ..."
    number = sum(other.startswith(name) for other in taken)
    return f"{name} ({number + 1})" if number else name
