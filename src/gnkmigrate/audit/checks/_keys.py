"""Foreign keys as they are declared: from which columns to which, and what happens then."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot

# pg_get_constraintdef() writes actions in capitals, and names that look like them in quotes.
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_ACTION = r"ON {event} (CASCADE|RESTRICT|SET NULL|SET DEFAULT)(?: \(([^)]*)\))?"


def is_full(definition: str) -> bool:
    """Whether a key's columns are NULL together or not at all (MATCH FULL)."""
    return " MATCH FULL" in _QUOTED.sub('""', definition)


@dataclass(frozen=True)
class ForeignKey:
    """A foreign key of a snapshot.

    Attributes:
        fact: the constraint.
        table: the referencing table.
        columns: its columns.
        referenced: the table that it refers to.
        others: the columns there, in the order of `columns`.
    """

    fact: Fact
    table: Identity
    columns: tuple[str, ...]
    referenced: Identity
    others: tuple[str, ...]

    @property
    def definition(self) -> str:
        return str(self.fact.value("definition"))

    @property
    def deferrable(self) -> bool:
        if "DEFERRABLE" not in self.definition:
            return False
        return bool(re.search(r" DEFERRABLE\b", _QUOTED.sub('""', self.definition))) and (
            "NOT DEFERRABLE" not in _QUOTED.sub('""', self.definition)
        )

    @property
    def is_full(self) -> bool:
        """Whether its columns are NULL together or not at all (MATCH FULL)."""
        return is_full(self.definition)

    def action(self, event: str) -> str:
        """What happens on DELETE or UPDATE of the referenced row; "" for nothing."""
        if f" ON {event} " not in self.definition:
            return ""
        found = re.search(_ACTION.format(event=event), _QUOTED.sub('""', self.definition))
        return found[1] if found else ""

    def whole(self, event: str) -> bool:
        """Whether the action concerns all columns, and not merely some (PostgreSQL 15)."""
        found = re.search(_ACTION.format(event=event), _QUOTED.sub('""', self.definition))
        return found is None or found[2] is None

    def label(self, home: str) -> str:
        """The table and columns, as people write them."""
        table = ".".join(self.table.path).removeprefix(f"{home}.")
        return f"{table} ({', '.join(self.columns)})"


def foreign_keys(snapshot: Snapshot) -> Sequence[ForeignKey]:
    """Every foreign key of the tables of a snapshot."""
    return snapshot.once(_foreign_keys)


def _foreign_keys(snapshot: Snapshot) -> Sequence[ForeignKey]:
    return tuple(_declared(snapshot))


def _declared(snapshot: Snapshot) -> Iterator[ForeignKey]:
    for fact in snapshot.of_kind("constraint"):
        reference = fact.value("references")
        if fact.value("type") != "foreign key" or fact.parent is None or reference is None:
            continue
        yield ForeignKey(
            fact,
            fact.parent,
            tuple(fact.value("columns")),
            Identity("table", (reference["schema"], reference["table"])),
            tuple(reference["columns"]),
        )
