"""What a revision says of a split, and whether it contradicts itself."""

from collections.abc import Iterator
from dataclasses import dataclass

from gnkmigrate import own_objects
from gnkmigrate.errors import RevisionError
from gnkmigrate.run.names import column, misnamed, split
from gnkmigrate.run.own_names import fitting, own_name
from gnkmigrate.run.sync.conversion import Conversion
from gnkmigrate.run.sync.follow_triggers import Following, marked


@dataclass(frozen=True)
class Split:
    """Columns of a table become rows of an entity, to which each row of the table has a link.

    Attributes:
        table: "schema.table" that they leave.
        entity: "schema.table" that is made of them.
        link: the column by which the table refers to the entity from then on.
        columns: what becomes of each column that leaves; its new name is the entity's.
        identity: the entity's columns that tell its rows apart.
        new: columns of the entity that the old shape does not have.
        key: the entity's key.
        key_type: that column's definition, as SQL; it gives each new row its key.
        not_null: whether the link is NOT NULL.
        disagree: which row counts where rows of one entity say different things about it.
        actions: of the link's foreign key, such as "ON DELETE RESTRICT".
        indexed: whether the link has an index.
    """

    table: str
    entity: str
    link: str
    columns: tuple[Conversion, ...]
    identity: tuple[str, ...]
    new: tuple[Conversion, ...]
    key: str
    key_type: str
    not_null: bool
    disagree: str
    actions: str
    indexed: bool

    def __post_init__(self) -> None:
        wrong = list(self._contradictions())
        if wrong:
            raise RevisionError(
                f"The split of {self.table} into {self.entity} contradicts itself.",
                details=wrong,
                hint="Each column of the new table comes from one column of the old one, or is "
                "new; its identity is made of columns that come from there.",
            )

    def _contradictions(self) -> Iterator[str]:
        split(self.table)
        split(self.entity)
        if self.table == self.entity:
            yield "a table cannot leave itself"
        if not self.columns:
            yield "no column leaves the table"
        if self.disagree not in {"refuse", "first", "last"}:
            yield f'disagree is "refuse", "first" or "last", and not "{self.disagree}"'
        yield from twice("takes two columns", [change.column for change in self.columns])
        given = [self.key, *(change.new_name for change in (*self.columns, *self.new))]
        yield from twice("would be given two columns", given)
        yield from misnamed([*given, self.link, *split(self.entity)])
        mapped = {change.new_name for change in self.columns}
        for name in self.identity:
            if name not in mapped:
                yield f"{name} of the identity comes from no column of {self.table}"
        for change in self.columns:
            if change.keep:
                yield (
                    f"{change.column} is looked up in another table: convert it in an earlier phase"
                )

    @property
    def identifying(self) -> tuple[Conversion, ...]:
        """The columns that tell entities apart, in the order of the identity."""
        by_name = {change.new_name: change for change in self.columns}
        return tuple(by_name[name] for name in self.identity)

    @property
    def telling(self) -> tuple[Conversion, ...]:
        """The others, which say something about an entity."""
        return tuple(change for change in self.columns if change.new_name not in self.identity)

    @property
    def made(self) -> tuple[str, ...]:
        """The entity's columns."""
        return (self.key, *(change.new_name for change in (*self.columns, *self.new)))

    @property
    def name(self) -> str:
        """The step of the cutover, in both directions."""
        return f"{self.entity} out of {self.table}"

    @property
    def built_link(self) -> str:
        """What the link is called until the cutover."""
        return own_name("gnkmigrate_", self.link)

    @property
    def index(self) -> str:
        """The index of the link."""
        return fitting(split(self.table)[1], self.link, "idx")

    @property
    def foreign_key(self) -> str:
        """The constraint of the link."""
        return fitting(split(self.table)[1], self.link, "fkey")

    @property
    def following(self) -> Following:
        """How the table and the entity follow each other."""
        return marked("split", self.table, self.link)

    def function(self, what: str) -> str:
        """A function of ours for this split, qualified and quoted."""
        return (
            f"{own_objects.JOURNAL}.{column(own_name(f'{what}_', *split(self.table), self.link))}"
        )

    @property
    def memory(self) -> str:
        """Under which the journal keeps how the columns were declared."""
        return f"split {self.table} {self.link}"


def twice(what: str, names: list[str]) -> Iterator[str]:
    """The names that are there more than once, each with what is wrong with it."""
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{name} {what}"
