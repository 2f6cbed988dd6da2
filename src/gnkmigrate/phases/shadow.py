"""Columns that are built beside those that they will replace, while the application writes.

The recipe: add the new columns, let a trigger keep them in step, fill them in batches, build their
indexes concurrently, then exchange the columns in one short transaction that only changes names.
It serves both directions: on the way back the old columns are the ones that are built.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gnkmigrate.errors import PhaseFailed
from gnkmigrate.phases import relation
from gnkmigrate.phases.conversion import COLUMN, Conversion
from gnkmigrate.phases.names import column, literal, quoted, split
from gnkmigrate.phases.own_names import own_name
from gnkmigrate.phases.residue import ROW, Residue, alike, keeping, written, written_key
from gnkmigrate.phases.row_key import Columns, as_text
from gnkmigrate.phases.work import Work

KEY = ":key"
NEVER = "false"
ALWAYS = "true"
# Triggers fire in the order of their names: after the user's, whose changes it must see.
TRIGGER = "zz_gnkmigrate_columns"


@dataclass(frozen=True)
class Shadow:
    """One column under construction.

    Attributes:
        source: the column that it will replace, as it is called now.
        target: what it will be called.
        type: its type, as SQL.
        key: the columns of the table's key, as they are called now.
        value: SQL for its value; `:row` stands for the row's alias, `:key` for its key as text.
        default: its default once it is in place, as SQL; None for none.
        not_null: whether it will be NOT NULL.
        residue: SQL statement parts for what the way back would lose; None on the way back.
        misfit: SQL condition, with `:row`, under which there is no value for it on the way back.
    """

    source: str
    target: str
    type: str
    key: Columns
    value: str
    default: str | None
    not_null: bool
    residue: Residue | None
    misfit: str = NEVER

    @property
    def name(self) -> str:
        """What it is called until the exchange."""
        return own_name("gnkmigrate_", self.target)

    def of(self, row: str) -> str:
        return self.value.replace(KEY, as_text(self.key, row)).replace(ROW, row)

    @property
    def in_trigger(self) -> str:
        """The same in a trigger that fires before the row is written."""
        return self.value.replace(KEY, written_key(self.key)).replace(ROW, "NEW")


def upward(
    work: Work, table: str, key: Columns, conversions: Sequence[Conversion]
) -> tuple[Shadow, ...]:
    """The new columns that the conversions ask for; those that only change in name need none."""
    found = remembered(work, table, conversions)
    return tuple(
        _upward(work.phase, table, key, conversion, found[conversion.column])
        for conversion in conversions
        if rewrites(conversion, found[conversion.column])
    )


def downward(
    work: Work, table: str, key: Columns, conversions: Sequence[Conversion]
) -> tuple[Shadow, ...]:
    """The old columns again, each original where its row was not written since.

    The key's columns have the names that they have until then.
    """
    found = remembered(work, table, conversions)
    return tuple(
        _downward(work.phase, table, key, conversion, found[conversion.column])
        for conversion in conversions
        if rewrites(conversion, found[conversion.column])
    )


def rewrites(conversion: Conversion, before: Mapping[str, Any]) -> bool:
    """Whether the values themselves change, and not just name, default or nullability."""
    return conversion.using != COLUMN or before["type"] != conversion.type


def memory_key(table: str, conversion: Conversion) -> str:
    return f"column {quoted(table)}.{column(conversion.column)}"


def remember(work: Work, table: str, conversions: Sequence[Conversion]) -> None:
    """Keeps how the columns were declared before the phase."""
    found = relation.columns(work, table, [conversion.column for conversion in conversions])
    for conversion in conversions:
        if conversion.column in found:
            work.remember(memory_key(table, conversion), found[conversion.column])


def remembered(
    work: Work, table: str, conversions: Sequence[Conversion]
) -> Mapping[str, Mapping[str, Any]]:
    """How the columns were declared before the phase, by their names then.

    Raises:
        PhaseFailed: the journal does not say.
    """
    keys = {conversion.column: memory_key(table, conversion) for conversion in conversions}
    found = work.recall_all(tuple(keys.values()))
    for name, key in keys.items():
        if key not in found:
            raise PhaseFailed(
                f"How {table}.{name} was declared is not in the journal.",
                hint="Restore the rows of gnkmigrate.memory from a backup.",
            )
    return {name: found[key] for name, key in keys.items()}


def _upward(
    phase: str, table: str, key: Columns, conversion: Conversion, before: Mapping[str, Any]
) -> Shadow:
    old = f"{ROW}.{column(conversion.column)}"
    new = conversion.converted(old)
    back = conversion.reverted(new, str(before["type"]))
    lost = "true" if conversion.keep else f"NOT {alike(back, old)}"
    return Shadow(
        source=conversion.column,
        target=conversion.new_name,
        type=conversion.type,
        value=new,
        default=conversion.default,
        not_null=conversion.not_null,
        key=key,
        residue=None
        if conversion.lossy == NEVER
        else Residue(
            phase=phase,
            relation=table,
            attribute=conversion.column,
            key=key,
            original=written(old, str(before["type"])),
            converted=written(new, conversion.type),
            needed=f"({old}) IS NOT NULL AND ({lost})",
        ),
    )


def _downward(
    phase: str, table: str, key: Columns, conversion: Conversion, before: Mapping[str, Any]
) -> Shadow:
    new = f"{ROW}.{column(conversion.new_name)}"
    old_type = str(before["type"])
    holds = conversion.holds.replace(COLUMN, new)
    back = f"CASE WHEN {holds} THEN {conversion.reverted(new, old_type)} END"
    lossy = conversion.lossy.replace(COLUMN, new)
    means = conversion.still_means(
        f"residue.original::{old_type}", f"residue.converted::{conversion.type}"
    )
    original = f"""(SELECT residue.original::{old_type} FROM gnkmigrate.residue
        WHERE residue.phase = {literal(phase)} AND residue.relation = {literal(table)}
          AND residue.attribute = {literal(conversion.column)}
          AND residue.key = {KEY}
          AND {alike(f"residue.converted::{conversion.type}", new)}
          AND {means})"""
    return Shadow(
        source=conversion.new_name,
        target=conversion.column,
        type=old_type,
        value=f"CASE WHEN {lossy} THEN coalesce({original}, {back}) ELSE {back} END"
        if conversion.lossy != NEVER
        else back,
        default=before["default"],
        not_null=bool(before["not_null"]),
        key=key,
        residue=None,
        misfit=conversion.misfit(new, not_null=False) if conversion.holds != ALWAYS else NEVER,
    )


def add(table: str, shadows: Sequence[Shadow], function: str) -> str:
    """Statements that add the columns and the trigger that keeps them in step."""
    columns = ", ".join(f"ADD COLUMN {column(shadow.name)} {shadow.type}" for shadow in shadows)
    assignments = "\n    ".join(
        f"NEW.{column(shadow.name)} := {shadow.in_trigger};" for shadow in shadows
    )
    residue = "\n    ".join(
        keeping(shadow.residue) for shadow in shadows if shadow.residue is not None
    )
    refused = "\n    ".join(
        _refusing(table, shadow) for shadow in shadows if shadow.misfit != NEVER
    )
    return f"""
