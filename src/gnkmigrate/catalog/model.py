"""The fact: the one grain of the whole program.

Every addressable thing of a database is one immutable fact: an identity, a parent, a payload
that does not repeat the thing's own name, and a hash of that payload. Nothing here knows any
kind in particular; what each kind's payload holds is written in its query (queries/KIND.sql).
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple, Self


class Identity(NamedTuple):
    """What a fact is called: its kind and its path from the database down.

    Attributes:
        kind: such as "table" or "column"; the name of the query that reads it.
        path: names from the outside in, e.g. ("public", "users", "email"). A function's last
            part carries its argument types: "area(integer, text)". A comment's path is the
            kind and the path of what it comments: ("column", "public", "users", "email").
    """

    kind: str
    path: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.kind} {'.'.join(self.path)}"

    @property
    def name(self) -> str:
        return self.path[-1]


@dataclass(frozen=True, eq=False)
class Fact:
    """One addressable thing of a database, as the catalog describes it.

    Attributes:
        identity: what it is called.
        parent: what it lives in and dies with; None for the outermost.
        payload: JSON values that describe it, without its own name.
        subject: JSON value that says what it is about, apart from its name, where the same
            thing may go under two names (a constraint: what it constrains). Else None.
        depends_on: identities that must exist before it (pg_depend), parents left out.
        position: where it stands among its siblings (a column: its number), so that people
            see them in the order they were written in. Never compared.
    """

    identity: Identity
    parent: Identity | None
    payload: Mapping[str, Any]
    subject: Any = None
    depends_on: frozenset[Identity] = field(default=frozenset())
    position: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "payload", MappingProxyType(dict(self.payload)))

    @cached_property
    def hash(self) -> str:
        """SHA-256 of kind and payload, in hexadecimal: equal when the things are alike."""
        return content_hash([self.identity.kind, dict(self.payload)])

    @property
    def kind(self) -> str:
        return self.identity.kind

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Fact):
            return NotImplemented
        return (self.identity, self.parent, self.hash) == (other.identity, other.parent, other.hash)

    def __hash__(self) -> int:
        return hash((self.identity, self.hash))


@dataclass(frozen=True)
class Snapshot:
    """All facts of one database at one moment.

    Attributes:
        facts: by identity, in the order of their identities.
        server_version: PostgreSQL's server_version_num, e.g. 160004.
        database: the database's name.
    """

    facts: Mapping[Identity, Fact]
    server_version: int = 0
    database: str = ""

    @classmethod
    def of(cls, facts: Iterable[Fact], server_version: int = 0, database: str = "") -> Self:
        ordered = sorted(facts, key=lambda fact: fact.identity)
        by_identity = {fact.identity: fact for fact in ordered}
        return cls(MappingProxyType(by_identity), server_version, database)

    def __iter__(self) -> Iterator[Fact]:
        return iter(self.facts.values())

    def __len__(self) -> int:
        return len(self.facts)

    def __contains__(self, identity: Identity) -> bool:
        return identity in self.facts

    def get(self, kind: str, *path: str) -> Fact | None:
        return self.facts.get(Identity(kind, path))

    def of_kind(self, kind: str) -> tuple[Fact, ...]:
        return self._by_kind.get(kind, ())

    def children(self, parent: Identity, kind: str | None = None) -> tuple[Fact, ...]:
        """The facts that live directly in `parent`, of one kind or of all."""
        found = self._by_parent.get(parent, ())
        return tuple(fact for fact in found if kind is None or fact.kind == kind)

    @cached_property
    def _by_kind(self) -> Mapping[str, tuple[Fact, ...]]:
        grouped: dict[str, list[Fact]] = {}
        for fact in self:
            grouped.setdefault(fact.kind, []).append(fact)
        return {kind: tuple(facts) for kind, facts in grouped.items()}

    @cached_property
    def _by_parent(self) -> Mapping[Identity, tuple[Fact, ...]]:
        grouped: dict[Identity, list[Fact]] = {}
        for fact in self:
            if fact.parent is not None:
                grouped.setdefault(fact.parent, []).append(fact)
        return {parent: tuple(facts) for parent, facts in grouped.items()}


def content_hash(value: Any) -> str:
    """SHA-256, in hexadecimal, of a JSON value in canonical form (sorted keys, no spaces)."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
