"""What is wrong with a file, a setting or an option, in words for the one who wrote it."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from gnkmigrate.errors import SettingsError

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails


def not_utf8(file: Path | None, error: UnicodeDecodeError) -> SettingsError:
    """What is said of a file that should be text."""
    return SettingsError(
        f"{file} is not UTF-8 text (byte {error.start + 1}).", hint="Save it as UTF-8."
    )


Place: TypeAlias = tuple[int | str, ...]

_INTRODUCTION = "Value error, "  # by which pydantic introduces what a check of ours has said

# What is said of each sort of error (pydantic's manual, "Validation errors"); names in braces are
# of its context.
_TABLE = "must be a table of names and values"
_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not known",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "none_required": "must be left out",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "string_type": "must be text",
    "path_type": "must be text, the path of a file or folder",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "set_type": "must be a list",
    "frozen_set_type": "must be a list",
    "dict_type": _TABLE,
    "mapping_type": _TABLE,
    "model_type": _TABLE,
    "model_attributes_type": _TABLE,
    "dataclass_type": _TABLE,
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be {ge} or more",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be {le} or less",
    "too_short": "must have {min_length} or more values, and has {actual_length}",
    "too_long": "must have {max_length} values or fewer, and has {actual_length}",
    "string_too_short": "must have {min_length} or more characters",
    "string_too_long": "must have {max_length} characters or fewer",
    "string_pattern_mismatch": "must have the form {pattern}",
    "date_type": "must be a date",
    "date_parsing": "must be a date",
    "date_from_datetime_parsing": "must be a date",
    "datetime_type": "must be a time with its date",
    "datetime_parsing": "must be a time with its date",
    "datetime_from_date_parsing": "must be a time with its date",
    "timezone_aware": "must have a time zone",
    "json_invalid": "is not valid JSON: {error}",
    "json_type": "must be JSON",
}


def in_words(error: "ErrorDetails") -> str:
    """What is wrong with one value."""
    words = _WORDS.get(error["type"])
    return plain(error["msg"]) if words is None else words.format_map(error.get("ctx", {}))


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
        f"{named(each['loc']) or whole}: {in_words(each)}"
        for each in error.errors(include_input=False, include_url=False)
    ]
