"""A user's SQL files, run as they are; what PostgreSQL says about them, made clear.

A file is sent whole, as one simple query: PostgreSQL alone decides where its statements begin
and end, and all of them are one transaction (manual, chapter 55.2.2.1).
"""

import re
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import errors, pq, sql

from gnkmigrate.connection import Connection
from gnkmigrate.errors import SchemaError

# psql's own lines that pg_dump writes since 2025 around its script; they say nothing.
_RESTRICT = re.compile(r"^\\(?:un)?restrict \w+[ \t\r]*$", re.MULTILINE)
_CONNECT = re.compile(r"^\\connect [^\n]+$", re.MULTILINE)
_COPY_DATA = re.compile(r"\bCOPY\b[^;]*\bFROM\s+stdin\b[^;]*;\s*\Z", re.IGNORECASE)
_SETTING = re.compile(r'unrecognized configuration parameter "([^"]+)"')
_ROLE = re.compile(r'role "(.+)" does not exist')
_EXTENSION = re.compile(r'extension "([^"]+)" is not available|/([^/"]+)\.control"')

# What to do next, by the kind of error and words of its message.
_HINTS: tuple[tuple[type[psycopg.Error], str, str], ...] = (
    (
        errors.UndefinedObject,
        "role ",
        "Roles are not part of a schema; dump it with --no-owner --no-privileges.",
    ),
    (
        errors.UndefinedObject,
        "configuration parameter",
        (
            "A dump from a newer PostgreSQL may say this: set `major` under [server] in "
            "gnkmigrate.toml to that version."
        ),
    ),
    (
        errors.ActiveSqlTransaction,
        "",
        "A schema is loaded in one transaction: leave out CONCURRENTLY and the like.",
    ),
    (
        errors.InvalidSchemaName,
        "",
        "Create the schema in the file, or check `schemas` in gnkmigrate.toml.",
    ),
    (
        errors.InsufficientPrivilege,
        "",
        "The role of the throwaway server may not do this; name a server where it may.",
    ),
    (
        errors.OperationalError,
        "",
        "The throwaway server gave up on this statement; its log may tell more.",
    ),
)


class UnknownRole(SchemaError):
    """A file names a role that the server does not have.

    Attributes:
        role: its name.
    """

    role: str = ""


class MissingObject(SchemaError):
    """A file names something that is not there, and may be made by another file."""


class ExtensionUnavailable(SchemaError):
    """A file needs an extension that the server does not have."""


class UnknownSetting(SchemaError):
    """A file sets what this version of PostgreSQL has no setting for, as a later pg_dump does.

    Attributes:
        setting: its name.
    """

    setting: str = ""


# What a name that is not known gives (manual, appendix A).
_MISSING = (
    errors.UndefinedTable,
    errors.UndefinedObject,
    errors.UndefinedFunction,
    errors.UndefinedColumn,
    errors.InvalidSchemaName,
)


@dataclass(frozen=True)
class Script:
    """One SQL file.

    Attributes:
        path: where it is.
        text: what PostgreSQL gets to see, line by line as in the file.
    """

    path: Path
    text: str


def read_scripts(path: Path) -> tuple[Script, ...]:
    """A .sql file, or those of a folder and the folders in it, in the order of their names.

    Raises:
        SchemaError: there is no such file, it is not .sql, the folder holds none, or it is not
            UTF-8 text.
    """
    if path.is_dir():
        files = sorted(file for file in path.rglob("*.sql") if file.is_file())
        if not files:
            raise SchemaError(
                f"The folder {path} holds no .sql file.",
                hint="Put the schema into it, or name another file or folder.",
            )
    elif path.is_file() and path.suffix.lower() == ".sql":
        files = [path]
    elif path.is_file():
        raise SchemaError(
            f"{path} is neither a .sql file nor a snapshot (.json).",
            hint="Name a database URL, a .sql file, a folder of them, or a snapshot.",
        )
    else:
        raise SchemaError(
            f"The schema file {path} does not exist.",
            hint="Check `target` in gnkmigrate.toml, or the argument.",
        )
    return tuple(Script(file, _text(file)) for file in files)


def _text(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise SchemaError(
            f"{path} is not UTF-8 text (byte {error.start + 1}).",
            hint="Save it as UTF-8. A dump in pg_dump's own format is read with pg_restore -f.",
        ) from None
    if "\0" in text:
        raise SchemaError(
            f"{path} holds a zero byte, which no SQL text may.",
            hint="Save it as UTF-8. A dump in pg_dump's own format is read with pg_restore -f.",
        )
    text = _RESTRICT.sub("", text)
    # The database that pg_dump --create names; with several there would be several schemas.
    return _CONNECT.sub("", text) if len(_CONNECT.findall(text)) == 1 else text


def run_scripts(
    connection: Connection,
    scripts: tuple[Script, ...],
    search_path: tuple[str, ...],
    *,
    makes_roles: bool = False,
) -> frozenset[str]:
    """Runs files, all in one transaction: by name, and those that need others after these.

    Args:
        connection: a session in autocommit.
        scripts: the files.
        search_path: schemas for unqualified names at the start of each file, after pg_catalog
            and before pg_temp.
        makes_roles: make the roles that the files name and the server lacks, which is a
            throwaway of ours; they may not log in.

    Returns:
        The roles that were made.

    Raises:
        SchemaError: PostgreSQL refuses a statement; the message has file and line.
    """
    made: set[str] = set()
    while True:
        try:
            _run_all(connection, scripts, search_path)
        except UnknownRole as error:
            if not makes_roles or error.role in made:
                raise
            made.add(error.role)
            connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(error.role)))
        except UnknownSetting as error:
            without = tuple(_without_setting(script, error.setting) for script in scripts)
            if without == scripts:
                raise
            scripts = without
        else:
            return frozenset(made)


