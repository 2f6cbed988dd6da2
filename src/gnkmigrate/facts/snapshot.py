"""All facts of one database at one moment."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Self, TypeVar

from gnkmigrate.facts.fact import Fact, Identity

T = TypeVar("T")


@dataclass(frozen=True)
class Unread:
    """Things of one sort that are in the database and in no fact.

    Attributes:
        kind: what they are, such as "large object".
        names: what they are called, in order; the first of them where there are many.
        count: how many there are.
        reason: why they were not read.
        on_purpose: whether somebody wants them left out: a setting, or a target that says nothing
            of them. They do not keep a comparison from being complete.
    """

    kind: str
    names: tuple[str, ...]
    count: int
    reason: str = ""
    on_purpose: bool = False

    def __str__(self) -> str:
        more = ", ..." if self.count > len(self.names) else ""
        named = f" ({', '.join(self.names)}{more})" if self.names else ""
        return f"{self.counted}{named}"

    @property
    def counted(self) -> str:
        """How many of what, without their names: "2 large objects"."""
        return f"{self.count:,} {_one(self.kind) if self.count == 1 else _several(self.kind)}"


@dataclass(frozen=True)
class Snapshot:
    """All facts of one database at one moment.

    Attributes:
        facts: by identity.
        server_version: PostgreSQL's server_version_num, e.g. 160004.
        database: the database's name.
        role: who read it, and would own what the same session made; "" where nobody knows.
        unstated: kinds of which the absence says nothing here: a script that names no owners
            does not mean that there are none.
        unread: what is there and no fact tells of.
        locale: the database's encoding and locale, which nothing changes; "" where nobody knows.
    """

    facts: Mapping[Identity, Fact]
    server_version: int = 0
    database: str = ""
    role: str = ""
    unstated: frozenset[str] = frozenset()
    unread: tuple[Unread, ...] = field(default=(), compare=False)
    locale: str = field(default="", compare=False)

    @classmethod
    def of(
        cls,
        facts: Iterable[Fact],
        server_version: int = 0,
        database: str = "",
        role: str = "",
        unread: Iterable[Unread] = (),
    ) -> Self:
        by_identity = {fact.identity: fact for fact in facts}
        return cls(
            MappingProxyType(by_identity), server_version, database, role, unread=tuple(unread)
        )

    @property
    def is_script(self) -> bool:
        """Whether it is what SQL files declare, and not what a database has."""
        return "owner" in self.unstated

    def having(self, facts: Iterable[Fact]) -> Self:
        """The same with other facts."""
        return replace(self, facts=MappingProxyType({fact.identity: fact for fact in facts}))

    def silent_beside(self, other: Self) -> frozenset[str]:
        """Kinds of which this says nothing and `other` does; two scripts say as much."""
        if self.is_script and other.is_script:
            return frozenset()
        return self.unstated - other.unstated

    def __iter__(self) -> Iterator[Fact]:
        return iter(self.facts.values())

    def __len__(self) -> int:
        return len(self.facts)

    def __contains__(self, identity: Identity) -> bool:
        return identity in self.facts

    @property
    def ordered(self) -> tuple[Fact, ...]:
        """The facts in the order of their identities."""
        return tuple(fact for kind in sorted(self._by_kind) for fact in self.of_kind(kind))

    def get(self, kind: str, *path: str) -> Fact | None:
        self.looked_at.add(kind)
        return self.facts.get(Identity(kind, path))

    def of_kind(self, kind: str) -> tuple[Fact, ...]:
        """The facts of one kind, in the order of their identities."""
        self.looked_at.add(kind)
        if kind not in self._ordered:
            self._ordered[kind] = _in_order(self._by_kind.get(kind, ()))
        return self._ordered[kind]

    def children(self, parent: Identity, kind: str | None = None) -> tuple[Fact, ...]:
        """The facts that live directly in `parent`, of one kind or of all, in order."""
        if kind is None:
            there = sorted(self.families.get(parent, ()))
            return tuple(fact for each in there for fact in self.children(parent, each))
        self.looked_at.add(kind)
        if kind not in self._siblings:
            grouped: dict[Identity | None, list[Fact]] = {}
            for fact in self.of_kind(kind):
                grouped.setdefault(fact.parent, []).append(fact)
            self._siblings[kind] = {each: tuple(facts) for each, facts in grouped.items()}
        return self._siblings[kind].get(parent, ())

    def once(self, make: Callable[[Self], T]) -> T:
        """What `make` gives of this snapshot; whoever asks again gets the same."""
        if make not in self._made:
            before = self.looked_at.copy()
            self.looked_at.clear()
            self._made[make] = make(self), frozenset(self.looked_at)
            self.looked_at.update(before)
        made, kinds = self._made[make]
        self.looked_at.update(kinds)
        found: T = made
        return found

    @cached_property
    def looked_at(self) -> set[str]:
        """The kinds that somebody has asked for by `of_kind`, `children`, `get`, or `once` of them.

        Whoever wants to know what somebody looks at clears it before.
        """
        return set()

    def says_the_same(self, other: Self, kind: str) -> bool:
        """Whether both have the same facts of a kind, in the same places; asked once for each."""
        if kind not in self._agreed or self._agreed[kind][0] is not other:
            self._agreed[kind] = other, _all_alike(self.of_kind(kind), other.of_kind(kind))
        return self._agreed[kind][1]

    @cached_property
    def _made(self) -> dict[Callable[..., Any], tuple[Any, frozenset[str]]]:
        return {}

    @cached_property
    def _agreed(self) -> dict[str, tuple[Any, bool]]:
        return {}

    @cached_property
    def _ordered(self) -> dict[str, tuple[Fact, ...]]:
        """The kinds that somebody has asked for; few do for all of a large database."""
        return {}

    @cached_property
    def _siblings(self) -> dict[str, Mapping[Identity | None, tuple[Fact, ...]]]:
        """The same by what they live in."""
        return {}

    @cached_property
    def _by_kind(self) -> Mapping[str, Sequence[Fact]]:
        grouped: dict[str, list[Fact]] = {}
        for fact in self:
            grouped.setdefault(fact.identity[0], []).append(fact)
        return grouped

    @cached_property
    def families(self) -> Mapping[Identity | None, Mapping[str, Sequence[Fact]]]:
        """What lives directly in what, by its kind, in no order; in None the outermost."""
        grouped: dict[Identity | None, dict[str, list[Fact]]] = {}
        for fact in self:
            kinds = grouped.setdefault(fact.parent, {})
            kinds.setdefault(fact.identity[0], []).append(fact)
        return grouped


# Kinds that have no singular, or whose name begins with what is counted.
_PLURALS = {"grants": "grant", "default privileges": "default privilege"}
_LINK = re.compile(r" (?:of|on) ")


def _one(noun: str) -> str:
    return _PLURALS.get(noun, noun)


def _several(noun: str) -> str:
    if found := _LINK.search(noun):
        return _several(noun[: found.start()]) + noun[found.start() :]
    if noun in _PLURALS or noun == "statistics":
        return noun
    if noun.endswith("y") and not noun.endswith("ey"):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x")) else f"{noun}s"


def _all_alike(mine: Sequence[Fact], others: Sequence[Fact]) -> bool:
    """Whether facts in their order are the same on both sides, in the same places.

    There may be a hundred thousand, so that lists are compared and not one with one.
    """
    return (
        [fact.identity for fact in mine] == [fact.identity for fact in others]
        and [fact.parent for fact in mine] == [fact.parent for fact in others]
        and all(map(Fact.is_alike, mine, others))
    )


def _in_order(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Facts of one kind in the order of their identities."""
    return tuple(sorted(facts, key=attrgetter("identity.path")))
