"""A table's rows as numbers that are the same where the rows are: how many, and hashes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from psycopg import sql

from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.quoting import qualified
from gnkmigrate.postgres.sql_files import query
from gnkmigrate.proof.plan_claims import Path


class Column(NamedTuple):
    """One column of a table.

    Attributes:
        number: by which it is known whatever it is called.
        name: what it is called.
        type: as PostgreSQL prints it.
        refers: whether its values print as names of other things.
        generated: whether its values follow from others.
        enum: schema and name of the enum type that it is of, or has arrays of.
        shape: what decides on how its values print.
        named: whether the plan names it, or what its type is made of.
    """

    number: int
    name: str
    type: str
    refers: bool
    generated: bool
    enum: Sequence[str] | None
    shape: str
    named: bool


@dataclass(frozen=True)
class Table:
    """A table that holds rows, and what they are.

    Attributes:
        path: schema and name.
        parents: what it inherits from or is a partition of.
        columns: in their order.
        rows: how many.
        digest: a hash of the columns that are not named.
        apart: of those that are, by number: how many values, and a hash of them.
    """

    path: Path
    parents: tuple[Path, ...]
    columns: tuple[Column, ...]
    rows: int = 0
    digest: str = ""
    apart: Mapping[int, tuple[int, int]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return qualified(*self.path)


class Values(NamedTuple):
    """A question about a table: columns together, and columns each apart, as SQL."""

    together: Sequence[sql.Composable]
    apart: Sequence[sql.Composable]


def ask(
    session: Connection, table: Table, values: Values
) -> tuple[int, str, list[tuple[int, int]]]:
    comma, numbers = sql.SQL(", "), range(1, len(values.apart) + 1)
    question = sql.SQL(query("proof.sql", "digest")).format(
        together=comma.join(values.together),
        apart=comma.join(values.apart),
        counts=comma.join(_each("count(apart[{}])", numbers)),
        sums=comma.join(_each("coalesce(sum(hashtextextended(apart[{}], 0)), 0)", numbers)),
        table=sql.Identifier(*table.path),
    )
    ((rows, digest, counts, sums),) = session.execute(question).fetchall()
    return rows, digest, [(count, int(total)) for count, total in zip(counts, sums, strict=True)]


def _each(expression: str, numbers: Sequence[int]) -> Iterator[sql.Composable]:
    for number in numbers:
        yield sql.SQL(expression).format(sql.Literal(number))


def value_of(column: Column) -> sql.Composable:
    return sql.SQL("{}::oid" if column.refers else "{}").format(sql.Identifier(column.name))


def printed(value: sql.Composable) -> sql.Composable:
    """A value as it prints within a row, and NULL where it is NULL."""
    return sql.SQL("nullif(ROW({})::text, '()')").format(value)
