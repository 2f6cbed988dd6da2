"""op.expect_table and op.expect_absent: the shape that a phase starts from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gnkmigrate.phases.names import split
from gnkmigrate.phases.recorder import operation
from gnkmigrate.phases.step import Refusal, Step
from gnkmigrate.phases.work import Work

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
    """

    changes: ClassVar[bool] = False

    table: str
    columns: tuple[str, ...]
    without: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"expect {self.table}"

    @property
    def tables(self) -> Sequence[str]:
        return (self.table,)

    def check(self, work: Work) -> Sequence[Refusal]:
        schema, name = split(self.table)
        rows = work.connection.execute(
            "SELECT column_name::text FROM information_schema.columns AS listed"
            " JOIN pg_catalog.pg_tables ON schemaname = table_schema AND tablename = table_name"
            " WHERE table_schema = %s AND table_name = %s",
            (schema, name),
        ).fetchall()
        found = {row[0] for row in rows}
        if not found:
            return (Refusal(f"The table {self.table} is not there.", hint=_HALF_MIGRATED),)
        missing = [column for column in self.columns if column not in found]
        surplus = [column for column in self.without if column in found]
        refusals = []
        if missing:
            refusals.append(
                Refusal(f"{self.table} lacks columns.", missing, len(missing), _HALF_MIGRATED)
            )
        if surplus:
            refusals.append(
                Refusal(
                    f"{self.table} already has columns that this phase makes.",
                    surplus,
                    len(surplus),
                    _HALF_MIGRATED,
                )
            )
        return refusals

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
            "SELECT name FROM unnest(%s::text[], %s::text[]) AS wanted (schema, name)"
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
