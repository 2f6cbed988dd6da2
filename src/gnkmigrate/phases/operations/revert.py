"""op.revert_columns: the way back of op.convert_columns, with every original that still counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gnkmigrate.phases import legacy, policies, relation, shadow
from gnkmigrate.phases.conversion import Conversion, alter_to_old
from gnkmigrate.phases.exchange import locked
from gnkmigrate.phases.names import column, literal, quoted
from gnkmigrate.phases.operations.convert_online import building, clearing, prepared
from gnkmigrate.phases.operations.spill_misfits import SpillMisfits
from gnkmigrate.phases.recorder import operation
from gnkmigrate.phases.reshaping import Reshaping
from gnkmigrate.phases.residue import alike
from gnkmigrate.phases.row_key import Columns, Named, as_text
from gnkmigrate.phases.step import Step
from gnkmigrate.phases.work import Work


@operation("revert_columns")
def revert_columns(
    table: str, key: Named = (), conversions: tuple[Conversion, ...] = ()
) -> tuple[Step, ...]:
    """Changes columns back, and gives every original back whose value was not written since.

    Args:
        table: "schema.table".
        key: the column, or columns, that tell rows apart; the table's key where nothing is said.
        conversions: the same as for convert_columns.
    """
    spec, before = building(table, key, conversions, "down")
    revert = (RevertColumns(spec), ForgetOriginals(spec))
    return (SpillMisfits(spec), *before, *revert, *clearing(spec))


@dataclass(frozen=True)
class RevertColumns(Step):
    """The old columns take their place again; a small table is rewritten here."""

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
        return (self.reshaping.table,)

    def run(self, work: Work) -> int:
        spec = self.reshaping
        exchanging = locked(spec, work)
        lifted = policies.lift(work, spec.table, spec.renames)
        if exchanging:
            work.connection.execute(exchanging.encode())
            spec.forget_choice(work)
            rows = 0
        else:
            rows = self._rewrite(work)
        policies.restore(work, lifted)
        legacy.show_reverted(work, spec.table)
        spec.leave_originals(work)
        spec.forget(work)
        return rows

    def _rewrite(self, work: Work) -> int:
        spec, table = self.reshaping, quoted(self.reshaping.table)
        found = shadow.remembered(work, spec.table, spec.conversions)
        before, after = spec.old_key(work), spec.new_key(work)
        with relation.quiet_triggers(work, spec.table):
            for change in spec.conversions:
                old_type = str(found[change.column]["type"])
                work.execute(self._drop_outdated_residue(work.phase, after, change, old_type))
            for statement in self._renames():
                work.execute(statement)
            actions = [
                action
                for change in spec.conversions
                for action in alter_to_old(change, found[change.column])
            ]
            work.execute(f"ALTER TABLE {table}\n  " + ",\n  ".join(actions))
            for change in spec.conversions:
                old_type = str(found[change.column]["type"])
                work.execute(self._restore(work.phase, before, change, old_type))
        return int(work.value(f"SELECT count(*) FROM {table}"))

    def _drop_outdated_residue(
        self, phase: str, key: Columns, change: Conversion, old_type: str
    ) -> str:
        """What was written since counts for more than what was there before."""
        spec = self.reshaping
        converted = f"residue.converted::{change.type}"
        means = change.still_means(f"residue.original::{old_type}", converted)
        return f"""
            DELETE FROM gnkmigrate.residue
            WHERE phase = {literal(phase)} AND relation = {literal(spec.table)}
              AND attribute = {literal(change.column)}
              AND NOT EXISTS (
                SELECT FROM {quoted(spec.table)} AS current
                WHERE {as_text(key, "current")} = residue.key
                  AND {alike(f"current.{column(change.new_name)}", converted)}
                  AND {means})
        """

    def _restore(self, phase: str, key: Columns, change: Conversion, old_type: str) -> str:
        spec = self.reshaping
        return f"""
            UPDATE {quoted(spec.table)} AS current
            SET {column(change.column)} = residue.original::{old_type}
            FROM gnkmigrate.residue
            WHERE residue.phase = {literal(phase)} AND residue.relation = {literal(spec.table)}
              AND residue.attribute = {literal(change.column)}
              AND residue.key = {as_text(key, "current")}
        """

    def _renames(self) -> Sequence[str]:
        table = quoted(self.reshaping.table)
        return [
            f"ALTER TABLE {table} RENAME COLUMN {column(change.rename)} TO {column(change.column)}"
            for change in self.reshaping.conversions
            if change.rename
        ]

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        changed = ", ".join(change.column for change in self.reshaping.conversions)
        note = (
            f"-- then the remembered types, defaults and nullability of {changed}, and the "
            "originals from gnkmigrate.residue"
        )
        return (*self._renames(), note)


@dataclass(frozen=True)
class ForgetOriginals(Step):
    """Once the old columns are back nobody needs their originals, of which there may be many."""

    transactional: ClassVar[bool] = False

    reshaping: Reshaping

    @property
    def one_way(self) -> bool:
        return True

    @property
    def name(self) -> str:
        return f"originals of {self.reshaping.table}"

    def run(self, work: Work) -> int:
        work.attempt(lambda: self.reshaping.forget_originals(work), limited=False)
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- deletes the originals of {self.reshaping.table} from gnkmigrate.residue",)
