"""op.expect_table and op.expect_absent: the shape that a phase starts from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gnkmigrate.run.names import split
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.session import OURS
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.work import Work

_HALF_MIGRATED = (
    "Somebody may have migrated by hand: compare with `gnkmigrate audit`, take the change back or "
    "finish it, and correct the revision if the database is right."
)


@operation("expect_table")
@dataclass(frozen=True)
class ExpectTable(Step):
    """Requires a table with these columns before the phase starts.

    Attributes:
        table: "schema.table".
        columns: names that must be there.
        without: names that must not be there yet.
        types: (column, type) pairs, the type as PostgreSQL prints it without modifiers.
    """

    changes: ClassVar[bool] = False

    table: str
    columns: tuple[str, ...]
    without: tuple[str, ...] = ()
    types: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        return f"expect {self.table}"

    @property
    def tables(self) -> Sequence[str]:
        return (self.table,)

    def check(self, work: Work) -> Sequence[Refusal]:
        found = self._types_by_column(work)
        if not found:
            return (Refusal(f"The table {self.table} is not there.", hint=_HALF_MIGRATED),)
        missing = [column for column in self.columns if column not in found]
        surplus = [column for column in self.without if column in found]
        other = [
            f"{column} is {found[column]}, and not {type_}"
            for column, type_ in self.types
            if found.get(column, type_) != type_
        ]
        reasons = (
            (f"{self.table} lacks columns.", missing),
            (f"{self.table} already has columns that this phase makes.", surplus),
            (f"Columns of {self.table} are of other types.", other),
        )
        return [
            Refusal(message, columns, len(columns), _HALF_MIGRATED)
            for message, columns in reasons
            if columns
        ]

    def _types_by_column(self, work: Work) -> Mapping[str, str]:
        """None at all where there is no such table."""
        schema, name = split(self.table)
        with work.settings(search_path=OURS):
            rows = work.connection.execute(
                "SELECT attname::text, format_type(atttypid, NULL) FROM pg_attribute"
                " JOIN pg_class ON pg_class.oid = attrelid AND relkind IN ('r', 'p')"
                " JOIN pg_namespace ON pg_namespace.oid = relnamespace"
                " WHERE nspname = %s AND relname = %s AND attnum > 0 AND NOT attisdropped",
                (schema, name),
            ).fetchall()
        return {row[0]: row[1] for row in rows}

    def run(self, work: Work) -> int:
        """Nothing: the expectation was checked before the first step."""
        del work
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- expects {self.table} with {', '.join(self.columns)}",)


@operation("expect_absent")
@dataclass(frozen=True)
class ExpectAbsent(Step):
    """Requires that these relations are not there yet.

    Attributes:
        relations: each "schema.name".
    """

    changes: ClassVar[bool] = False

    relations: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"expect no {', '.join(self.relations)}"

    def check(self, work: Work) -> Sequence[Refusal]:
        rows = work.connection.execute(
            "SELECT schema || '.' || name"
            " FROM unnest(%s::text[], %s::text[]) AS wanted (schema, name)"
            " WHERE EXISTS (SELECT FROM pg_catalog.pg_class JOIN pg_catalog.pg_namespace"
            " ON pg_namespace.oid = relnamespace WHERE nspname = schema AND relname = name)",
            (
                [split(relation)[0] for relation in self.relations],
                [split(relation)[1] for relation in self.relations],
            ),
        ).fetchall()
        names = [row[0] for row in rows]
        if not names:
            return ()
        message = "There is already what this phase makes."
        return (Refusal(message, names, len(names), _HALF_MIGRATED),)

    def run(self, work: Work) -> int:
        """Nothing: the expectation was checked before the first step."""
        del work
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- expects that these are not there: {', '.join(self.relations)}",)
