"""Rows written, changed and deleted as applications do it, through the old shape and the new one.

A row that is there already is the model of the one that is written, since it obeys every rule.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

import psycopg
from psycopg import errors, sql

from gnkmigrate import own_objects
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.sql_files import query
from gnkmigrate.run.dry_run import rolled_back
from gnkmigrate.run.runner_session import pathless
from gnkmigrate.settings import Settings

_ROW = sql.Identifier("pg_temp", "gnkmigrate_row")
_OTHER = sql.Identifier("pg_temp", "gnkmigrate_other_row")
# New values are invented, so that these speak against them and not against the phases.
_INVENTED = (errors.CheckViolation, errors.UniqueViolation, errors.ExclusionViolation)
_NEW: Mapping[str, str] = {
    "uuid": "gen_random_uuid()",
    "number": "(SELECT max(every.{column}) + 1 FROM {relation} AS every)",
    "time": "(SELECT max(every.{column}) + interval '1 day' FROM {relation} AS every)",
    # As long as it was, where a length may be the limit; an address keeps what follows the "@".
    "text": "overlay({column}::text PLACING left(md5(random()::text), least(8, coalesce("
    "nullif(position('@' IN {column}::text) - 1, -1), length({column}::text)))) FROM 1)",
}
_VIEWS = """
SELECT relname::text FROM pg_class
WHERE relnamespace = to_regnamespace(%s) AND relkind = 'v' ORDER BY 1
"""


class Shape(NamedTuple):
    """A table as an application knows it.

    Attributes:
        schema: its schema.
        name: its name.
        columns: those that can be written.
        keys: columns that are unique together, the primary key's first.
        new: how a new value of a column is made, where it can be: a name in _NEW.
        has_triggers: whether a trigger may change a row before it is written.
    """

    schema: str
    name: str
    columns: Sequence[str]
    keys: Sequence[Sequence[str]]
    new: Mapping[str, str]
    has_triggers: bool

    @property
    def renewed(self) -> frozenset[str] | None:
        """Columns that make a row another one when they get new values; None where none do."""
        chosen = set()
        for key in self.keys:
            column = next((name for name in key if name in self.new), None)
            if column is None:
                return None
            chosen.add(column)
        return frozenset(chosen)

    @property
    def changeable(self) -> Sequence[str]:
        """Columns that can be what they are in another row."""
        unique = {name for key in self.keys for name in key}
        return [name for name in self.columns if name not in unique]


@dataclass(frozen=True)
class Written:
    """What came of writing.

    Attributes:
        tables: through how many tables a row was written, changed and deleted.
        views: through how many views of the old shape.
        untried: what could not be tried, with the reason, a line each.
        problems: what did not hold, a line each.
    """

    tables: int
    views: int
    untried: tuple[str, ...]
    problems: tuple[str, ...]


def read_shapes(session: Connection, settings: Settings) -> tuple[Shape, ...]:
    """The project's tables as they are now."""
    with pathless(session):
        found = session.execute(
            query("rehearsal.sql", "shapes"), {"schemas": list(settings.schemas)}
        ).fetchall()
    return tuple(
        shape
        for shape in (Shape(*row) for row in found)
        if not any(fnmatchcase(f"{shape.schema}.{shape.name}", each) for each in settings.ignore)
    )


def write_through(session: Connection, old: Sequence[Shape], settings: Settings) -> Written:
    """Writes, changes and deletes a row through every table and every view of the old shape.

    All of it is rolled back, values drawn from sequences included.

    Args:
        session: with the copy, outside of a transaction.
        old: the tables as they were before the phases.
        settings: the project's.
    """
    known = {shape.name: shape for shape in old if shape.schema == settings.schemas[0]}
    with pathless(session):
        legacy = own_objects.legacy_schema(session)
        views = [str(name) for (name,) in session.execute(_VIEWS, (legacy,)).fetchall()]
    with rolled_back(session, settings.schemas):
        session.execute("SET CONSTRAINTS ALL IMMEDIATE")
        new = [
            _attempt(session, shape, sql.Identifier(shape.schema, shape.name))
            for shape in read_shapes(session, settings)
        ]
        # As the old application finds them: by their names alone, on its search_path.
        schemas = (legacy, *settings.schemas) if legacy else settings.schemas
        path = ", ".join(sql.Identifier(name).as_string() for name in schemas)
        session.execute("SELECT set_config('search_path', %s, true)", (path,))
        through_views = [
            _attempt(session, known[name]._replace(schema=legacy), sql.Identifier(name))
            if name in known
            else _Attempt(untried=f"{legacy}.{name}: it was no table before these phases")
            for name in views
            if legacy
        ]
    every = [*new, *through_views]
    return Written(
        tables=sum(each.held for each in new),
        views=sum(each.held for each in through_views),
        untried=tuple(each.untried for each in every if each.untried),
        problems=tuple(each.problem for each in every if each.problem),
    )


@dataclass(frozen=True)
class _Attempt:
    """What came of one relation: at most one of both is said."""

    untried: str = ""
    problem: str = ""

    @property
    def held(self) -> bool:
        return not self.untried and not self.problem


