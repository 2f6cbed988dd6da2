"""op.extract_lookup: the values of a column become rows of a table of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gnkmigrate import own
from gnkmigrate.errors import PhaseFailed
from gnkmigrate.phases import in_step
from gnkmigrate.phases.column_pair import pairs_of
from gnkmigrate.phases.conversion import Conversion
from gnkmigrate.phases.names import column as quoted_column
from gnkmigrate.phases.names import literal, quoted, split
from gnkmigrate.phases.operations.convert import convert_columns
from gnkmigrate.phases.operations.expect import ExpectAbsent
from gnkmigrate.phases.operations.resolve_reference import referring
from gnkmigrate.phases.operations.spill import Spill
from gnkmigrate.phases.operations.sql_step import SqlStep
from gnkmigrate.phases.operations.take_back import came_back
from gnkmigrate.phases.own_names import own_name
from gnkmigrate.phases.recorder import operation
from gnkmigrate.phases.step import Step
from gnkmigrate.phases.work import Work

_TRIGGER = "gnkmigrate_labels"


@operation("extract_lookup")
def extract_lookup(
    table: str,
    column: str,
    into: str,
    *,
    label: str = "name",
    key: str = "id",
    type: str = "integer",  # noqa: A002 - as Conversion calls it
    label_type: str = "text",
    rename: str = "",
    not_null: bool = False,
    enum: str = "",
    actions: str = "",
    index: bool = True,
) -> tuple[Step, ...]:
    """Makes a lookup table of the values of a text or enum, and a foreign key of the column.

    While both applications work, a value that the old one writes for the first time gets a row, and
    a label that the new one changes is what the old one sees in all its rows.

    Args:
        table: "schema.table" of the column.
        column: its name before.
        into: "schema.table" of the lookup table, which is made here.
        label: the column of that table that has the values.
        key: its key, an identity column.
        type: the type of the key: smallint, integer or bigint.
        label_type: the type of the labels, as SQL.
        rename: the name of the column afterwards, such as "status_id"; "" where it stays.
        not_null: whether it is NOT NULL afterwards.
        enum: the enum that the column is of, "schema.type"; "" for a text. A label that it does not
            have is NULL for the old application, and refused on the way back.
        actions: of the foreign key, such as "ON UPDATE CASCADE".
        index: whether the column gets an index.
    """
    lookup = _Lookup(table, column, into, label, key, type, label_type, rename or column)
    conversion = Conversion(
        column,
        type,
        using=f"{lookup.function}(:column::{label_type})",
        back=lookup.label_of(":column"),
        not_null=not_null,
        rename=rename,
        keep=True,
        holds=lookup.holds(enum) if enum else "true",
    )
    return (
        ExpectAbsent((into,)),
        CreateLookup(lookup),
        TakeLabelsBack(lookup),
        *convert_columns(table, conversions=(conversion,)),
        FollowLabels(lookup, conversion),
        *referring(table, lookup.reference, into, key, actions=actions, index=index),
    )


@dataclass(frozen=True)
class _Lookup:
    """Which values go where; the names are those of `extract_lookup`."""

    table: str
    column: str
    into: str
    label: str
    key: str
    type: str
    label_type: str
    reference: str

    @property
    def function(self) -> str:
        """The function that gives the key of a label, and makes a row for a new one."""
        return f"{own.JOURNAL}.{quoted_column(own_name('lookup_', *split(self.into)))}"

    @property
    def follower(self) -> str:
        return f"{own.JOURNAL}.{quoted_column(own_name('labels_', *split(self.into)))}"

    @property
    def unused(self) -> str:
        return f"The old shape has no place for rows of {self.into} that {self.table} does not use."

    def label_of(self, key: str) -> str:
        return (
            f"(SELECT looked_up.{quoted_column(self.label)} FROM {quoted(self.into)} AS looked_up"
            f" WHERE looked_up.{quoted_column(self.key)} = {key})"
        )

    def key_of(self, label: str) -> str:
        return (
            f"(SELECT looked_up.{quoted_column(self.key)} FROM {quoted(self.into)} AS looked_up"
            f" WHERE looked_up.{quoted_column(self.label)} = {label})"
        )

    def holds(self, enum: str) -> str:
        return (
            f":column IS NULL OR EXISTS (SELECT FROM pg_enum WHERE enumtypid = "
            f"{literal(quoted(enum))}::regtype AND enumlabel = {self.label_of(':column')}::text)"
        )

    def is_used(self, row: str) -> str:
        return (
            f"EXISTS (SELECT FROM {quoted(self.table)} AS using_it"
            f" WHERE using_it.{quoted_column(self.reference)} = {row}.{quoted_column(self.key)})"
        )


@dataclass(frozen=True)
class CreateLookup(Step):
    """Makes the table, and the function that finds a label in it."""

    prepares: ClassVar[bool] = True

    lookup: _Lookup

    @property
    def name(self) -> str:
        return f"lookup table {self.lookup.into}"

    @property
    def reverse(self) -> Sequence[Step]:
        return (DropLookup(self.lookup),)

    def run(self, work: Work) -> int:
        work.execute("; ".join(self.script(work.parameters)))
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        spec = self.lookup
        into, key, label = quoted(spec.into), quoted_column(spec.key), quoted_column(spec.label)
        table = f"""CREATE TABLE {into} (
    {key} {spec.type} GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    {label} {spec.label_type} NOT NULL UNIQUE
)"""
        # A client that does not see a row that another has just made waits for it, or is told to
        # repeat its transaction.
        function = f"""CREATE FUNCTION {spec.function}(said {spec.label_type}) RETURNS {spec.type}
