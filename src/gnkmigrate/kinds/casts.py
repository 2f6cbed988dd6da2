"""Which casts there are (pg_cast; manual: CREATE CAST, 10.4).

casts.csv has those that PostgreSQL 14 to 18 come with, as pg_cast says them: from which type to
which, where they are applied (e only where they are written, a in assignments, i everywhere), and
how (b where the bytes are the same, f by a function, i by way of text). Extensions and people make
others, which are read.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TypeAlias

from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.context import Context

Pair: TypeAlias = tuple[str, str]


@dataclass(frozen=True)
class Cast:
    """A cast.

    Attributes:
        is_assigned: whether a value that is assigned gets its new type by it.
        is_binary: whether the bytes are the same in both types.
        is_built_in: whether it is PostgreSQL's own, so that it is known what it does.
    """

    is_assigned: bool
    is_binary: bool
    is_built_in: bool


Casts: TypeAlias = Mapping[Pair, Cast]


@cache
def built_in() -> Casts:
    """PostgreSQL's own."""
    text = files("gnkmigrate.kinds").joinpath("casts.csv").read_text(encoding="utf-8")
    return MappingProxyType(_parsed(text.splitlines(), is_built_in=True))


def known(context: Context) -> Casts:
    """All that there are while types change: PostgreSQL's, extensions' and those that stay."""
    return between(context.source, context.target)


def between(source: Snapshot, target: Snapshot) -> Casts:
    """The same on the way from one snapshot to another."""
    return {**built_in(), **_made(target), **_made(source)} | {
        pair: cast for pair, cast in _users(source).items() if _users(target).get(pair) == cast
    }


def _made(snapshot: Snapshot) -> Casts:
    lines = (line for each in snapshot.of_kind("extension") for line in each.payload["casts"])
    return _parsed(lines, is_built_in=False)


def _users(snapshot: Snapshot) -> Casts:
    return {
        (source, target): Cast(
            is_assigned=each.payload["context"] != "explicit",
            is_binary=each.payload["method"] == "binary",
            is_built_in=False,
        )
        for each in snapshot.of_kind("cast")
        for source, _, target in [each.identity.name.partition(" AS ")]
    }


def _parsed(lines: Iterable[str], *, is_built_in: bool) -> dict[Pair, Cast]:
    rows = (line.split(";") for line in lines)
    return {
        (source, target): Cast(applied != "e", how == "b", is_built_in)
        for source, target, applied, how in rows
    }
