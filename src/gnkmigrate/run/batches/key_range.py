"""The rows of a table along their key: where they begin and end, how they divide into ranges.

A place in a key of several columns is compared as a row (manual, 9.25.5, Row Constructor
Comparison), which is how a B-tree index over them is ordered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self, TypeAlias

import psycopg

from gnkmigrate.run.batches import row_key
from gnkmigrate.run.batches.row_key import Columns
from gnkmigrate.run.names import literal, quoted
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.sync import type_operators
from gnkmigrate.run.sync.type_operators import Order
from gnkmigrate.run.work import Work

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
    WHERE indrelid = {table}::regclass AND indisvalid AND indpred IS NULL
      AND ARRAY[{names}] = (
          SELECT array_agg(attname::text ORDER BY place)
          FROM unnest(indkey) WITH ORDINALITY AS key (number, place)
          JOIN pg_attribute ON attrelid = indrelid AND attnum = key.number
          WHERE place <= {count}))
"""

# The values of a key's columns, as PostgreSQL prints them.
Place: TypeAlias = tuple[str, ...]


@dataclass(frozen=True)
class KeyRange:
    """The half-open range of keys (after, end].

    Attributes:
        after: the last key before it; None where it begins with the first there is.
        end: its last key.
        rows: how many rows are known to be in it, or to have been walked before it.
    """

    after: Place | None
    end: Place
    rows: int = 0

    @classmethod
    def of(cls, saved: Mapping[str, Any]) -> Self:
        """One that was written as JSON."""
        after = saved["after"]
        return cls(None if after is None else tuple(after), tuple(saved["end"]), saved["rows"])

    def condition(self, keys: "Keys", row: str) -> str:
        """As SQL on the columns of `row`; literals without a type take the columns'."""
        columns = [row_key.listed((name,), row) for name in keys.columns]
        orders = [keys.orders.get(name, Order()) for name in keys.columns]
        upper = row_key.is_within(columns, list(map(literal, self.end)), orders)
        if self.after is None:
            return upper
        return f"{row_key.is_beyond(columns, list(map(literal, self.after)), orders)} AND {upper}"

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
        columns: those of the key.
        orders: the operators of those whose type has its own.
    """

    table: str
    columns: Columns
    orders: Mapping[str, Order]

    @classmethod
    def of(cls, work: Work, table: str, columns: Columns) -> Self:
        """The keys of a table that is there, or that an earlier step is to make."""
        there = work.value(f"SELECT to_regclass({literal(quoted(table))}) IS NOT NULL")
        return cls(table, columns, type_operators.orders(work, table) if there else {})

    @property
    def described(self) -> str:
        """The columns for people: "order_id, line_no"."""
        return ", ".join(self.columns)

    @property
    def _from(self) -> str:
        return f"FROM {quoted(self.table)} AS walked"

    @property
    def _key(self) -> str:
        return row_key.listed(self.columns, "walked")

    @property
    def _place(self) -> str:
        # An unqualified key in ORDER BY would be the text in the result, which sorts otherwise.
        return ", ".join(f"{each}::text" for each in self._ordered)

    @property
    def _ordered(self) -> Sequence[str]:
        return [row_key.listed((name,), "walked") for name in self.columns]

    @property
    def _backwards(self) -> str:
        return ", ".join(f"{each} DESC" for each in self._ordered)

    @property
    def _null(self) -> str:
        return " OR ".join(f"{each} IS NULL" for each in self._ordered)

    def whole(self, work: Work) -> KeyRange | None:
        """All keys that there are now; None where there are none."""
        last = work.execute(
            f"SELECT {self._place} {self._from} WHERE NOT ({self._null})"
            f" ORDER BY {self._backwards} LIMIT 1"
        ).fetchone()
        return None if last is None else KeyRange(None, last)

    def batch(self, work: Work, within: KeyRange, size: int) -> KeyRange | None:
        """The first `size` rows of a range, and how many there are; None at its end."""
        if within.is_through:
            return None
        row = work.connection.execute(
            f"SELECT {self._place}, count(*) OVER () FROM (SELECT {self._key} {self._from}"
            f" WHERE {within.condition(self, 'walked')} ORDER BY {self._key} LIMIT {size})"
            f" AS walked ORDER BY {self._backwards} LIMIT 1".encode()
        ).fetchone()
        return KeyRange(within.after, row[:-1], row[-1]) if row else None

    def divided(self, work: Work, whole: KeyRange, parts: int) -> tuple[KeyRange, ...]:
        """A range in about equal parts, by a sample; one part where it cannot be divided."""
        size = int(work.value(_SIZE.format(table=literal(quoted(self.table)))))
        percent = min(100.0, 100 * _SAMPLED_BYTES / max(size, 1))
        rows = work.connection.execute(
            f"SELECT {self._place} FROM (SELECT {self._key},"
            f" row_number() OVER (ORDER BY {self._key}) AS place, count(*) OVER () AS total"
            f" {self._from} TABLESAMPLE SYSTEM ({percent}) REPEATABLE (0)"
            f" WHERE {whole.condition(self, 'walked')}) AS walked"
            f" WHERE place * {parts} / total <> (place - 1) * {parts} / total"
            " ORDER BY place".encode()
        ).fetchall()
        ends = dict.fromkeys([*rows, whole.end])
        begins = (whole.after, *ends)
        return tuple(KeyRange(after, end) for after, end in zip(begins, ends, strict=False))

    def refusals(self, work: Work) -> Sequence[Refusal]:
        """Why the table cannot be walked along the key; nothing where it is still to be made."""
        names = ", ".join(literal(name) for name in self.columns)
        kind = work.value(
            "SELECT min(relkind::text) FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid"
            f" WHERE pg_class.oid = to_regclass({literal(quoted(self.table))})"
            f" AND attname IN ({names}) AND NOT attisdropped"
            f" HAVING count(*) = {len(self.columns)}"
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
            message = f"The rows of {self.table} cannot be walked along {self.described}: "
            hint = "Name another column as key, such as the primary key."
            return (Refusal(f"{message}{error.diag.message_primary}.", hint=hint),)
        return self._without_literals(work)

    def _without_literals(self, work: Work) -> Sequence[Refusal]:
        """Places are compared as literals, which values of some types, such as rows, cannot be."""
        whole = self.whole(work)
        if whole is None:
            return ()
        try:
            with work.connection.transaction():
                condition = whole.condition(self, "walked")
                work.connection.execute(f"SELECT {self._from} WHERE {condition} LIMIT 0".encode())
        except psycopg.Error as error:
            if isinstance(error, psycopg.OperationalError):
                raise
            message = f"The rows of {self.table} cannot be walked along {self.described}: "
            hint = "Name another column as key."
            return (Refusal(f"{message}{error.diag.message_primary}.", hint=hint),)
        return ()

    def _without_key(self, work: Work) -> Sequence[Refusal]:
        total = int(work.value(f"SELECT count(*) {self._from} WHERE {self._null}"))
        if not total:
            return ()
        message = f"Rows of {self.table} have no {self.described}, along which the table is walked."
        query = f"SELECT * {self._from} WHERE {self._null}"
        hint = "Give them one, or name another column as key, such as the primary key."
        return (Refusal(message, (), total, hint, query),)

    def _without_index(self, work: Work) -> Sequence[Refusal]:
        """A small table does not need one."""
        limit = work.limits.scan_rows
        few = f"SELECT {self._from} LIMIT {limit + 1}"
        table, names = literal(quoted(self.table)), ", ".join(map(literal, self.columns))
        if (
            work.value(_INDEXED.format(table=table, names=names, count=len(self.columns)))
            or work.value(f"SELECT count(*) FROM ({few}) AS counted") <= limit
        ):
            return ()
        message = f"{self.table} has no index that begins with {self.described}."
        key = row_key.listed(self.columns)
        index = f"CREATE UNIQUE INDEX CONCURRENTLY ON {quoted(self.table)} ({key})"
        hint = (
            "Each batch would read the whole table. Name the primary key as key, or build an "
            f"index first: {index};"
        )
        return (Refusal(message, hint=hint),)
