"""op.archive_type and op.restore_type: types of the old shape, out of the way and back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate.phases.names import column, literal, quoted, split
from gnkmigrate.phases.operations.swap import ARCHIVE
from gnkmigrate.phases.recorder import operation
from gnkmigrate.phases.step import Refusal, Step
from gnkmigrate.phases.work import Work

_USERS = """
SELECT attrelid::regclass || '.' || quote_ident(attname)
FROM pg_attribute
JOIN pg_class ON pg_class.oid = attrelid AND relkind IN ('r', 'p', 'f')
WHERE atttypid = {type}::regtype AND NOT attisdropped
  AND format('%s.%s.%s', relnamespace::regnamespace, relname, attname) <> ALL ({converted})
ORDER BY 1
"""


@operation("archive_type")
@dataclass(frozen=True)
class ArchiveType(Step):
    """Moves a type that no column uses any more to schema gnkmigrate_archive.

    Attributes:
        type: "schema.type".
        converted: the columns, "schema.table.column", that this phase converts away from it.
    """

    type: str
    converted: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"type {self.type}"

    def check(self, work: Work) -> Sequence[Refusal]:
        converted = f"ARRAY[{', '.join(literal(name) for name in self.converted)}]"
        rows = work.execute(
            _USERS.format(type=literal(quoted(self.type)), converted=converted)
        ).fetchall()
        users = [row[0] for row in rows]
        if not users:
            return ()
        return (Refusal(f"Other columns use the type {self.type}.", users, len(users)),)

    def run(self, work: Work) -> int:
        work.execute(self.script(work.parameters)[0])
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"ALTER TYPE {quoted(self.type)} SET SCHEMA {column(ARCHIVE)}",)


@operation("restore_type")
@dataclass(frozen=True)
class RestoreType(Step):
    """Takes archive_type back.

    Attributes:
        type: "schema.type" where it was and comes to be.
    """

    type: str

    @property
    def name(self) -> str:
        return f"type {self.type}"

    def run(self, work: Work) -> int:
        work.execute(self.script(work.parameters)[0])
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        schema, name = split(self.type)
        return (f"ALTER TYPE {quoted(f'{ARCHIVE}.{name}')} SET SCHEMA {column(schema)}",)