def _without_setting(script: Script, name: str) -> Script:
    """The file without the line with which pg_dump turns off a setting of later versions."""
    line = re.compile(rf"^SET {re.escape(name)} = 0;$", re.MULTILINE)
    return Script(script.path, line.sub("", script.text))


def _run_all(
    connection: Connection, scripts: tuple[Script, ...], search_path: tuple[str, ...]
) -> None:
    path = sql.SQL(", ").join(sql.Identifier(schema) for schema in (*search_path, "pg_temp"))
    waiting = list(scripts)
    with connection.transaction():
        while waiting:
            failed: list[tuple[Script, SchemaError]] = []
            for script in waiting:
                try:
                    with connection.transaction():
                        connection.execute(sql.SQL("SET search_path = {}").format(path))
                        _run(connection, script)
                except MissingObject as error:
                    failed.append((script, error))
            if len(failed) == len(waiting):
                raise failed[0][1]
            waiting = [script for script, _ in failed]


def _run(connection: Connection, script: Script) -> None:
    """Sends one file and reads PostgreSQL's answers, one for each statement."""
    connection.pgconn.send_query(script.text.encode())
    done = 0
    failure: SchemaError | None = None
    while (result := connection.pgconn.get_result()) is not None:
        if result.status == pq.ExecStatus.COPY_IN:
            connection.pgconn.put_copy_end(b"a schema holds no rows")
            failure = _rows_refused(script, None)
        elif result.status == pq.ExecStatus.COPY_OUT:
            _drain(connection)
        elif result.status == pq.ExecStatus.FATAL_ERROR:
            failure = failure or explain(script, errors.error_from_result(result), done)
        done += 1
    if failure is not None:
        raise failure


def _drain(connection: Connection) -> None:
    while connection.pgconn.get_copy_data(0)[0] > 0:
        pass


def explain(script: Script, error: psycopg.Error, done: int) -> SchemaError:
    """What PostgreSQL has against a file, where, and what to do about it.

    Args:
        script: the file.
        error: PostgreSQL's answer.
        done: how many statements of the file it had run before.
    """
    diagnostic = error.diag
    position = int(diagnostic.statement_position) if diagnostic.statement_position else None
    if position is not None and isinstance(error, errors.SyntaxError):
        before = script.text[: position - 1]
        if script.text[position - 1 : position] == "\\":
            return _meta_command_refused(script, position)
        if _COPY_DATA.search(before):
            return _rows_refused(script, _line(script, position))
    line = _line(script, position) if position else _line_of_statement(script, done)
    extras = (diagnostic.message_detail, diagnostic.message_hint, diagnostic.context)
    role = _ROLE.fullmatch(diagnostic.message_primary or "")
    setting = _SETTING.fullmatch(diagnostic.message_primary or "")
    problem = _kind_of(error, role=bool(role), setting=bool(setting))(
        f"{_place(script, line)}: {diagnostic.message_primary or error}",
        details=[text for text in extras if text],
        hint=_hint(error),
    )
    if isinstance(problem, UnknownRole) and role:
        problem.role = role[1]
    if isinstance(problem, UnknownSetting) and setting:
        problem.setting = setting[1]
    return problem


def _kind_of(error: psycopg.Error, *, role: bool, setting: bool) -> type[SchemaError]:
    if role:
        return UnknownRole
    if setting:
        return UnknownSetting
    if _EXTENSION.search(error.diag.message_primary or ""):
        return ExtensionUnavailable
    return MissingObject if isinstance(error, _MISSING) else SchemaError


def _hint(error: psycopg.Error) -> str:
    message = error.diag.message_primary or ""
    if found := _EXTENSION.search(message):
        return (
            f"The throwaway server does not have the extension {found[1] or found[2]}. Use a "
            "server that has it: `url` under [server] in gnkmigrate.toml, or Docker."
        )
    for kind, words, hint in _HINTS:
        if isinstance(error, kind) and words in message:
            return hint
    return "Correct the file and try again."


def _meta_command_refused(script: Script, position: int) -> SchemaError:
    command = script.text[position - 1 :].split(maxsplit=1)[0]
    return SchemaError(
        f"{_place(script, _line(script, position))}: {command} is a command of psql, not SQL.",
        hint="Remove the line. A folder of .sql files is read in the order of their names.",
    )


def _rows_refused(script: Script, line: int | None) -> SchemaError:
    return SchemaError(
        f"{_place(script, line)}: COPY ... FROM stdin brings rows; a schema holds none.",
        hint="Dump it with pg_dump --schema-only.",
    )


def _place(script: Script, line: int | None) -> str:
    return f"{script.path}, line {line}" if line else str(script.path)


def _line(script: Script, position: int) -> int:
    """The line of PostgreSQL's position, which counts characters from 1."""
    return script.text.count("\n", 0, position - 1) + 1


def _line_of_statement(script: Script, number: int) -> int | None:
    """Where a statement begins, counted from 0: PostgreSQL does not say it for every error.

    For a message only, so a tokenizer may tell; where it stumbles there is no line.
    """
    from sqlglot import TokenType, tokenize
    from sqlglot.errors import SqlglotError

    try:
        tokens = tokenize(script.text, read="postgres")
    except SqlglotError:
        return None
    begins = True
    for token in tokens:
        if token.token_type == TokenType.SEMICOLON:
            begins = True
        elif begins:
            if number == 0:
                return token.line
            number, begins = number - 1, False
    return None
