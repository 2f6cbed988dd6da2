"""The statements of an SQL script: where each begins and ends, and the words in it.

PostgreSQL alone decides what a script means; this is for what must be known before it runs. The
rules are those by which psql finds the end of a statement (manual, 4.1 and psql's own lexer).
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_OPAQUE = r"""
      (?P<skip> --[^\n]* )
    | (?P<comment> /\* )
    | (?P<dollar> (?<![\w$]) \$(?:[^\W\d]\w*)?\$ )
    | (?P<text> (?<![\w$]) [eE]'(?:[^'\\]|\\.|'')*' | '[^']*(?:''[^']*)*' )
    | (?P<name> "[^"]*(?:""[^"]*)*" )
"""
_TOKEN = re.compile(
    rf"\s* (?: {_OPAQUE} | (?P<word> [^\W\d][\w$]* ) | (?P<other> \d[\w.]* | \S ) )",
    re.VERBOSE | re.DOTALL,
)
# What ends a statement, and what hides it; quicker where nobody asks for the words.
_MARK = re.compile(rf"{_OPAQUE} | (?P<other> [;()] )", re.VERBOSE | re.DOTALL)
_COMMENT = re.compile(r"/\*|\*/")
_KEPT = 12  # words of a statement; more than are ever looked at
_FIRST = 4  # words by which a routine is known


class Statement(NamedTuple):
    """One statement of a script.

    Attributes:
        start: where it begins in the text.
        end: where it ends, its semicolon included.
        words: the first words outside of parentheses: key words and plain names in capital letters,
            quoted names and texts as they stand.
        written: the same words as they are written.
    """

    start: int
    end: int
    words: tuple[str, ...]
    written: tuple[str, ...]

    def begins(self, *words: str) -> bool:
        """Whether these are its first words."""
        return self.words[: len(words)] == words

    def after(self, *words: str) -> str | None:
        """The word, as it is written, that follows these in it."""
        for start in range(len(self.words) - len(words)):
            if self.words[start : start + len(words)] == words:
                return self.written[start + len(words)]
        return None


def tokens(text: str) -> Iterator[str]:
    """What a text consists of but spaces and comments."""
    position = 0
    while found := _next(_TOKEN.match(text, position), text):
        sort, start, position = found
        if sort != "skip":
            yield text[start:position]


def statements(text: str) -> Iterator[Statement]:
    """The statements of a script, in order; empty ones are left out, as PostgreSQL does."""
    position = parentheses = blocks = 0
    start: int | None = None
    words: list[str] = []
    written: list[str] = []
    routine = False
    while found := _next(
        _TOKEN.match(text, position)
        if parentheses <= 0 and (routine or len(words) < _KEPT)
        else _MARK.search(text, position),
        text,
    ):
        sort, begin, position = found
        if sort == "skip":
            continue
        piece = text[begin:position]
        if piece == ";" and parentheses <= 0 and blocks == 0:
            if start is not None:
                yield Statement(start, position, tuple(words), tuple(written))
            start, words, written, parentheses, routine = None, [], [], 0, False
            continue
        start = begin if start is None else start
        if sort == "other":
            parentheses += (piece == "(") - (piece == ")")
        elif parentheses <= 0:
            word = piece.upper() if sort == "word" else piece
            if routine and sort == "word":
                blocks = _deeper(blocks, word)
            if len(words) < _KEPT:
                words.append(word)
                written.append(piece)
                routine = routine or (len(words) <= _FIRST and _is_routine(words))
    if start is not None:
        yield Statement(start, len(text.rstrip()), tuple(words), tuple(written))


def _next(found: re.Match[str] | None, text: str) -> tuple[str, int, int] | None:
    """The sort of what was found, where it begins and where it ends; None at the end."""
    if found is None:
        return None
    sort = found.lastgroup or "other"
    start, end = found.start(sort), found.end()
    if sort == "comment":
        return "skip", start, _end_of_comment(text, end)
    if sort == "dollar":
        closing = text.find(found["dollar"], end)
        return "text", start, len(text) if closing < 0 else closing + end - start
    return sort, start, end


def _end_of_comment(text: str, position: int) -> int:
    """Comments may be within comments."""
    depth = 1
    for found in _COMMENT.finditer(text, position):
        depth += 1 if found[0] == "/*" else -1
        if depth == 0:
            return found.end()
    return len(text)


def _is_routine(words: list[str]) -> bool:
    """Whether a statement is one whose body may be BEGIN ATOMIC ...; ...; END."""
    kind = words[3:4] if words[1:3] == ["OR", "REPLACE"] else words[1:2]
    return words[:1] == ["CREATE"] and kind in (["FUNCTION"], ["PROCEDURE"])


def _deeper(blocks: int, word: str) -> int:
    """How many blocks are open after a word: BEGIN opens one, and CASE within one another."""
    if word == "BEGIN" or (word == "CASE" and blocks):
        return blocks + 1
    return blocks - 1 if word == "END" and blocks else blocks
