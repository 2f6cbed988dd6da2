"""op.archive_type and op.restore_type: types of the old shape, out of the way and back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate import own
from gnkmigrate.phases import archive
from gnkmigrate.phases.names import column, literal, quoted, split
from gnkmigrate.phases.recorder import operation
from gnkmigrate.phases.step import Refusal, Step
from gnkmigrate.phases.work import Work

# Whatever pg_depend knows to need the type or its array, except for the columns that the phase
# converts and what goes with them: defaults, and the view of the old shape.
_USERS = """
SELECT DISTINCT pg_describe_object(classid, objid, objsubid)
FROM pg_depend
JOIN pg_type ON pg_type.oid = {type}::regtype
LEFT JOIN pg_attribute ON classid = 'pg_class'::regclass AND attrelid = objid AND attnum = objsubid
LEFT JOIN pg_class ON pg_class.oid = attrelid
LEFT JOIN pg_rewrite ON classid = 'pg_rewrite'::regclass AND pg_rewrite.oid = objid
LEFT JOIN pg_class AS view ON view.oid = ev_class
WHERE refclassid = 'pg_type'::regclass AND refobjid IN (pg_type.oid, typarray) AND deptype <> 'i'
  AND classid <> 'pg_attrdef'::regclass
  AND coalesce(view.relnamespace, pg_class.relnamespace, 0) NOT IN ({legacy})
  AND format('%s.%s.%s', pg_class.relnamespace::regnamespace, pg_class.relname, attname)
      <> ALL ({converted})
ORDER BY 1
"""


@operation("archive_type")
@dataclass(frozen=True)
class ArchiveType(Step):
    """Moves a type that nothing uses any more to schema gnkmigrate_archive.

    Attributes:
        type: "schema.type".
        converted: the columns, "schema.table.column", that this phase converts away from it.
    """

    type: str
    converted: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"type {self.type}"

    @property
    def archived(self) -> str:
        return self.type

    def check(self, work: Work) -> Sequence[Refusal]:
        converted = f"ARRAY[{', '.join(literal(name) for name in self.converted)}]::text[]"
        rows = work.execute(
            _USERS.format(
                type=literal(quoted(self.type)), converted=converted, legacy=own.LEGACY_OIDS
            )
        ).fetchall()
        users = [row[0] for row in rows]
        taken = archive.refusals(work, self.type)
        if not users:
            return taken
        message = f"Others use the type {self.type}, which this phase takes away."
        return (Refusal(message, users, len(users), "Drop or change them first."), *taken)

    def run(self, work: Work) -> int:
        work.execute(self.script(work.parameters)[0])
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"ALTER TYPE {quoted(self.type)} SET SCHEMA {column(own.ARCHIVE)}",)


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
        return (f"ALTER TYPE {quoted(f'{own.ARCHIVE}.{name}')} SET SCHEMA {column(schema)}",)
