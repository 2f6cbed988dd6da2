"""The types of its arguments, which stand behind its name, tell a routine from others."""

import re
from collections.abc import Iterable

from gnkmigrate.postgres.quoting import qualified

# Names are as they are, and may hold a parenthesis; a type that has one is in quotes.
_ROUTINE = re.compile(r'(?P<name>.*)(?P<types>\((?:[^()"]|"(?:[^"]|"")*")*\))', re.DOTALL)


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
