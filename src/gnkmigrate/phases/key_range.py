"""The rows of a table along their key: where they begin and end, how they divide into ranges."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import psycopg

from gnkmigrate.phases.names import column, literal, quoted
from gnkmigrate.phases.step import Refusal
from gnkmigrate.phases.work import Work

# So much of a large table is looked at to find where it divides into equal parts.
_SAMPLED_BYTES = 16 * 1024 * 1024

_SIZE = """
SELECT coalesce(sum(pg_relation_size(relid)), 0) FROM (
    SELECT relid FROM pg_partition_tree({table}::regclass) UNION SELECT {table}::regclass
) AS parts
"""

_INDEXED = """
SELECT EXISTS (
    SELECT FROM pg_index
    JOIN pg_class ON pg_class.oid = indexrelid
    JOIN pg_am ON pg_am.oid = relam AND amname = 'btree'
    JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0] AND attname = {name}
    WHERE indrelid = {table}::regclass AND indisvalid AND indpred IS NULL)
"""


@dataclass(frozen=True)
class KeyRange:
    """The half-open range of keys (after, end], as PostgreSQL prints them.

    Attributes:
        after: the last key before it; None where it begins with the first there is.
        end: its last key.
        rows: how many rows are known to be in it, or to have been walked before it.
    """

    after: str | None
    end: str
    rows: int = 0

    def condition(self, key: str) -> str:
        """As SQL on `key`; literals without a type take the key's."""
        upper = f"{key} <= {literal(self.end)}"
        return upper if self.after is None else f"{key} > {literal(self.after)} AND {upper}"

    def beyond(self, batch: "KeyRange") -> "KeyRange":
        """What is left of it behind a batch from its beginning."""
        return replace(self, after=batch.end, rows=self.rows + batch.rows)

    @property
    def is_through(self) -> bool:
        return self.after == self.end


@dataclass(frozen=True)
class Keys:
    """The keys of a table, in their order.

    Attributes:
        table: "schema.table".
        name: the column.
    """

    table: str
    name: str

    @property
    def _from(self) -> str:
        return f"FROM {quoted(self.table)} AS walked"

    @property
    def _key(self) -> str:
        # An unqualified key in ORDER BY would be the text in the result, which sorts otherwise.
        return f"walked.{column(self.name)}"

    def whole(self, work: Work) -> KeyRange | None:
        """All keys that there are now; None where there are none."""
        query = f"SELECT {self._key}::text {self._from} WHERE {self._key} IS NOT NULL"
        last = work.value(f"{query} ORDER BY {self._key} DESC LIMIT 1")
        return None if last is None else KeyRange(None, last)

    def batch(self, work: Work, within: KeyRange, size: int) -> KeyRange | None:
        """The first `size` rows of a range, and how many there are; None at its end."""
        if within.is_through:
            return None
        row = work.connection.execute(
            f"SELECT {self._key}::text, count(*) OVER () FROM (SELECT {self._key} {self._from}"
            f" WHERE {within.condition(self._key)} ORDER BY {self._key} LIMIT {size}) AS walked"
            f" ORDER BY {self._key} DESC LIMIT 1".encode()
        ).fetchone()
        return KeyRange(within.after, row[0], row[1]) if row else None

    def divided(self, work: Work, whole: KeyRange, parts: int) -> tuple[KeyRange, ...]:
        """A range in about equal parts, by a sample; one part where it cannot be divided."""
        size = int(work.value(_SIZE.format(table=literal(quoted(self.table)))))
        percent = min(100.0, 100 * _SAMPLED_BYTES / max(size, 1))
        fractions = ", ".join(str(number / parts) for number in range(1, parts))
        rows = work.connection.execute(
            f"SELECT unnest(percentile_disc(ARRAY[{fractions}]::float8[])"
            f" WITHIN GROUP (ORDER BY {self._key}))::text"
            f" {self._from} TABLESAMPLE SYSTEM ({percent}) REPEATABLE (0)"
            f" WHERE {whole.condition(self._key)}".encode()
        ).fetchall()
        ends = dict.fromkeys([*(row[0] for row in rows if row[0] is not None), whole.end])
        begins = (whole.after, *ends)
        return tuple(KeyRange(after, end) for after, end in zip(begins, ends, strict=False))

    def refusals(self, work: Work) -> Sequence[Refusal]:
        """Why the table cannot be walked along the key; nothing where it is still to be made."""
        kind = work.value(
            "SELECT relkind::text FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid"
            f" WHERE pg_class.oid = to_regclass({literal(quoted(self.table))})"
            f" AND attname = {literal(self.name)} AND NOT attisdropped"
        )
        if kind is None:
            return ()
        if kind not in {"r", "p"}:
            hint = "A backfill walks an ordinary or a partitioned table."
            return (Refusal(f"{self.table} is not a table.", hint=hint),)
        return self._without_order(work) or (*self._without_key(work), *self._without_index(work))

    def _without_order(self, work: Work) -> Sequence[Refusal]:
        try:
            with work.connection.transaction():
                work.execute(f"SELECT {self._from} ORDER BY {self._key} LIMIT 0")
        except psycopg.errors.UndefinedFunction as error:
            message = f"The rows of {self.table} cannot be walked along {self.name}: "
            hint = "Name another column as key, such as the primary key."
            return (Refusal(f"{message}{error.diag.message_primary}.", hint=hint),)
        return ()

    def _without_key(self, work: Work) -> Sequence[Refusal]:
        total = int(work.value(f"SELECT count(*) {self._from} WHERE {self._key} IS NULL"))
        if not total:
            return ()
        message = f"Rows of {self.table} have no {self.name}, along which the table is walked."
        query = f"SELECT * {self._from} WHERE {self._key} IS NULL"
        hint = "Give them one, or name another column as key, such as the primary key."
        return (Refusal(message, (), total, hint, query),)

    def _without_index(self, work: Work) -> Sequence[Refusal]:
        """A small table does not need one."""
        limit = work.limits.rewrite_rows
        few = f"SELECT {self._from} LIMIT {limit + 1}"
        table, name = literal(quoted(self.table)), literal(self.name)
        if (
            work.value(_INDEXED.format(table=table, name=name))
            or work.value(f"SELECT count(*) FROM ({few}) AS counted") <= limit
        ):
            return ()
        message = f"{self.table} has no index that begins with {self.name}."
        index = f"CREATE UNIQUE INDEX CONCURRENTLY ON {quoted(self.table)} ({column(self.name)})"
        hint = (
            "Each batch would read the whole table. Name the primary key as key, or build an "
            f"index first: {index};"
        )
        return (Refusal(message, hint=hint),)
