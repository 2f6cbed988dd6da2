"""The fact: the one grain of the whole program.

Every addressable thing of a database is one immutable fact: an identity, a parent, and a payload
that does not repeat the thing's own name. Nothing here knows any kind in particular; what each
kind's payload holds is written in its query (kinds/KIND/read.sql).

A catalog has hundreds of thousands of them, and most are never looked at but to see that nothing
differs. So a fact keeps its row as the driver gave it, and makes the rest of it when it is asked.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from operator import itemgetter
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
Row: TypeAlias = tuple[Any, ...]
_NOTHING: frozenset[Identity] = frozenset()


class Needs(Protocol):
    """What knows, for an address, which facts must exist before the one that is there.

    What that one lives in, its `parent` and further up, is left out.
    """

    def of(self, address: Address, parent: Identity | None) -> frozenset[Identity]: ...


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """Where in the rows of one query stands what; all facts of these rows share it.

    Attributes:
        fields: the names of a payload's values, which end each row.
        first: where they begin.
        position: where the position among siblings stands; None where there is none.
        catalog: the system catalog whose oid and column begin each row.
        needs: who can tell what is needed by what is at an address; None where nothing is.
        places: where each value stands, by its name.
    """

    fields: tuple[str, ...]
    first: int
    position: int | None = None
    catalog: int = 0
    needs: Needs | None = None
    places: Mapping[str, int] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", _one_for_all(self.fields))
        places = {name: self.first + number for number, name in enumerate(self.fields)}
        object.__setattr__(self, "places", places)


@cache
def _one_for_all(fields: tuple[str, ...]) -> tuple[str, ...]:
    """Equal ones are the same object, which is seen at once."""
    return fields


@cache
def _made(fields: tuple[str, ...]) -> Shape:
    """The shape of facts that no query has returned: the position, and the values."""
    return Shape(fields, first=1, position=0)


@cache
def _in_order(
    fields: tuple[str, ...], others: tuple[str, ...], first: int
) -> Callable[[Row], Row] | None:
    """Takes the values of a payload, in the order of `fields`, from a row that has them in another.

    Args:
        fields: the names of the values; there are several.
        others: the same in the order that the row has them in; None is returned if they are not.
        first: where in the row they begin.
    """
    if sorted(fields) != sorted(others):
        return None
    return itemgetter(*(first + others.index(field) for field in fields))


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

    __slots__ = ("_needed", "_payload", "_row", "_shape", "identity", "parent")

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
        self._row: Row = (position, *payload.values())
        self._shape = _made(tuple(payload))
        # Where nobody has asked yet: None, or the fact that this is a copy of.
        self._needed: frozenset[Identity] | Fact | None = depends_on
        self._payload: Mapping[str, Any] | None = None

    @classmethod
    def of_row(cls, identity: Identity, parent: Identity | None, row: Row, shape: Shape) -> Self:
        """A fact as it was read: a row, and what stands where in it."""
        fact = cls.__new__(cls)
        fact.identity = identity
        fact.parent = parent
        fact._row = row
        fact._shape = shape
        fact._needed = None
        fact._payload = None
        return fact

    @property
    def position(self) -> int:
        place = self._shape.position
        return 0 if place is None else self._row[place]

    @property
    def payload(self) -> Mapping[str, Any]:
        if self._payload is None:
            self._payload = MappingProxyType(self.told())
        return self._payload

    def value(self, name: str) -> Any:
        """One value of the payload, for who looks at few of many facts' values."""
        shape = self._shape
        return self._row[shape.places[name]]

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the payload's values."""
        return self._shape.fields

    @property
    def values(self) -> Row:
        """The payload's values, in the order of `fields`."""
        return self._row[self._shape.first :]

    def told(self) -> dict[str, Any]:
        """The payload for who needs it once: whoever gets it may keep and change it."""
        shape = self._shape
        return dict(zip(shape.fields, self._row[shape.first :], strict=True))

    @property
    def depends_on(self) -> frozenset[Identity]:
        needed, shape = self._needed, self._shape
        if needed is None:
            needed = (
                _NOTHING
                if shape.needs is None
                else shape.needs.of((shape.catalog, self._row[0], self._row[1]), self.parent)
            )
        elif isinstance(needed, Fact):
            needed = needed.depends_on
        self._needed = needed
        return needed

    @property
    def hash(self) -> str:
        """SHA-256 of kind and payload, in hexadecimal: equal when the things are alike."""
        return content_hash([self.identity.kind, self.told()])

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
        fact = type(self)(
            self.identity if identity is None else identity,
            self.parent,
            self.payload if payload is None else payload,
            _NOTHING if depends_on is None else depends_on,
            self.position,
        )
        if depends_on is None:
            fact._needed = self if self._needed is None else self._needed
        return fact

    def is_alike(self, other: "Fact") -> bool:
        """Whether both say the same of what they describe."""
        mine, others = self._shape, other._shape
        if mine.fields is others.fields:
            return self._row[mine.first :] == other._row[others.first :]
        ordered = _in_order(mine.fields, others.fields, others.first)
        return ordered is not None and self._row[mine.first :] == ordered(other._row)

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
