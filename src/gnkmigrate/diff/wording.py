"""Values that differ in nothing but the names of renamed things.

PostgreSQL prints an expression from its parse tree, with the names that things have now. After
a rename the same expression reads differently though nothing about it has changed. Here two
such texts are laid side by side, token by token: where they differ there must be a renamed
thing's old name on the one side and its new name on the other. Nothing is interpreted but what is
known of how PostgreSQL prints queries (stored_names.py).
"""

import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from gnkmigrate.diff.stored_names import TOKEN, Role, Token, name_of, roles, tokens
from gnkmigrate.postgres.quoting import identifier

Names: TypeAlias = dict[str, AbstractSet[str]]

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
        words: the same for names inside of an expression, beside a dot.
        alone: the same for those without one, which are no names of what lives in a schema.
        constants: for the constants of a type, which stands behind them as PostgreSQL prints it,
            what they say on the other side.
    """

    names: Names = field(default_factory=dict)
    words: Names = field(default_factory=dict)
    alone: Names = field(default_factory=dict)
    constants: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def learn(self, name: str, becomes: AbstractSet[str], where: Iterable[Names]) -> None:
        """Takes up more that a name may be on the other side."""
        for names in where:
            names[name] = names.get(name, frozenset()) | becomes

    def same(self, before: Any, after: Any) -> bool:
        """Are two JSON values equal, apart from renamed things?"""
        if isinstance(before, str) and isinstance(after, str):
            if before in self.names:  # as a name, or as an expression that is one
                return not self.names[before].isdisjoint({after, _unquoted(after)})
            return self._same_text(before, after)
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
            found = tokens(value)
            new = [*map(self._renamed_token, found, roles(found))]
            return value if new == [each[0] for each in found] else "".join(new)
        if isinstance(value, Mapping):
            return {key: self.renamed(part) for key, part in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(map(self.renamed, value))
        return value

    def of_its_own(self) -> "Wording":
        """The same for names of a thing's own, beside names of what it uses."""
        return replace(self, names={}, alone={})

    def _renamed_token(self, token: Token, role: Role) -> str:
        name = name_of(token)
        if name is None:
            if token["literal"] and _REFERENCE.match(token.string, token.end()):
                return f"'{self.renamed(token[0][1:-1])}'"
            return token[0]
        new = _new_name(name, self._names_of(role))
        return token[0] if new == name else identifier(new)

    def _same_text(self, before: str, after: str) -> bool:
        old, new = tokens(before), tokens(after)
        return len(old) == len(new) and all(map(self._same_token, old, new, roles(old), roles(new)))

    def _same_token(self, before: Token, after: Token, was: Role, becomes: Role) -> bool:
        old, new = name_of(before), name_of(after)
        if old is not None and new is not None:
            return was is becomes and _may_be(old, new, self._names_of(was))
        constants = self._constants_of(before)
        if constants is not None and before["literal"] and after["literal"]:
            return _says_the_same(before, after, constants)
        if before["literal"] and after["literal"] and _are_references(before, after):
            return self._same_text(before[0][1:-1], after[0][1:-1])
        return before[0] == after[0]

    def _names_of(self, role: Role) -> Names:
        match role:
            case Role.QUALIFIED:
                return self.words
            case Role.ALONE:
                return self.alone
            case Role.STORED:
                return {}

    def _constants_of(self, token: Token) -> Mapping[str, str] | None:
        """What the constants of the type say now that stands behind a constant."""
        type_ = _TYPE.match(token.string, token.end()) if self.constants else None
        return None if type_ is None else self.constants.get(type_[1])


def _are_references(*tokens: Token) -> bool:
    return all(_REFERENCE.match(token.string, token.end()) for token in tokens)


def _says_the_same(before: Token, after: Token, constants: Mapping[str, str]) -> bool:
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


def _unquoted(text: str) -> str:
    """The name that an expression is; the same where it is more than a name."""
    token = TOKEN.fullmatch(text)
    return text if token is None else name_of(token) or text


def _new_name(name: str, names: Names) -> str:
    """Another name, where it has one."""
    return next((each for each in sorted(names.get(name, ())) if each != name), name)


def _may_be(before: str, after: str, names: Names) -> bool:
    return after in names[before] if before in names else before == after
