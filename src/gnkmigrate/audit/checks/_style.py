"""Matters of style, told once for a whole schema and not once for each of a hundred columns."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache

from gnkmigrate.audit.check import Observation
from gnkmigrate.audit.checks._server import listed
from gnkmigrate.audit.finding import DatabaseObject
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.inner_types import underlying
from gnkmigrate.kinds.types import Type


def for_each_schema(
    found: Iterable[Fact],
    one: str,
    many: str,
    label: str,
    about: Callable[[Fact], str] | None = None,
) -> Iterator[Observation]:
    """One observation for each schema, with the names as evidence.

    Args:
        found: what is concerned.
        one: the sentence for a single thing; SCHEMA stands for the schema, NAME for the thing.
        many: the sentence for several; COUNT stands for their number.
        label: what the names are called in the evidence.
        about: what to say of a thing; its name within the schema unless told otherwise.
    """
    schemas: dict[str, list[Fact]] = {}
    for fact in found:
        schemas.setdefault(fact.identity.path[0], []).append(fact)
    for schema, facts in schemas.items():
        ordered = sorted(facts, key=lambda fact: (fact.identity.path[:2], fact.position))
        names = [name_within(fact) if about is None else about(fact) for fact in ordered]
        sentence = one if len(names) == 1 else many
        for word, value in (
            ("SCHEMA", schema),
            ("COUNT", f"{len(names):,}"),
            ("NAME", name_within(ordered[0])),
        ):
            sentence = sentence.replace(word, value, 1)
        yield Observation(
            DatabaseObject("", "", schema, "schema"), sentence, evidence={label: listed(names)}
        )


def is_child(table: Fact) -> bool:
    """Whether a table has columns and keys from another one, as a partition has."""
    return bool(table.value("inherits") or table.value("is_partition"))


def name_within(fact: Fact) -> str:
    """A thing's name without its schema."""
    return ".".join(fact.identity.path[1:])


def named(
    snapshot: Snapshot, kinds: Iterable[str], is_meant: Callable[[str], bool]
) -> Iterator[Fact]:
    """The facts of these kinds with such a name; each name is judged once."""
    for kind in kinds:
        meant = {name for name in names_of(snapshot, kind) if is_meant(name)}
        for fact in snapshot.of_kind(kind) if meant else ():
            if fact.identity.name in meant:
                yield fact


def names_of(snapshot: Snapshot, kind: str) -> Collection[str]:
    """The names that things of a kind have, each once."""
    return {fact.identity[1][-1] for fact in snapshot.of_kind(kind)}


def columns_of_type(snapshot: Snapshot, *types: str) -> Iterator[Fact]:
    """The columns whose type, or element type, is one of these, whatever its modifiers."""
    return columns_typed(snapshot, lambda text: _parsed(text).name in types)


def columns_typed(snapshot: Snapshot, is_meant: Callable[[str], bool]) -> Iterator[Fact]:
    """The columns whose type, as PostgreSQL prints it, is meant; type by type."""
    for text, columns in by_type(snapshot).items():
        if is_meant(text):
            yield from columns


def tables_with(snapshot: Snapshot, is_meant: Callable[[str], bool]) -> Iterator[Fact]:
    """The tables that have a column of such a type, in order."""
    found = {column.parent for column in columns_typed(snapshot, is_meant)}
    for table in snapshot.of_kind("table") if found else ():
        if table.identity in found:
            yield table


def by_type(snapshot: Snapshot) -> Mapping[str, Sequence[Fact]]:
    """Every column by its type: there are thousands of columns and a few dozen types."""
    return snapshot.once(_by_type)


def _by_type(snapshot: Snapshot) -> Mapping[str, Sequence[Fact]]:
    grouped: dict[str, list[Fact]] = {}
    for column in snapshot.of_kind("column"):
        grouped.setdefault(column.value("type"), []).append(column)
    return grouped


def required(snapshot: Snapshot, table: Identity) -> Sequence[Fact]:
    """A table's columns that must not be NULL."""
    return snapshot.once(_required).get(table, ())


def _required(snapshot: Snapshot) -> Mapping[Identity | None, Sequence[Fact]]:
    grouped: dict[Identity | None, list[Fact]] = {}
    for column in snapshot.of_kind("column"):
        if column.value("not_null"):
            grouped.setdefault(column.parent, []).append(column)
    return grouped


def type_name(column: Fact) -> str:
    """A column's type without its modifiers and without being an array: "numeric"."""
    return _parsed(str(column.value("type"))).name


@cache
def _parsed(text: str) -> Type:
    """A type taken apart; a schema has thousands of columns and a few dozen types."""
    return Type.parse(text)


def kind_of_values(column: Fact, snapshot: Snapshot) -> str:
    """A column's type by what it holds: varchar, text, and domains over them, hold the same."""
    name = _parsed(underlying(str(column.value("type")), snapshot)).name
    return "text" if name == "character varying" else name
