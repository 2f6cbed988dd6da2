"""Calls of operations, and how they read in a revision."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import wrap
from typing import TypeAlias

Argument: TypeAlias = "str | bool | int | Sequence[Argument] | Mapping[str, str] | Call"

_WIDTH = 100
_INDENT = "    "
_NO_NAME = re.compile(r"[^A-Z0-9]+")


@dataclass(frozen=True)
class Call:
    """One call of a revision, such as op.build_index("item_state", "public.item", "(state)").

    Attributes:
        function: the operation's or mapping's name in `op`.
        arguments: those that have no name.
        named: the others.
        notes: what the author has to look at, each a comment above the call.
    """

    function: str
    arguments: tuple[Argument, ...] = ()
    named: Mapping[str, Argument] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


class Text:
    """The text of calls. What has more than one line is a constant of the module.

    Attributes:
        constants: their texts by their names.
    """

    def __init__(self) -> None:
        self.constants: dict[str, str] = {}

    def of(self, call: Call) -> str:
        """A call as a statement in a function, with its notes above it."""
        lines = [*_comments(call.notes, 1), f"{_INDENT}{self._call(call, 1, _label(call))}"]
        return "\n".join(lines)

    def declared(self) -> str:
        """The constants, each as a statement."""
        return "\n\n".join(
            f'{name} = """\n{_raw(text)}\n"""' for name, text in self.constants.items()
        )

    def _call(self, call: Call, depth: int, label: str) -> str:
        parts = [
            *self._parts(call.arguments, depth + 1, label),
            *(
                f"{name}={self._value(value, depth + 1, f'{label} {name}')}"
                for name, value in call.named.items()
            ),
        ]
        return _bracketed(f"op.{call.function}(", parts, ")", depth)

    def _parts(self, values: Sequence[Argument], depth: int, label: str) -> list[str]:
        parts = []
        for value in values:
            notes = _comments(value.notes if isinstance(value, Call) else (), depth)
            lines = [*notes, f"{_INDENT * depth}{self._value(value, depth, label)}"]
            parts.append("\n".join(lines).lstrip())
        return parts

    def _value(self, value: Argument, depth: int, label: str) -> str:
        match value:
            case Call():
                return self._call(value, depth, label)
            case str() if "\n" in value:
                return self._constant(label, value)
            case str():
                return _wrapped(value, depth)
            case Mapping():
                pairs = [f"{quoted(key)}: {quoted(each)}" for key, each in value.items()]
                return _bracketed("{", pairs, "}", depth)
            case bool() | int():
                return repr(value)
            case _:
                parts = self._parts(value, depth + 1, label)
                return _bracketed("(", parts, ",)" if len(parts) == 1 else ")", depth)

    def _constant(self, label: str, text: str) -> str:
        stem = _NO_NAME.sub("_", label.upper()).strip("_")
        stem = stem if stem and not stem[0].isdigit() else f"SQL_{stem}"
        name, number = stem, 1
        while self.constants.get(name, text) != text:
            number += 1
            name = f"{stem}_{number}"
        self.constants[name] = text
        return name


def _comments(notes: Sequence[str], depth: int) -> list[str]:
    margin = f"{_INDENT * depth}# "
    return [
        line
        for note in notes
        for line in wrap(note, _WIDTH, initial_indent=margin, subsequent_indent=margin)
    ]


def _wrapped(text: str, depth: int) -> str:
    """A text on one line, or a long one on several that Python joins."""
    room = _WIDTH - len(_INDENT) * (depth + 1)
    if len(text) <= room - len("irreversible=,"):
        return quoted(text)
    lines = [""]
    for word in re.findall(r"\S*\s*", text):
        if lines[-1] and len(quoted(lines[-1] + word)) > room:
            lines.append("")
        lines[-1] += word
    if len(lines) == 1:
        return quoted(text)
    pad = _INDENT * (depth + 1)
    return "(\n" + "".join(f"{pad}{quoted(line)}\n" for line in lines) + _INDENT * depth + ")"


def quoted(text: str) -> str:
    """A text of one line as Python has it."""
    double = json.dumps(text, ensure_ascii=False)
    if '"' in text and "'" not in text and "\\" not in text:
        return f"'{text}'"
    return double


def _label(call: Call) -> str:
    """What a call is about, for the names of constants."""
    first = call.arguments[0] if call.arguments else ""
    return first if isinstance(first, str) else ""


def _bracketed(head: str, parts: Sequence[str], tail: str, depth: int) -> str:
    line = f"{head}{', '.join(parts)}{tail}"
    if "\n" not in line and len(line) + len(_INDENT) * depth <= _WIDTH:
        return line
    pad = _INDENT * (depth + 1)
    lines = "".join(f"{pad}{part},\n" for part in parts)
    return f"{head}\n{lines}{_INDENT * depth}{tail.removeprefix(',')}"


def _raw(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
