"""What gives access to a table's rows by key: indexes, and constraints that have one."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import NamedTuple

from gnkmigrate.audit.checks._new_index import concurrently
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kind_of
from gnkmigrate.postgres.quoting import identifier, literal, qualified

# Those that find the rows of one value: in columns that a key can be of, GiST and SP-GiST have =.
_FINDS = {"btree", "hash", "gist", "spgist"}
_ANYWHERE = "gin"  # finds it in whatever column
_WITH_INDEX = {"primary key", "unique"}
# As pg_get_expr() prints it, with the column as an index's keys have it.
_NOT_NULL = re.compile(r'\(?("(?:[^"]|"")+"|[^\W\d][\w$]*) IS NOT NULL\)?')
_EXCLUDED = re.compile(r'("(?:[^"]|"")+"|[^\W\d][\w$]*) WITH [^\w\s]+(?:, )?')
_FOR_LIKE = re.compile(r" pg_catalog\.(?:text|varchar|bpchar)_pattern_ops$")
_ORDERS = (" DESC NULLS LAST", " DESC", " NULLS FIRST")


class Access(NamedTuple):
    """An index, be it one by itself or the one behind a constraint.

    Attributes:
        fact: the index or the constraint.
        table: the table it belongs to.
        method: its access method, e.g. "btree".
        keys: as PostgreSQL prints them, with opclass and order where they are not the default.
        columns: the same without their order.
        included: further columns that it merely carries.
        whole: covers every row, that is without a predicate, and is usable.
        unique: refuses duplicates.
        online: the word with which it comes and goes while others write.
    """

    fact: Fact
    table: Identity
    method: str
    keys: tuple[str, ...]
    columns: tuple[str, ...]
    included: tuple[str, ...]
    whole: bool
    unique: bool
    online: str

    def covers(self, columns: AbstractSet[str]) -> bool:
        """Whether it is usable, and covers every row in which these columns are not NULL."""
        if self.whole:
            return True
        predicate = self.fact.value("expression" if self.is_constraint else "predicate")
        if predicate is None or not (self.is_constraint or self.fact.value("valid")):
            return False
        rest = _NOT_NULL.sub("", predicate).replace(" AND ", "")
        return not rest.strip("() ") and {*_NOT_NULL.findall(predicate)} <= columns

    @property
    def is_constraint(self) -> bool:
        return self.fact.identity[0] == "constraint"

    @property
    def is_share(self) -> bool:
        """Whether it is a partition's part of its parent's, with which it comes and goes."""
        return bool(self.fact.value("attached_to"))

    @property
    def is_identity(self) -> bool:
        """Whether publications tell rows apart by it: without it they refuse UPDATE and DELETE."""
        return bool(self.fact.value("replica_identity"))

    @property
    def name(self) -> str:
        return self.fact.identity.name

    @property
    def described(self) -> str:
        """It in a few words, by what people call it."""
        if self.is_constraint:
            return f"the {self.fact.payload['type']} ({', '.join(self.keys)})"
        return self.name

    @property
    def drop(self) -> str:
        """SQL that removes it; an index without stopping writes."""
        if self.is_constraint:
            return f"{self._alter} DROP CONSTRAINT {identifier(self.name)}"
        return f"DROP INDEX{self.online} {qualified(*self.fact.identity.path)}"

    def again(self, snapshot: Snapshot) -> tuple[str, ...]:
        """SQL that makes it again, with what is said of it; an index without stopping writes."""
        reference = kind_of(self.fact.kind).reference(self.fact)
        comments = (
            each.payload["text"] for each in snapshot.children(self.fact.identity, "comment")
        )
        clustered = f"{self._alter} CLUSTER ON {identifier(self.name)}"
        return (
            self._create,
            *((clustered,) if self.fact.value("clustered") else ()),
            *(f"COMMENT ON {reference} IS {literal(text)}" for text in comments),
        )

    @property
    def _create(self) -> str:
        if self.is_constraint:
            definition = self.fact.payload["definition"]
            return f"{self._alter} ADD CONSTRAINT {identifier(self.name)} {definition}"
        unique = "UNIQUE " if self.unique else ""
        return (
            f"CREATE {unique}INDEX{self.online} {identifier(self.name)} "
            f"ON {qualified(*self.table.path)} {self.fact.payload['definition']}"
        )

    @property
    def _alter(self) -> str:
        return f"ALTER TABLE {qualified(*self.table.path)}"


@lru_cache(maxsize=1 << 12)
def column_of(key: str) -> str:
    """A key without its order: the column as quote_ident() writes it, or the expression."""
    for order in _ORDERS:
        key = key.removesuffix(order)
    return key


@lru_cache(maxsize=1 << 12)
def compared(key: str) -> str:
    """What of a key is compared by =: without its order, and the operator class that keeps =.

    The classes for LIKE sort in another way, and take for equal what = does (manual, 11.10).
    """
    return _FOR_LIKE.sub("", column_of(key))


def is_served(columns: AbstractSet[str], offered: Sequence[Access]) -> bool:
    """Whether an index finds the rows that have values of these columns, in whatever order."""
    return any(_finds(columns, access) and access.covers(columns) for access in offered)


def _finds(columns: AbstractSet[str], access: Access) -> bool:
    keys = [compared(key) for key in access.columns]
    if access.method == _ANYWHERE:
        return columns <= {*keys}
    return access.method in _FINDS and {*keys[: len(columns)]} == columns


def typed(snapshot: Snapshot, table: Identity) -> Mapping[str, str]:
    """The type of each column of a table, by the name as it stands in an index's keys."""
    return {
        identifier(column.identity.name): str(column.value("type"))
        for column in snapshot.children(table, "column")
    }


