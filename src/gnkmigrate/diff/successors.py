"""What takes a thing's place as another kind of thing.

A view becomes a materialized view of its name, a serial column's sequence that of an identity
column. Who owned the one and who might use it, and of which the other's script says nothing, is so
of the other.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.new_names import NewNames
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kind_of

_TYPES = frozenset({"TYPE", "DOMAIN"})


class Successors:
    """The things of one side that take the places of the other's.

    Args:
        one: where they are.
        other: where what they follow on is.
        names: new names of what is in `other`.
    """

    def __init__(self, one: Snapshot, other: Snapshot, names: NewNames) -> None:
        self._one, self._other, self._names = one, other, names

    def taken_over(self, there: Fact, fact: Fact) -> Fact | None:
        """What hangs on a thing that is not there, on what takes its place.

        Args:
            there: as it is in `other`.
            fact: the same under the new names.
        """
        before = self._other.facts.get(there.parent) if there.parent is not None else None
        if before is None or fact.parent is None:
            return None
        column = _column(before)
        names = {*_names(before.replaced(identity=fact.parent))}
        names |= {_value(self._names.of(column))} if column else set()
        found = next(filter(None, map(self._by_name.get, sorted(names))), None)
        if found is None or not self._fits(fact, before, found):
            return None
        kind, *path = fact.identity.path
        if kind == before.kind:
            kind, path = found.kind, [*found.path]
        return Fact(
            Identity(fact.kind, (kind, *path)), found, fact.payload, fact.depends_on, fact.position
        )

    def _fits(self, fact: Fact, before: Fact, found: Identity) -> bool:
        old, new = kind_of(before.kind), kind_of(found.kind)
        if not kind_of(fact.kind).guards or fact.kind == "owner":
            return new.has_owner
        if fact.identity.path[0] == "column" and Identity("column", fact.identity.path[1:]) not in (
            self._one
        ):
            return False
        return old.grant_word == new.grant_word or {old.grant_word, new.grant_word} <= _TYPES

    @cached_property
    def _by_name(self) -> Mapping[tuple[str, ...], Identity]:
        found: dict[tuple[str, ...], Identity] = {}
        for fact in self._one:
            known = kind_of(fact.kind)
            if known.has_owner or known.grant_word:
                found |= dict.fromkeys(_names(fact), fact.identity)
        return found


def _names(fact: Fact) -> Iterator[tuple[str, ...]]:
    yield from kind_of(fact.kind).names(fact)
    if column := _column(fact):
        yield _value(column)


def _column(fact: Fact) -> Identity | None:
    """The column that a sequence belongs to, and gives its values."""
    if kind_of(fact.kind).of_column:
        return Identity("column", fact.identity.path)
    found = kind_of(fact.kind).subject(fact)
    return found if isinstance(found, Identity) and found.kind == "column" else None


def _value(column: Identity) -> tuple[str, ...]:
    return ("value", *column.path)
