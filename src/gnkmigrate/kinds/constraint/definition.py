"""What a constraint says: as it is read from the catalog, and as CREATE TABLE and ADD take it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gnkmigrate.facts.catalog import Names, Row
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.kinds import key_index
from gnkmigrate.postgres.quoting import identifier, listing, names_in, qualified

INDEXED = frozenset({"primary key", "unique"})
VALIDATED_LATER = frozenset({"foreign key", "check"})


class _Read(NamedTuple):
    """What read.sql returns beyond the address."""

    type: str
    definition: str | None
    referenced: str | None
    rules: str
    columns: Sequence[int] | None
    referenced_columns: Sequence[int] | None
    references: int | None
    expression: str | None
    validated: bool
    options: Sequence[str] | None
    tablespace: str | None
    firing: Mapping[str, str] | None
    attached_to: Sequence[str] | None
    clustered: bool
    replica_identity: bool


DESCRIBED = _Read._fields.index("expression")  # from here on a fact has what was read


def resolved(values: Row, relation: int, names: Names) -> Row:
    """A constraint's values with names in the place of numbers; see `Kind.resolve`."""
    read = _Read._make(values)
    columns = _named(read.columns, names.columns.get(relation, {}))
    referenced = _named(read.referenced_columns, names.columns.get(read.references or 0, {}))
    definition = read.definition or _printed(read, columns, referenced)
    if read.type == "exclusion":
        definition = key_index.without_options(definition, read.options)
    if read.type == "check":
        columns.sort()  # a check has its columns in the order of the table
    references = None
    if read.references is not None:
        found = names.relations.get(read.references)  # None where that table is not read
        schema, table = names_in(read.referenced or "") if found is None else found.path
        references = {"schema": schema, "table": table, "columns": referenced}
    return (read.type, definition, columns, references, *read[DESCRIBED:])


def _named(numbers: Sequence[int] | None, names: Mapping[int, str]) -> list[str]:
    return [names[number] for number in numbers or () if number in names]


def _printed(read: _Read, columns: Sequence[str], referenced: Sequence[str]) -> str:
    """What pg_get_constraintdef() says of a constraint of which read.sql does not."""
    if read.type == "check":
        return f"CHECK ({read.expression}){read.rules}"
    own = f"{read.type.upper()} ({listing(columns)})"
    if read.type == "foreign key":
        own += f" REFERENCES {read.referenced}({listing(referenced)})"
    return own + read.rules


def is_settled(fact: Fact) -> bool:
    """Whether nothing is left to validate: its rows are, or it is never enforced."""
    return bool(fact.payload["validated"]) or is_lax(fact)


def is_lax(fact: Fact) -> bool:
    return str(fact.payload["definition"]).endswith(" NOT ENFORCED")


def key(table: Sequence[str], columns: Sequence[str]) -> tuple[str, ...]:
    """What a foreign key needs at the other end: unique columns of a table, in any order."""
    return ("key", *table, *sorted(columns))


def defined(fact: Fact) -> str:
    """The constraint as CREATE TABLE and ADD take it."""
    return f"CONSTRAINT {identifier(fact.identity.name)} {key_index.defined(fact)}"


def table_of(fact: Fact) -> Identity:
    """Its table, by the name that stands in its own: one that goes late has a new one by then."""
    return Identity(fact.parent.kind if fact.parent else "table", fact.identity.path[:-1])


def in_words(fact: Fact) -> str:
    kind, name = fact.payload["type"], identifier(fact.identity.name)
    return f"{kind} {name} of {qualified(*table_of(fact).path)}"


def is_alone(fact: Fact) -> bool:
    """Whether tables below do not have it, as they have checks and keys of partitioned tables."""
    return str(fact.payload["definition"]).endswith(" NO INHERIT")
