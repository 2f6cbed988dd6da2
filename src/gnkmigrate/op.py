"""The operations of a revision: gnkmigrate's and Alembic's own, as op.pyi declares them.

from gnkmigrate import op
"""

from typing import Any

from alembic import op as _alembic

from gnkmigrate.operations.links.spec import Linking
from gnkmigrate.run.reversible import reversible
from gnkmigrate.run.revision import load_operations
from gnkmigrate.run.sync.conversion import Conversion
from gnkmigrate.run.sync.mappings import (
    answer,
    cast,
    constant,
    enum_text,
    new,
    renamed,
    shortened,
    text_enum,
    zoned,
)
from gnkmigrate.run.sync.reference import reference

load_operations()

__all__ = [
    "Conversion",
    "Linking",
    "answer",
    "cast",
    "constant",
    "enum_text",
    "new",
    "reference",
    "renamed",
    "reversible",
    "shortened",
    "text_enum",
    "zoned",
]


def __getattr__(name: str) -> Any:
    """An operation, which Alembic's own module knows while a revision's function runs."""
    return getattr(_alembic, name)
