"""The types of its arguments, which stand behind its name, tell a routine from others."""

import re

# Names are as they are, and may hold a parenthesis; a type that has one is in quotes.
_ROUTINE = re.compile(r'(?P<name>.*)(?P<types>\((?:[^()"]|"(?:[^"]|"")*")*\))', re.DOTALL)


def parted(routine: str) -> tuple[str, str]:
    """A name such as "area(integer, text)" as "area" and "(integer, text)"; without types, ""."""
    found = _ROUTINE.fullmatch(routine)
    return (routine, "") if found is None else (found["name"], found["types"])
