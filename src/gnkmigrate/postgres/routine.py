"""The types of its arguments, which stand behind its name, tell a routine from others."""

import re
from collections.abc import Callable, Iterable

from gnkmigrate.postgres.quoting import names_in, qualified

# Names are as they are, and may hold a parenthesis; a type that has one is in quotes.
_ROUTINE = re.compile(r'(?P<name>.*)(?P<types>\((?:[^()"]|"(?:[^"]|"")*")*\))', re.DOTALL)
_WORD = r'(?:"(?:[^"]|"")*"|[^\W\d][\w$]*)'
_ARGUMENT = re.compile(r'(?:[^,()"]|"(?:[^"]|"")*"|\([^()]*\))+')
_TYPE = re.compile(rf"(?P<type>{_WORD}\.{_WORD})|{_WORD}")


def parted(routine: str) -> tuple[str, str]:
    """A name such as "area(integer, text)" as "area" and "(integer, text)"; without types, ""."""
    found = _ROUTINE.fullmatch(routine)
    return (routine, "") if found is None else (found["name"], found["types"])


def retyped(routine: str, renamed: Iterable[tuple[tuple[str, ...], tuple[str, ...]]]) -> str:
    """The same with the new names of types.

    Args:
        routine: a name such as "area(public.shape, text)".
        renamed: schema and name of each type, before and after.
    """
    name, types = parted(routine)
    for old, new in renamed:
        if old == new or old[-1].endswith(")"):
            continue
        word = rf"(?<![\w\".]){re.escape(qualified(*old))}(?![\w\".])"
        types = re.sub(word, qualified(*new).replace("\\", r"\\"), types)
    return f"{name}{types}"


def marked(types: str) -> str:
    """The types of a procedure's arguments as commands name it: "(IN integer, IN text)".

    Without marks, those that merely come out count as well (manual: DROP PROCEDURE, Notes), and
    "(integer, text)" may be either of two procedures.
    """
    found = (each.strip() for each in _ARGUMENT.findall(types[1:-1]))
    return f"({', '.join(f'IN {each}' for each in found if each)})"


def types_in(name: str) -> tuple[tuple[str, ...], ...]:
    """Schema and name of each type in a routine's name, or in another one made of types."""
    _, types = _typed(name)
    return tuple(names_in(found["type"]) for found in _TYPE.finditer(types) if found["type"])


def with_types(name: str, new: Callable[[tuple[str, ...]], tuple[str, ...]]) -> str:
    """A name such as "area(public.shape)" or "public.shape AS text" with other types in it.

    Args:
        name: the name.
        new: gives schema and name of a type by those that it has.
    """

    def replaced(found: re.Match[str]) -> str:
        return qualified(*new(names_in(found["type"]))) if found["type"] else found[0]

    head, types = _typed(name)
    return head + _TYPE.sub(replaced, types)


def _typed(name: str) -> tuple[str, str]:
    """A routine's name has its types behind it; that of a cast, say, is all made of them."""
    head, types = parted(name)
    return (head, types) if types else ("", name)
