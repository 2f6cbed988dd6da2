"""A column's fact becomes a property, as far as TypeORM has words for it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.inner_types import underlying
from gnkmigrate.orm.typeorm import keys, limits, naming, script
from gnkmigrate.orm.typeorm.defaults import default
from gnkmigrate.orm.typeorm.model import Column, ColumnType, Enum, Generation, Limit, Stamp
from gnkmigrate.orm.typeorm.types import column_type
from gnkmigrate.postgres.quoting import identifier, qualified

_STAMPS: Mapping[str, Stamp] = {"createdAt": "create", "updatedAt": "update"}
_UUIDS = ("gen_random_uuid()", "uuid_generate_v4()")
# As PostgreSQL prints a column that has to be one of some texts; any other print is left alone.
_ONE_OF = re.compile(
    r"\((?:\((?P<cast>[^()]+)\)::text|(?P<bare>[^() ]+)) = ANY \(+"
    r"ARRAY\[(?P<labels>'[^']*'::(?:character varying|text)"
    r"(?:, '[^']*'::(?:character varying|text))*)"
    r"\]\)?(?:::character varying\[\]\))?(?:::text\[\]\)?)?\)+"
)
_LABEL = re.compile(r"'([^']*)'::")


def column(
    fact: Fact, property_name: str, snapshot: Snapshot, enums: Mapping[str, Enum]
) -> tuple[Column, tuple[Limit, ...]]:
    """A column, and what of it TypeORM cannot say.

    Args:
        fact: the column.
        property_name: what it is called in the class.
        snapshot: where it is.
        enums: the enum types, by their names as columns print them.
    """
    table = fact.parent or fact.identity
    type_, found = _type(fact, table, snapshot, enums)
    if type_.script == "string" and (labels := _labels(fact, table, snapshot)):
        type_ = replace(type_, script=" | ".join(map(script.text, labels)))
    key = keys.primary_of(table, snapshot)
    is_key = key is not None and fact.identity.name in key.payload["columns"]
    comment = snapshot.get("comment", "column", *fact.identity.path)
    plain = Column(
        fact.identity.name,
        property_name,
        type_,
        nullable=not fact.payload["not_null"],
        key=is_key,
        key_name=key.identity.name if is_key and key is not None else "",
        expression=fact.payload["generated"] or "",
        collation=_collation(fact.payload["collation"]),
        comment=comment.payload["text"] if comment else "",
    )
    made, more = _filled(plain, fact, table, snapshot)
    reasons = (*found, *more, *_generated(fact, table), *limits.of_properties(fact, table))
    return made, tuple(reasons)


def _labels(fact: Fact, table: Identity, snapshot: Snapshot) -> Sequence[str]:
    """The texts that a CHECK allows, where it says no more than that."""
    name = fact.identity.name
    for check in snapshot.children(table, "constraint"):
        if check.payload["type"] != "check" or check.payload["columns"] != [name]:
            continue
        found = _ONE_OF.fullmatch(check.payload["expression"])
        if found and (found["cast"] or found["bare"]) == identifier(name):
            return _LABEL.findall(found["labels"])
    return ()


def _collation(text: str | None) -> str:
    """The name alone: TypeORM puts quotes around it."""
    return (text or "").removeprefix("pg_catalog.").strip('"')


def _type(
    fact: Fact, table: Identity, snapshot: Snapshot, enums: Mapping[str, Enum]
) -> tuple[ColumnType, tuple[Limit, ...]]:
    said = fact.payload["type"]
    bare = underlying(said, snapshot)
    named = {name: enum.identity for name, enum in enums.items()}
    found = column_type(bare, named)
    if found is None:
        reason = f"TypeORM does not know the type {said}; it is declared as text"
        return ColumnType("text", "string"), (Limit(fact.identity, reason, table, apart=True),)
    if (enum := found.enum) is not None:
        name = enums[bare.removesuffix("[]")].class_name
        found = replace(found, script=name + "[]" * found.array)
        if enum.path[0] != table.path[0]:
            reason = f"TypeORM looks for {said} in the table's own schema alone"
            return found, (
                Limit(fact.identity, reason, table, apart=True),
                Limit(enum, "TypeORM makes it in the schema of its table", table),
            )
    if bare != said:
        return found, (Limit(fact.identity, f"the domain {said} is declared as {bare}", table),)
    return found, ()


def _generated(fact: Fact, table: Identity) -> Iterator[Limit]:
    if fact.payload["generated"]:
        reason = (
            "TypeORM knows a generated column by its own typeorm_metadata, which only it fills: it "
            "would make the column anew"
        )
        yield Limit(fact.identity, reason, table, apart=True)


def _filled(
    plain: Column, fact: Fact, table: Identity, snapshot: Snapshot
) -> tuple[Column, Iterator[Limit] | tuple[Limit, ...]]:
    """With what makes its values where nobody gives one."""
    if fact.payload["identity"]:
        identity = snapshot.get("identity", *fact.identity.path)
        more = limits.of_properties(identity, table) if identity else ()
        kind = fact.payload["identity"].upper()
        return replace(plain, generation="identity", identity=kind), more
    given = snapshot.get("default", *fact.identity.path)
    if given is None:
        return plain, ()
    expression = given.payload["expression"]
    if generation := _generation(plain, expression, fact, snapshot):
        return replace(plain, generation=generation), ()
    text, again = default(expression, of_enum=plain.type.enum is not None)
    reason = f"TypeORM does not find the default {expression} again: it would set it each time"
    lost = () if again else (Limit(given.identity, reason, table, apart=True),)
    kept_time = expression == "now()" and plain.type.name.startswith("timestamp")
    stamp = _STAMPS.get(naming.camel(plain.name)) if kept_time else None
    return replace(plain, default=text, stamp=stamp or ""), lost


def _generation(plain: Column, expression: str, fact: Fact, snapshot: Snapshot) -> Generation:
    if plain.type.name == "uuid" and expression.rpartition(".")[2] in _UUIDS:
        return "uuid"
    schema, table, name = fact.identity.path
    sequence = f"{table}_{name}_seq"
    if not expression.startswith("nextval("):
        return ""
    owned = snapshot.get("sequence", schema, sequence)
    if owned is None or tuple(owned.payload["owned_by"] or ()) != fact.identity.path:
        return ""
    usual = f"nextval('{qualified(schema, sequence)}'::regclass)"
    return "increment" if expression == usual else ""
