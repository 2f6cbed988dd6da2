"""Values that differ in nothing but the names of renamed things.

PostgreSQL prints an expression from its parse tree, with the names that things have now. After
a rename the same expression reads differently though nothing about it has changed. Here two
such texts are laid side by side, token by token: where they differ there must be a renamed
thing's old name on the one side and its new name on the other. Nothing is interpreted.
"""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, TypeAlias

Names: TypeAlias = Mapping[str, AbstractSet[str]]

# Manual, chapter 4.1: quoted identifiers, string constants, dollar-quoted ones, identifiers.
_TOKEN = re.compile(
    r"""
      (?P<quoted> "(?:[^"]|"")*" )
    | (?P<literal> [EeBbXx]?'(?:[^'\\]|''|\\.)*' | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$ )
    | (?P<bare> [^\W\d][\w$]* )
    | (?P<other> \s+ | \d+ | . )
    """,
    re.VERBOSE | re.DOTALL,
)
# regclass, regproc, regtype: constants that PostgreSQL stores as a reference, not as a text.
_REFERENCE = re.compile(r"::(?:pg_catalog\.)?reg[a-z]+")


@dataclass(frozen=True)
class Wording:
    """Which names stand for which.

    Attributes:
        names: for a value that is a name as a whole, the names it may have on the other side.
            A name that is not listed stands for itself.
        words: the same for names inside of an expression.
    """

    names: Names
    words: Names

    def same(self, before: Any, after: Any) -> bool:
        """Are two JSON values equal, apart from renamed things?"""
        if isinstance(before, str) and isinstance(after, str):
            return after in self.names.get(before, ()) or _same_text(before, after, self.words)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            return before.keys() == after.keys() and all(
                self.same(before[key], after[key]) for key in before
            )
        if isinstance(before, list | tuple) and isinstance(after, list | tuple):
            return len(before) == len(after) and all(map(self.same, before, after))
        return type(before) is type(after) and bool(before == after)


def _may_be(before: str, after: str, names: Names) -> bool:
    return after in names[before] if before in names else before == after


def _same_text(before: str, after: str, words: Names) -> bool:
    old, new = list(_TOKEN.finditer(before)), list(_TOKEN.finditer(after))
    return len(old) == len(new) and all(
        _same_token(was, becomes, words) for was, becomes in zip(old, new, strict=True)
    )


def _same_token(before: re.Match[str], after: re.Match[str], words: Names) -> bool:
    old, new = _identifier(before), _identifier(after)
    if old is not None and new is not None:
        return _may_be(old, new, words)
    if before[0] == after[0]:
        return True
    return (
        bool(before["literal"] and after["literal"])
        and bool(_REFERENCE.match(before.string, before.end()))
        and bool(_REFERENCE.match(after.string, after.end()))
        and _same_text(before[0][1:-1], after[0][1:-1], words)
    )


def _identifier(token: re.Match[str]) -> str | None:
    if token["quoted"]:
        return token["quoted"][1:-1].replace('""', '"')
    return token["bare"]
