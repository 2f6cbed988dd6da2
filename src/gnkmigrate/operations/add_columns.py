"""op.add_columns: columns that the old shape does not have, whose values a rollback keeps."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar

from gnkmigrate.errors import RevisionError
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.operations.added_columns import (
    ColumnStep,
    DropAddedColumns,
    RefuseValues,
    SpillColumns,
    SpillLateColumns,
)
from gnkmigrate.operations.expect import ExpectTable
from gnkmigrate.operations.parts import empty_copy, rewriting, target
from gnkmigrate.operations.take_back import TakeBack
from gnkmigrate.plan.creation import Creation, creation
from gnkmigrate.run.batches import row_key
from gnkmigrate.run.names import column, misnamed, quoted, split
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.sync.conversion import Conversion
from gnkmigrate.run.template import render
from gnkmigrate.run.work import Work

_PROBE = empty_copy.EMPTY_COPY.partition(".")[2]


@operation("add_columns")
def add_columns(table: str, columns: Sequence[Conversion | str]) -> tuple[Step, ...]:
    """Adds columns in one short transaction.

    A downgrade is refused while one of them has another value than its default, or keeps the values
    with --spill, and the next upgrade gives them back to the rows that are as they were.

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
class AddColumns(ColumnStep):
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
