"""op.drop_columns: columns that the new shape does not have; the old one keeps them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate import own_objects
from gnkmigrate.errors import RevisionError
from gnkmigrate.operations.preflight import expressions
from gnkmigrate.operations.splits.aside import (
    give_back,
    lock_table,
    put_aside,
    show_kept,
    show_kept_no_more,
    taken,
)
from gnkmigrate.operations.splits.leaving import Leaving
from gnkmigrate.operations.splits.preflight import of_columns
from gnkmigrate.operations.splits.spec import twice
from gnkmigrate.run import relation
from gnkmigrate.run.kept.old_value import OldValue
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.sync import shadow_columns
from gnkmigrate.run.sync.column_pair import kept_name
from gnkmigrate.run.sync.conversion import Conversion
from gnkmigrate.run.work import Work


@operation("drop_columns")
def drop_columns(
    table: str, columns: Sequence[str], *, fallback: Mapping[str, str] | None = None
) -> tuple[Step, ...]:
    """Takes columns away from the new shape in one short transaction, which only changes names.

    Until contract they stay under names of ours: the old application reads and writes them through
    its view, and a downgrade gives them their names back, with all values. Rows of the new
    application have the column's default there, or its fallback.

    Args:
        table: "schema.table".
        columns: which.
        fallback: SQL for what a column has in rows of the new application, instead of its default.

    Raises:
        RevisionError: no column is given, or one twice, or a fallback of another.
    """
    given = dict(fallback or {})
    wrong = [
        *twice("is given twice", list(columns)),
        *(f"{name} has a fallback, and is not dropped" for name in given if name not in columns),
        *(() if columns else ("no column is given",)),
    ]
    if wrong:
        raise RevisionError(
            f"op.drop_columns does not say which columns {table} loses.",
            details=wrong,
            hint="Name each column once.",
        )
    changes = tuple(Conversion(name, fallback=given.get(name)) for name in columns)
    return (DropColumns(Dropped(table, changes)),)


@dataclass(frozen=True)
class Dropped:
    """Columns that leave a table for good.

    Attributes:
        table: "schema.table".
        columns: which, with what rows of the new application have in them.
    """

    table: str
    columns: tuple[Conversion, ...]

    @property
    def entity(self) -> str:
        """There is no other table."""
        return self.table

    @property
    def name(self) -> str:
        return f"columns of {self.table} that go: " + ", ".join(
            change.column for change in self.columns
        )

    @property
    def memory(self) -> str:
        return f"dropped {self.name}"


@dataclass(frozen=True)
class _Step(Step):
    dropped: Dropped

    @property
    def name(self) -> str:
        return self.dropped.name

    @property
    def tables(self) -> Sequence[str]:
        return (self.dropped.table,)

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- {self.name}",)


@dataclass(frozen=True)
class DropColumns(_Step):
    """The columns get names of ours."""

    @property
    def cuts_over(self) -> bool:
        return True

    @property
    def reverse(self) -> Sequence[Step]:
        return (GiveColumnsBack(self.dropped),)

    def old_values(self, work: Work, table: str) -> Sequence[OldValue]:
        """Nothing, or what a row of the new application has, where there has to be something."""
        before = work.recall(self.dropped.memory)
        if table != self.dropped.table or before is None:
            return ()
        return [
            OldValue(kept_name(change.column), _emptied(change, before[change.column]))
            for change in self.dropped.columns
        ]

    def check(self, work: Work) -> Sequence[Refusal]:
        refusals = of_columns(work, self.dropped)
        return refusals or [*self._valueless(work), *self._unfit(work)]

    def _unfit(self, work: Work) -> Iterator[Refusal]:
        """Fallbacks that PostgreSQL does not accept as what the column has."""
        before = Leaving.found(work, self.dropped).before
        prepared = any(step.prepares for step in work.earlier)
        for change in self.dropped.columns:
            if change.fallback is None:
                continue
            type_ = before[change.column]["type"]
            value = f"({change.fallback})::{type_}"
            error = expressions.refused(work, f"SELECT {value}")
            if error is None and before[change.column]["not_null"]:
                yield from self._null(work, change.column, value)
            if error is None or (prepared and isinstance(error, expressions.MISSING)):
                continue
            yield Refusal(
                f"The fallback of {self.dropped.table}.{change.column} cannot be its value:"
                f" {error.diag.message_primary}.",
                hint="Correct the revision; every name that is not PostgreSQL's own needs its"
                " schema.",
            )

    def _null(self, work: Work, name: str, value: str) -> Iterator[Refusal]:
        if expressions.is_null(work, value):
            yield Refusal(
                f"The fallback of {self.dropped.table}.{name} is NULL, and the column is NOT NULL:"
                " the new application could add no row.",
                hint="Say another one in the revision.",
            )

    def _valueless(self, work: Work) -> Iterator[Refusal]:
        sides = Leaving.found(work, self.dropped)
        names = [
            change.column
            for change in self.dropped.columns
            if sides.before[change.column]["not_null"] and _default(sides, change) is None
        ]
        if names:
            yield Refusal(
                f"Columns of {self.dropped.table} that go are NOT NULL, and have no default: rows"
                " of the new application would have no value for the old shape.",
                names,
                len(names),
                'Say what they have, in the revision: fallback={"name": "SQL"}.',
            )

    def run(self, work: Work) -> int:
        sides = Leaving.found(work, self.dropped)
        work.remember(self.dropped.memory, sides.before)
        lock_table(work, sides)
        work.execute(shadow_columns.DEFAULTS)
        defaults = [
            f"{own_objects.JOURNAL}.kept(({_default(sides, change) or 'NULL'})"
            f"::{sides.before[change.column]['type']})"
            for change in self.dropped.columns
        ]
        work.execute(";\n".join(put_aside(work, sides, defaults, optional=False)))
        show_kept(work, sides)
        return 0


def _default(sides: Leaving, change: Conversion) -> str | None:
    return _of_new_rows(change, sides.before[change.column])


def _of_new_rows(change: Conversion, before: relation.Column) -> str | None:
    """SQL for what rows of the new application have; None for nothing."""
    if change.fallback is not None:
        return change.fallback
    return None if before["default"] is None else str(before["default"])


def _emptied(change: Conversion, before: relation.Column) -> str:
    """SQL for what a column has that says nothing of its row."""
    value = _of_new_rows(change, before) if before["not_null"] else None
    return f"({value or 'NULL'})::{before['type']}"


@dataclass(frozen=True)
class GiveColumnsBack(_Step):
    """Takes op.drop_columns back."""

    def check(self, work: Work) -> Sequence[Refusal]:
        return list(taken(work, Leaving.remembered(work, self.dropped)))

    def run(self, work: Work) -> int:
        sides = Leaving.remembered(work, self.dropped)
        lock_table(work, sides)
        work.execute(";\n".join(give_back(work, sides, optional=False)))
        show_kept_no_more(work, sides)
        work.forget(self.dropped.memory)
        shadow_columns.drop_unused(work)
        return 0