def key_columns(snapshot: Snapshot, table: Identity) -> Sequence[str] | None:
    """The columns of a table's primary key; None where it has none."""
    return snapshot.once(_keys_of_all).get(table)


def finding(snapshot: Snapshot, table: Identity) -> Sequence[Access]:
    """Every access that a table offers, with the indexes of its exclusion constraints."""
    return (*accesses(snapshot, table), *snapshot.once(_exclusions).get(table, ()))


def accesses(snapshot: Snapshot, table: Identity) -> Sequence[Access]:
    """Every access that a table offers, constraints first."""
    return snapshot.once(_accesses_of_all).get(table, ())


def _keys_of_all(snapshot: Snapshot) -> Mapping[Identity | None, Sequence[str]]:
    """Those of every table: several checks ask for them."""
    return {
        fact.parent: fact.value("columns")
        for fact in snapshot.of_kind("constraint")
        if fact.value("type") == "primary key"
    }


def _accesses_of_all(snapshot: Snapshot) -> Mapping[Identity, Sequence[Access]]:
    return {
        table.identity: tuple(_accesses(snapshot, table)) for table in snapshot.of_kind("table")
    }


def _exclusions(snapshot: Snapshot) -> Mapping[Identity, Sequence[Access]]:
    found = defaultdict[Identity, list[Access]](list)
    for fact in snapshot.of_kind("constraint"):
        if fact.value("type") == "exclusion" and fact.parent is not None:
            found[fact.parent].append(_exclusion(fact, fact.parent))
    return found


def _exclusion(fact: Fact, table: Identity) -> Access:
    """The index of an exclusion constraint, as far as plain columns begin it."""
    method, _, rest = str(fact.value("definition")).removeprefix("EXCLUDE USING ").partition(" (")
    keys = []
    while match := _EXCLUDED.match(rest):
        keys.append(match[1])
        rest = rest[match.end() :]
    whole = fact.value("expression") is None
    plain = tuple(keys)
    return Access(fact, table, method, plain, plain, (), whole=whole, unique=False, online="")


def _accesses(snapshot: Snapshot, of: Fact) -> Iterator[Access]:
    table, online = of.identity, concurrently(of)
    for fact in snapshot.children(table, "constraint"):
        if fact.value("type") in _WITH_INDEX:
            keys = tuple(identifier(name) for name in fact.value("columns"))
            yield Access(
                fact, table, "btree", keys, keys, (), whole=True, unique=True, online=online
            )
    for fact in snapshot.children(table, "index"):
        keys = tuple(fact.value("keys"))
        yield Access(
            fact,
            table,
            method=str(fact.value("method")),
            keys=keys,
            columns=tuple(map(column_of, keys)),
            included=tuple(fact.value("include") or ()),
            whole=fact.value("predicate") is None and bool(fact.value("valid")),
            unique=bool(fact.value("unique")),
            online=online,
        )
