"""One name of a column that has different types in different tables.

What is called the same should be the same: code that copies values from one table to the other,
and whoever joins them, expects it. The key id, and lengths, are left out of account.

Source: pg_attribute.atttypid.
"""

from collections.abc import Iterator

from gnkmigrate.audit.check import Observation, StructureCheck
from gnkmigrate.audit.checks._style import by_type, kind_of_values
from gnkmigrate.audit.describe import short_type
from gnkmigrate.audit.finding import DatabaseObject, Severity
from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot


def find(snapshot: Snapshot, home: str) -> Iterator[Observation]:
    schemas: dict[str, dict[str, dict[str, list[str]]]] = {}
    for column in _doubtful(snapshot):
        schema, table, name = column.identity.path
        if name.casefold() != "id":
            names = schemas.setdefault(schema, {})
            tables = names.setdefault(name, {}).setdefault(kind_of_values(column, snapshot), [])
            tables.append(table)
    for schema, names in schemas.items():
        differing = [_line(name, types, home) for name, types in names.items() if len(types) > 1]
        if differing:
            yield Observation(
                DatabaseObject("", "", schema, "schema"),
                f"{_names(len(differing))} different types in different tables of {schema}.",
                evidence={"columns": differing},
            )


def _doubtful(snapshot: Snapshot) -> Iterator[Fact]:
    """The columns whose names there are with several types, as PostgreSQL prints them."""
    known: set[str] = set()
    several: set[str] = set()
    for columns in by_type(snapshot).values():
        names = {column.identity[1][-1] for column in columns}
        several |= known & names
        known |= names
    for column in snapshot.of_kind("column") if several else ():
        if column.identity[1][-1] in several:
            yield column


def _names(count: int) -> str:
    return "One name of a column has" if count == 1 else f"{count} names of columns have"


def _line(name: str, types: dict[str, list[str]], home: str) -> str:
    parts = (f"{short_type(type_, home)} in {', '.join(tables)}" for type_, tables in types.items())
    return f"{name}: {'; '.join(parts)}"


CHECK = StructureCheck(
    id="GNK-S028",
    slug="column-types-differ",
    title="What is called the same has the same type",
    severity=Severity.INFO,
    impact="Joins convert values, and code that takes the one for the other fails.",
    recommendation="Give them one type, or names that tell them apart.",
    find=find,
)
