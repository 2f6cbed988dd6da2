"""op.search_column: a column that PostgreSQL keeps for full-text search, and its index."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gnkmigrate.errors import RevisionError
from gnkmigrate.kinds import locks
from gnkmigrate.operations.index import BuildIndex
from gnkmigrate.operations.parts.dropped_column import DropOwnColumn
from gnkmigrate.operations.parts.whole import refused_by
from gnkmigrate.run import lock_announcement
from gnkmigrate.run.lock_announcement import Span, TableLock
from gnkmigrate.run.names import column, literal, quoted, split
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.sync import privileges
from gnkmigrate.run.work import Work

_WEIGHTS = "ABCD"
# The policy that says "allowed" where a large table may be locked while it is rewritten.
POLICY = "rewrite"
_ROWS = "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = {table}::regclass"


@operation("search_column")
def search_column(
    table: str,
    name: str,
    columns: Mapping[str, str],
    index: str,
    configuration: str = "pg_catalog.simple",
) -> tuple[Step, ...]:
    """Adds a generated tsvector column of text columns, and a GIN index on it.

    The table is rewritten under a lock that keeps everybody out. So one with more rows than
    `limits.dry_run_rows` is refused, unless the policy `rewrite` is "allowed".

    Args:
        table: "schema.table".
        name: the new column's.
        columns: the text columns, each with its weight in a ranking: "A" (most), "B", "C", "D".
        index: the index's name.
        configuration: the text search configuration, "schema.name"; "simple" takes words as they
            are written.

    Raises:
        RevisionError: no column is given, or another weight.
    """
    if not columns or any(weight not in _WEIGHTS for weight in columns.values()):
        raise RevisionError(
            f"op.search_column for {table} needs columns with a weight from A to D.",
            hint='Such as {"title": "A", "body": "B"}.',
        )
    split(configuration)
    added = AddSearch(table, name, tuple(columns.items()), configuration)
    return (added, BuildIndex(index, table, f"USING gin ({column(name)})"))


@dataclass(frozen=True)
class AddSearch(Step):
    """The column comes, and PostgreSQL fills it.

    Attributes:
        table: "schema.table".
        column: the new column's name.
        sources: text columns with their weights.
        configuration: "schema.name" of the text search configuration.
    """

    outlives_contract: ClassVar[bool] = True
    prepares: ClassVar[bool] = True

    table: str
    column: str
    sources: tuple[tuple[str, str], ...]
    configuration: str

    @property
    def name(self) -> str:
        return f"column {self.column} of {self.table}"

    @property
    def reverse(self) -> Sequence[Step]:
        return (DropSearch(self.table, self.column),)

    @property
    def tables(self) -> Sequence[str]:
        return (self.table,)

    @property
    def locks(self) -> Sequence[TableLock]:
        return lock_announcement.on(self.tables, locks.ACCESS_EXCLUSIVE, Span.SQL)

    @property
    def sql(self) -> str:
        configuration = literal(quoted(self.configuration))
        parts = " || ".join(
            f"setweight(to_tsvector({configuration}::regconfig,"
            f" coalesce({column(name)}::text, '')), {literal(weight)})"
            for name, weight in self.sources
        )
        return (
            f"ALTER TABLE {quoted(self.table)} ADD COLUMN {column(self.column)} tsvector"
            f" GENERATED ALWAYS AS ({parts}) STORED"
        )

    def check(self, work: Work) -> Sequence[Refusal]:
        there = work.value(f"SELECT to_regclass({literal(quoted(self.table))}) IS NOT NULL")
        rows = work.value(_ROWS.format(table=literal(quoted(self.table)))) if there else 0
        if rows > work.limits.dry_run_rows and work.parameters.get(POLICY) != "allowed":
            message = f"{self.table} has about {rows:,} rows, and nobody could use it meanwhile."
            hint = 'Allow the rewrite for a time that suits: [policies] rewrite = "allowed"'
            return (Refusal(message, hint=hint),)
        return refused_by(work, self.name, lambda: self._on_a_copy(work)) if there else ()

    def _on_a_copy(self, work: Work) -> None:
        """The same on a table without rows, which takes no lock that anybody would notice."""
        work.execute(f"CREATE TEMPORARY TABLE gnkmigrate_probe (LIKE {quoted(self.table)})")
        work.execute(self.sql.replace(quoted(self.table), "pg_temp.gnkmigrate_probe", 1))

    def run(self, work: Work) -> int:
        work.execute(self.sql)
        table, names = quoted(self.table), [name for name, _ in self.sources]
        for statement in privileges.grants_on_all(
            work, table, names, table, self.column, kinds=("SELECT",)
        ):
            work.execute(statement)
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (self.sql,)


class DropSearch(DropOwnColumn):
    """The column goes; what it said is in the columns that it was made of."""