LANGUAGE plpgsql STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    found {spec.type} := {spec.key_of("said")};
BEGIN
    IF found IS NULL THEN
        INSERT INTO {into} AS made ({label}) VALUES (said)
        ON CONFLICT ({label}) DO UPDATE SET {label} = excluded.{label}
        RETURNING made.{key} INTO found;
    END IF;
    RETURN found;
END
$body$"""
        return (table, function)


@dataclass(frozen=True)
class TakeLabelsBack(Step):
    """Labels that nobody used come back after a rollback; each gets a new key."""

    lookup: _Lookup

    @property
    def one_way(self) -> bool:
        return True

    @property
    def name(self) -> str:
        return came_back(self.lookup.unused, values=False)

    def run(self, work: Work) -> int:
        spec = self.lookup
        found = work.execute(f"""
            WITH gone AS (
                DELETE FROM gnkmigrate.overflow
                WHERE relation = {literal(spec.into)} AND reason = {literal(spec.unused)}
                RETURNING content ->> {literal(spec.label)} AS label)
            SELECT {spec.function}(label::{spec.label_type}) FROM gone
        """)
        return max(found.rowcount, 0)

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- takes labels of {self.lookup.into} back from gnkmigrate.overflow, if any",)


@dataclass(frozen=True)
class DropLookup(Step):
    """Takes CreateLookup back; the labels that are used are in the old column."""

    lookup: _Lookup

    @property
    def name(self) -> str:
        return f"lookup table {self.lookup.into}"

    @property
    def tables(self) -> Sequence[str]:
        return (self.lookup.into,)

    def run(self, work: Work) -> int:
        """Drops the table.

        Raises:
            PhaseFailed: rows have come since they were looked for.
        """
        spec = self.lookup
        work.execute(f"LOCK TABLE {quoted(spec.into)} IN ACCESS EXCLUSIVE MODE")
        label, old = quoted_column(spec.label), quoted_column(spec.column)
        unknown = work.value(
            f"SELECT count(*) FROM {quoted(spec.into)} AS made WHERE NOT EXISTS (SELECT FROM"
            f" {quoted(spec.table)} AS old WHERE old.{old}::text = made.{label}::text)"
        )
        if unknown:
            raise PhaseFailed(
                f"Phase {work.phase}: rows of {spec.into} have come that {spec.table} does not use"
                f" ({unknown}).",
                hint="Delete them, and run the same command again.",
            )
        work.execute("; ".join(self.script(work.parameters)))
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"DROP FUNCTION {self.lookup.function}", f"DROP TABLE {quoted(self.lookup.into)}")


@dataclass(frozen=True)
class FollowLabels(Step):
    """From now on the old column follows a label that is changed in the lookup table."""

    lookup: _Lookup
    conversion: Conversion

    @property
    def name(self) -> str:
        return f"labels of {self.lookup.into}"

    @property
    def tables(self) -> Sequence[str]:
        return (self.lookup.into,)

    @property
    def reverse(self) -> Sequence[Step]:
        spec = self.lookup
        trigger = f"DROP TRIGGER {_TRIGGER} ON {quoted(spec.into)}"
        drop = f"{trigger}; DROP FUNCTION {spec.follower}()"
        spill = Spill(spec.unused, spec.into, f"NOT {spec.is_used('spilled')}", (), of=self.name)
        return (spill, SqlStep(self.name, drop, (spec.into,)))

    def run(self, work: Work) -> int:
        spec = self.lookup
        table, key = quoted(spec.table), quoted_column(spec.key)
        on, label = quoted(spec.into), quoted_column(spec.label)
        (pair,) = pairs_of(work, spec.table, (self.conversion,))
        back = in_step.way_back(spec.table, work.phase, pair)
        work.execute(f"""
CREATE FUNCTION {spec.follower}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    PERFORM set_config('gnkmigrate.filling', 'on', true);
    UPDATE {table} SET {quoted_column(pair.kept)} = {back}(NEW.{key})
    WHERE {quoted_column(spec.reference)} = NEW.{key};
    PERFORM set_config('gnkmigrate.filling', '', true);
    RETURN NULL;
END
$body$;
CREATE TRIGGER {_TRIGGER} AFTER UPDATE OF {label} ON {on} FOR EACH ROW
    WHEN (OLD.{label} IS DISTINCT FROM NEW.{label}) EXECUTE FUNCTION {spec.follower}();
ALTER TABLE {on} ENABLE ALWAYS TRIGGER {_TRIGGER}""")
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- {self.lookup.table} follows the labels of {self.lookup.into}",)
