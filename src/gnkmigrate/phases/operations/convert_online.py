"""The steps by which op.convert_columns and op.revert_columns change a large table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from gnkmigrate.errors import PhaseFailed
from gnkmigrate.phases import misfits, policies, relation, row_key, shadow, unfinished_index
from gnkmigrate.phases.conversion import Conversion
from gnkmigrate.phases.duplicates import duplicates_named
from gnkmigrate.phases.events import Direction
from gnkmigrate.phases.exchange import not_null_check
from gnkmigrate.phases.index_copy import IndexCopy, indexes_of, unsupported
from gnkmigrate.phases.key_range import Keys
from gnkmigrate.phases.names import column, literal, quoted, split
from gnkmigrate.phases.operations.backfill import Backfill
from gnkmigrate.phases.preflight.expressions import faults
from gnkmigrate.phases.reshaping import Reshaping
from gnkmigrate.phases.row_key import Named, named
from gnkmigrate.phases.step import Refusal, Step
from gnkmigrate.phases.work import Work


@dataclass(frozen=True)
class AddShadows(Step):
    """Adds the columns and the trigger that keeps them in step."""

    reshaping: Reshaping

    @property
    def name(self) -> str:
        return self.reshaping.which

    @property
    def undoes(self) -> str:
        return self.reshaping.name if self.reshaping.direction == "down" else self.name

    @property
    def tables(self) -> Sequence[str]:
        return (self.reshaping.table,)

    def run(self, work: Work) -> int:
        spec = self.reshaping
        if spec.direction == "up":
            spec.remember(work)
            spec.forget_originals(work)  # of a downgrade that was cut off before it could
            _require_compiled(spec, work)
        else:
            _require_free(spec, work)
        shadows = spec.shadows(work)
        if spec.choose(work) and shadows:
            relation.keep_maintenance_out(work, quoted(spec.table))
            work.execute(shadow.add(spec.table, shadows, spec.function))
            spec.follow_originals(work, spec.key_now(work))
        return 0

    def cancel(self, work: Work) -> None:
        drop_shadows(self.reshaping, work)

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- on a large table: {self.name}, built beside the others",)


def _require_compiled(spec: Reshaping, work: Work) -> None:
    """Asks once more what could not be asked before the steps that make what they call.

    A trigger whose expression does not compile would refuse every write of the application.

    Raises:
        PhaseFailed: expressions do not compile; the message lists them.
    """
    found = shadow.remembered(work, spec.table, spec.conversions)
    types = {name: str(declared["type"]) for name, declared in found.items()}
    wrong = [
        f"{name}, {what}: {error.diag.message_primary}"
        for name, what, error in faults(work, spec.table, spec.conversions, types)
    ]
    if wrong:
        raise PhaseFailed(
            f"Phase {work.phase}: expressions for columns of {spec.table} do not compile.",
            details=wrong,
            hint="Take the phase back, correct the revision, and upgrade again.",
        )


def _require_free(spec: Reshaping, work: Work) -> None:
    """Looks for what would be in the way of the exchange before the long work begins.

    Raises:
        PhaseFailed: others hang on the columns that are to go; the message lists them.
    """
    names = [change.new_name for change in spec.conversions]
    replaced = [built.source for built in spec.shadows(work)]
    found = shadow.remembered(work, spec.table, spec.conversions)
    types = {change.new_name: str(found[change.column]["type"]) for change in spec.conversions}
    hanging = relation.dependents(work, spec.table, names, policies_carried=True)
    hanging += policies.not_compiling(work, spec.table, types)
    hanging += unsupported(work, spec.table, replaced) if replaced else []
    if hanging:
        raise PhaseFailed(
            f"Phase {work.phase}: other objects use columns of {spec.table} that it takes back.",
            details=hanging,
            hint="Drop them, run the same command again, and create them again after the phase.",
        )


def drop_shadows(spec: Reshaping, work: Work) -> None:
    """Takes columns under construction away again."""
    if spec.is_online(work):
        for required in spec.required(work):
            check = column(not_null_check(required))
            work.execute(f"ALTER TABLE {quoted(spec.table)} DROP CONSTRAINT IF EXISTS {check}")
        shadows = spec.shadows(work)
        if shadows:
            work.execute(shadow.drop(spec.table, shadows, spec.function))
            if spec.direction == "up":
                spec.leave_originals(work)
        spec.forget_choice(work)


@dataclass(frozen=True)
class DropShadows(Step):
    """Takes AddShadows of an upgrade back that did not come to its exchange."""

    reshaping: Reshaping

    @property
    def name(self) -> str:
        return self.reshaping.which

    @property
    def ends(self) -> Sequence[str]:
        return prepared(self.reshaping)

    def run(self, work: Work) -> int:
        drop_shadows(self.reshaping, work)
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- drops {self.name} that an interrupted upgrade left",)


@dataclass(frozen=True)
class FillShadows(Step):
    """Fills the columns in batches."""

    transactional: ClassVar[bool] = False

    reshaping: Reshaping

    @property
    def one_way(self) -> bool:
        return True

    @property
    def name(self) -> str:
        return f"rows of {self.reshaping.which}"

    @property
    def undoes(self) -> str:
        return self.reshaping.name if self.reshaping.direction == "down" else self.name

    def check(self, work: Work) -> Sequence[Refusal]:
        spec = self.reshaping
        if row_key.refusals(work, spec.table, spec.key, exactly=True):
            return ()  # the exchange's check says so
        return Keys(spec.table, spec.key_now(work)).refusals(work)

    def run(self, work: Work) -> int:
        """Fills them.

        Raises:
            PhaseFailed: on the way back, values have come that the old columns cannot hold.
        """
        spec = self.reshaping
        if not spec.is_online(work):
            return 0
        if spec.direction == "down":
            # From now on the trigger refuses them, so none can come behind this look.
            misfits.require_none(work, spec.table, spec.new_key(work), spec.conversions)
        shadows = spec.shadows(work)
        if not shadows:
            return 0
        sql = shadow.fill(spec.table, shadows)
        key = spec.key_now(work)
        return Backfill(self.name, spec.table, key, sql, alias="filled", quiet=True).run(work)

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- on a large table: {self.name}, in batches along its key",)


@dataclass(frozen=True)
class IndexShadows(Step):
    """Builds the indexes, checks NOT NULL without blocking anybody, gathers statistics."""

    transactional: ClassVar[bool] = False

    reshaping: Reshaping

    @property
    def one_way(self) -> bool:
        return True

    @property
    def name(self) -> str:
        return f"indexes of {self.reshaping.which}"

    @property
    def undoes(self) -> str:
        return self.reshaping.name if self.reshaping.direction == "down" else self.name

    def run(self, work: Work) -> int:
        spec = self.reshaping
        if not spec.is_online(work):
            return 0
        shadows = spec.shadows(work)
        names = {built.source: built.name for built in shadows}
        for index in indexes_of(work, spec.table, list(names)) if names else ():
            self._build(work, index, names)
        for name in spec.required(work):
            self._require(work, name)
        if shadows:
            listed = ", ".join(column(built.name) for built in shadows)
            work.attempt(lambda: work.execute(f"ANALYZE {quoted(spec.table)} ({listed})"))
        return 0

    def _build(self, work: Work, index: IndexCopy, names: Mapping[str, str]) -> None:
        table = self.reshaping.table
        staged = quoted(f"{split(table)[0]}.{index.staged}")
        if not unfinished_index.is_built(work, staged):
            with duplicates_named(work, quoted(table), staged):
                statement = index.create(table, names, concurrently=not work.atomic)
                unfinished_index.build(work, staged, statement)

    def _require(self, work: Work, required: str) -> None:
        """A valid CHECK spares SET NOT NULL its scan (manual, ALTER TABLE, SET NOT NULL)."""
        table, check = quoted(self.reshaping.table), not_null_check(required)
        there = work.value(
            f"SELECT count(*) FROM pg_constraint WHERE conname = {literal(check)}"
            f" AND conrelid = {literal(table)}::regclass"
        )
        if not there:
            condition = f"CHECK ({column(required)} IS NOT NULL) NOT VALID"
            add = f"ALTER TABLE {table} ADD CONSTRAINT {column(check)} {condition}"
            work.attempt(lambda: work.execute(add))
        validate = f"ALTER TABLE {table} VALIDATE CONSTRAINT {column(check)}"
        work.attempt(lambda: work.execute(validate), limited=False)

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- on a large table: {self.name}, concurrently",)


def building(
    table: str, key: Named, conversions: tuple[Conversion, ...], direction: Direction
) -> tuple[Reshaping, tuple[Step, ...]]:
    """The steps before the exchange."""
    spec = Reshaping(table, named(key), conversions, direction)
    return spec, (AddShadows(spec), FillShadows(spec), IndexShadows(spec))


def clearing(spec: Reshaping) -> tuple[Step, ...]:
    """The step that takes an upgrade back which was interrupted before the exchange."""
    return (DropShadows(replace(spec, direction="up")),)


def prepared(spec: Reshaping) -> tuple[str, ...]:
    """The names of an upgrade's steps before the exchange."""
    _, steps = building(spec.table, spec.key, spec.conversions, "up")
    return tuple(step.name for step in steps)
