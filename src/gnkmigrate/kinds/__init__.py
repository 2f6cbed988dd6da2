"""Everything that is known of PostgreSQL's kinds of objects: one folder a kind, found by its name.

`kind_of("foreign table")` is KIND of kinds/foreign_table/kind.py; what a kind says is `Kind`.
"""

import importlib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.change import Unplannable
from gnkmigrate.kinds.kind import Kind


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind by its name, in the order in which they are made where nothing else orders."""
    found = [_load(folder) for folder in _folders()]
    return MappingProxyType({each.name: each for each in sorted(found, key=lambda one: one.rank)})


@cache
def kind_of(name: str) -> Kind:
    """What is known of the kind `name`.

    Raises:
        Unplannable: there is no folder for it.
    """
    folder = name.replace(" ", "_")
    if folder not in _folders():
        raise Unplannable(
            f"No rule says how a {name} is created, changed or removed.",
            hint=f"Known kinds: {', '.join(sorted(kinds()))}. Leave others out with the setting "
            "ignore, or handle them in a revision of your own.",
        )
    return _load(folder)


def subject(fact: Fact) -> Any:
    """What a fact is about apart from its name; None where only the name tells."""
    return kind_of(fact.kind).subject(fact)


@cache
def satellites() -> frozenset[str]:
    """The kinds that hang on other things and have no name of their own."""
    return frozenset(name for name, each in kinds().items() if each.is_satellite)


@cache
def _folders() -> tuple[str, ...]:
    files: Iterable[Any] = resources.files(__package__).iterdir()
    return tuple(sorted(file.name for file in files if file.joinpath("kind.py").is_file()))


@cache
def _load(folder: str) -> Kind:
    found: Kind = importlib.import_module(f"{__package__}.{folder}.kind").KIND
    return found
