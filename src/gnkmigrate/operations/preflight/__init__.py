"""What is asked of a table before its columns are converted: one module a question.

Each module has a function `refusals` from what is asked to the reasons against it. A table that a
conversion cannot treat exactly is refused here, before anything has changed. Most questions are
answered by the facts of the database alone.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from functools import cache
from typing import TypeAlias

from gnkmigrate.operations.preflight.asked import Asked
from gnkmigrate.run.step import Refusal

Question: TypeAlias = Callable[[Asked], Iterable[Refusal]]


def refusals(asked: Asked) -> list[Refusal]:
    """All that speaks against a conversion."""
    return [refusal for question in questions() for refusal in question(asked)]


@cache
def questions() -> tuple[Question, ...]:
    """Every question of this package, in the order of their modules' names."""
    names = [module.name for module in pkgutil.iter_modules(__path__) if module.name != "asked"]
    return tuple(importlib.import_module(f"{__name__}.{name}").refusals for name in names)
