"""op.add_columns: columns that the old shape does not have, whose values a rollback keeps."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import ClassVar

from gnkmigrate import own
from gnkmigrate.errors import RevisionError
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.operations.expect import ExpectTable
from gnkmigrate.operations.parts import empty_copy, rewriting, target
from gnkmigrate.operations.spill import Spill
from gnkmigrate.operations.take_back import TakeBack
from gnkmigrate.plan.creation import Creation, creation
from gnkmigrate.run import relation
from gnkmigrate.run.batches import row_key
from gnkmigrate.run.batches.row_key import key_of
from gnkmigrate.run.names import column, misnamed, quoted, split
from gnkmigrate.run.own_names import own_name
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.sync.conversion import Conversion
from gnkmigrate.run.template import render
from gnkmigrate.run.work import Work

_PROBE = empty_copy.EMPTY_COPY.partition(".")[2]
_TRIGGERS = ("gnkmigrate_refuse_insert", "gnkmigrate_refuse_update")


@operation("add_columns")
def add_columns(table: str, columns: Sequence[Conversion | str]) -> tuple[Step, ...]:
    """Adds columns in one short transaction.

    A downgrade is refused while one of them has another value than its default, or keeps the values
    with --spill, and the next upgrade gives them back to the rows that are still there.

    Args:
        table: "schema.table", which has a key.
        columns: for each its name, where it is as the target declares it, or else op.new.

    Raises:
        RevisionError: no column is given, or one that is not new.
    """
    changes = [_named(each) if isinstance(each, str) else each for each in columns]
    wrong = [change.new_name for change in changes if change.column or not _is_plain(change)]
    wrong += misnamed(change.new_name for change in changes)
    if wrong or not changes:
        raise RevisionError(
            f"op.add_columns does not say which columns {table} gets.",
            details=wrong,
            hint='Say each with op.new: op.new("note", "text", default="\'none\'").',
        )
    added = AddColumns(table, tuple(changes))
    names = tuple(change.new_name for change in changes)
    return (added, TakeBack(added.spilled, table, names, key=()))


@dataclass(frozen=True)
class _Columns(Step):
    """What both ways share."""

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
class AddColumns(_Columns):
    """The columns come."""

    prepares: ClassVar[bool] = True
    adds_columns: ClassVar[bool] = True
    speaks: ClassVar[bool] = True

    @property
    def reverse(self) -> Sequence[Step]:
        return (
            SpillColumns(self.table, self.columns),
            RefuseValues(self.table, self.columns),
            SpillLateColumns(self.table, self.columns),
            DropAddedColumns(self.table, self.columns),
        )

    def check(self, work: Work) -> Sequence[Refusal]:
        names = tuple(change.new_name for change in self.columns)
        expected = ExpectTable(self.table, (), without=names).check(work)
        if expected:
            return expected
        wanted = self._of_target
        refused = target.refusals(work, wanted) if wanted else ()
        made = [] if refused else [_made_otherwise(work.target.facts[each]) for each in wanted]
        return (
            *refused,
            *(refusal for refusal in made if refusal is not None),
            *row_key.refusals(work, self.table, ()),
            *self._undefined(work),
            *self._unfilled(work, wanted if made else ()),
            *self._rewriting(work, wanted if made else ()),
        )

    def _rewriting(self, work: Work, wanted: Sequence[Identity]) -> Iterator[Refusal]:
        """Columns for which a large table is written anew under its strongest lock."""
        if not rewriting.is_large(work, self.table):
            return
        of_target = [each for each in wanted if _rewrites(target.creation(work, [each]))]
        names = [each.name for each in of_target]
        if empty_copy.can_ask(work, self.table):
            said = (each for each in self.columns if each.type)
            names += [each.new_name for each in said if self._is_rewritten(work, each)]
        if names:
            yield Refusal(
                f"PostgreSQL writes all of {self.table} anew for new columns, while nobody can "
                "read it.",
                names,
                len(names),
                "Their default is not one value for all rows, or their type a domain with a "
                "constraint. Add them without, set the default, and fill them with op.backfill.",
            )

    def _is_rewritten(self, work: Work, change: Conversion) -> bool:
        """By what PostgreSQL does with an empty copy of the table."""
        file = f"SELECT pg_relation_filenode('{empty_copy.EMPTY_COPY}'::regclass)"
        try:
            with empty_copy.empty_copy(work, self.table):
                before = work.value(file)
                work.execute(f"ALTER TABLE {empty_copy.EMPTY_COPY} {_actions([change])}")
                return bool(work.value(file) != before)
        except empty_copy.REFUSED:
            return False  # which is told by itself

    def _undefined(self, work: Work) -> Iterator[Refusal]:
        """A type or default that there is not, or that do not fit each other, or rows."""
        said = [change for change in self.columns if change.type]
        if not said or not empty_copy.can_ask(work, self.table):
            return
        try:
            with empty_copy.copy_of_a_row(work, self.table):
                work.execute(f"ALTER TABLE {empty_copy.EMPTY_COPY} {_actions(said)}")
        except empty_copy.REFUSED as error:
            prepared = empty_copy.is_changed_before(work, self.table)
            if not (prepared and isinstance(error, empty_copy.NOT_YET)):
                names = ", ".join(change.new_name for change in said)
                said_ = str(error.diag.message_primary).replace(_PROBE, split(self.table)[1])
                yield Refusal(
                    f"{names} cannot be added to {self.table}: {said_}.",
                    hint="Correct the revision, or make before what they need.",
                )

    def _unfilled(self, work: Work, wanted: Sequence[Identity]) -> Iterator[Refusal]:
        """Columns of the target's that have no value for the rows that are there."""
        names = [each.name for each in wanted if _lacks_value(work.target, each)]
        if names and work.value(f"SELECT EXISTS (SELECT FROM {quoted(self.table)})"):
            yield Refusal(
                f"Rows of {self.table} would have no value in columns that are NOT NULL.",
                names,
                len(names),
                "Say what they get: op.new with a default, which a later phase drops.",
            )

    def run(self, work: Work) -> int:
        for statement in self.told(work.parameters, lambda: work.target):
            work.connection.execute(statement.encode())
        return 0

    @property
    def of_target(self) -> bool:
        return bool(self._of_target)

    @property
    def _of_target(self) -> Sequence[Identity]:
        return [self._identity(change) for change in self.columns if not change.type]

    def _identity(self, change: Conversion) -> Identity:
        return Identity("column", (*split(self.table), change.new_name))

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        said = [change for change in self.columns if change.type]
        names = ", ".join(identity.name for identity in self._of_target)
        of_target = f"-- adds {names} to {self.table} as the target declares them"
        return (*self._added(said, parameters), *([of_target] if names else ()))

    def told(
        self, parameters: Mapping[str, str], load_target: Callable[[], Snapshot]
    ) -> Sequence[str]:
        """One column after the other, as the revision has them."""
        statements: list[str] = []
        for is_said, group in groupby(self.columns, lambda change: bool(change.type)):
            if is_said:
                statements += self._added([*group], parameters)
            else:
                made = (creation(load_target(), [self._identity(change)]) for change in group)
                statements += [each for one in made for each in target.statements(one)]
        return statements

    def _added(self, columns: Sequence[Conversion], parameters: Mapping[str, str]) -> Sequence[str]:
        if not columns:
            return ()
        return (render(f"ALTER TABLE {quoted(self.table)} {_actions(columns)}", parameters),)


