"""Rows of the system catalogs as read.sql returns them, and what their numbers stand for."""

from collections.abc import Mapping
from typing import Any, Protocol, TypeAlias

from gnkmigrate.facts.fact import Identity

Row: TypeAlias = tuple[Any, ...]
# What stands for a secret in a fact: it never leaves the server.
MASK = "***"


class Names(Protocol):
    """What numbers in the catalogs stand for.

    Attributes:
        columns: the names of a relation's columns by their numbers.
        relations: relations by their oids.
    """

    @property
    def columns(self) -> Mapping[int, Mapping[int, str]]: ...

    @property
    def relations(self) -> Mapping[int, Identity]: ...
