"""op.convert_columns and op.revert_columns: other types, names and defaults, and the way back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gnkmigrate.errors import PhaseFailed
from gnkmigrate.phases import legacy, relation, shadow
from gnkmigrate.phases.conversion import Conversion, alter_to_new, alter_to_old
from gnkmigrate.phases.convertible import misplaced_columns, unfit_rows
from gnkmigrate.phases.index_copy import unsupported
from gnkmigrate.phases.names import column, literal, quoted
from gnkmigrate.phases.operations.convert_online import (
    Reshaping,
    building,
    clearing,
    exchange,
    prepared,
)
from gnkmigrate.phases.recorder import operation
from gnkmigrate.phases.rows import listed
from gnkmigrate.phases.step import Refusal, Step
from gnkmigrate.phases.template import render
from gnkmigrate.phases.work import Work


@operation("convert_columns")
def convert_columns(table: str, key: str, conversions: tuple[Conversion, ...]) -> tuple[Step, ...]:
    """Changes columns of one table, and keeps what the way back would lose.

    A value that `back` does not turn into exactly what it was is residue: original and converted
    text are kept by row. Types, defaults and nullability are remembered as they were found. A
    table of more than `limits.rewrite_rows` rows is not rewritten: its new columns are built
    beside the old ones while the application writes.

    Args:
        table: "schema.table".
        key: the column that identifies a row.
        conversions: the columns' changes.
    """
    spec, before = building(table, key, conversions, "up")
    return (*before, ConvertColumns(spec))


@operation("revert_columns")
def revert_columns(table: str, key: str, conversions: tuple[Conversion, ...]) -> tuple[Step, ...]:
    """Changes columns back, and gives every original back whose value was not written since.

    Args:
        table: "schema.table".
        key: the column that identifies a row.
        conversions: the same as for convert_columns.
    """
    spec, before = building(table, key, conversions, "down")
    return (SpillMisfits(spec), *before, RevertColumns(spec), *clearing(spec))


@dataclass(frozen=True)
class ConvertColumns(Step):
    """The new columns take the place of the old ones; a small table is rewritten here."""

    reshaping: Reshaping

    @property
    def name(self) -> str:
        return self.reshaping.name

    @property
    def tables(self) -> Sequence[str]:
        return (self.reshaping.table,)

    def check(self, work: Work) -> Sequence[Refusal]:
        spec = self.reshaping
        names = [change.column for change in spec.conversions]
        refusals = []
        hanging = relation.dependents(work, spec.table, names)
        if hanging:
            refusals.append(
                Refusal(
                    f"Other objects use columns of {spec.table} whose type changes.",
                    hanging,
                    len(hanging),
                    "Drop them before and create them again after the phase.",
                )
            )
        found = relation.columns(work, spec.table, names)
        misplaced = misplaced_columns(work, spec.table, spec.conversions)
        if misplaced:
            return [*refusals, misplaced]
        refusals += unfit_rows(work, spec.table, spec.key, spec.conversions)
        replaced = [
            change.column
            for change in spec.conversions
            if shadow.rewrites(change, found[change.column])
        ]
        fixed = unsupported(work, spec.table, replaced) if replaced else []
        if fixed:
            refusals.append(
                Refusal(
                    f"What hangs on columns of {spec.table} cannot be carried over to new ones.",
                    fixed,
                    len(fixed),
                    "Drop it before the phase and create it again after it.",
                )
            )
        return refusals

    def run(self, work: Work) -> int:
        spec = self.reshaping
        legacy.hide(work, spec.table)
        work.execute(f"LOCK TABLE {quoted(spec.table)} IN ACCESS EXCLUSIVE MODE")
        rows = 0
        if spec.is_online(work):
            exchange(spec, work)
        else:
            rows = self._rewrite(work)
        legacy.show_converted(work, spec.table, spec.conversions)
        return rows

    def _rewrite(self, work: Work) -> int:
        spec = self.reshaping
        for built in spec.shadows(work):
            if built.residue is not None:
                kept = built.residue
                source = f"FROM {quoted(spec.table)} AS old WHERE {kept.needed}"
                work.execute(kept.insert(source).replace(shadow.ROW, "old"))
        for statement in self.script(work.parameters):
            work.execute(statement)
        return int(work.value(f"SELECT count(*) FROM {quoted(spec.table)}"))

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        spec = self.reshaping
        actions = [action for change in spec.conversions for action in alter_to_new(change)]
        table = quoted(spec.table)
        renames = [
            f"ALTER TABLE {table} RENAME COLUMN {column(change.column)} TO {column(change.rename)}"
            for change in spec.conversions
            if change.rename
        ]
        alter = f"ALTER TABLE {table}\n  " + ",\n  ".join(actions)
        return (render(alter, parameters), *renames)


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

    def check(self, work: Work) -> Sequence[Refusal]:
        if work.parameters["spill"] == "yes":
            return ()
        spec = self.reshaping
        refusals = []
        for change in spec.conversions:
            shown = f"{column(spec.key)}, {column(change.new_name)}"
            query = f"SELECT {shown} FROM {quoted(spec.table)} WHERE {self._misfit(work, change)}"
            total, rows = listed(work, query)
            if total:
                refusals.append(
                    Refusal(
                        f"{spec.table}.{change.new_name}: values that the old column cannot hold.",
                        rows,
                        total,
                        "Change them, or keep them in the overflow with --spill.",
                        query,
                    )
                )
        return refusals

    def _misfit(self, work: Work, change: Conversion) -> str:
        """The condition under which the old column cannot hold a row's value."""
        before = shadow.remembered(work, self.reshaping.table, (change,))[change.column]
        if before is None:
            raise PhaseFailed(
                f"How {self.reshaping.table}.{change.column} was declared is not in the journal.",
                hint="Restore the rows of gnkmigrate.memory from a backup.",
            )
        return change.misfit(column(change.new_name), not_null=bool(before["not_null"]))

    def run(self, work: Work) -> int:
        """Keeps what does not fit.

        Raises:
            PhaseFailed: values have come since the check, and --spill was not given.
        """
        refusals = self.check(work)
        if refusals:
            raise PhaseFailed(
                f"Phase {work.phase}: {refusals[0].message}",
                details=refusals[0].rows,
                hint="Change them and run the same command again, or keep them with --spill.",
            )
        if work.parameters["spill"] != "yes":
            return 0
        table, rows = quoted(self.reshaping.table), 0
        with relation.quiet_triggers(work, self.reshaping.table):
            for change in self.reshaping.conversions:
                where = self._misfit(work, change)
                reason = literal(f"{change.new_name} does not fit {change.column}")
                # A row that stays keeps its other values, of which one may be a password.
                kept = [self.reshaping.key, change.new_name]
                picked = "spilled.*" if change.fallback is None else _listed(kept)
                rows += work.execute(f"""
                    INSERT INTO gnkmigrate.overflow (phase, relation, reason, content)
                    SELECT {literal(work.phase)}, {literal(self.reshaping.table)}, {reason},
                           (SELECT to_jsonb(picked) FROM (SELECT {picked}) AS picked)
                    FROM {table} AS spilled WHERE {where}
                """).rowcount
                if change.fallback is None:
                    work.execute(f"DELETE FROM {table} WHERE {where}")
                else:
                    name = column(change.new_name)
                    work.execute(f"UPDATE {table} SET {name} = {change.fallback} WHERE {where}")
        return rows

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- refuses, or keeps in gnkmigrate.overflow: {self.name}",)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"spilled.{column(name)}" for name in names)


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
        legacy.hide(work, spec.table)
        work.execute(f"LOCK TABLE {quoted(spec.table)} IN ACCESS EXCLUSIVE MODE")
        if spec.is_online(work):
            exchange(spec, work)
            rows = 0
        else:
            rows = self._rewrite(work)
        legacy.show_reverted(work, spec.table)
        for change in spec.conversions:
            work.forget(shadow.memory_key(spec.table, change))
        work.execute(
            "DELETE FROM gnkmigrate.residue"
            f" WHERE phase = {literal(work.phase)} AND relation = {literal(spec.table)}"
        )
        return rows

    def _rewrite(self, work: Work) -> int:
        spec, table = self.reshaping, quoted(self.reshaping.table)
        found = shadow.remembered(work, spec.table, spec.conversions)
        with relation.quiet_triggers(work, spec.table):
            for change in spec.conversions:
                old_type = str(found[change.column]["type"])
                work.execute(self._drop_outdated_residue(work.phase, change, old_type))
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
                work.execute(self._restore(work.phase, change, old_type))
        return int(work.value(f"SELECT count(*) FROM {table}"))

    def _drop_outdated_residue(self, phase: str, change: Conversion, old_type: str) -> str:
        """What was written since counts for more than what was there before."""
        spec = self.reshaping
        means = change.still_means(f"residue.original::{old_type}", "residue.converted")
        return f"""
            DELETE FROM gnkmigrate.residue
            WHERE phase = {literal(phase)} AND relation = {literal(spec.table)}
              AND attribute = {literal(change.column)}
              AND NOT EXISTS (
                SELECT FROM {quoted(spec.table)} AS current
                WHERE current.{column(spec.key)}::text = residue.key
                  AND current.{column(change.new_name)}::text
                      IS NOT DISTINCT FROM residue.converted
                  AND {means})
        """

    def _restore(self, phase: str, change: Conversion, old_type: str) -> str:
        spec = self.reshaping
        return f"""
            UPDATE {quoted(spec.table)} AS current
            SET {column(change.column)} = residue.original::{old_type}
            FROM gnkmigrate.residue
            WHERE residue.phase = {literal(phase)} AND residue.relation = {literal(spec.table)}
              AND residue.attribute = {literal(change.column)}
              AND residue.key = current.{column(spec.key)}::text
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
