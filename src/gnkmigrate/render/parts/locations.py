"""Where the target's SQL declares an object, for reports that point at lines.

The text is split into words only to find lines: what it means is PostgreSQL's business. A line
that is not found (a name that a DO block makes up, say) falls back to its table's, then to the
first line of the first file.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from gnkmigrate.audit.finding import DatabaseObject
from gnkmigrate.audit.result import Source
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.routine import parted

# PostgreSQL manual, 4.1: comments, strings, quoted names, dollar quotes, words; then any sign.
_TOKEN = re.compile(
    r"""--[^\n]*|/\*.*?\*/                  # comments, nested ones by their first end
    |[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'  # strings
    |(?P<dollar>\$(?:[^\W\d]\w*)?\$).*?(?P=dollar)
    |"(?:[^"]|"")*"|[^\W\d][\w$]*|\d[\w.]*|[^\s\w]""",
    re.DOTALL | re.VERBOSE,
)
_SKIPPED = ("--", "/*", "'", "e'", "E'", "$")
_BEFORE_KIND = {
    *("or", "replace", "unique", "unlogged", "temp", "temporary", "global", "local"),
    *("materialized", "recursive", "constraint", "foreign", "concurrently"),
}
_BEFORE_NAME = {"concurrently", "if", "not", "exists", "only"}
_KINDS = {
    "table": "table",
    "index": "index",
    "view": "view",
    "type": "enum",
    "sequence": "sequence",
    "function": "function",
    "procedure": "function",
    "trigger": "trigger",
    "extension": "extension",
    "schema": "schema",
}
# What begins a line of CREATE TABLE and is no column.
_TABLE_CONSTRAINTS = {"constraint", "primary", "unique", "foreign", "check", "exclude", "like"}


@dataclass(frozen=True)
class Line:
    """A place in a file: its name and the line's number, from 1."""

    file: str
    number: int


@dataclass(frozen=True)
class Locations:
    """The declaring lines by kind and path; schemas are as written, so they may be missing."""

    first: Line
    lines: dict[tuple[str, ...], Line] = field(default_factory=dict)

    def of(self, about: DatabaseObject, target: Snapshot | None) -> Line:
        """The line that declares an object, or else what holds it.

        Args:
            about: the object.
            target: the target's facts, which know the columns of a constraint without a name.
        """
        for path in _paths(about, target):
            line = self.lines.get((path[0], about.schema, *path[1:])) or self.lines.get(
                (path[0], "", *path[1:])
            )
            if line is not None:
                return line
        return self.first


@dataclass(frozen=True)
class _Token:
    text: str
    line: int

    @property
    def word(self) -> str:
        """A keyword's text."""
        return self.text.lower()

    @property
    def name(self) -> str:
        """A name as PostgreSQL stores it (manual, 4.1.1)."""
        if self.text.startswith('"'):
            return self.text[1:-1].replace('""', '"')
        return self.text.lower()


def locate(sources: Sequence[Source]) -> Locations | None:
    """Where the objects of these files are declared; None without a file."""
    if not sources:
        return None
    found: dict[tuple[str, ...], Line] = {}
    for source in sources:
        for statement in _statements(source.text):
            for key, number in _declared(statement):
                found.setdefault(key, Line(source.name, number))
    return Locations(Line(sources[0].name, 1), found)


def _paths(about: DatabaseObject, target: Snapshot | None) -> Iterator[tuple[str, ...]]:
    """Kind and path of what to look for, the best first."""
    table, name = about.table, about.name
    if about.type == "function":
        yield "function", parted(name)[0]
    elif about.type == "constraint":
        yield "constraint", table, name
        fact = target.get("constraint", about.schema, table, name) if target else None
        for column in fact.payload["columns"][:1] if fact else ():
            yield "column", table, column
    elif about.type == "column":
        yield "column", table, name
    elif name:
        yield about.type, name
    if table:
        yield "table", table
        yield "view", table


def _statements(text: str) -> Iterator[list[_Token]]:
    tokens: list[_Token] = []
    line, seen = 1, 0
    for match in _TOKEN.finditer(text):
        line += text.count("\n", seen, match.start())
        seen = match.start()
        if match[0] == ";":
            yield tokens
            tokens = []
        elif not match[0].startswith(_SKIPPED):
            tokens.append(_Token(match[0], line))
    yield tokens


def _declared(tokens: Sequence[_Token]) -> Iterator[tuple[tuple[str, ...], int]]:
    """What a statement declares, each with its line."""
    words = [token.word for token in tokens[:8]]
    if words[:1] == ["create"]:
        yield from _created(tokens, words)
    elif words[:2] == ["alter", "table"]:
        schema, table, rest = _qualified(tokens, 2)
        yield from _named_constraints(tokens[rest:], schema, table)


def _created(tokens: Sequence[_Token], words: list[str]) -> Iterator[tuple[tuple[str, ...], int]]:
    place = next((n for n, word in enumerate(words[1:], 1) if word not in _BEFORE_KIND), 0)
    kind = _KINDS.get(words[place]) if place else None
    if kind is None:
        return
    schema, name, rest = _qualified(tokens, place + 1)
    if not name:
        return
    yield (kind, schema, name), tokens[place].line
    if kind == "table":
        yield from _columns(tokens[rest:], schema, name)
        yield from _named_constraints(tokens[rest:], schema, name)


def _qualified(tokens: Sequence[_Token], start: int) -> tuple[str, str, int]:
    """Schema (empty where none is written), name, and where it goes on after them."""
    place = start
    while place < len(tokens) and tokens[place].word in _BEFORE_NAME:
        place += 1
    if place >= len(tokens):
        return "", "", place
    if place + 2 < len(tokens) and tokens[place + 1].text == ".":
        return tokens[place].name, tokens[place + 2].name, place + 3
    return "", tokens[place].name, place + 1


def _columns(
    tokens: Iterable[_Token], schema: str, table: str
) -> Iterator[tuple[tuple[str, ...], int]]:
    """The columns in the brackets after a table's name."""
    depth, begins = 0, False
    for token in tokens:
        if token.text == "(":
            depth += 1
            begins = depth == 1
            continue
        if token.text == ")":
            depth -= 1
            if depth == 0:
                return
        if begins and token.word not in _TABLE_CONSTRAINTS:
            yield ("column", schema, table, token.name), token.line
        begins = depth == 1 and token.text == ","


def _named_constraints(
    tokens: Sequence[_Token], schema: str, table: str
) -> Iterator[tuple[tuple[str, ...], int]]:
    for token, name in pairwise(tokens):
        if token.word == "constraint":
            yield ("constraint", schema, table, name.name), token.line
