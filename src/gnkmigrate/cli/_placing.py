"""Where options of all commands stand: before the command by rule, after it by habit."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

END = "--"  # what follows is no option


def in_front(group: Any, arguments: Sequence[str]) -> list[str]:
    """The arguments with the group's own options moved before the command.

    An option that the command knows itself stays where it is.

    Args:
        group: the group of commands, whose `params` are the options of all of them.
        arguments: as they were typed.
    """
    options = _named(group)
    before, rest = _split(arguments, options)
    command = group.commands.get(rest[0]) if rest else None
    if command is None or not options:
        return [*arguments]
    wanted = {name: each for name, each in options.items() if name not in {*_names(command)}}
    moved, left = _taken(rest[1:], wanted)
    return [*before, *moved, rest[0], *left]


def _named(command: Any) -> Mapping[str, Any]:
    """The options of a command by each of their names."""
    return {name: each for each in command.params for name in each.opts if name.startswith("-")}


def _names(command: Any) -> Iterator[str]:
    """The names of all options of a command, and of those below it."""
    yield from _named(command)
    for below in getattr(command, "commands", {}).values():
        yield from _names(below)


def _split(
    arguments: Sequence[str], options: Mapping[str, Any]
) -> tuple[Sequence[str], Sequence[str]]:
    """The arguments before the command, and from it on."""
    position = 0
    while position < len(arguments) and arguments[position].startswith("-"):
        position += _length(arguments[position], options)
    return arguments[:position], arguments[position:]


def _taken(
    arguments: Sequence[str], options: Mapping[str, Any]
) -> tuple[Sequence[str], Sequence[str]]:
    """Those of the arguments that are such options, with their values, and the others."""
    moved: list[str] = []
    left: list[str] = []
    position = 0
    while position < len(arguments) and arguments[position] != END:
        known = arguments[position].partition("=")[0] in options
        end = position + (_length(arguments[position], options) if known else 1)
        known = known and end <= len(arguments)  # without its value it is nobody's
        (moved if known else left).extend(arguments[position:end])
        position = end
    return moved, [*left, *arguments[position:]]


def _length(argument: str, options: Mapping[str, Any]) -> int:
    """How many arguments an option is: its value may follow it."""
    option = options.get(argument)
    return 1 if option is None or option.is_flag or option.count else 2
