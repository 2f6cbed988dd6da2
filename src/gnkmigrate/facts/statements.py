"""The statements of an SQL script: where each begins and ends, and the words in it.

PostgreSQL alone decides what a script means; this is for what must be known before it runs. The
rules are those by which psql finds the end of a statement (manual, 4.1 and psql's own lexer).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
      (?P<skip> \s+ | --[^\n]* )
    | (?P<comment> /\* )
    | (?P<dollar> \$(?:[^\W\d]\w*)?\$ )
    | (?P<text> [eE]'(?:[^'\\]|\\.|'')*' | '[^']*(?:''[^']*)*' )
    | (?P<name> "[^"]*(?:""[^"]*)*" )
    | (?P<word> [^\W\d][\w$]* )
    | (?P<other> \d[\w.]* | . )
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT = re.compile(r"/\*|\*/")
_KEPT = 32  # words of a statement; more than are ever looked at


@dataclass(frozen=True)
class Statement:
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


def tokens(text: str) -> Iterator[tuple[str, int, int]]:
    """What a text consists of but spaces and comments: its sort, where it begins and where it ends.

    Sorts: "word", "name" (in double quotes), "text" (in single quotes or dollars), "other".
    """
    position = 0
    while found := _TOKEN.match(text, position):
        start, position = found.span()
        sort = found.lastgroup or "other"
        if sort == "comment":
            position = _end_of_comment(text, position)
        elif sort == "dollar":
            closing = text.find(found[0], position)
            position = len(text) if closing < 0 else closing + len(found[0])
            yield "text", start, position
        elif sort != "skip":
            yield sort, start, position


def statements(text: str) -> Iterator[Statement]:
    """The statements of a script, in order; empty ones are left out, as PostgreSQL does."""
    start: int | None = None
    words: list[str] = []
    written: list[str] = []
    parentheses = blocks = end = 0
    for sort, begin, end in tokens(text):
        piece = text[begin:end]
        if piece == ";" and parentheses <= 0 and blocks == 0:
            if start is not None:
                yield Statement(start, end, tuple(words), tuple(written))
            start, words, written, parentheses = None, [], [], 0
            continue
        start = begin if start is None else start
        parentheses += (piece == "(") - (piece == ")")
        if sort == "other" or parentheses > 0:
            continue
        word = piece.upper() if sort == "word" else piece
        if sort == "word" and _is_routine(words):
            blocks = _deeper(blocks, word)
        if len(words) < _KEPT:
            words.append(word)
            written.append(piece)
    if start is not None:
        yield Statement(start, end, tuple(words), tuple(written))


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
