"""Which table gets partitions, by what, and what is called how meanwhile."""

import hashlib
from dataclasses import dataclass

from gnkmigrate import own_objects
from gnkmigrate.run import own_names
from gnkmigrate.run.names import literal, quoted, split


@dataclass(frozen=True)
class Partitioning:
    """What becomes of which table.

    Attributes:
        table: "schema.table".
        by: the column by which it is partitioned.
        key: its primary key.
        procedure: "schema.name" of the procedure that makes partitions.
        ahead: months.
    """

    table: str
    by: str
    key: tuple[str, ...]
    procedure: str
    ahead: int

    @property
    def staged(self) -> str:
        return own_names.staged(self.table)

    @property
    def archived(self) -> str:
        return own_names.archived(self.table)

    @property
    def filling(self) -> str:
        """What the step is called that fills them."""
        return f"rows of {self.table} in partitions"

    @property
    def rest(self) -> str:
        """The name of the default partition."""
        return f"{split(self.table)[1]}_rest"

    def function(self, which: str) -> str:
        """A quoted function of the triggers: "followed" by the new table, or "led" by it."""
        mark = hashlib.sha256(self.table.encode()).hexdigest()[:12]
        return quoted(f"{own_objects.JOURNAL}.partitions_{which}_{mark}")

    def there(self, sql: str) -> str:
        """SQL about the live table and the column."""
        table = f"{literal(quoted(self.table))}::regclass"
        number = (
            f"(SELECT attnum FROM pg_attribute WHERE attrelid = {table}"
            f" AND attname = {literal(self.by)})::smallint"
        )
        return sql.format(
            table=table,
            by=literal(self.by),
            number=number,
            staged=literal(quoted(self.staged)),
            staging=own_objects.STAGING,
        )
