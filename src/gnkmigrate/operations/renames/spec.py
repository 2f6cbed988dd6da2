"""What a revision says of a table's other name, and whether that can be one."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gnkmigrate.errors import RevisionError
from gnkmigrate.postgres.quoting import MAXIMUM_BYTES
from gnkmigrate.run.names import column, quoted, split
from gnkmigrate.run.own_names import own_name


@dataclass(frozen=True)
class Renaming:
    """A table has one name before, and another one after.

    Attributes:
        before: "schema.table".
        after: likewise.
    """

    before: str
    after: str

    def __post_init__(self) -> None:
        wrong = list(self._contradictions())
        if wrong:
            raise RevisionError(
                f"op.rename_table gives {self.before} no other name.",
                details=wrong,
                hint='Say it as op.rename_table("schema.table", "name"), with schema="..." where'
                " the table goes to another one.",
            )

    def _contradictions(self) -> Iterator[str]:
        split(self.before)
        if self.before == self.after:
            yield f"{self.after} is what it is called already"
        for name in split(self.after):
            if len(name.encode()) > MAXIMUM_BYTES:
                yield f"{name}: PostgreSQL cuts names after {MAXIMUM_BYTES} bytes"

    def back(self) -> "Renaming":
        """The way back."""
        return replace(self, before=self.after, after=self.before)

    @property
    def changes_schema(self) -> bool:
        return split(self.before)[0] != split(self.after)[0]

    @property
    def statements(self) -> tuple[str, ...]:
        """The SQL. On its way from schema to schema the table is called what nothing else is."""
        (schema, name), (to_schema, to_name) = split(self.before), split(self.after)
        if not self.changes_schema:
            return (_renamed(schema, name, to_name),)
        moved = f"SET SCHEMA {column(to_schema)}"
        if name == to_name:
            return (f"ALTER TABLE {quoted(self.before)} {moved}",)
        between = own_name("gnkmigrate_", to_name)
        return (
            _renamed(schema, name, between),
            f"ALTER TABLE {quoted(f'{schema}.{between}')} {moved}",
            _renamed(to_schema, between, to_name),
        )


def _renamed(schema: str, name: str, to: str) -> str:
    return f"ALTER TABLE {quoted(f'{schema}.{name}')} RENAME TO {column(to)}"
