"""The way back of op.add_columns: values are kept or refused, and the columns go."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from gnkmigrate import own_objects
from gnkmigrate.operations.spill_values import SpillValues
from gnkmigrate.run import relation
from gnkmigrate.run.batches.row_key import Columns, key_of
from gnkmigrate.run.kept import made_rows
from gnkmigrate.run.names import column, quoted, split
from gnkmigrate.run.own_names import own_name
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.sync.conversion import Conversion
from gnkmigrate.run.work import Work

_TRIGGERS = ("gnkmigrate_refuse_insert", "gnkmigrate_refuse_update")


@dataclass(frozen=True)
class ColumnStep(Step):
    """What the steps of both ways share."""

    table: str
    columns: tuple[Conversion, ...]

    @property
    def name(self) -> str:
        return f"further columns of {self.table}: {self._named}"

    @property
    def spilled(self) -> str:
        """Why their values are spilled."""
        return f"The old shape of {self.table} has no {self._named}."

    @property
    def tables(self) -> Sequence[str]:
        return (self.table,)

    @property
    def _named(self) -> str:
        return ", ".join(change.new_name for change in self.columns)

    def in_force(self, work: Work) -> Sequence[Conversion]:
        """The columns as they are declared in the table, whatever the target says by now."""
        names = [change.new_name for change in self.columns]
        found = relation.columns(work, self.table, names)
        return [
            replace(change, type=str(declared["type"]), default=declared["default"])
            if (declared := found.get(change.new_name))
            else change
            for change in self.columns
        ]


@dataclass(frozen=True)
class SpillColumns(ColumnStep):
    """Values of the columns are refused, or with --spill kept."""

    repeats: ClassVar[bool] = True

    @property
    def name(self) -> str:
        return self.spilled

    @property
    def undoes(self) -> str:
        return super().name

    @property
    def ends(self) -> Sequence[str]:
        return self._spill(self.columns, ()).ends

    def check(self, work: Work) -> Sequence[Refusal]:
        return self._spill(self.in_force(work), self._shown(work)).check(work)

    def run(self, work: Work) -> int:
        return self._spill(self.in_force(work), self._shown(work)).run(work)

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        return self._spill(self.columns, ()).script(parameters)

    def _shown(self, work: Work) -> Columns:
        """Its key, by which `forget` finds the row, and what tells it apart whatever its key is."""
        key = key_of(work, self.table, ())
        return tuple(dict.fromkeys((*key, *made_rows.identity_of(work, self.table))))

    def _spill(self, columns: Sequence[Conversion], key: Columns) -> SpillValues:
        names = tuple(change.new_name for change in columns)
        where = " OR ".join(_says_something(change, "spilled") for change in columns)
        shown = (*key, *names)
        return SpillValues(self.spilled, self.table, where, shown, shown, of=self.undoes)


@dataclass(frozen=True)
class RefuseValues(ColumnStep):
    """From now on nobody writes another value than the default: the columns are about to go."""

    @property
    def name(self) -> str:
        return f"no more {super().name}"

    @property
    def undoes(self) -> str:
        return super().name

    def run(self, work: Work) -> int:
        for statement in _refusing(self.table, self.in_force(work)):
            work.connection.execute(statement.encode())
        return 0

    def cancel(self, work: Work) -> None:
        for statement in _accepting(self.table):
            work.execute(statement)

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return _refusing(self.table, self.columns)


@dataclass(frozen=True)
class SpillLateColumns(SpillColumns):
    """What was written before that, and after values were looked for, while others write."""

    @property
    def name(self) -> str:
        return f"late values of {self.undoes}"

    def check(self, work: Work) -> Sequence[Refusal]:
        del work
        return ()  # as SpillColumns has it


@dataclass(frozen=True)
class DropAddedColumns(ColumnStep):
    """The columns go, with no value that has not been kept."""

    def takes_off(self, table: str) -> Collection[str]:
        return [change.new_name for change in self.columns] if table == self.table else ()

    def run(self, work: Work) -> int:
        for statement in self.script(work.parameters):
            work.execute(statement)
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        actions = ", ".join(f"DROP COLUMN {column(change.new_name)}" for change in self.columns)
        return (*_accepting(self.table), f"ALTER TABLE {quoted(self.table)} {actions}")


def _refusing(table: str, columns: Sequence[Conversion]) -> tuple[str, ...]:
    """Statements after which other values than the defaults are refused; a row may keep its own."""
    on, called, (first, second) = quoted(table), _function(table), map(column, _TRIGGERS)
    new, old = (f"ROW({', '.join(_of(row, each) for each in columns)})" for row in ("NEW", "OLD"))
    wrong = " OR ".join(_says_something(change, "NEW") for change in columns)
    unchanged = f"{new}::text IS NOT DISTINCT FROM {old}::text"  # not every type has an =
    # What other triggers have made of the row counts, and who replicates is asked as well.
    inserting, updating = f"AFTER INSERT ON {on}", f"AFTER UPDATE ON {on}"
    run = f"EXECUTE FUNCTION {called}()"
    make = "CREATE OR REPLACE TRIGGER"
    return (
        f"""
        CREATE OR REPLACE FUNCTION {called}() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
        BEGIN
            RAISE 'columns of %.% are being taken back', TG_TABLE_SCHEMA, TG_TABLE_NAME
            USING ERRCODE = 'check_violation';
        END
        $body$""",
        f"{make} {first} {inserting} FOR EACH ROW WHEN ({wrong}) {run}",
        f"{make} {second} {updating} FOR EACH ROW WHEN (({wrong}) AND NOT {unchanged}) {run}",
        f"ALTER TABLE {on} ENABLE ALWAYS TRIGGER {first}, ENABLE ALWAYS TRIGGER {second}",
    )


def _accepting(table: str) -> tuple[str, ...]:
    """Statements that take `_refusing` back."""
    triggers = (f"DROP TRIGGER IF EXISTS {column(name)} ON {quoted(table)}" for name in _TRIGGERS)
    return (*triggers, f"DROP FUNCTION IF EXISTS {_function(table)}()")


def _function(table: str) -> str:
    return f"{own_objects.JOURNAL}.{column(own_name('refuse_', *split(table)))}"


def _of(row: str, change: Conversion) -> str:
    return f"{row}.{column(change.new_name)}"


def _says_something(change: Conversion, row: str) -> str:
    """The condition that a row has another value than its default; not every type has an =."""
    value = _of(row, change)
    if change.default is None:
        return f"{value} IS NOT NULL"
    return f"{value}::text IS DISTINCT FROM (({change.default})::{change.type})::text"
