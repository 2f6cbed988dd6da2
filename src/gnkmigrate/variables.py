"""Settings from variables of the environment: GNKMIGRATE_LIMITS__BATCH_MS=20."""

import json
import os
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, get_origin

from pydantic import BaseModel

from gnkmigrate.errors import SettingsError

PREFIX = "GNKMIGRATE_"
DELIMITER = "__"
_MISSPELT = 0.8  # how much a variable resembles a setting (difflib) that is taken for it


class UnreadableVariable(ValueError):
    """A variable that should be JSON is not; the message is its name."""


def given_by_variables(model: type[BaseModel]) -> dict[str, Any]:
    """What variables say, by setting, whatever their case.

    A list or a table is written as JSON. What a table holds can have variables of its own, which
    win: their names follow the table's after two underscores.

    Args:
        model: the settings.

    Raises:
        UnreadableVariable: one is not the JSON that it should be.
    """
    found: dict[str, Any] = {}
    variables = {name.upper(): value for name, value in os.environ.items()}
    for name, field in model.model_fields.items():
        variable = f"{PREFIX}{name.upper()}"
        if variable in variables:
            text = variables[variable]
            found[name] = _parsed(variable, text) if _holds_several(field.annotation) else text
        inner = f"{variable}{DELIMITER}"
        parts = {
            each.removeprefix(inner).lower(): text
            for each, text in variables.items()
            if each.startswith(inner)
        }
        if parts:
            found[name] = merged(parts, found.get(name, {}))
    return found


def require_spelling(model: type[BaseModel]) -> None:
    """Refuses a variable that all but names a setting. Others may be somebody else's.

    Raises:
        SettingsError: there is one.
    """
    known = [name.upper() for name in model.model_fields]
    meant = {}
    for variable in sorted(os.environ):
        if variable.upper().startswith(PREFIX):
            name, *rest = variable.upper().removeprefix(PREFIX).split(DELIMITER)
            near = get_close_matches(name, known, n=1, cutoff=_MISSPELT)
            if near and near != [name]:
                meant[variable] = PREFIX + DELIMITER.join([*near, *rest])
    if meant:
        raise SettingsError(
            "The environment holds variables that are no settings.",
            details=[f"{variable}: is {right} meant?" for variable, right in meant.items()],
            hint="docs/settings.md lists every setting.",
        )


def merged(first: Any, other: Any) -> Any:
    """Two sets of values as one, in which `first` wins; tables in them are merged likewise."""
    if not (isinstance(first, Mapping) and isinstance(other, Mapping)):
        return first
    both = {name: merged(first[name], other[name]) for name in first.keys() & other.keys()}
    return {**other, **first, **both}


def _holds_several(annotation: Any) -> bool:
    """Whether it is a list or a table."""
    type_ = get_origin(annotation) or annotation
    return isinstance(type_, type) and issubclass(type_, tuple | Mapping | BaseModel)


def _parsed(variable: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise UnreadableVariable(variable) from None
