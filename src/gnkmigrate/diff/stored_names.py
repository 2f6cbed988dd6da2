"""Which names in a printed query follow a rename, and which were written down with the query.

A query is stored with the names of what it puts out, and with its aliases. Some of them come from
what it uses: a column of a view is called after a function, a type or a table. A rename of these
leaves them as they are, while the same text, read anew, gives other ones. Objects follow, and are
always printed with their schema; so does a table's name before one of its columns.
"""

import re
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from typing import TypeAlias

Token: TypeAlias = re.Match[str]

# Manual, chapter 4.1: quoted identifiers, string constants, dollar-quoted ones, identifiers.
TOKEN = re.compile(
    r"""
      (?P<quoted> "(?:[^"]|"")*" )
    | (?P<literal> [EeBbXx]?'(?:[^'\\]|''|\\.)*' | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$ )
    | (?P<bare> [^\W\d][\w$]* )
    | (?P<other> \s+ | \d+ | . )
    """,
    re.VERBOSE | re.DOTALL,
)

_OUTPUT = frozenset({"SELECT", "RETURNING"})
_BEFORE_OUTPUT = frozenset({"DISTINCT", "ALL", "ON"})
_AFTER_OUTPUT = frozenset(
    {"FROM", "WHERE", "GROUP", "HAVING", "WINDOW", "UNION", "INTERSECT", "EXCEPT", "ORDER", "LIMIT",
     "OFFSET", "FETCH", "FOR"}
)  # fmt: skip
_NAMES_FOLLOW = frozenset({"AS", "NAME"})  # NAME: of an XML element


class Role(Enum):
    """What a name is in a query: beside a dot, without one, or written down with the query."""

    QUALIFIED = auto()
    ALONE = auto()
    STORED = auto()


def name_of(token: Token) -> str | None:
    """The name that a token is, without its quotes; None for what is none."""
    if token["quoted"]:
        return token["quoted"][1:-1].replace('""', '"')
    return token["bare"]


def tokens(text: str) -> Sequence[Token]:
    """A text's tokens; of a query with a name for each column that it puts out."""
    return tuple(TOKEN.finditer(_with_output_names(text)))


def roles(found: Sequence[Token]) -> Sequence[Role]:
    """What each of a text's tokens is, if it is a name."""
    said = [(index, token) for index, token in enumerate(found) if not token[0].isspace()]
    known, depth = [Role.ALONE] * len(found), 0  # depth: parentheses inside a list of aliases
    for place, (index, token) in enumerate(said):
        last = said[place - 1][1] if place else None
        following = tuple(each[0] for _, each in said[place + 1 : place + 3])
        role = _role(token, last, following)
        known[index] = Role.STORED if depth and role is Role.ALONE else role
        if token[0] == "(" and (depth or _begins_aliases(token, last, said, place, known)):
            depth += 1
        elif token[0] == ")" and depth:
            depth -= 1
    return known


def _role(token: Token, last: Token | None, following: tuple[str, ...]) -> Role:
    if name_of(token) is None:
        return Role.ALONE
    if following[:1] == (".",) or (last is not None and last[0] == "."):
        return Role.QUALIFIED
    is_named_query = following[:1] == ("AS",) and following[1:] in {("(",), ("NOT",)}
    is_named_query |= following == ("AS", "MATERIALIZED")
    follows = last is not None and (last[0] == ")" or _is_name(last) or last[0] in _NAMES_FOLLOW)
    return Role.STORED if not _is_keyword(token) and (is_named_query or follows) else Role.ALONE


def _begins_aliases(
    token: Token,
    last: Token | None,
    said: Sequence[tuple[int, Token]],
    place: int,
    known: Sequence[Role],
) -> bool:
    """Whether a parenthesis holds the columns of an alias, or those that USING makes one."""
    if last is None:
        return False
    is_alias = known[said[place - 1][0]] is Role.STORED and last.end() == token.start()
    return last[0] == "USING" or is_alias


def _is_name(token: Token) -> bool:
    return name_of(token) is not None and not _is_keyword(token)


def _is_keyword(token: Token) -> bool:
    """Whether it is no name: PostgreSQL prints keywords in capitals, and quotes such names."""
    return bool(token["bare"]) and token[0].isupper()


def _with_output_names(text: str) -> str:
    """A query's text with a name for each column that it puts out as what it is called."""
    if not any(word in text for word in _OUTPUT):
        return text
    parts, done = [], 0
    for token in _bare_outputs([each for each in TOKEN.finditer(text) if not each[0].isspace()]):
        parts += [text[done : token.end()], " AS ", token[0]]
        done = token.end()
    return "".join((*parts, text[done:]))


def _bare_outputs(said: Sequence[Token]) -> Iterator[Token]:
    """The columns that queries put out by the name that they have."""
    lists: list[list[Token] | None] = [None]  # by parentheses; None outside of what is put out
    for last, token in zip((None, *said), said, strict=False):
        text, item = token[0], lists[-1]
        ends = text in {",", ")", ";"} or text in _AFTER_OUTPUT
        if item is not None and ends:
            yield from _bare(item)
            lists[-1] = [] if text == "," else None
        if text == "(":
            if item is not None and (last is None or last[0] != "ON"):
                item.append(token)
            lists.append(None)
        elif text == ")":
            lists = lists[:-1] or [None]
        elif text in _OUTPUT:
            lists[-1] = []
        elif item is not None and not ends and text not in _BEFORE_OUTPUT:
            item.append(token)
    yield from _bare(lists[-1] or ())


def _bare(item: Sequence[Token]) -> Iterator[Token]:
    match item:
        case [column]:
            if _is_name(column):
                yield column
        case [table, dot, column]:
            if _is_name(table) and dot[0] == "." and _is_name(column):
                yield column
