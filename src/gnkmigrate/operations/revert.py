"""op.revert_columns: the way back of op.convert_columns, to the old columns that were kept."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gnkmigrate.errors import PhaseFailed
from gnkmigrate.operations.backfill import Backfill
from gnkmigrate.operations.convert_online import DropColumns, build, drop_checks, prepared, require
from gnkmigrate.operations.parts import returning
from gnkmigrate.operations.parts.folding import unfolding
from gnkmigrate.operations.spill_misfits import SpillMisfits
from gnkmigrate.operations.validate_keys import ValidateKeys
from gnkmigrate.run import dependents
from gnkmigrate.run.batches.row_key import Named, named
from gnkmigrate.run.kept import misfits
from gnkmigrate.run.names import column, quoted
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.sync import legacy, policies, shadow_columns
from gnkmigrate.run.sync.alike import alike
from gnkmigrate.run.sync.column_pair import ColumnPair, kept_name
from gnkmigrate.run.sync.conversion import Conversion
from gnkmigrate.run.sync.exchange import exchange_back, lock
from gnkmigrate.run.sync.index_copy import indexes_of, unsupported
from gnkmigrate.run.sync.reshaping import Reshaping
from gnkmigrate.run.work import Work

_HINT = "Drop them, run the same command again, and create them again after the phase."


@operation("revert_columns")
def revert_columns(
    table: str, key: Named = (), conversions: tuple[Conversion, ...] = ()
) -> tuple[Step, ...]:
    """Changes columns back: the old ones, which were kept in step, take their names again.

    Args:
        table: "schema.table".
        key: the column, or columns, that tell rows apart; the table's key where nothing is said.
        conversions: the same as for convert_columns.
    """
    spec = Reshaping(table, named(key), conversions)
    return (*reverting_steps(spec), *unfolding(table, conversions))


def reverting_steps(spec: Reshaping) -> tuple[Step, ...]:
    """The steps of the way back."""
    return (
        SpillMisfits(spec),
        RefuseMisfits(spec),
        RefreshColumns(spec),
        RequireColumns(spec),
        RevertColumns(spec),
        DropColumns(spec),
        *(() if spec.tied is None else (ValidateKeys(spec),)),
    )


@dataclass(frozen=True)
class RefuseMisfits(Step):
    """From now on no value is written that the old columns cannot hold."""

    reshaping: Reshaping

    @property
    def name(self) -> str:
        return f"old columns of {self.reshaping.table}"

    @property
    def undoes(self) -> str:
        return self.reshaping.name

    @property
    def tables(self) -> Sequence[str]:
        return (self.reshaping.table,)

    def check(self, work: Work) -> Sequence[Refusal]:
        spec = self.reshaping
        if not spec.is_remembered(work) or not returning.is_known(work):
            return ()
        hanging = _hanging(spec, work)
        again = [before for before, after in spec.renames.items() if before != after]
        used = (Refusal(f"{_used(spec)}.", hanging, len(hanging), _HINT),) if hanging else ()
        return (*used, *returning.refusals(work, spec.table, again))

    def run(self, work: Work) -> int:
        """Refuses such values from now on.

        Raises:
            PhaseFailed: since the check others have come to hang on the columns that are to go.
        """
        hanging = _hanging(self.reshaping, work)
        if hanging:
            said = _used(self.reshaping)
            raise PhaseFailed(
                f"Phase {work.phase}: {said[0].lower()}{said[1:]}.", details=hanging, hint=_HINT
            )
        self._rewrite(work, refusing=True)
        return 0

    def cancel(self, work: Work) -> None:
        if not self.reshaping.is_remembered(work):
            return  # the exchange has been taken back already
        drop_checks(self.reshaping.table, self.reshaping.required_again(work), work)
        self._rewrite(work, refusing=False)

    def _rewrite(self, work: Work, *, refusing: bool) -> None:
        spec = self.reshaping
        pairs = spec.pairs(work)
        if pairs:
            # Whoever writes by the function of before is waited for.
            work.execute(f"LOCK TABLE {quoted(spec.table)} IN SHARE ROW EXCLUSIVE MODE")
            work.execute(shadow_columns.write_function(work, spec.table, pairs, refusing=refusing))

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return ("-- from now on refuses values that the old columns cannot hold",)


def _used(spec: Reshaping) -> str:
    return f"Other objects use columns of {spec.table} that it takes back"


def _hanging(spec: Reshaping, work: Work) -> list[str]:
    """What would be in the way of the exchange: what hangs on the columns that are to go."""
    names = list(spec.renames.values())
    pairs = spec.pairs(work)
    types = {pair.change.new_name: pair.old_type for pair in pairs}
    hanging = dependents.dependents(work, spec.table, names, policies_carried=True)
    if types:
        hanging += policies.not_compiling(work, spec.table, types)
        carried = spec.tied is not None
        hanging += unsupported(work, spec.table, list(types), keys_carried=carried)
    return hanging


@dataclass(frozen=True)
class RefreshColumns(Step):
    """Old values that mean something else by now, since they are looked up in other tables.

    An e-mail that was given up means nobody any more, while the new column still says whom it
    meant. A value that never meant anything stays as it was.
    """

    transactional: ClassVar[bool] = False

    reshaping: Reshaping

    @property
    def name(self) -> str:
        return f"rows of old columns of {self.reshaping.table}"

    @property
    def undoes(self) -> str:
        return self.reshaping.name

    def run(self, work: Work) -> int:
        """Asks for them row by row.

        Raises:
            PhaseFailed: values have come that the old columns cannot hold.
        """
        spec = self.reshaping
        misfits.require_none(work, spec.table, spec.new_key(work), spec.conversions)
        asked = [pair for pair in spec.pairs(work) if pair.change.keep]
        if not asked:
            return 0
        sql = self._sql(work.phase, asked)
        key = spec.new_key(work)
        return Backfill(self.name, spec.table, key, sql, alias="filled", quiet=True).run(work)

    def _sql(self, phase: str, pairs: Sequence[ColumnPair]) -> str:
        table = self.reshaping.table
        outdated = [
            f"(filled.{column(pair.change.new_name)} IS NOT NULL AND NOT "
            + alike(pair.new_value("filled", pair.kept), f"filled.{column(pair.change.new_name)}")
            + ")"
            for pair in pairs
        ]
        values = ", ".join(
            f"{column(pair.kept)} = CASE WHEN {condition} THEN"
            f" {shadow_columns.way_back(table, phase, pair)}(filled.{column(pair.change.new_name)})"
            f" ELSE filled.{column(pair.kept)} END"
            for pair, condition in zip(pairs, outdated, strict=True)
        )
        where = f":batch AND ({' OR '.join(outdated)})"
        return f"UPDATE {quoted(table)} AS filled SET {values} WHERE {where}"

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- looks for old values of {self.reshaping.table} that mean nothing any more",)


@dataclass(frozen=True)
class RequireColumns(Step):
    """Indexes that have come since, and NOT NULL, which is checked without blocking anybody."""

    transactional: ClassVar[bool] = False

    reshaping: Reshaping

    @property
    def name(self) -> str:
        return f"indexes of old columns of {self.reshaping.table}"

    @property
    def undoes(self) -> str:
        return self.reshaping.name

    def run(self, work: Work) -> int:
        spec = self.reshaping
        names = {pair.change.new_name: pair.kept for pair in spec.pairs(work)}
        there = set(spec.remembered_indexes(work).values())
        for index in indexes_of(work, spec.table, list(names)) if names else ():
            if index.name not in there:
                build(work, spec.table, index, names)
        for name, _ in spec.required_again(work):
            require(work, spec.table, name)
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- {self.name}, concurrently",)


@dataclass(frozen=True)
class RevertColumns(Step):
    """The old columns take their names again, and the new ones go."""

    reshaping: Reshaping

    @property
    def name(self) -> str:
        return self.reshaping.name

    @property
    def ends(self) -> Sequence[str]:
        """With the exchange all that prepared it, so that going up again begins anew."""
        return (self.name, *prepared(self.reshaping))

    @property
    def tables(self) -> Sequence[str]:
        return (self.reshaping.table, *self.reshaping.others)

    def takes_off(self, table: str) -> Collection[str]:
        renames = self.reshaping.renames
        ours = [*renames.values(), *map(kept_name, renames)]
        return ours if table == self.reshaping.table else ()

    def run(self, work: Work) -> int:
        spec = self.reshaping
        statements = exchange_back(spec, work)
        lock(spec, work)
        now = {after: before for before, after in spec.renames.items()}
        lifted = policies.lift(work, spec.table, now)
        work.connection.execute(statements.encode())
        policies.restore(work, lifted)
        shown = [*spec.renames.values(), *map(kept_name, spec.renames)]
        legacy.show_reverted(work, spec.table, shown)
        spec.forget(work)
        shadow_columns.drop_unused(work)
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        changed = ", ".join(change.column for change in self.reshaping.conversions)
        return (f"-- drops the new columns and gives {changed} their names back",)
