"""op.archive_type and op.restore_type: types of the old shape, out of the way and back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate import own_objects
from gnkmigrate.run.kept import archive
from gnkmigrate.run.names import column, literal, quoted, split
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.sync import view_place
from gnkmigrate.run.sync.column_pair import kept_name
from gnkmigrate.run.work import Work

# Whatever pg_depend knows to need the type or its array, except for the columns that the phase
# converts and what goes with them: defaults, functions of ours, and the view of the old shape.
_LOOK = "Look at the revision."
_USERS = """
SELECT DISTINCT pg_describe_object(classid, objid, objsubid)
FROM pg_depend
JOIN pg_type ON pg_type.oid = {type}::regtype
LEFT JOIN pg_attribute ON classid = 'pg_class'::regclass AND attrelid = objid AND attnum = objsubid
LEFT JOIN pg_class ON pg_class.oid = attrelid
LEFT JOIN pg_namespace ON pg_namespace.oid = pg_class.relnamespace
LEFT JOIN pg_rewrite ON classid = 'pg_rewrite'::regclass AND pg_rewrite.oid = objid
LEFT JOIN pg_class AS view ON view.oid = ev_class
LEFT JOIN pg_proc ON classid = 'pg_proc'::regclass AND pg_proc.oid = objid
WHERE refclassid = 'pg_type'::regclass AND refobjid IN (pg_type.oid, typarray) AND deptype <> 'i'
  AND classid <> 'pg_attrdef'::regclass
  AND pronamespace IS DISTINCT FROM to_regnamespace('{journal}')
  AND coalesce(view.relnamespace, pg_class.relnamespace, 0) NOT IN ({legacy})
  AND format('%s.%s.%s', nspname, pg_class.relname, attname) <> ALL ({converted})
ORDER BY 1
"""


@operation("archive_type")
@dataclass(frozen=True)
class ArchiveType(Step):
    """Moves a type that nothing uses any more out of the way.

    It goes where the views of the old shape are, so that the old application may go on casting to
    it, or to schema gnkmigrate_archive where there are none.

    Attributes:
        type: "schema.type".
        converted: the columns, "schema.table.column", that this phase converts away from it.
    """

    type: str
    converted: tuple[str, ...]

    @property
    def reverse(self) -> Sequence[Step]:
        return (RestoreType(self.type),)

    @property
    def name(self) -> str:
        return f"type {self.type}"

    @property
    def archived(self) -> str:
        return self.type

    def check(self, work: Work) -> Sequence[Refusal]:
        if not work.value(f"SELECT to_regtype({literal(quoted(self.type))}) IS NOT NULL"):
            prepared = any(step.prepares for step in work.earlier)
            return () if prepared else (Refusal(f"{self.type} is not a type.", hint=_LOOK),)
        names = [*self.converted, *map(_kept_column, self.converted)]
        converted = f"ARRAY[{', '.join(map(literal, names))}]::text[]"
        rows = work.execute(
            _USERS.format(
                type=literal(quoted(self.type)),
                converted=converted,
                legacy=own_objects.LEGACY_OIDS,
                journal=own_objects.JOURNAL,
            )
        ).fetchall()
        users = [row[0] for row in rows if row[0] not in work.dropped]
        taken = [*archive.refusals(work, self.type), *self._named_as_a_view(work)]
        if not users:
            return taken
        message = f"Others use the type {self.type}, which this phase takes away."
        return (Refusal(message, users, len(users), "Drop or change them first."), *taken)

    def _named_as_a_view(self, work: Work) -> Sequence[Refusal]:
        """A view is a type as well."""
        name = _kept(work.parameters, self.type)
        if not work.value(f"SELECT to_regtype({literal(name)}) IS NOT NULL"):
            return ()
        message = f"{self.type} cannot go where the views of the old shape are: {name} is there."
        return (Refusal(message, hint="Rename the type before."),)

    def run(self, work: Work) -> int:
        if view_place.is_wanted(work.parameters):
            view_place.create_schema(work)
        work.execute(self.script(work.parameters)[0])
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        return (f"ALTER TYPE {quoted(self.type)} SET SCHEMA {column(_schema(parameters))}",)


def _kept_column(converted: str) -> str:
    """What a converted column is called until contract: it still has the type."""
    table, _, name = converted.rpartition(".")
    return f"{table}.{kept_name(name)}"


def _schema(parameters: Mapping[str, str]) -> str:
    return (
        view_place.schema(parameters) if view_place.is_wanted(parameters) else own_objects.ARCHIVE
    )


def _kept(parameters: Mapping[str, str], type_: str) -> str:
    """The type where it has gone, quoted."""
    return f"{column(_schema(parameters))}.{column(split(type_)[1])}"


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
        own_objects.drop_empty_legacy(work.connection)
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        schema = column(split(self.type)[0])
        return (f"ALTER TYPE {_kept(parameters, self.type)} SET SCHEMA {schema}",)
