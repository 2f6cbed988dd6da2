"""A column of ours goes again."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate.operations.parts import column_users
from gnkmigrate.postgres.quoting import qualified
from gnkmigrate.run.names import column, quoted, split
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.work import Work


@dataclass(frozen=True)
class DropOwnColumn(Step):
    """Drops a column that an upgrade has added.

    Attributes:
        table: "schema.table".
        column: its name.
    """

    table: str
    column: str

    @property
    def name(self) -> str:
        return f"column {self.column} of {self.table}"

    @property
    def tables(self) -> Sequence[str]:
        return (self.table,)

    @property
    def clears(self) -> Sequence[str]:
        column = f"column {self.column} of table {qualified(*split(self.table))}"
        return (column, f"default value for {column}")

    def takes_off(self, table: str) -> Collection[str]:
        return (self.column,) if table == self.table else ()

    def check(self, work: Work) -> Sequence[Refusal]:
        message = f"Others use the column {self.column} of {self.table}."
        return column_users.refusals(work, self.table, [self.column], message)

    def run(self, work: Work) -> int:
        work.execute(self._sql)
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (self._sql,)

    @property
    def _sql(self) -> str:
        return f"ALTER TABLE {quoted(self.table)} DROP COLUMN {column(self.column)}"
