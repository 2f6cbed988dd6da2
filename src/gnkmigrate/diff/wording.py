"""Values that differ in nothing but the names of renamed things.

PostgreSQL prints an expression from its parse tree, with the names that things have now. After
a rename the same expression reads differently though nothing about it has changed. Here two
such texts are laid side by side, token by token: where they differ there must be a renamed
thing's old name on the one side and its new name on the other. Nothing is interpreted.
"""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from gnkmigrate.postgres.quoting import identifier

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
_TYPE = re.compile(r'::((?:"(?:[^"]|"")*"|[\w$])+\.(?:"(?:[^"]|"")*"|[\w$])+)')
# regclass, regproc, regtype: constants that PostgreSQL stores as a reference, not as a text.
_REFERENCE = re.compile(r"::(?:pg_catalog\.)?reg[a-z]+")

# Of an array's text (manual, 8.15.2), its braces among them.
_ELEMENT = re.compile(r'"(?:[^"\\]|\\.)*"|[^{},"]+|[{},]')


@dataclass(frozen=True)
class Wording:
    """Which names stand for which.

    Attributes:
        names: for a value that is a name as a whole, the names it may have on the other side.
            A name that is not listed stands for itself.
        words: the same for names inside of an expression.
        constants: for the constants of a type, which stands behind them as PostgreSQL prints it,
            what they say on the other side.
    """

    names: Names
    words: Names
    constants: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def same(self, before: Any, after: Any) -> bool:
        """Are two JSON values equal, apart from renamed things?"""
        if isinstance(before, str) and isinstance(after, str):
            return after in self.names.get(before, ()) or self._same_text(before, after)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            return before.keys() == after.keys() and all(
                self.same(before[key], after[key]) for key in before
            )
        if isinstance(before, list | tuple) and isinstance(after, list | tuple):
            return len(before) == len(after) and all(map(self.same, before, after))
        return type(before) is type(after) and bool(before == after)

    def renamed(self, value: Any) -> Any:
        """A value as it reads once everything that is renamed has its new name."""
        if isinstance(value, str):
            if value in self.names:
                return _new_name(value, self.names)
            return "".join(self._renamed_token(token) for token in _TOKEN.finditer(value))
        if isinstance(value, Mapping):
            return {key: self.renamed(part) for key, part in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(map(self.renamed, value))
        return value

    def _renamed_token(self, token: re.Match[str]) -> str:
        name = _identifier(token)
        if name is None:
            if token["literal"] and _REFERENCE.match(token.string, token.end()):
                return f"'{self.renamed(token[0][1:-1])}'"
            return token[0]
        new = _new_name(name, self.words)
        return token[0] if new == name else identifier(new)

    def _same_text(self, before: str, after: str) -> bool:
        old, new = list(_TOKEN.finditer(before)), list(_TOKEN.finditer(after))
        return len(old) == len(new) and all(map(self._same_token, old, new))

    def _same_token(self, before: re.Match[str], after: re.Match[str]) -> bool:
        old, new = _identifier(before), _identifier(after)
        if old is not None and new is not None:
            return _may_be(old, new, self.words)
        constants = self._constants_of(before)
        if constants is not None and before["literal"] and after["literal"]:
            return _says_the_same(before, after, constants)
        if before["literal"] and after["literal"] and _are_references(before, after):
            return self._same_text(before[0][1:-1], after[0][1:-1])
        return before[0] == after[0]

    def _constants_of(self, token: re.Match[str]) -> Mapping[str, str] | None:
        """What the constants of the type say now that stands behind a constant."""
        type_ = _TYPE.match(token.string, token.end()) if self.constants else None
        return None if type_ is None else self.constants.get(type_[1])


def _are_references(*tokens: re.Match[str]) -> bool:
    return all(_REFERENCE.match(token.string, token.end()) for token in tokens)


def _says_the_same(
    before: re.Match[str], after: re.Match[str], constants: Mapping[str, str]
) -> bool:
    """Whether a constant says afterwards what its labels are called by then."""
    was, becomes = (_text(each[0]) for each in (before, after))
    type_ = _TYPE.match(before.string, before.end())
    if type_ is None or not before.string.startswith("[]", type_.end()):
        return constants.get(was, was) == becomes
    old, new = (_ELEMENT.findall(text) for text in (was, becomes))
    return [constants.get(_plain(each), _plain(each)) for each in old] == [*map(_plain, new)]


def _text(literal: str) -> str:
    """What a constant says, in single quotes or as an E string."""
    if literal.startswith(("E", "e")):
        return literal[2:-1].replace("''", "'").replace("\\\\", "\\")
    return literal[1:-1].replace("''", "'")


def _plain(element: str) -> str:
    """An element of an array's text, without its quotes."""
    return re.sub(r"\\(.)", r"\1", element[1:-1]) if element.startswith('"') else element


def _new_name(name: str, names: Names) -> str:
    """Another name, where it has one."""
    return next((each for each in sorted(names.get(name, ())) if each != name), name)


def _may_be(before: str, after: str, names: Names) -> bool:
    return after in names[before] if before in names else before == after


def _identifier(token: re.Match[str]) -> str | None:
    if token["quoted"]:
        return token["quoted"][1:-1].replace('""', '"')
    return token["bare"]
