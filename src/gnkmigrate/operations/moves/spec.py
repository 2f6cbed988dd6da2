"""What a revision says of a move, and whether it contradicts itself."""

from collections.abc import Iterator
from dataclasses import dataclass

from gnkmigrate import own_objects
from gnkmigrate.errors import RevisionError
from gnkmigrate.operations.splits.spec import twice
from gnkmigrate.run.names import column, literal, misnamed, split
from gnkmigrate.run.own_names import fitting, own_name
from gnkmigrate.run.sync.conversion import Conversion
from gnkmigrate.run.sync.follow_triggers import Following, marked


@dataclass(frozen=True)
class Part:
    """Columns that become one row of the side table.

    Attributes:
        value: what the side table calls the part; "" where there is but one.
        columns: what becomes of each column; its new name is the side table's.
    """

    value: str
    columns: tuple[Conversion, ...]


@dataclass(frozen=True)
class Move:
    """Columns of a table become rows of a side table with the same key.

    Attributes:
        table: "schema.table" that they leave.
        entity: "schema.table" of the side table, which is made of them.
        key: the columns of the table's key, and what each is called in the side table.
        parts: the rows that one row of the table becomes.
        part: the column of the side table that says which of them a row is; "" for one.
        part_type: its type.
        new: columns of the side table that the old shape does not have.
    """

    table: str
    entity: str
    key: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    part: str
    part_type: str
    new: tuple[Conversion, ...]

    def __post_init__(self) -> None:
        wrong = list(self._contradictions())
        if wrong:
            raise RevisionError(
                f"The move of columns of {self.table} to {self.entity} contradicts itself.",
                details=wrong,
                hint="Each column of the side table comes from one column of the table, or one of "
                "each part, or is new; its key is that of the table.",
            )

    def _contradictions(self) -> Iterator[str]:
        split(self.table)
        split(self.entity)
        if self.table == self.entity:
            yield "a table cannot be moved to itself"
        if not self.key:
            yield "no column of the key is named"
        if not self.columns:
            yield "no column moves"
        if len(self.parts) > 1 and not self.part:
            yield "no column says which part a row is"
        yield from twice("moves twice", [change.column for change in self.columns])
        names = [set(_names(part)) for part in self.parts]
        for part, own_names in zip(self.parts, names, strict=True):
            others = [name for _, name in self.key] + [change.new_name for change in self.new]
            yield from twice("would be given two columns", [*others, self.part, *_names(part)])
            if own_names != names[0]:
                yield f'the part "{part.value}" has other columns than "{self.parts[0].value}"'
        given = (*self.own_key, *(change.new_name for change in (*self.columns, *self.new)))
        yield from misnamed([*given, *split(self.entity)])
        key = {before for before, _ in self.key}
        for change in self.columns:
            if change.column in key:
                yield f"{change.column} is of the key, which stays"
            if change.keep:
                yield (
                    f"{change.column} is looked up in another table: convert it in an earlier phase"
                )

    @property
    def columns(self) -> tuple[Conversion, ...]:
        return tuple(change for part in self.parts for change in part.columns)

    @property
    def declared(self) -> tuple[Conversion, ...]:
        """The columns of the first part, as which the side table's are declared."""
        return self.parts[0].columns

    def of(self, part: Part, name: str) -> Conversion:
        """What becomes the column of this name, in a part."""
        return next(change for change in part.columns if change.new_name == name)

    @property
    def names(self) -> tuple[str, ...]:
        """The side table's columns that come from the table."""
        return _names(self.parts[0])

    @property
    def own_key(self) -> tuple[str, ...]:
        """The side table's key."""
        return (*(name for _, name in self.key), *((self.part,) if self.part else ()))

    @property
    def made(self) -> tuple[str, ...]:
        """All of its columns."""
        return (*self.own_key, *self.names, *(change.new_name for change in self.new))

    def value(self, part: Part) -> str:
        """SQL for what the side table calls a part."""
        return f"{literal(part.value)}::{self.part_type}"

    @property
    def name(self) -> str:
        """The step of the cutover, in both directions."""
        return f"{self.entity} beside {self.table}"

    @property
    def foreign_key(self) -> str:
        """The constraint by which the side table refers to the table."""
        return fitting(split(self.entity)[1], "_".join(name for _, name in self.key), "fkey")

    @property
    def following(self) -> Following:
        """How the two tables follow each other."""
        return marked("move", self.table, self.entity)

    def function(self, what: str) -> str:
        """A function of ours for this move, qualified and quoted."""
        return f"{own_objects.JOURNAL}.{column(own_name(f'{what}_', *split(self.entity)))}"

    @property
    def memory(self) -> str:
        """Under which the journal keeps how the columns were declared."""
        return f"move {self.table} {self.entity}"


def _names(part: Part) -> tuple[str, ...]:
    return tuple(change.new_name for change in part.columns)
