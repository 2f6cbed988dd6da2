"""Constraints and indexes become what TypeORM says of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.foreign_keys import rules
from gnkmigrate.orm.typeorm import limits, naming
from gnkmigrate.orm.typeorm.model import Limit, Listed, Relation
from gnkmigrate.postgres.quoting import listing, names_in

_IN_DEFINITION = ("method", "include", "nulls_not_distinct", "options", "tablespace")
_SUFFIXES = ("_id", "_uuid", "_code", "_key")


def of_type(kind: str, table: Fact, snapshot: Snapshot) -> tuple[Fact, ...]:
    """A table's constraints of one type."""
    found = snapshot.children(table.identity, "constraint")
    return tuple(each for each in found if each.payload["type"] == kind)


def primary(table: Fact, snapshot: Snapshot) -> Fact | None:
    """A table's primary key."""
    return primary_of(table.identity, snapshot)


def primary_of(table: Identity, snapshot: Snapshot) -> Fact | None:
    """The primary key of a table that may have none."""
    found = snapshot.children(table, "constraint")
    return next((each for each in found if each.payload["type"] == "primary key"), None)


def address(table: Identity, columns: Iterable[str]) -> str:
    """A foreign key as the settings name it: "public.user_nodes.user_id"."""
    return ".".join([*table.path, ",".join(columns)])


def role(key: Fact, target: str) -> str:
    """What the other entity is to this one: user_id is "user", assigned_by "assignedByUser"."""
    names = key.payload["columns"]
    if len(names) != 1:
        return naming.camel(target)
    name = names[0]
    for suffix in _SUFFIXES:
        if name.lower().endswith(suffix):
            return naming.camel(name[: -len(suffix)])
    bare = "".join(naming.words(name)[:-1]) if naming.words(name)[-1:] == ("id",) else ""
    return naming.camel(name)[:-2] if bare else naming.camel(name) + naming.pascal(target)


def is_one_to_one(key: Fact, table: Identity, snapshot: Snapshot) -> bool:
    """Whether each row of the other table has at most one of this: its columns are a key."""
    own = set(key.payload["columns"])
    found = snapshot.children(table, "constraint")
    return any(
        set(each.payload["columns"]) == own
        for each in found
        if each.payload["type"] in {"primary key", "unique"}
    )


def relation(
    key: Fact,
    name: str,
    inverse: str,
    there: Identity,
    properties: Mapping[str, str],
    *,
    one: bool,
    snapshot: Snapshot,
) -> Relation:
    """A foreign key; `properties` are those of the other table's columns."""
    table = key.parent or there
    given = rules(key)
    own = key.payload["columns"]
    forbids = [snapshot.get("column", *table.path, column) for column in own]
    in_key = primary_of(table, snapshot)
    return Relation(
        key.identity.name,
        name,
        inverse,
        there,
        tuple(
            (column, properties[other])
            for column, other in zip(own, key.payload["references"]["columns"], strict=True)
        ),
        one,
        keyed=in_key is not None and set(own) <= set(in_key.payload["columns"]),
        nullable=not all(column is not None and column.payload["not_null"] for column in forbids),
        actions={
            "onDelete": given.on_delete,
            "onUpdate": given.on_update,
            "deferrable": given.deferrable,
        },
    )


@dataclass(frozen=True)
class AllListed:
    """What a table's class lists, and what TypeORM cannot say of it."""

    uniques: tuple[Listed, ...]
    indexes: tuple[Listed, ...]
    checks: tuple[tuple[str, str], ...]
    exclusions: tuple[tuple[str, str], ...]
    limits: tuple[Limit, ...]


def listed(table: Fact, properties: Mapping[str, str], snapshot: Snapshot) -> AllListed:
    """Unique constraints, checks, exclusions and indexes of a table."""
    indexes = snapshot.children(table.identity, "index")
    made = [_index(index, properties) for index in indexes]
    constraints = snapshot.children(table.identity, "constraint")
    return AllListed(
        tuple(_unique(each, properties) for each in of_type("unique", table, snapshot)),
        tuple(found for found, _ in made),
        tuple(
            (each.identity.name, each.payload["expression"])
            for each in of_type("check", table, snapshot)
        ),
        tuple(
            (each.identity.name, each.payload["definition"].removeprefix("EXCLUDE "))
            for each in of_type("exclusion", table, snapshot)
        ),
        (
            *(
                Limit(index.identity, reason, table.identity)
                for index, (_, reasons) in zip(indexes, made, strict=True)
                for reason in reasons
            ),
            *_of_constraints(constraints, table),
        ),
    )


def _of_constraints(constraints: Iterable[Fact], table: Fact) -> Iterator[Limit]:
    for each in constraints:
        yield from limits.of_properties(each, table.identity)
        if not _is_said(each):
            reason = f"TypeORM has no form for all of {each.payload['definition']}"
            yield Limit(each.identity, reason, table.identity)


def _is_said(fact: Fact) -> bool:
    definition, columns = fact.payload["definition"], fact.payload["columns"] or ()
    match fact.payload["type"]:
        case "foreign key":
            return rules(fact).is_plain
        case "primary key":
            return bool(definition == f"PRIMARY KEY ({listing(columns)})")
        case "unique":
            return bool(definition.partition(" DEFERRABLE")[0] == f"UNIQUE ({listing(columns)})")
        case "check":
            return not definition.endswith(" NO INHERIT")
        case _:
            return True


def _unique(fact: Fact, properties: Mapping[str, str]) -> Listed:
    _, deferrable, rest = fact.payload["definition"].partition(" DEFERRABLE")
    when = (rest.strip() or "INITIALLY IMMEDIATE") if deferrable else ""
    return Listed(
        fact.identity.name, _named(fact.payload["columns"], properties), True, deferrable=when
    )


def _index(fact: Fact, properties: Mapping[str, str]) -> tuple[Listed, Sequence[str]]:
    """An index, and what keeps TypeORM from making it."""
    payload = fact.payload
    columns = [names_in(key)[0] if len(names_in(key)) == 1 else key for key in payload["keys"]]
    reasons = [limit.reason for limit in limits.of_properties(fact, fact.parent, *_IN_DEFINITION)]
    plain = payload["method"] == "btree" and not any(payload[name] for name in _IN_DEFINITION[1:])
    if not plain or not all(column in properties for column in columns):
        reasons.append(f"TypeORM has no form for {payload['definition']}")
    if reasons:
        return Listed(fact.identity.name, apart=True), reasons
    where = payload["predicate"] or ""
    made = Listed(fact.identity.name, _named(columns, properties), payload["unique"], where)
    return made, ()


def _named(columns: Iterable[str], properties: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(properties[column] for column in columns)
