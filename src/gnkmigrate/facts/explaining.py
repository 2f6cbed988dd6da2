"""What PostgreSQL has against a script, made clear: where it is, and what to do about it."""

import re
from collections.abc import Sequence

import psycopg
from psycopg import errors

from gnkmigrate.errors import SchemaError
from gnkmigrate.facts.files import Script
from gnkmigrate.facts.statements import Statement

_SETTING = re.compile(r'unrecognized configuration parameter "([^"]+)"')
_ROLE = re.compile(r'role "(.+)" does not exist')
_EXTENSION = re.compile(r'extension "([^"]+)" is not available|/([^/"]+)\.control"')

# What a server says that was built, or installed, with less than the one that wrote the file.
_LACKING = re.compile(
    r'extension "[^"]+" (is not available|has no installation script)'
    r'|could not open extension control file|could not access file "'
    r"|could not (create locale|open (collator|dictionary|stop-word|thesaurus|affix))"
    r'|(this build|built with)|tablespace "[^"]*" does not exist'
)

_ROLES = (("ROLE",), ("SESSION",))
_TAKES_ON = (
    ("SET", "ROLE"),
    ("SET", "LOCAL", "ROLE"),
    ("SET", "SESSION", "ROLE"),
    ("SET", "SESSION", "AUTHORIZATION"),
    ("SET", "LOCAL", "SESSION", "AUTHORIZATION"),
    ("SET", "SESSION", "SESSION", "AUTHORIZATION"),
)

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
        errors.UnsafeNewEnumValueUsage,
        "",
        (
            "A label can be used once the transaction that adds it is over, and here that is where "
            "ALTER TYPE ... ADD VALUE ends as a statement of its own, outside of DO and functions. "
            "Or name the label in CREATE TYPE."
        ),
    ),
)
# Classes of SQLSTATE by which a server says that it cannot go on, whatever it was asked:
# connection, resources, intervention, system, internal (manual, appendix A).
_GAVE_UP = frozenset({"08", "53", "57", "58", "XX"})
_NO_SUCH_FILE = "58P01"
_INCLUDES = frozenset({r"\i", r"\ir", r"\include", r"\include_relative"})


class UnknownRole(SchemaError):
    """A file names a role that the server does not have.

    Attributes:
        role: its name.
    """

    role: str = ""


class NotAllowed(SchemaError):
    """A statement needs rights that the role has not for which it is run.

    Attributes:
        role: who would have to have them; "" where that is whoever runs the file.
    """

    role: str = ""


class MissingObject(SchemaError):
    """A file names something that is not there, and may be made by another file."""


class LabelTooNew(SchemaError):
    """A file uses a label of an enum in the transaction that adds it."""


class ServerLacks(SchemaError):
    """A file needs what the server was built or installed without: an extension, a library, ICU."""


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


def explain(script: Script, error: psycopg.Error, ran: Sequence[Statement] = ()) -> SchemaError:
    """What PostgreSQL has against a file, where, and what to do about it.

    Args:
        script: the file.
        error: PostgreSQL's answer.
        ran: the statements of the file that it has run, the one that failed as the last.
    """
    diagnostic = error.diag
    position = int(diagnostic.statement_position) if diagnostic.statement_position else None
    if position is not None and script.text[position - 1 : position] == "\\":
        return _meta_command_refused(script, position - 1)
    if position is None and ran:
        position = ran[-1].start + 1
    line = script.line(position - 1) if position else None
    extras = (diagnostic.message_detail, diagnostic.message_hint, diagnostic.context)
    role = _ROLE.fullmatch(diagnostic.message_primary or "")
    setting = _SETTING.fullmatch(diagnostic.message_primary or "")
    problem = _kind_of(error, role=bool(role), setting=bool(setting))(
        f"{script.place(line)}: {diagnostic.message_primary or error}",
        details=[text for text in extras if text],
        hint=_hint(error),
    )
    if isinstance(problem, UnknownRole) and role:
        problem.role = role[1]
    if isinstance(problem, UnknownSetting) and setting:
        problem.setting = setting[1]
    if isinstance(problem, NotAllowed):
        problem.role = _who(ran)
    return problem


def _kind_of(error: psycopg.Error, *, role: bool, setting: bool) -> type[SchemaError]:
    if role:
        return UnknownRole
    if setting:
        return UnknownSetting
    if _is_lacking(error):
        return ServerLacks
    if isinstance(error, errors.InsufficientPrivilege):
        return NotAllowed
    if isinstance(error, errors.UnsafeNewEnumValueUsage):
        return LabelTooNew
    return MissingObject if isinstance(error, _MISSING) else SchemaError


def _is_lacking(error: psycopg.Error) -> bool:
    said = (error.diag.message_primary, error.diag.message_detail)
    return any(_LACKING.search(text) for text in said if text)


def _who(ran: Sequence[Statement]) -> str:
    """The role that lacks a right: the new owner, or the one that the file has taken on."""
    if not ran:
        return ""
    if owner := ran[-1].after("OWNER", "TO"):
        return _name(owner)
    for statement in reversed(ran):
        for words in _TAKES_ON:
            if statement.begins(*words):
                return _name(statement.after(*words[1:]) or "")
        if statement.words[:1] == ("RESET",) and statement.words[1:2] in _ROLES:
            return ""
    return ""


def _name(written: str) -> str:
    """A role's name, which may be quoted as a name or, in SET, as a text."""
    for quote in ('"', "'"):
        if written.startswith(quote):
            return written[1:-1].replace(quote * 2, quote)
    return written.lower()


def _hint(error: psycopg.Error) -> str:
    message = error.diag.message_primary or ""
    if found := _EXTENSION.search(message):
        return (
            f"The throwaway server does not have the extension {found[1] or found[2]}. Use a "
            "server that has it: `url` under [server] in gnkmigrate.toml, or Docker."
        )
    if _is_lacking(error):
        return (
            "The throwaway server was made without it. Use a server that has it: `url` under "
            "[server] in gnkmigrate.toml, or Docker."
        )
    for kind, words, hint in _HINTS:
        if isinstance(error, kind) and words in message:
            return hint
    state = error.diag.sqlstate
    if state == _NO_SUCH_FILE:
        return "The throwaway server has no such file. Use one that has it, or leave this out."
    if state is None or state[:2] in _GAVE_UP:  # a connection that is lost says nothing at all
        return "The throwaway server gave up on this statement; its log may tell more."
    return "Correct the file and try again."


def _meta_command_refused(script: Script, position: int) -> SchemaError:
    command = script.text[position:].split(maxsplit=1)[0]
    place = script.place(script.line(position))
    if command in {r"\connect", r"\c"}:
        return SchemaError(
            f"{place}: {command} goes to another database, and a schema is that of one.",
            hint="pg_dumpall writes all databases of a server; dump one: pg_dump --schema-only",
        )
    return SchemaError(
        f"{place}: {command} is a command of psql, not SQL.",
        hint="Name the folder that the files are in: all of them are read."
        if command in _INCLUDES
        else "Remove the line.",
    )
