r"""What psql would make of a statement: whether it is nothing but SQL to it, whatever its release.

psql divides a script by rules of its own (psqlscan.l), and takes a backslash outside of quotes for
a command of its own: \! runs a program on the machine of whoever runs the script. What PostgreSQL
prints of its catalogs keeps to the plain tokens below; what does not may come from a file that
somebody else has written, and is refused, also where only some releases of psql misread it.
"""

import re
from collections.abc import Iterator

# Letters as psql knows them: every byte of a character beyond ASCII is one.
_LETTER = r"[A-Za-z_\x80-\U0010ffff]"
_TOKEN = re.compile(
    rf"""
      (?P<gap> [ \t\n\f\v]++ )
    | (?P<text>
          [eE]'(?:[^'\\]|\\.|'')*+'(?!\s*')    # it would go on after a line's end, or not
        | [bBxX]?'(?:[^']|'')*+'
        | "(?:[^"]|"")*+"
        | \$(?P<tag>(?:{_LETTER}[\w\x80-\U0010ffff]*+)?)\$.*?\$(?P=tag)\$
      )
    | (?P<word> {_LETTER}(?:{_LETTER}|[0-9$])*+(?!') )
    | (?P<number> \$?[0-9][A-Za-z0-9_.]*+(?!['$]) )
    | (?P<mark> ::? (?!(?:DBNAME|HOST|LAST_ERROR_MESSAGE|USER)) # variables with another's words
        | (?!--|/\*)[^\\'"$:\r0-9A-Za-z_\x80-\U0010ffff] )
    """,
    re.VERBOSE | re.DOTALL,
)
_NEVER = re.compile("[\0\ud800-\udfff]")  # ends the line for psql, or cannot be written
_ROUTINES = [
    ["CREATE", *replacing, kind]
    for replacing in ((), ("OR", "REPLACE"))
    for kind in ("FUNCTION", "PROCEDURE")
]
# Rows, for which psql would look in the script, and transactions, which are the script's own.
_NOT_HERE = frozenset(
    {"COPY", "BEGIN", "START", "COMMIT", "END", "ABORT", "ROLLBACK", "SAVEPOINT", "PREPARE"}
)


class NotPlain(ValueError):
    """psql could find something else than SQL; the message is a noun with what it is."""


def commands(sql: str) -> Iterator[str]:
    """The commands of which `sql` consists, each as psql would send it, without semicolons.

    Empty ones are left out.

    Raises:
        NotPlain: psql could find something else in it, or no end.
    """
    start = depth = blocks = 0
    words: list[str] = []
    for token in _tokens(sql):
        mark = token["mark"]
        if mark == ";" and not depth and not blocks:
            if piece := sql[start : token.start()].strip():
                yield piece
            start, words = token.end(), []
        depth = max(0, depth + (mark == "(") - (mark == ")"))
        if token["word"]:
            words.append(token["word"].upper())
            if len(words) == 1 and words[0] in _NOT_HERE:
                raise NotPlain(f"the command {words[0]}")
            blocks = blocks if depth else _deeper(blocks, words)
    if depth or blocks:
        raise NotPlain("a parenthesis or a block without an end")
    if piece := sql[start:].strip():
        yield piece


def _tokens(sql: str) -> Iterator[re.Match[str]]:
    if found := _NEVER.search(sql):
        raise NotPlain(f"the character U+{ord(found[0]):04X}")
    position = 0
    while position < len(sql):
        token = _TOKEN.match(sql, position)
        if token is None:
            raise NotPlain(_described(sql[position:]))
        yield token
        position = token.end()


def _deeper(blocks: int, words: list[str]) -> int:
    """How many blocks are open after the last of a routine's words (BEGIN ATOMIC ... END)."""
    if not any(words[: len(routine)] == routine for routine in _ROUTINES):
        return 0
    if words[-1] == "BEGIN" or (words[-1] == "CASE" and blocks):
        return blocks + 1
    return max(0, blocks - (words[-1] == "END"))


def _described(rest: str) -> str:
    if rest.startswith("\\"):
        return "a backslash outside of quotes"
    if rest.startswith(("--", "/*")):
        return "a comment"
    if rest.startswith("\r"):
        return "a carriage return outside of quotes"
    if rest.startswith(":"):
        return "a variable of psql"
    return "a quotation without an end, or one right behind a word or a number"
