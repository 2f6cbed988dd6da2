"""A script as it can be run for the schema that it declares: without what a schema is not.

All files of a schema are one transaction, so the commands that begin and end the transactions of a
script are read past, indexes are made without CONCURRENTLY, and what tidies up and takes part in no
transaction is left out. What would undo it, reach another database, or read and write the files and
run the programs of the server's machine, is refused before anything runs.

Only a label of an enum that the files go on to use has to be committed before, so that they are
several transactions then.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gnkmigrate.errors import SchemaError
from gnkmigrate.facts.files import Script
from gnkmigrate.facts.snapshot import Unread
from gnkmigrate.facts.statements import Statement, statements, tokens
from gnkmigrate.postgres.concurrently import not_concurrently

_READ_PAST = (
    ("BEGIN",),
    ("START", "TRANSACTION"),
    ("COMMIT",),
    ("END",),
    ("SET", "TRANSACTION"),
    ("SET", "LOCAL", "TRANSACTION"),
    ("SET", "SESSION", "CHARACTERISTICS"),
    # They make nothing, and some of their forms run in no transaction.
    ("REINDEX",),
    ("VACUUM",),
)
_TWO_PHASES = (("PREPARE", "TRANSACTION"), ("COMMIT", "PREPARED"), ("ROLLBACK", "PREPARED"))
_WRITES = ("INSERT", "UPDATE", "DELETE", "TRUNCATE", "MERGE")
_NAMED = 5
_OBJECT = 2  # the place of what a command is about: CREATE ROLE name
# What a file may say of itself, if it says anything.
_AS_READ = frozenset({"", "UTF8", "UNICODE", "SQLASCII", "DEFAULT"})
_MAY_BE_TEMPORARY = frozenset({"TABLE", "VIEW", "SEQUENCE", "RECURSIVE", "UNLOGGED"})
_TEMPORARY = "temporary things go with their session"
_ROWS = "rows are not part of a schema"
_WITHIN = {("INSERT", "INTO"), ("DELETE", "FROM"), ("MERGE", "INTO")}


class Part(NamedTuple):
    """A file, or a piece of one.

    Attributes:
        script: the piece, every line at its place.
        begins: whether it is the first of its file.
        ends: whether it is the last.
    """

    script: Script
    begins: bool = True
    ends: bool = True


def runnable(script: Script) -> Script:
    """The script as one transaction can run it; every line stays where it is.

    Raises:
        SchemaError: it has a statement that no schema may have; the message has file and line.
    """
    pieces: list[str] = []
    position = 0
    for statement in statements(script.text):
        if reason := _refusal(statement) or _other_encoding(statement, script):
            what, hint = reason
            line = script.line(statement.start)
            raise SchemaError(f"{script.place(line)}: {what}", hint=hint)
        if any(statement.begins(*words) for words in _READ_PAST):
            pieces += [
                script.text[position : statement.start],
                _lines(script.text, statement.start, statement.end),
            ]
            position = statement.end
        elif "CONCURRENTLY" in statement.words:
            pieces += [
                script.text[position : statement.start],
                not_concurrently(script.text[statement.start : statement.end]),
            ]
            position = statement.end
    return Script(script.path, "".join((*pieces, script.text[position:])))


def refuse_roles(scripts: Sequence[Script]) -> None:
    """Refuses what would stay on the server once the database is gone.

    Raises:
        SchemaError: a file makes, changes or drops a role, or its memberships.
    """
    for script in scripts:
        for statement in statements(script.text):
            if _is_about_roles(statement):
                raise SchemaError(
                    f"{script.place(script.line(statement.start))}: "
                    f"{' '.join(statement.words[:2])} changes roles of the server that the settings"
                    " name, where databases alone are made.",
                    hint="Make the role there yourself and leave the statement out, or let a "
                    "throwaway server be started: leave out server.url of the settings.",
                )


def transactions(scripts: Sequence[Script]) -> Sequence[Sequence[Part]]:
    """The files as transactions, each of which ends where a label is added to an enum.

    A file that adds one is a transaction of its own, or several; those before it are one, and
    those after it.
    """
    found: list[list[Part]] = [[]]
    for script in scripts:
        parts = _parts(script)
        if len(parts) == 1:
            found[-1] += parts
        else:
            found += [*([part] for part in parts), []]
    return [parts for parts in found if parts]


def left_out(scripts: Sequence[Script]) -> tuple[Unread, ...]:
    """The statements for rows and temporary things, which no comparison looks at, and where."""
    found: defaultdict[tuple[str, str], list[tuple[Script, int]]] = defaultdict(list)
    for script in scripts:
        for statement in statements(script.text):
            if verb := _verb(script.text, statement):
                found[verb, _ROWS].append((script, statement.start))
            elif _is_temporary(statement):
                found["CREATE TEMPORARY", _TEMPORARY].append((script, statement.start))
    return tuple(
        Unread(
            f"{verb} statement",
            tuple(f"{script.path.name}:{script.line(start)}" for script, start in places[:_NAMED]),
            len(places),
            reason,
            on_purpose=True,
        )
        for (verb, reason), places in found.items()
    )


def _is_temporary(statement: Statement) -> bool:
    """CREATE [OR REPLACE | GLOBAL | LOCAL] TEMPORARY, or in the schema pg_temp."""
    words = statement.words
    if words[:1] != ("CREATE",):
        return False
    first = [each for each in words[1:] if each not in {"OR", "REPLACE", "GLOBAL", "LOCAL"}]
    if first[:1] in (["TEMP"], ["TEMPORARY"]):
        return True
    return bool(first) and first[0] in _MAY_BE_TEMPORARY and "PG_TEMP" in first[:5]


def _lines(text: str, start: int, end: int) -> str:
    return "\n" * text.count("\n", start, end)


def _parts(script: Script) -> Sequence[Part]:
    """The pieces of a file, all but the last of which end with a label that is added."""
    found: list[Part] = []
    start = 0
    ends = [each.end for each in statements(script.text) if _adds_label(each)]
    for end in (*ends, None):
        text = _lines(script.text, 0, start) + script.text[start:end]
        found.append(Part(Script(script.path, text), begins=start == 0, ends=end is None))
        start = end or start
    return found


def _adds_label(statement: Statement) -> bool:
    return statement.begins("ALTER", "TYPE") and statement.after("ADD", "VALUE") is not None


def _is_about_roles(statement: Statement) -> bool:
    words = statement.words
    if words[:1] and words[0] in {"GRANT", "REVOKE"}:
        return "ON" not in words  # of a role, and not of a privilege
    if words[:1] and words[0] in {"CREATE", "ALTER", "DROP"} and len(words) > _OBJECT:
        # A setting of a role in this database goes with the database.
        within = words[_OBJECT + 1 :][:2] == ("IN", "DATABASE")
        return words[1] in {"ROLE", "USER", "GROUP"} and words[_OBJECT] != "MAPPING" and not within
    return False


def _refusal(statement: Statement) -> tuple[str, str] | None:
    """What is wrong with a statement, and what to do; None where it may run."""
    if any(statement.begins(*words) for words in _TWO_PHASES):
        return (
            f"{' '.join(statement.words[:2])} takes its transaction out of this session.",
            "Leave it out: a schema is loaded in one transaction.",
        )
    if statement.words[:1] in (("ROLLBACK",), ("ABORT",)) and "TO" not in statement.words:
        return (
            f"{statement.words[0]} undoes what the script has made before.",
            "A schema is what stays: leave out the ROLLBACK, or what it undoes.",
        )
    if statement.begins("ALTER", "SYSTEM"):
        return (
            "ALTER SYSTEM is about the server, and a schema is what is in a database.",
            "Leave it out. A setting of the database goes by ALTER DATABASE ... SET.",
        )
    if statement.words[:2] in (("CREATE", "DATABASE"), ("DROP", "DATABASE")):
        return (
            f"{' '.join(statement.words[:2])} is about a database, and a schema is what is in one.",
            "Dump one database, without --create (-C): pg_dump --schema-only DATABASE",
        )
    return _copy_refusal(statement) if statement.begins("COPY") else None


def _other_encoding(statement: Statement, script: Script) -> tuple[str, str] | None:
    """A file is read as UTF-8; what it says of itself matters where there is more than ASCII."""
    if statement.words[:1] != ("SET",) or script.text.isascii():
        return None
    after = (("CLIENT_ENCODING", "TO"), ("CLIENT_ENCODING",), ("SET", "NAMES"))
    written = next((found for words in after if (found := statement.after(*words))), "")
    encoding = written.strip("'\"").upper().replace("-", "").replace("_", "")
    if encoding in _AS_READ:
        return None
    return (
        f"Files are read as UTF-8, and this one is to be read as {written}.",
        "Write it anew: iconv -f ENCODING -t UTF-8, or pg_dump --encoding=UTF8.",
    )


def _copy_refusal(statement: Statement) -> tuple[str, str] | None:
    for source in filter(None, (statement.after("FROM"), statement.after("TO"))):
        if source.upper() == "STDIN":
            return (
                "COPY ... FROM stdin brings rows; a schema holds none.",
                "Dump it with pg_dump --schema-only.",
            )
        if source.upper() == "PROGRAM":
            return "COPY ... PROGRAM runs a program on the server.", "Leave it out."
        if source.startswith(("'", "$", "e'", "E'")):
            return "COPY reads or writes a file on the server.", "Leave it out."
    return None


def _verb(text: str, statement: Statement) -> str:
    if statement.words[:1] and statement.words[0] in _WRITES:
        return statement.words[0]
    if statement.begins("WITH"):
        return next(_within(text[statement.start : statement.end]), "")
    return ""


def _within(text: str) -> Iterator[str]:
    """What changes rows within a query: UPDATE may be FOR UPDATE as well, and stands first then."""
    before = first = ""
    for token in tokens(text):
        word = token.upper()
        if (before, word) in _WITHIN:
            yield before
        if before == "UPDATE" and first in {"(", ")"}:
            yield before
        first, before = before, word
