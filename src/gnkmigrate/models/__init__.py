"""Targets that an ORM declares, such as "sqlalchemy:shop.models:Base" or "django".

Nothing of the models is understood here. The ORM's own tool runs on an empty database of a
throwaway server, and what it has made there is read as anything else is. Each module of orms/ has
a function `write(name: str, into: Into) -> None`, for what stands after the ORM's name, and
`SOURCES`, the endings of files that decide what it writes.
"""

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING

from gnkmigrate.models import orms

if TYPE_CHECKING:
    from gnkmigrate.models.running import Into


@cache
def known() -> tuple[str, ...]:
    """The ORMs of which a schema can be had, in order."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(orms.__path__)))


def is_models(source: str) -> bool:
    """Does it name an ORM's models, and no file or database?"""
    orm, _, name = source.partition(":")
    return orm in known() and not name.startswith("//")


def write(source: str, into: "Into") -> None:
    """Has the ORM make its schema in an empty database.

    Args:
        source: "ORM" or "ORM:NAME".
        into: the database, and where the project is.

    Raises:
        SchemaError: the tool is not there, or fails; the message has what it said.
    """
    orm, _, name = source.partition(":")
    importlib.import_module(f"{orms.__name__}.{orm}").write(name, into)
