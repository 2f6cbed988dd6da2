"""What is wrong with a file, a setting or an option, in words for the one who wrote it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from pydantic import ValidationError

Place: TypeAlias = tuple[int | str, ...]

_INTRODUCTION = "Value error, "  # by which pydantic introduces what a check of ours has said


def plain(message: str) -> str:
    """A message of pydantic's, without what says nothing to a user."""
    return message.removeprefix(_INTRODUCTION)


def dotted(place: Place) -> str:
    """A place in a document as people write it."""
    return ".".join(map(str, place))


def problems(
    error: "ValidationError", *, whole: str = "", named: Callable[[Place], str] = dotted
) -> list[str]:
    """What is wrong, a line each: where, and what; never the value, which may be a secret.

    Args:
        error: what pydantic raised.
        whole: how the input is called where it is wrong as a whole.
        named: how a place in it is called.
    """
    return [
        f"{named(each['loc']) or whole}: {plain(each['msg'])}"
        for each in error.errors(include_input=False, include_url=False)
    ]
