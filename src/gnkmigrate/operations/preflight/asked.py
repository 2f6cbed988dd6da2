"""A conversion of a table's columns, and the database as it is before it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.run.batches.row_key import Columns
from gnkmigrate.run.names import split
from gnkmigrate.run.sync.conversion import Conversion
from gnkmigrate.run.work import Work


@dataclass(frozen=True)
class Asked:
    """What the questions are about.

    Attributes:
        work: the session, for what the facts do not tell.
        facts: the database as it is.
        table: "schema.table", which is there.
        key: the columns that the revision names as its key; none for the table's own.
        conversions: the columns' changes.
        types: the type of each column that changes, as SQL, by its name before.
        rewritten: the columns whose values change, and not merely name, default or nullability.
        tied: the tables with which keys of these columns are carried over; None where none are.
        is_prepared: whether SQL of the revision's own runs before it, which may make what it uses.
    """

    work: Work
    facts: Snapshot
    table: str
    key: Columns
    conversions: tuple[Conversion, ...]
    types: Mapping[str, str]
    rewritten: frozenset[str]
    tied: tuple[str, ...] | None
    is_prepared: bool

    @property
    def identity(self) -> Identity:
        return Identity("table", split(self.table))

    @property
    def fact(self) -> Fact:
        """The table's own fact."""
        return self.facts.facts[self.identity]

    def columns(self) -> Iterator[Fact]:
        """The facts of the columns whose values change."""
        for fact in self.facts.children(self.identity, "column"):
            if fact.identity.name in self.rewritten:
                yield fact
