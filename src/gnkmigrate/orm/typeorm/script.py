"""TypeScript's texts, objects and comments; whatever a database holds stays inside them."""

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

# TypeScript as it is, an object, or a list of objects.
Argument: TypeAlias = str | Mapping[str, str] | Sequence[Mapping[str, str]]

WIDTH = 98


def text(value: str) -> str:
    """A value as a constant, between single quotes if it has none."""
    quoted = json.dumps(value)
    if "'" in value and '"' not in value:
        return quoted
    inside = quoted[1:-1].replace('\\"', '"').replace("'", "\\'")
    return f"'{inside}'"


def texts(values: Sequence[str]) -> str:
    """A list of them."""
    return f"[{', '.join(map(text, values))}]"


def options(given: Mapping[str, str]) -> Mapping[str, str]:
    """An object's members, which are TypeScript already; what has no value is left out."""
    return {name: value for name, value in given.items() if value}


def call(name: str, *arguments: Argument) -> str:
    """A decorator; an object at its end is opened where the line would be too long."""
    given = [argument for argument in arguments if argument]
    line = f"@{name}({', '.join(map(_inline, given))})"
    if len(line) <= WIDTH or not given:
        return line
    *first, last = given
    ahead = "".join(f"{_inline(argument)}, " for argument in first)
    if isinstance(last, str) or len(ahead) > WIDTH - 10:
        return f"@{name}(\n" + "".join(f"  {_inline(argument)},\n" for argument in given) + ")"
    opening, members, closing = _opened(last)
    return f"@{name}({ahead}{opening}\n" + "".join(f"  {one},\n" for one in members) + f"{closing})"


def _opened(
    last: Mapping[str, str] | Sequence[Mapping[str, str]],
) -> tuple[str, Sequence[str], str]:
    if isinstance(last, Mapping):
        return "{", [f"{name}: {value}" for name, value in last.items()], "}"
    return "[", list(map(_inline, last)), "]"


def _inline(argument: Argument) -> str:
    if isinstance(argument, str):
        return argument
    if isinstance(argument, Mapping):
        return f"{{ {', '.join(f'{name}: {value}' for name, value in argument.items())} }}"
    return f"[{', '.join(map(_inline, argument))}]"


def comment(lines: Sequence[str]) -> str:
    """A block comment that no line of it can end."""
    shown = [" ".join(line.split()).replace("*/", "* /") for line in lines]
    if len(shown) == 1:
        return f"/** {shown[0]} */\n"
    return "".join(["/**\n", *(f" * {line}".rstrip() + "\n" for line in shown), " */\n"])


def indented(lines: str, by: str = "  ") -> str:
    """The same lines further to the right; empty ones stay empty."""
    return "".join(by + line if line.strip() else line for line in lines.splitlines(keepends=True))
