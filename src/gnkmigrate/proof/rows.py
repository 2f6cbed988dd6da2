"""Every row and every value, before and after.

A table is known by its oid and a column by its number, whatever they are called; where a table was
made again, by its name. Rows are compared as a whole over the columns that the plan does not name;
each of the columns that it does name for itself.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from gnkmigrate.connection import Connection
from gnkmigrate.facts.query import query
from gnkmigrate.postgres.quoting import qualified
from gnkmigrate.proof.labels import Labels, as_before, read_labels
from gnkmigrate.proof.said import Path, Said


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


@dataclass(frozen=True)
class Rows:
    """All rows of a database.

    Attributes:
        tables: by oid.
        labels: those of its enum types.
    """

    tables: Mapping[int, Table]
    labels: Labels


@dataclass(frozen=True)
class Kept:
    """What has become of the rows.

    Attributes:
        problems: what is not as before, and not said, a line each.
        converted: columns whose values are others, by their new type.
    """

    problems: tuple[str, ...]
    converted: tuple[str, ...]


class _Values(NamedTuple):
    """A question about a table: columns together, and columns each apart, as SQL."""

    together: Sequence[sql.Composable]
    apart: Sequence[sql.Composable]


def read_rows(session: Connection, said: Said) -> Rows:
    """Every row and value, of all schemas.

    Args:
        session: with pinned settings, which make values print alike.
        said: what the plan names, so that the rest can be compared row by row.
    """
    with session.transaction():
        session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        found = {oid: _held(session, table) for oid, table in _tables(session, said).items()}
        return Rows(found, read_labels(session))


def _held(session: Connection, table: Table) -> Table:
    own = [column for column in table.columns if not column.generated]
    apart = [column for column in own if column.named]
    together = [column for column in own if not column.named]
    asked = _Values([*map(_value, together)], [_printed(_value(each)) for each in apart])
    rows, digest, values = _ask(session, table, asked)
    held = {column.number: value for column, value in zip(apart, values, strict=True)}
    return replace(table, rows=rows, digest=digest, apart=held)


def compare_rows(session: Connection, before: Rows, said: Said, source_timezone: str) -> Kept:
    """What is not as before; all of it that is left undone.

    Args:
        session: as for `read_rows`, and may write, but nothing stays written.
        before: what there was.
        said: what the plan says.
        source_timezone: the zone in which timestamps without one were written.
    """
    with session.transaction(force_rollback=True):
        as_before(session, before.labels, said)
        session.execute("SELECT set_config('TimeZone', %s, true)", (source_timezone,))
        comparison = _Comparison(session, said, _tables(session, said))
        for oid, table in before.tables.items():
            comparison.compare(oid, table)
    return Kept(tuple(comparison.problems), tuple(comparison.converted))


class _Comparison:
    def __init__(self, session: Connection, said: Said, now: Mapping[int, Table]) -> None:
        self._session, self._said, self._now = session, said, now
        self._by_name = {table.path: table for table in now.values()}
        self.problems: list[str] = []
        self.converted: list[str] = []

    def compare(self, oid: int, old: Table) -> None:
        new = self._now.get(oid) or self._by_name.get(self._said.now(*old.path))
        if self._said.loses(old.path, *old.parents):
            return
        if new is None:
            if old.rows:
                self.problems.append(f"{old.name}: {_count(old.rows)} before, the table is gone")
            return
        counterpart = _counterparts(old, new, self._said, same=oid in self._now)
        gone, changed = self._gone(old, counterpart)
        if gone or changed:
            self.problems += [*gone, *changed]
            return
        self._compare_values(old, new, counterpart)

    def _gone(
        self, old: Table, counterpart: Mapping[int, Column]
    ) -> tuple[Sequence[str], Sequence[str]]:
        """Columns that are not there any more, or are others, without a word."""
        gone, changed = [], []
        for column in old.columns:
            name = f"{old.name}.{qualified(column.name)}"
            new = counterpart.get(column.number)
            if column.generated or not old.rows:
                continue
            if new is None:
                paths = [(*path, column.name) for path in (old.path, *old.parents)]
                held = old.apart.get(column.number, (1, 0))[0]
                if held and not self._said.loses(*paths):
                    gone.append(f"{name}: the column is gone, with its values")
            elif new.shape != column.shape and not column.named:
                changed.append(f"{name}: of type {column.type} before, now {new.type}")
        return gone, changed

    def _compare_values(self, old: Table, new: Table, now: Mapping[int, Column]) -> None:
        own = [column for column in old.columns if not column.generated]
        together = [now[each.number] for each in own if not each.named]
        apart = [
            each
            for each in own
            if each.named and each.number in now and not now[each.number].generated
        ]
        rows, digest, values = _ask(
            self._session,
            new,
            _Values(
                [*map(_value, together)], [_printed(_value(now[each.number])) for each in apart]
            ),
        )
        if rows != old.rows:
            self.problems.append(f"{old.name}: {_count(old.rows)} before, {_count(rows)} after")
        elif digest != old.digest:
            self.problems.append(f"{old.name}: {_count(old.rows)}, but not the same")
        else:
            for column, held in zip(apart, values, strict=True):
                if held != old.apart[column.number]:
                    self._look_closer(old, new, column, now[column.number])

    def _look_closer(self, old: Table, new: Table, was: Column, now: Column) -> None:
        """At a column whose values do not print as before."""
        name = f"{old.name}.{qualified(was.name)}"
        paths = [(*path, was.name) for path in (old.path, *old.parents)]
        if self._said.loses(*paths):
            return
        if was.shape == now.shape or self._has_labels(was, now):
            self.problems.append(f"{name}: not the same values")
        elif self._cast_back(new, was, now) != old.apart[was.number]:
            self.converted.append(f"{name} ({was.type} to {now.type})")

    def _has_labels(self, was: Column, now: Column) -> bool:
        """Whether it is of an enum type still, of which it is said what its labels are called."""
        if was.enum is None or now.enum is None:
            return False
        return self._said.now(*was.enum) == tuple(now.enum)

    def _cast_back(self, new: Table, was: Column, now: Column) -> tuple[int, int] | None:
        """The values as they were, if PostgreSQL can make them of those that are."""
        # The type is as PostgreSQL has printed it, quoted where it must be.
        type_ = sql.SQL(was.type)
        back = sql.SQL("CAST({} AS {})").format(sql.Identifier(now.name), type_)
        try:
            with self._session.transaction():
                return _ask(self._session, new, _Values((), (_printed(back),)))[2][0]
        except psycopg.Error:
            return None


def _counterparts(old: Table, new: Table, said: Said, *, same: bool) -> Mapping[int, Column]:
    """By the number of a column before, the column that it is now."""
    by_number = {column.number: column for column in new.columns}
    by_name = {column.name: column for column in new.columns}
    key: Callable[[Column], Column | None] = (
        (lambda column: by_number.get(column.number))
        if same
        else (lambda column: by_name.get(said.now(*old.path, column.name)[-1]))
    )
    found = ((column.number, key(column)) for column in old.columns)
    return {number: column for number, column in found if column is not None}


def _tables(session: Connection, said: Said) -> Mapping[int, Table]:
    columns: dict[int, list[Column]] = {}
    asked = {
        "named": [Jsonb(path) for path in sorted(said.named)],
        "joined": Jsonb(sorted(said.joined)),
    }
    for relation, _, _, *rest in session.execute(query("proof.sql", "columns"), asked):
        columns.setdefault(relation, []).append(Column(*rest))
    return {
        relation: Table(
            (schema, name), tuple(map(tuple, parents)), tuple(columns.get(relation, ()))
        )
        for relation, schema, name, parents in session.execute(query("proof.sql", "tables"))
    }


def _ask(
    session: Connection, table: Table, values: _Values
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


def _value(column: Column) -> sql.Composable:
    return sql.SQL("{}::oid" if column.refers else "{}").format(sql.Identifier(column.name))


def _printed(value: sql.Composable) -> sql.Composable:
    """A value as it prints within a row, and NULL where it is NULL."""
    return sql.SQL("nullif(ROW({})::text, '()')").format(value)


def _count(rows: int) -> str:
    return f"{rows:,} {'row' if rows == 1 else 'rows'}"