def _attempt(session: Connection, shape: Shape, relation: sql.Identifier) -> _Attempt:
    name = f"{shape.schema}.{shape.name}"
    if not shape.keys:
        return _Attempt(untried=f"{name}: it has no key")
    trial = _Trial(session, shape, relation)
    try:
        with session.transaction(force_rollback=True):
            if not trial.take_model():
                return _Attempt(untried=f"{name}: it has no rows")
            if shape.renewed is not None:
                try:
                    with session.transaction():
                        trial.renew()
                        problem = next(trial.written(), "")
                    return _Attempt(problem=problem and f"{name}: {problem}")
                except (*_INVENTED, errors.DataError):
                    pass  # then the row itself is taken out and written again
            trial.take_model()
            try:
                with session.transaction():
                    trial.delete()
            except errors.ForeignKeyViolation:
                return _Attempt(
                    untried=f"{name}: no new key can be made, and other rows need the old"
                )
            problem = next(trial.written(), "")
    except errors.InsufficientPrivilege as error:
        # A trigger of its own: a log that is only added to, or what somebody has encrypted.
        return _Attempt(untried=f"{name}: {error.diag.message_primary}")
    except psycopg.Error as error:
        problem = error.diag.message_primary or str(error)
    return _Attempt(problem=problem and f"{name}: {problem}")


@dataclass(frozen=True)
class _Trial:
    """One relation, through which a row is written."""

    session: Connection
    shape: Shape
    relation: sql.Identifier

    def take_model(self) -> bool:
        """Takes a row as the model, and another whose values it will get; whether there is one."""
        columns = _list(self.shape.columns)
        for table, offset in ((_ROW, 0), (_OTHER, 1)):
            self._run(sql.SQL("DROP TABLE IF EXISTS {}").format(table))
            self._run(
                sql.SQL("CREATE TABLE {} AS SELECT {} FROM {} OFFSET {} LIMIT 1").format(
                    table, columns, self.relation, sql.Literal(offset)
                )
            )
        return bool(self._value(sql.SQL("SELECT count(*) FROM {}").format(_ROW)))

    def renew(self) -> None:
        """Makes the model a row that is not there."""
        for name in sorted(self.shape.renewed or ()):
            column = sql.Identifier(name)
            value = sql.SQL(_NEW[self.shape.new[name]]).format(
                column=column, relation=self.relation
            )
            self._run(
                sql.SQL("UPDATE {} SET {} = {} WHERE {} IS NOT NULL").format(
                    _ROW, column, value, column
                )
            )

    def written(self) -> Iterator[str]:
        """Inserts the model, updates and deletes it; what is not as it should be, as it is seen."""
        columns = _list(self.shape.columns)
        self._run(
            sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM {}").format(
                self.relation, columns, columns, _ROW
            )
        )
        yield from self._unlike("inserted")
        if self.shape.changeable:
            changed = _list(self.shape.changeable)
            self._run(
                sql.SQL("UPDATE {} SET ({}) = (SELECT {} FROM {}) WHERE EXISTS (TABLE {})").format(
                    _ROW, changed, changed, _OTHER, _OTHER
                )
            )
            self._run(
                sql.SQL("UPDATE {} AS found SET ({}) = (SELECT {} FROM {}) WHERE {}").format(
                    self.relation, changed, changed, _ROW, self._same()
                )
            )
            yield from self._unlike("updated")
        self.delete()
        left = sql.SQL("SELECT count(*) FROM {} AS found WHERE {}")
        if self._value(left.format(self.relation, self._same())):
            yield "a row that was deleted is still there"

    def delete(self) -> None:
        """Deletes the row that has the model's key."""
        self._run(sql.SQL("DELETE FROM {} AS found WHERE {}").format(self.relation, self._same()))

    def _unlike(self, what: str) -> Iterator[str]:
        rows = self.session.execute(
            sql.SQL(
                "SELECT to_jsonb(found), to_jsonb(given) FROM {} AS found, {} AS given WHERE {}"
            ).format(self.relation, _ROW, self._same())
        ).fetchall()
        if len(rows) != 1:
            yield f"a row that was {what} is there {len(rows)} times"
        elif not self.shape.has_triggers:
            found, given = rows[0]
            other = [name for name in self.shape.columns if found[name] != given[name]]
            if other:
                yield f"a row that was {what} is read otherwise in {', '.join(other)}"

    def _same(self) -> sql.Composable:
        key = _list(self.shape.keys[0], "found")
        return sql.SQL("({}) = (SELECT {} FROM {})").format(key, _list(self.shape.keys[0]), _ROW)

    def _run(self, statement: sql.Composed) -> None:
        self.session.execute(statement)

    def _value(self, statement: sql.Composed) -> Any:
        row = self.session.execute(statement).fetchone()
        return row[0] if row else None


def _list(names: Sequence[str], of: str = "") -> sql.Composed:
    prefix = (of,) if of else ()
    return sql.SQL(", ").join(sql.Identifier(*prefix, name) for name in names)
