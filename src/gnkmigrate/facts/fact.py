"""The fact: the one grain of the whole program.

Every addressable thing of a database is one immutable fact: an identity, a parent, and a payload
that does not repeat the thing's own name. Nothing here knows any kind in particular; what each
kind's payload holds is written in its query (kinds/KIND/read.sql).

A catalog has hundreds of thousands of them, and most are never looked at but to see that nothing
differs. So a fact keeps its row as the driver gave it, and makes the rest of it when it is asked.
"""

import hashlib
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol, Self, TypeAlias


class Identity(NamedTuple):
    """What a fact is called: its kind and its path from the database down.

    Attributes:
        kind: such as "table" or "column"; the name of the kind that reads it.
        path: names from the outside in, e.g. ("public", "users", "email"). A function's last
            part carries its argument types: "area(integer, text)". The path of what hangs on
            something else is the kind and the path of that: ("column", "public", "users",
            "email") for the comment on a column.
    """

    kind: str
    path: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.kind} {'.'.join(self.path)}"

    @property
    def name(self) -> str:
        return self.path[-1]


Address: TypeAlias = tuple[int, int, int]
_NOTHING: frozenset[Identity] = frozenset()


class Needs(Protocol):
    """What knows, for an address, which facts must exist before the one that is there."""

    def of(self, address: Address) -> frozenset[Identity]: ...


class Fact:
    """One addressable thing of a database, as the catalog describes it. Immutable.

    Args:
        identity: what it is called.
        parent: what it lives in and dies with; None for the outermost.
        payload: values that JSON can say, which describe it without its own name.
        depends_on: identities that must exist before it (pg_depend), parents left out.
        position: where it stands among its siblings (a column: its number), so that people
            see them in the order they were written in. Never compared.
    """

    __slots__ = ("_address", "_fields", "_hash", "_needs", "_payload", "_values", "identity",
                 "parent", "position")  # fmt: skip

    def __init__(
        self,
        identity: Identity,
        parent: Identity | None,
        payload: Mapping[str, Any],
        depends_on: frozenset[Identity] = _NOTHING,
        position: int = 0,
    ) -> None:
        self.identity = identity
        self.parent = parent
        self.position = position
        self._fields: tuple[str, ...] = tuple(payload)
        self._values: tuple[Any, ...] = tuple(payload.values())
        self._payload: Mapping[str, Any] | None = None
        self._needs: frozenset[Identity] | Needs = depends_on
        self._address: Address = (0, 0, 0)
        self._hash: str | None = None

    @classmethod
    def of_row(
        cls,
        identity: Identity,
        parent: Identity | None,
        fields: tuple[str, ...],
        values: tuple[Any, ...],
        position: int,
        needs: Needs,
        address: Address,
    ) -> Self:
        """A fact as it was read: `values` of `fields`, and who can tell what it needs."""
        fact = cls.__new__(cls)
        fact.identity = identity
        fact.parent = parent
        fact.position = position
        fact._fields = fields
        fact._values = values
        fact._payload = None
        fact._needs = needs
        fact._address = address
        fact._hash = None
        return fact

    @property
    def payload(self) -> Mapping[str, Any]:
        if self._payload is None:
            self._payload = MappingProxyType(dict(zip(self._fields, self._values, strict=True)))
        return self._payload

    @property
    def depends_on(self) -> frozenset[Identity]:
        if not isinstance(self._needs, frozenset):
            self._needs = self._needs.of(self._address)
        return self._needs

    @property
    def hash(self) -> str:
        """SHA-256 of kind and payload, in hexadecimal: equal when the things are alike."""
        if self._hash is None:
            self._hash = content_hash([self.identity.kind, dict(self.payload)])
        return self._hash

    @property
    def kind(self) -> str:
        return self.identity.kind

    def has(self, payload: Mapping[str, Any]) -> Self:
        """The same thing with these values instead of those that it has."""
        return self.replaced(payload={**self.payload, **payload})

    def replaced(
        self,
        *,
        identity: Identity | None = None,
        payload: Mapping[str, Any] | None = None,
        depends_on: frozenset[Identity] | None = None,
    ) -> Self:
        """A copy that differs in what is given."""
        return type(self)(
            self.identity if identity is None else identity,
            self.parent,
            self.payload if payload is None else payload,
            self.depends_on if depends_on is None else depends_on,
            self.position,
        )

    def is_alike(self, other: "Fact") -> bool:
        """Whether both say the same of what they describe."""
        if self._fields == other._fields:
            return self._values == other._values
        return self.payload == other.payload

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Fact):
            return NotImplemented
        return (self.identity, self.parent) == (other.identity, other.parent) and self.is_alike(
            other
        )

    def __hash__(self) -> int:
        return hash(self.identity)

    def __repr__(self) -> str:
        return f"Fact({self.identity}, {dict(self.payload)})"


def content_hash(value: Any) -> str:
    """SHA-256, in hexadecimal, of a JSON value in canonical form (sorted keys, no spaces)."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
