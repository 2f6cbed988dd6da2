"""Pairs of schemas: one JSON object a line."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any


class Direction(StrEnum):
    FORWARD = "forward"  # from the old schema to the new one
    BACKWARD = "backward"


@dataclass(frozen=True)
class Pair:
    """Two schemas.

    Attributes:
        id: what the pair is called.
        source: where it is from.
        old_sql, new_sql: each for an empty database, as a superuser.
        roles: what both need; they are made first where they are missing.
        differ: False when the two are the same schema, so that a plan must be empty.
    """

    id: str
    source: str
    old_sql: str
    new_sql: str
    roles: tuple[str, ...]
    differ: bool

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Pair":
        return cls(
            id=given["id"],
            source=given["source"],
            old_sql=given["old_sql"],
            new_sql=given["new_sql"],
            roles=tuple(given["roles"]),
            differ=given["differ"],
        )


@dataclass(frozen=True)
class Task:
    """A pair and the directions in which it is tried."""

    pair: Pair
    directions: tuple[Direction, ...]


def read_pairs(file: Path) -> list[Pair]:
    """The pairs of a file, in its order."""
    return [Pair.of(json.loads(line)) for line in file.read_text().splitlines()]


def select(
    pairs: Iterable[Pair],
    directions: Iterable[Direction],
    *,
    only: str = "",
    source: str | None = None,
    again: frozenset[tuple[str, str]] | None = None,
) -> list[Task]:
    """What is to be tried.

    Args:
        pairs: all there are.
        directions: those wanted.
        only: a part of the id.
        source: where the pair must be from; anywhere when None.
        again: the ids and directions to choose from; all when None.
    """
    directions = tuple(directions)
    tasks = (
        Task(
            pair,
            tuple(each for each in directions if again is None or (pair.id, each) in again),
        )
        for pair in pairs
        if only in pair.id and source in {None, pair.source}
    )
    return [task for task in tasks if task.directions]
