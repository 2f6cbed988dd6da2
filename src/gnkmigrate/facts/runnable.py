"""A script as it can be run for the schema that it declares: without what a schema is not.

All files of a schema are one transaction, so the commands that begin and end the transactions of a
script are read past. What would undo it, reach another database, or read and write the files and
run the programs of the server's machine, is refused before anything runs.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from gnkmigrate.errors import SchemaError
from gnkmigrate.facts.files import Script
from gnkmigrate.facts.snapshot import Unread
from gnkmigrate.facts.statements import Statement, statements, tokens

_READ_PAST = (
    ("BEGIN",),
    ("START", "TRANSACTION"),
    ("COMMIT",),
    ("END",),
    ("SET", "TRANSACTION"),
    ("SET", "LOCAL", "TRANSACTION"),
    ("SET", "SESSION", "CHARACTERISTICS"),
)
_TWO_PHASES = (("PREPARE", "TRANSACTION"), ("COMMIT", "PREPARED"), ("ROLLBACK", "PREPARED"))
_WRITES = ("INSERT", "UPDATE", "DELETE", "TRUNCATE", "MERGE")
_NAMED = 5
_ROWS = "rows are not part of a schema"
_WITHIN = {("INSERT", "INTO"), ("DELETE", "FROM"), ("MERGE", "INTO")}


def runnable(script: Script) -> Script:
    """The script without the commands of its transactions; every line stays where it is.

    Raises:
        SchemaError: it has a statement that no schema may have; the message has file and line.
    """
    pieces: list[str] = []
    position = 0
    for statement in statements(script.text):
        if reason := _refusal(statement):
            what, hint = reason
            line = script.line(statement.start)
            raise SchemaError(f"{script.place(line)}: {what}", hint=hint)
        if any(statement.begins(*words) for words in _READ_PAST):
            pieces += [script.text[position : statement.start], _blank(script.text, statement)]
            position = statement.end
    return Script(script.path, "".join((*pieces, script.text[position:])))


def rows_written(scripts: Sequence[Script]) -> tuple[Unread, ...]:
    """The statements that change rows, which no comparison of schemas looks at, and where."""
    found: defaultdict[str, list[tuple[Script, int]]] = defaultdict(list)
    for script in scripts:
        for statement in statements(script.text):
            if verb := _verb(script.text, statement):
                found[verb].append((script, statement.start))
    return tuple(
        Unread(
            f"{verb} statement",
            tuple(f"{script.path.name}:{script.line(start)}" for script, start in places[:_NAMED]),
            len(places),
            _ROWS,
            on_purpose=True,
        )
        for verb, places in found.items()
    )


def _blank(text: str, statement: Statement) -> str:
    return "\n" * text.count("\n", statement.start, statement.end)


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
    if statement.words[:2] in (("CREATE", "DATABASE"), ("DROP", "DATABASE")):
        return (
            f"{' '.join(statement.words[:2])} is about a database, and a schema is what is in one.",
            "Dump one database, without --create (-C): pg_dump --schema-only DATABASE",
        )
    return _copy_refusal(statement) if statement.begins("COPY") else None


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