ALTER TABLE {quoted(table)} {columns};
CREATE FUNCTION {function}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    {refused}
    {assignments}
    {residue}
    RETURN NEW;
END
$body$;
CREATE TRIGGER {TRIGGER} BEFORE INSERT OR UPDATE ON {quoted(table)} FOR EACH ROW
    WHEN (coalesce(current_setting('gnkmigrate.filling', true), '') = '')
    EXECUTE FUNCTION {function}();
ALTER TABLE {quoted(table)} ENABLE ALWAYS TRIGGER {TRIGGER}"""


def _refusing(table: str, built: Shadow) -> str:
    """The part of a trigger function that refuses a value which would be lost without a word."""
    source = literal(built.source)
    schema, name = (literal(part) for part in split(table))
    return f"""IF {built.misfit.replace(ROW, "NEW")} THEN
        RAISE check_violation USING
            MESSAGE = format('column %I is being taken back to its old shape, which cannot hold'
                             ' this value', {source}),
            SCHEMA = {schema}, TABLE = {name}, COLUMN = {source};
    END IF;"""


def fill(table: str, shadows: Sequence[Shadow]) -> str:
    """Statements that fill a batch; `:batch` stands for its condition on alias `filled`."""
    values = ", ".join(f"{column(shadow.name)} = {shadow.of('filled')}" for shadow in shadows)
    kept = [
        residue.insert(f"FROM {quoted(table)} AS filled WHERE :batch AND {residue.needed}").replace(
            ROW, "filled"
        )
        + " ON CONFLICT (phase, relation, attribute, key) DO NOTHING"
        for residue in (shadow.residue for shadow in shadows)
        if residue is not None
    ]
    return ";\n".join((*kept, f"UPDATE {quoted(table)} AS filled SET {values} WHERE :batch"))


def drop(table: str, shadows: Sequence[Shadow], function: str) -> str:
    """Statements that take `add` back."""
    columns = ", ".join(f"DROP COLUMN IF EXISTS {column(shadow.name)}" for shadow in shadows)
    return f"""
DROP TRIGGER IF EXISTS {TRIGGER} ON {quoted(table)};
DROP FUNCTION IF EXISTS {function}();
ALTER TABLE {quoted(table)} {columns}"""
