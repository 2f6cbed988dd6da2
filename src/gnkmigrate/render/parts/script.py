"""A plan as a SQL script for psql, with what each statement does as comments."""

from collections.abc import Iterator, Sequence

from gnkmigrate.diff.omitted import told
from gnkmigrate.errors import SchemaError
from gnkmigrate.facts.snapshot import Unread
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.plan.proof import Proof
from gnkmigrate.plan.summary import effects, summarise
from gnkmigrate.postgres.psql import NotPlain, commands
from gnkmigrate.postgres.sql_files import query
from gnkmigrate.text.escape import visible

# What the role or the database may have set otherwise, so that the text means what it says.
# https://www.postgresql.org/docs/16/runtime-config-client.html
# The first two say how psql itself divides the text.
_READING = ("SET client_encoding = 'UTF8';", "SET standard_conforming_strings = on;")
_SETTINGS = (
    *_READING,
    "SET default_transaction_read_only = off;",
    "SET default_tablespace = '';",
    "SET default_table_access_method = heap;",
)
# The language of the block that chooses the path.
_MAKES_PLPGSQL = "CREATE EXTENSION plpgsql"


def write_script(
    statements: Sequence[Statement],
    source: str,
    target: str,
    proof: Proof | None = None,
    omitted: Sequence[Unread] = (),
    code: Sequence[str] = (),
) -> str:
    """The script.

    Each statement, or several between BEGIN and COMMIT, is a transaction of its own: what is added
    in one is validated in another, so that no strong lock outlasts its moment.

    Args:
        statements: in the order in which they run.
        source: what the script changes, in words.
        target: what it makes of it, in words.
        proof: what running it on a copy has shown.
        omitted: what the script knows nothing of.
        code: what of others runs with the rights of whoever runs it.

    Raises:
        SchemaError: psql would find something else than SQL in a statement.
    """
    lines = [
        f"-- From {source} to {target}: {summarise(statements)}",
        "-- Run with: psql --set ON_ERROR_STOP=1 --file FILE, not in a single transaction.",
        *(f"-- {line}" for line in told(omitted)),
        *(["-- Code of roles with fewer rights runs with yours; read it first:"] if code else []),
        *(f"--   {line}" for line in code),
        *([f"-- {proof}"] if proof else []),
        *(("", *_SETTINGS, *_path(statements)) if statements else ()),
    ]
    again = _READING if any(map(_has_backslash, statements)) else ()
    for statement in statements:
        lines += ["", *_comments(statement), *_commands(statement, again)]
    return "\n".join(_commented(line) if line.startswith("--") else line for line in lines) + "\n"


def _path(statements: Sequence[Statement]) -> Iterator[str]:
    """Where names are found: all are written with their schema but those of PostgreSQL's own.

    Nobody's function is to be taken for one of these (manual, ddl-schemas, "Usage Patterns").
    """
    if any(each.sql.startswith(_MAKES_PLPGSQL) for each in statements):
        yield "SET search_path = pg_catalog, pg_temp;"
    else:
        yield from query("postgres", "script_path").splitlines()


def _commands(statement: Statement, again: Sequence[str]) -> Iterator[str]:
    """What psql sends for it, command by command.

    Args:
        statement: the statement.
        again: what precedes a command that psql would divide otherwise under other settings, to
            which an expression of a command before may have changed them.
    """
    found = _divided(statement)
    # Before BEGIN as well: in a transaction that has failed they would do nothing.
    begin, end = (("BEGIN;",), ("COMMIT;",)) if statement.is_several else ((), ())
    yield from (*(again if begin and _is_read(statement.sql) else ()), *begin)
    for command in found:
        yield from (*(again if _is_read(command) else ()), f"{command};")
    yield from end


def _divided(statement: Statement) -> Sequence[str]:
    try:
        return _plain(statement)
    except NotPlain as error:
        raise SchemaError(
            "No script is written: psql would find something else than SQL in the statement for "
            f'"{visible(statement.reason)}". It holds {error}.',
            hint="PostgreSQL prints no such definition. If it comes from a snapshot, write that "
            "anew with gnkmigrate snapshot, and run nothing that was made of the old file.",
        ) from error


def _plain(statement: Statement) -> Sequence[str]:
    found = [*commands(statement.sql)]
    if len(found) > 1 and not statement.is_several:
        raise NotPlain("a second command")
    return found


def _is_read(sql: str) -> bool:
    """Whether the settings of _READING say where its quotes end."""
    return "\\" in sql or not sql.isascii()


def _has_backslash(statement: Statement) -> bool:
    """Without one in the script psql finds no command of its own, whatever the settings say."""
    return "\\" in statement.sql or any("\\" in visible(line) for line in _comments(statement))


def _comments(statement: Statement) -> Iterator[str]:
    yield f"-- {statement.reason}"
    notes = effects(statement)
    if notes:
        yield f"-- {', '.join(notes)}"
    if statement.loses_data:
        yield f"-- LOSES DATA: {statement.loses_data}"


def _commented(line: str) -> str:
    """A comment that stays one: a name may hold a line break."""
    return visible(line)