@dataclass(frozen=True)
class SpillColumns(_Columns):
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
        return self._spill(self.in_force(work), key_of(work, self.table, ())).check(work)

    def run(self, work: Work) -> int:
        return self._spill(self.in_force(work), key_of(work, self.table, ())).run(work)

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        return self._spill(self.columns, ()).script(parameters)

    def _spill(self, columns: Sequence[Conversion], key: tuple[str, ...]) -> Spill:
        names = tuple(change.new_name for change in columns)
        where = " OR ".join(_says_something(change, "spilled") for change in columns)
        shown = (*key, *names)
        return Spill(self.spilled, self.table, where, shown, shown, of=self.undoes)


@dataclass(frozen=True)
class RefuseValues(_Columns):
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
class DropAddedColumns(_Columns):
    """The columns go, with no value that has not been kept."""

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
    return f"{own.JOURNAL}.{column(own_name('refuse_', *split(table)))}"


def _of(row: str, change: Conversion) -> str:
    return f"{row}.{column(change.new_name)}"


def _made_otherwise(fact: Fact) -> Refusal | None:
    """Refuses a column that PostgreSQL gives its values, which nobody could give back to it."""
    if not (fact.payload["identity"] or fact.payload["generated"]):
        return None
    message = f"{'.'.join(fact.identity.path)} is an identity or a generated column."
    return Refusal(message, hint="Add it by op.step, and say what takes it back.")


def _named(name: str) -> Conversion:
    """A column of which the target says the rest."""
    return Conversion("", "", "NULL", rename=name)


def _is_plain(change: Conversion) -> bool:
    """Whether all rows have its default: a value of its own is for rows of a new table."""
    return change.using == (change.default or "NULL")


def _lacks_value(state: Snapshot, column_: Identity) -> bool:
    payload = state.facts[column_].payload
    given = payload["generated"] or payload["identity"] or state.get("default", *column_.path)
    return bool(payload["not_null"]) and not given


def _rewrites(made: Creation) -> bool:
    return any(statement.rewrites for statement in made.statements)


def _actions(columns: Sequence[Conversion]) -> str:
    return ", ".join(f"ADD COLUMN {_declared(change)}" for change in columns)


def _declared(change: Conversion) -> str:
    default = "" if change.default is None else f" DEFAULT {change.default}"
    not_null = " NOT NULL" if change.not_null else ""
    return f"{column(change.new_name)} {change.type}{default}{not_null}"


def _says_something(change: Conversion, row: str) -> str:
    """The condition that a row has another value than its default; not every type has an =."""
    value = _of(row, change)
    if change.default is None:
        return f"{value} IS NOT NULL"
    return f"{value}::text IS DISTINCT FROM (({change.default})::{change.type})::text"
