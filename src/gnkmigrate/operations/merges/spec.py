"""What a revision says of a merge, and whether it contradicts itself."""

from collections.abc import Iterator
from dataclasses import dataclass

from gnkmigrate import own_objects
from gnkmigrate.errors import RevisionError
from gnkmigrate.operations.splits.spec import twice
from gnkmigrate.run import own_names
from gnkmigrate.run.names import column, misnamed, split
from gnkmigrate.run.own_names import own_name
from gnkmigrate.run.sync.follow_triggers import Following, marked


@dataclass(frozen=True)
class Merge:
    """Columns of a side table become columns of the table to which its rows belong.

    Attributes:
        side: "schema.table" of the side table, which leaves the new shape.
        table: "schema.table" of the one that gets the columns.
        key: the columns by which a row of the side table refers to its row, and those of that one.
        columns: the side table's other columns, and what each is called in the table.
        dropped: columns of the side table that the new shape does not have.
    """

    side: str
    table: str
    key: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, str], ...]
    dropped: tuple[str, ...]

    def __post_init__(self) -> None:
        wrong = list(self._contradictions())
        if wrong:
            raise RevisionError(
                f"The merge of {self.side} into {self.table} contradicts itself.",
                details=wrong,
                hint="Each column of the side table is of its key, goes to one column of the "
                "table, or is dropped.",
            )

    def _contradictions(self) -> Iterator[str]:
        split(self.side)
        split(self.table)
        if self.side == self.table:
            yield "a table cannot be merged into itself"
        if not self.key:
            yield "no column says to which row one of the side table belongs"
        if not self.columns:
            yield "no column goes to the table"
        yield from twice("is named twice", [*self.leaving_names, *self.dropped])
        yield from twice("would be given two columns", [name for _, name in self.columns])
        yield from misnamed(name for _, name in self.columns)

    @property
    def leaving_names(self) -> list[str]:
        """The side table's columns of which something is made."""
        return [name for name, _ in (*self.key, *self.columns)]

    @property
    def telling(self) -> tuple[str, ...]:
        """Those that tell its rows apart, beside `key`."""
        return ()

    @property
    def leaving(self) -> tuple[str, ...]:
        """Columns of the table that the new shape does not have."""
        return ()

    @property
    def archived(self) -> str:
        """Where the side table is from the cutover to contract."""
        return own_names.archived(self.side)

    @property
    def name(self) -> str:
        """The step of the cutover, in both directions."""
        return f"{self.side} in {self.table}"

    @property
    def memory(self) -> str:
        """Under which the journal keeps that it has been cut over."""
        return f"merge {self.side} {self.table}"

    @property
    def following(self) -> Following:
        """How the two tables follow each other."""
        return marked("merge", self.side, self.table)

    def function(self, what: str) -> str:
        """A function of ours for this merge, qualified and quoted."""
        return f"{own_objects.JOURNAL}.{column(own_name(f'{what}_', *split(self.side)))}"

    def trigger(self, prefix: str) -> str:
        """A trigger of ours, quoted; triggers of one event fire in the order of their names."""
        return column(own_name(prefix, self.side))
