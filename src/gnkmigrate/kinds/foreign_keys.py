"""Tables that foreign keys tie to each other: what locks the one may lock the other too."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot

Table = tuple[str, ...]


def referenced(key: Fact) -> Table | None:
    """Schema and name of the table that a foreign key refers to; None of other constraints."""
    references = key.payload["references"]
    return (references["schema"], references["table"]) if references else None


def foreign_keys(snapshot: Snapshot) -> Mapping[Table, Sequence[Fact]]:
    """The foreign keys that each table takes part in, at either end."""
    found: defaultdict[Table, list[Fact]] = defaultdict(list)
    for key in snapshot.of_kind("constraint"):
        other = referenced(key)
        if other is not None and key.parent is not None:
            for table in {key.parent.path, other}:
                found[table].append(key)
    return found


def partners(table: Table, column: str, keys: Sequence[Fact]) -> frozenset[Table]:
    """The other ends of those of a table's foreign keys that a column of it is part of."""
    others: set[Table] = set()
    for key in keys:
        there, own = referenced(key), key.parent.path if key.parent else table
        if own == table and column in key.payload["columns"] and there is not None:
            others.add(there)
        if there == table and column in key.payload["references"]["columns"]:
            others.add(own)
    return frozenset(others - {table})
