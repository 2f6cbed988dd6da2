"""op.convert_columns and op.revert_columns: other types, names and defaults, and the way back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate.errors import PhaseFailed
from gnkmigrate.phases import relation
from gnkmigrate.phases.conversion import COLUMN, Conversion, alter_to_new, alter_to_old
from gnkmigrate.phases.names import column, literal, quoted
from gnkmigrate.phases.recorder import operation
from gnkmigrate.phases.rows import listed
from gnkmigrate.phases.step import Refusal, Step
from gnkmigrate.phases.template import render
from gnkmigrate.phases.work import Work


def _memory_key(table: str, conversion: Conversion) -> str:
    return f"column {table}.{conversion.column}"


@operation("convert_columns")
@dataclass(frozen=True)
class ConvertColumns(Step):
    """Changes columns of one table in one pass, and keeps what the way back would lose.

    A value that `back` does not turn into exactly what it was is residue: original and converted
    text are kept by row. Types, defaults and nullability are remembered as they were found.

    Attributes:
        table: "schema.table".
        key: the column that identifies a row.
        conversions: the columns' changes.
    """

    table: str
    key: str
    conversions: tuple[Conversion, ...]

    @property
    def name(self) -> str:
        return f"columns of {self.table}"

    @property
    def tables(self) -> Sequence[str]:
        return (self.table,)

    def check(self, work: Work) -> Sequence[Refusal]:
        names = [conversion.column for conversion in self.conversions]
        hanging = relation.dependents(work, self.table, names)
        if not hanging:
            return ()
        return (
            Refusal(
                f"Other objects use columns of {self.table} whose type changes.",
                hanging,
                len(hanging),
                "Drop them before and create them again after the phase.",
            ),
        )

    def run(self, work: Work) -> int:
        names = [conversion.column for conversion in self.conversions]
        found = relation.columns(work, self.table, names)
        work.execute(f"LOCK TABLE {quoted(self.table)} IN ACCESS EXCLUSIVE MODE")
        for conversion in self.conversions:
            before = found[conversion.column]
            work.remember(_memory_key(self.table, conversion), before)
            work.execute(self._residue(work.phase, conversion, str(before["type"])))
        for statement in self.script(work.parameters):
            work.execute(statement)
        return int(work.value(f"SELECT count(*) FROM {quoted(self.table)}"))

    def _residue(self, phase: str, conversion: Conversion, old_type: str) -> str:
        name = column(conversion.column)
        new = conversion.converted(name)
        differs = f"({conversion.reverted(new, old_type)})::text IS DISTINCT FROM {name}::text"
        return f"""
            INSERT INTO gnkmigrate.residue (phase, relation, attribute, key, original, converted)
            SELECT {literal(phase)}, {literal(self.table)}, {literal(conversion.column)},
                   {column(self.key)}::text, {name}::text, ({new})::text
            FROM {quoted(self.table)}
            WHERE {name} IS NOT NULL AND ({"true" if conversion.keep else differs})
        """

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        actions = [action for change in self.conversions for action in alter_to_new(change)]
        table = quoted(self.table)
        renames = [
            f"ALTER TABLE {table} RENAME COLUMN {column(change.column)} TO {column(change.rename)}"
            for change in self.conversions
            if change.rename
        ]
        alter = f"ALTER TABLE {table}\n  " + ",\n  ".join(actions)
        return (render(alter, parameters), *renames)


@operation("revert_columns")
@dataclass(frozen=True)
class RevertColumns(Step):
    """Changes columns back, and gives every original back whose row was not written since.

    Attributes:
        table: "schema.table".
        key: the column that identifies a row.
        conversions: the same as in convert_columns.
    """

    table: str
    key: str
    conversions: tuple[Conversion, ...]

    @property
    def name(self) -> str:
        return f"columns of {self.table}"

    @property
    def tables(self) -> Sequence[str]:
        return (self.table,)

    def check(self, work: Work) -> Sequence[Refusal]:
        if work.parameters["spill"] == "yes":
            return ()
        refusals = []
        for conversion in self.conversions:
            shown = f"{column(self.key)}, {column(conversion.new_name)}"
            query = (
                f"SELECT {shown} FROM {quoted(self.table)} WHERE {self._misfit(work, conversion)}"
            )
            total, rows = listed(work, query)
            if total:
                refusals.append(
                    Refusal(
                        f"{self.table}.{conversion.new_name}: values that the old column cannot "
                        "hold.",
                        rows,
                        total,
                        "Change them, or keep them in the overflow with --spill.",
                        query,
                    )
                )
        return refusals

    def run(self, work: Work) -> int:
        table = quoted(self.table)
        work.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        with relation.quiet_triggers(work, self.table):
            if work.parameters["spill"] == "yes":
                self._spill(work)
            for conversion in self.conversions:
                work.execute(self._drop_outdated_residue(work.phase, conversion))
            for statement in self._alter(work):
                work.execute(statement)
            for conversion in self.conversions:
                before = self._before(work, conversion)
                work.execute(self._restore(work.phase, conversion, str(before["type"])))
                work.forget(_memory_key(self.table, conversion))
            work.execute(
                "DELETE FROM gnkmigrate.residue"
                f" WHERE phase = {literal(work.phase)} AND relation = {literal(self.table)}"
            )
        return int(work.value(f"SELECT count(*) FROM {table}"))

    def _before(self, work: Work, conversion: Conversion) -> Mapping[str, str | bool | None]:
        before: Mapping[str, str | bool | None] | None = work.recall(
            _memory_key(self.table, conversion)
        )
        if before is None:
            raise PhaseFailed(
                f"How {self.table}.{conversion.column} was declared is not in the journal.",
                hint="Restore the rows of gnkmigrate.memory from a backup.",
            )
        return before

    def _misfit(self, work: Work, conversion: Conversion) -> str:
        """The condition under which the old column cannot hold a row's value."""
        name = column(conversion.new_name)
        holds = conversion.holds.replace(COLUMN, name)
        if self._before(work, conversion)["not_null"]:
            holds = f"{name} IS NOT NULL AND {holds}"
        return f"({holds}) IS NOT TRUE"

    def _spill(self, work: Work) -> None:
        """Copies rows that do not fit to the overflow; then they fit, or are taken out."""
        for conversion in self.conversions:
            name = column(conversion.new_name)
            where = self._misfit(work, conversion)
            reason = literal(f"{conversion.new_name} does not fit {conversion.column}")
            work.execute(f"""
                INSERT INTO gnkmigrate.overflow (phase, relation, reason, content)
                SELECT {literal(work.phase)}, {literal(self.table)}, {reason}, to_jsonb(spilled)
                FROM {quoted(self.table)} AS spilled WHERE {where}
            """)
            if conversion.fallback is None:
                work.execute(f"DELETE FROM {quoted(self.table)} WHERE {where}")
            else:
                work.execute(
                    f"UPDATE {quoted(self.table)} SET {name} = {conversion.fallback} WHERE {where}"
                )

    def _drop_outdated_residue(self, phase: str, conversion: Conversion) -> str:
        """What was written since counts for more than what was there before."""
        return f"""
            DELETE FROM gnkmigrate.residue
            WHERE phase = {literal(phase)} AND relation = {literal(self.table)}
              AND attribute = {literal(conversion.column)}
              AND NOT EXISTS (
                SELECT FROM {quoted(self.table)} AS current
                WHERE current.{column(self.key)}::text = residue.key
                  AND current.{column(conversion.new_name)}::text
                      IS NOT DISTINCT FROM residue.converted)
        """

    def _restore(self, phase: str, conversion: Conversion, old_type: str) -> str:
        return f"""
            UPDATE {quoted(self.table)} AS current
            SET {column(conversion.column)} = residue.original::{old_type}
            FROM gnkmigrate.residue
            WHERE residue.phase = {literal(phase)} AND residue.relation = {literal(self.table)}
              AND residue.attribute = {literal(conversion.column)}
              AND residue.key = current.{column(self.key)}::text
        """

    def _alter(self, work: Work) -> Sequence[str]:
        actions = [
            action
            for change in self.conversions
            for action in alter_to_old(change, self._before(work, change))
        ]
        return (*self._renames(), f"ALTER TABLE {quoted(self.table)}\n  " + ",\n  ".join(actions))

    def _renames(self) -> Sequence[str]:
        return [
            f"ALTER TABLE {quoted(self.table)}"
            f" RENAME COLUMN {column(change.rename)} TO {column(change.column)}"
            for change in self.conversions
            if change.rename
        ]

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        changed = ", ".join(change.column for change in self.conversions)
        note = (
            f"-- then the remembered types, defaults and nullability of {changed}, and the "
            "originals from gnkmigrate.residue"
        )
        return (*self._renames(), note)
