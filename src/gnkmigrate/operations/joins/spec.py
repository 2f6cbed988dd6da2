"""What a revision says of a table whose rows several rows of another come to have in themselves."""

from collections.abc import Iterator
from dataclasses import dataclass

from gnkmigrate.operations.merges.spec import Merge
from gnkmigrate.operations.splits.spec import Split, twice
from gnkmigrate.run.sync.conversion import Conversion


@dataclass(frozen=True)
class Join(Merge):
    """A merge whose table refers to the side table; several rows may refer to one.

    Attributes:
        key: the side table's key, and the table's column that refers to it, which leaves.
        identity: the side table's columns that tell its rows apart.
        unused: what becomes of rows to which none refers: "refuse", or "archive".
    """

    identity: tuple[str, ...] = ()
    unused: str = "refuse"

    def _contradictions(self) -> Iterator[str]:
        yield from super()._contradictions()
        if len(self.key) != 1:
            yield "one column refers to the side table, and not several"
        going = {old for old, _ in self.columns}
        for name in self.identity:
            if name not in going:
                yield f"{name} of the identity goes to no column of {self.table}"
        yield from twice("is twice in the identity", list(self.identity))
        if self.unused not in {"refuse", "archive"}:
            yield f'unused is "refuse" or "archive", and not "{self.unused}"'

    @property
    def link(self) -> str:
        """The table's column that refers to the side table."""
        return self.key[0][1]

    @property
    def leaving(self) -> tuple[str, ...]:
        return (self.link,)

    @property
    def link_memory(self) -> str:
        """Under which the journal keeps how that column was declared."""
        return f"{self.memory}, reference"

    def split(self, entity: str) -> Split:
        """The split that it takes back.

        Args:
            entity: "schema.table" where the side table is now.
        """
        return Split(
            table=self.table,
            entity=entity,
            link=self.link,
            columns=tuple(
                Conversion(new, rename="" if old == new else old) for old, new in self.columns
            ),
            identity=self.identity,
            new=(),
            key=self.key[0][0],
            key_type="",
            not_null=False,
            disagree="refuse",
            actions="",
            indexed=False,
        )
