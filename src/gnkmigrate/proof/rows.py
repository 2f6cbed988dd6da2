"""Every row and every value, before and after.

A table is known by its oid and a column by its number, whatever they are called; where a table was
made again, by its name. Rows are compared as a whole over the columns that the plan does not name;
each of the columns that it does name for itself.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.quoting import qualified
from gnkmigrate.postgres.sql_files import query
from gnkmigrate.proof.digests import Column, Table, Values, ask, printed, value_of
from gnkmigrate.proof.enum_labels import Labels, as_before, read_labels
from gnkmigrate.proof.plan_claims import Said
from gnkmigrate.text.numbers import counted


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
    apart = [column for column in table.columns if column.named]
    together = [column for column in table.columns if not (column.named or column.generated)]
    asked = Values([*map(value_of, together)], [printed(value_of(each)) for each in apart])
    rows, digest, values = ask(session, table, asked)
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
                self.problems.append(
                    f"{old.name}: {counted(old.rows, 'row')} before, the table is gone"
                )
            return
        counterpart = _counterparts(old, new, self._said, same=oid in self._now)
        gone, changed = self._gone(old, new, counterpart)
        if gone or changed:
            self.problems += [*gone, *changed]
            return
        self._compare_values(old, new, counterpart)

    def _gone(
        self, old: Table, now: Table, counterpart: Mapping[int, Column]
    ) -> tuple[Sequence[str], Sequence[str]]:
        """Columns that are not there any more, or are others, without a word."""
        gone, changed = [], []
        plain = {column.name for column in now.columns if not column.generated}
        for column in old.columns:
            name = f"{old.name}.{qualified(column.name)}"
            new = counterpart.get(column.number)
            is_plain = not column.generated or self._said.now(*old.path, column.name)[-1] in plain
            if not is_plain or not old.rows:
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
        together = [now[each.number] for each in old.columns if not (each.named or each.generated)]
        apart = [
            each
            for each in old.columns
            if each.named and each.number in now and not now[each.number].generated
        ]
        rows, digest, values = ask(
            self._session,
            new,
            Values(
                [*map(value_of, together)], [printed(value_of(now[each.number])) for each in apart]
            ),
        )
        if rows != old.rows:
            self.problems.append(
                f"{old.name}: {counted(old.rows, 'row')} before, {counted(rows, 'row')} after"
            )
        elif digest != old.digest:
            self.problems.append(f"{old.name}: {counted(old.rows, 'row')}, but not the same")
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
                return ask(self._session, new, Values((), (printed(back),)))[2][0]
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
