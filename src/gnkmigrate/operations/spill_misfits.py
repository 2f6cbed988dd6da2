"""The part of op.revert_columns that looks after values for which the old columns have no place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gnkmigrate.operations.take_misfits_back import TakeMisfitsBack
from gnkmigrate.run import quiet_triggers
from gnkmigrate.run.batches.row_key import listed
from gnkmigrate.run.kept import misfits, overflow
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.sync import column_pair, shadow_columns
from gnkmigrate.run.sync.conversion import Conversion
from gnkmigrate.run.sync.reshaping import Reshaping
from gnkmigrate.run.work import Work

_KEYS = "pg_temp.gnkmigrate_misfits"


@dataclass(frozen=True)
class SpillMisfits(Step):
    """Values that the old columns cannot hold are refused, or with --spill kept and replaced."""

    repeats: ClassVar[bool] = True

    reshaping: Reshaping

    @property
    def name(self) -> str:
        return f"misfits of {self.reshaping.table}"

    @property
    def undoes(self) -> str:
        return self.reshaping.name

    @property
    def ends(self) -> Sequence[str]:
        """What came back with the last upgrade has to come back again with the next."""
        return (TakeMisfitsBack(self.reshaping).name,)

    def check(self, work: Work) -> Sequence[Refusal]:
        if work.parameters["spill"] == "yes":
            return ()
        spec = self.reshaping
        return misfits.found(work, spec.table, spec.new_key(work), spec.conversions)

    def run(self, work: Work) -> int:
        """Keeps what does not fit.

        Raises:
            PhaseFailed: values have come since the check, and --spill was not given.
        """
        spec = self.reshaping
        if work.parameters["spill"] != "yes":
            misfits.require_none(work, spec.table, spec.new_key(work), spec.conversions)
            return 0
        if not self._find(work):
            return 0
        with quiet_triggers.quiet_triggers(work, spec.table):
            rows = sum(self._spill(work, place) for place in range(len(spec.conversions)))
        work.execute(f"DROP TABLE {_KEYS}")
        return rows

    def _find(self, work: Work) -> bool:
        """Notes the keys before anything is locked, since that reads the whole table."""
        spec = self.reshaping
        conditions = [misfits.condition(work, spec.table, change) for change in spec.conversions]
        where = " OR ".join(f"({condition})" for condition in conditions)
        work.execute(f"""
            CREATE TEMPORARY TABLE gnkmigrate_misfits AS
            SELECT {listed(spec.new_key(work))} FROM {quoted(spec.table)} AS spilled WHERE {where}
        """)
        work.execute(f"ANALYZE {_KEYS}")
        if work.value(f"SELECT EXISTS (SELECT FROM {_KEYS})"):
            return True
        work.execute(f"DROP TABLE {_KEYS}")
        return False

    def _spill(self, work: Work, place: int) -> int:
        spec, change = self.reshaping, self.reshaping.conversions[place]
        table, key = quoted(spec.table), spec.new_key(work)
        misfit = misfits.condition(work, spec.table, change)
        where = f"({listed(key, 'spilled')}) IN (SELECT * FROM {_KEYS}) AND ({misfit})"
        reason = literal(misfits.reason(change))
        names = () if change.fallback is None else misfits.picked(work, spec.table, key, change)
        kept = overflow.kept_of(work, spec.table, "spilled", names)
        rows = work.execute(f"""
            INSERT INTO gnkmigrate.overflow (phase, relation, reason, content)
            SELECT {literal(work.phase)}, {literal(spec.table)}, {reason}, {kept}
            FROM {table} AS spilled WHERE {where}
        """).rowcount
        if change.fallback is None:
            overflow.refuse_to_cascade(work, spec.table, where)
            work.execute(f"DELETE FROM {table} AS spilled WHERE {where}")
        else:
            # A value that the old column has in its own way stays there as it is.
            where = f"{where} AND ({misfits.no_place(work, spec.table, change)})"
            replaced = self._replaced(work, change)
            work.execute(f"UPDATE {table} AS spilled SET {replaced} WHERE {where}")
        return rows

    def _replaced(self, work: Work, change: Conversion) -> str:
        """What a row gets instead, in the old column as well."""
        table, value = self.reshaping.table, f"({change.fallback})"
        value += f"::{change.type}" if change.type else ""
        assignments = [f"{column(change.new_name)} = {value}"]
        for pair in column_pair.pairs_of(work, table, (change,)):
            back = shadow_columns.way_back(table, work.phase, pair)
            assignments.append(f"{column(pair.kept)} = {back}({value})")
        return ", ".join(assignments)

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- refuses, or keeps in gnkmigrate.overflow: {self.name}",)
