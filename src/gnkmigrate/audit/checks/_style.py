"""Matters of style, told once for a whole schema and not once for each of a hundred columns."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache

from gnkmigrate.audit.check import Observation
from gnkmigrate.audit.checks._server import listed
from gnkmigrate.audit.finding import DatabaseObject
from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot
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
    return bool(table.payload["inherits"] or table.payload["is_partition"])


def name_within(fact: Fact) -> str:
    """A thing's name without its schema."""
    return ".".join(fact.identity.path[1:])


def columns_of_type(snapshot: Snapshot, *types: str) -> Iterator[Fact]:
    """The columns whose type, or element type, is one of these, whatever its modifiers."""
    for name, column in snapshot.once(_columns):
        if name in types:
            yield column


def _columns(snapshot: Snapshot) -> Sequence[tuple[str, Fact]]:
    """Every column with the name of its type, which many checks ask for."""
    return tuple((type_name(column), column) for column in snapshot.of_kind("column"))


def type_name(column: Fact) -> str:
    """A column's type without its modifiers and without being an array: "numeric"."""
    return _parsed(str(column.payload["type"])).name


@cache
def _parsed(text: str) -> Type:
    """A type taken apart; a schema has thousands of columns and a few dozen types."""
    return Type.parse(text)


def kind_of_values(column: Fact) -> str:
    """A column's type by what it holds: varchar and text hold the same and compare as they are."""
    name = type_name(column)
    return "text" if name == "character varying" else name
