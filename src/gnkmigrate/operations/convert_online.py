"""The steps by which op.convert_columns builds new columns beside the old ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gnkmigrate.errors import PhaseFailed
from gnkmigrate.facts.fact import Identity
from gnkmigrate.operations.parts import folding
from gnkmigrate.operations.parts.duplicates import duplicates_named
from gnkmigrate.operations.parts.fill import Fill
from gnkmigrate.operations.preflight.expressions import faults
from gnkmigrate.run import relation, unfinished_index
from gnkmigrate.run.batches import row_key
from gnkmigrate.run.batches.key_range import Keys
from gnkmigrate.run.names import column, literal, quoted, split
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.sync import building, column_pair, column_settings, shadow_columns
from gnkmigrate.run.sync.exchange import not_null_check
from gnkmigrate.run.sync.index_copy import IndexCopy, indexes_of
from gnkmigrate.run.sync.reshaping import Reshaping
from gnkmigrate.run.work import Work


@dataclass(frozen=True)
class AddColumns(Step):
    """Adds the columns and the trigger that keeps them in step."""

    reshaping: Reshaping

    @property
    def reverse(self) -> Sequence[Step]:
        return ()  # the exchange's do that as well

    @property
    def name(self) -> str:
        return f"new columns of {self.reshaping.table}"

    @property
    def tables(self) -> Sequence[str]:
        return (self.reshaping.table,)

    def run(self, work: Work) -> int:
        spec = self.reshaping
        spec.remember(work)
        _require_compiled(spec, work)
        pairs = spec.pairs(work)
        if pairs:
            relation.keep_maintenance_out(work, quoted(spec.table))
            work.execute(shadow_columns.DEFAULTS)
            work.execute(building.add(spec.table, pairs, spec.building))
            set_ = [(pair.built, pair.before["options"]) for pair in pairs]
            column_settings.carry(work, quoted(spec.table), set_)
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- {self.name}, built beside the others",)


def _require_compiled(spec: Reshaping, work: Work) -> None:
    """Asks once more what could not be asked before the steps that make what they call.

    A trigger whose expression does not compile would refuse every write of the application.

    Raises:
        PhaseFailed: expressions do not compile; the message lists them.
    """
    found = column_pair.remembered(work, spec.table, spec.conversions)
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


@dataclass(frozen=True)
class DropColumns(Step):
    """Takes AddColumns of an upgrade back that did not come to its exchange."""

    reshaping: Reshaping

    @property
    def name(self) -> str:
        return AddColumns(self.reshaping).name

    @property
    def ends(self) -> Sequence[str]:
        return prepared(self.reshaping)

    @property
    def tables(self) -> Sequence[str]:
        return (self.reshaping.table,)

    def run(self, work: Work) -> int:
        spec = self.reshaping
        if not spec.is_remembered(work):
            return 0  # the exchange has been taken back
        drop_checks(spec.table, spec.newly_required(work), work)
        pairs = spec.pairs(work)
        names = [pair.change.column for pair in pairs]
        for index in indexes_of(work, spec.table, names) if names else ():
            if index.primary:
                kept = quoted(f"{split(spec.table)[0]}.{index.kept}")
                work.execute(f"DROP INDEX IF EXISTS {kept}")
        if pairs:
            work.execute(building.drop(spec.table, pairs, spec.building))
            shadow_columns.drop_unused(work)
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- drops {self.name} that an interrupted upgrade left",)


@dataclass(frozen=True)
class FillColumns(Step):
    """Fills the columns in batches."""

    fills: ClassVar[bool] = True
    transactional: ClassVar[bool] = False

    reshaping: Reshaping

    @property
    def one_way(self) -> bool:
        return True

    @property
    def name(self) -> str:
        return f"rows of new columns of {self.reshaping.table}"

    def check(self, work: Work) -> Sequence[Refusal]:
        spec = self.reshaping
        is_there = Identity("table", split(spec.table)) in work.facts
        if not is_there or row_key.refusals(work, spec.table, spec.key, exactly=True):
            return ()  # the exchange's check says so
        return Keys.of(work, spec.table, spec.old_key(work)).refusals(work)

    def run(self, work: Work) -> int:
        spec = self.reshaping
        pairs = spec.pairs(work)
        if not pairs:
            return 0
        sql, key = building.fill(spec.table, pairs), spec.old_key(work)
        return Fill(self.name, spec.table, key, sql, alias="filled", quiet=True).run(work)

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- {self.name}, in batches along its key",)


@dataclass(frozen=True)
class IndexColumns(Step):
    """Builds the indexes, checks NOT NULL without blocking anybody, gathers statistics."""

    transactional: ClassVar[bool] = False

    reshaping: Reshaping

    @property
    def one_way(self) -> bool:
        return True

    @property
    def name(self) -> str:
        return f"indexes of new columns of {self.reshaping.table}"

    def run(self, work: Work) -> int:
        spec = self.reshaping
        pairs = spec.pairs(work)
        names = {pair.change.column: pair.built for pair in pairs}
        for index in indexes_of(work, spec.table, list(names)) if names else ():
            build(work, spec.table, index, names)
            if index.primary:
                build(work, spec.table, index, {}, name=index.kept)
        folding.copy_indexes(work, spec.table, names)
        for name, _ in spec.newly_required(work):
            require(work, spec.table, name)
        if pairs:
            listed = ", ".join(column(pair.built) for pair in pairs)
            work.attempt(lambda: work.execute(f"ANALYZE {quoted(spec.table)} ({listed})"))
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- {self.name}, concurrently",)


def require_copies(spec: Reshaping, work: Work) -> None:
    """Asks whether each index has its copy: one may have come since they were built.

    Raises:
        PhaseFailed: some have; the message lists them.
    """
    names, schema = [pair.change.column for pair in spec.pairs(work)], split(spec.table)[0]
    late = [
        index.name
        for index in (indexes_of(work, spec.table, names) if names else ())
        if not relation.is_there(work, f"{schema}.{index.staged}")
    ]
    if late:
        raise PhaseFailed(
            f"Phase {work.phase}: indexes have come to columns of {spec.table} since theirs were"
            " built.",
            details=late,
            hint="Drop them, run the same command again, and create them again after the phase.",
        )


def build(
    work: Work, table: str, index: IndexCopy, names: Mapping[str, str], *, name: str = ""
) -> None:
    """Builds the copy of an index under its own name, unless it is there.

    Args:
        work: the session, in no transaction.
        table: "schema.table".
        index: the original.
        names: the column that is indexed instead of each.
        name: what the copy is called; "" for what it is called until the exchange.
    """
    built = quoted(f"{split(table)[0]}.{name or index.staged}")
    if not unfinished_index.is_built(work, built):
        with duplicates_named(work, quoted(table), built):
            statement = index.create(table, names, concurrently=not work.atomic, name=name)
            unfinished_index.build(work, built, statement)


def require(work: Work, table: str, required: str) -> None:
    """Proves that a column has no NULL, and lets none come.

    A valid CHECK spares SET NOT NULL its scan (manual, ALTER TABLE, SET NOT NULL).
    """
    on, check = quoted(table), not_null_check(required)
    there = work.value(
        f"SELECT count(*) FROM pg_constraint WHERE conname = {literal(check)}"
        f" AND conrelid = {literal(on)}::regclass"
    )
    if not there:
        condition = f"CHECK ({column(required)} IS NOT NULL) NOT VALID"
        add = f"ALTER TABLE {on} ADD CONSTRAINT {column(check)} {condition}"
        work.attempt(lambda: work.execute(add))
    validate = f"ALTER TABLE {on} VALIDATE CONSTRAINT {column(check)}"
    work.attempt(lambda: work.execute(validate), limited=False)


def drop_checks(table: str, required: Sequence[tuple[str, str]], work: Work) -> None:
    """Drops what `require` has made for an exchange that is not to be."""
    for name, _ in required:
        check = column(not_null_check(name))
        work.execute(f"ALTER TABLE {quoted(table)} DROP CONSTRAINT IF EXISTS {check}")


def building_steps(spec: Reshaping) -> tuple[Step, ...]:
    """The steps before the exchange."""
    return (AddColumns(spec), FillColumns(spec), IndexColumns(spec))


def prepared(spec: Reshaping) -> tuple[str, ...]:
    """Their names."""
    return tuple(step.name for step in building_steps(spec))
