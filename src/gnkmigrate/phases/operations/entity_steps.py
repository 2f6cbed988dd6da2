"""The steps of op.extract_lookup and op.split_table beside the conversion of the columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gnkmigrate.errors import PhaseFailed
from gnkmigrate.phases import in_step, relation
from gnkmigrate.phases.column_pair import pairs_of
from gnkmigrate.phases.conversion import Conversion
from gnkmigrate.phases.entity import Entity, plain
from gnkmigrate.phases.names import column, literal, quoted
from gnkmigrate.phases.operations.convert import convert_columns
from gnkmigrate.phases.operations.expect import ExpectAbsent
from gnkmigrate.phases.operations.resolve_reference import referring
from gnkmigrate.phases.operations.spill import Spill
from gnkmigrate.phases.operations.sql_step import SqlStep
from gnkmigrate.phases.operations.take_back import came_back
from gnkmigrate.phases.step import Step
from gnkmigrate.phases.work import Work

_TRIGGER = "gnkmigrate_entity"


def entity_steps(
    entity: Entity, *, not_null: bool, holds: str = "true", actions: str, index: bool
) -> tuple[Step, ...]:
    """All steps, in their order.

    Args:
        entity: which values go where.
        not_null: whether the reference is NOT NULL afterwards.
        holds: SQL condition on the key `:column` under which the first old column can hold its
            value.
        actions: of the foreign key.
        index: whether the reference gets an index.
    """
    conversions = entity.conversions(not_null=not_null, holds=holds)
    return (
        ExpectAbsent((entity.into,)),
        CreateEntity(entity),
        TakeEntitiesBack(entity),
        *convert_columns(entity.table, conversions=conversions),
        FollowEntity(entity, conversions),
        *referring(
            entity.table, entity.reference, entity.into, entity.key, actions=actions, index=index
        ),
    )


def _types(work: Work, entity: Entity) -> Sequence[str]:
    """The types of the new table's columns."""
    if entity.label_type:
        return (entity.label_type,)
    declared = relation.columns(work, entity.table, entity.old)
    return [str(declared[name]["type"]) for name in entity.old]


@dataclass(frozen=True)
class CreateEntity(Step):
    """Makes the table, and the function that finds values in it."""

    prepares: ClassVar[bool] = True

    entity: Entity

    @property
    def name(self) -> str:
        return f"table {self.entity.into}"

    @property
    def reverse(self) -> Sequence[Step]:
        return (DropEntity(self.entity),)

    def run(self, work: Work) -> int:
        types = _types(work, self.entity)
        work.remember(self._memory, list(types))
        work.execute("; ".join(self.entity.create(types)))
        return 0

    @property
    def _memory(self) -> str:
        return f"types of {self.entity.into}"

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- creates {self.entity.into} with the types of the columns that it gets",)


@dataclass(frozen=True)
class TakeEntitiesBack(Step):
    """Rows that nobody used come back after a rollback; each gets a new key."""

    entity: Entity

    @property
    def one_way(self) -> bool:
        return True

    @property
    def name(self) -> str:
        return came_back(self.entity.unused, values=False)

    def run(self, work: Work) -> int:
        entity = self.entity
        values = ", ".join(
            f"(content ->> {literal(name)})::{plain(type_)}"
            for name, type_ in zip(entity.new, _types(work, entity), strict=True)
        )
        found = work.execute(f"""
            WITH gone AS (
                DELETE FROM gnkmigrate.overflow
                WHERE relation = {literal(entity.into)} AND reason = {literal(entity.unused)}
                RETURNING content)
            SELECT {entity.function}({values}) FROM gone
        """)
        return max(found.rowcount, 0)

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- takes rows of {self.entity.into} back from gnkmigrate.overflow, if any",)


@dataclass(frozen=True)
class DropEntity(Step):
    """Takes CreateEntity back; what is used of the table is in the old columns."""

    entity: Entity

    @property
    def name(self) -> str:
        return f"table {self.entity.into}"

    @property
    def tables(self) -> Sequence[str]:
        return (self.entity.into,)

    def run(self, work: Work) -> int:
        """Drops the table.

        Raises:
            PhaseFailed: rows have come since they were looked for.
        """
        entity = self.entity
        into = quoted(entity.into)
        work.execute(f"LOCK TABLE {into} IN ACCESS EXCLUSIVE MODE")
        unknown = work.value(
            f"SELECT count(*) FROM {into} AS made WHERE NOT {entity.is_kept('made')}"
        )
        if unknown:
            raise PhaseFailed(
                f"Phase {work.phase}: rows of {entity.into} have come that {entity.table} does not"
                f" use ({unknown}).",
                hint="Delete them, and run the same command again.",
            )
        work.execute("; ".join(self.script(work.parameters)))
        work.forget(f"types of {entity.into}")
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"DROP FUNCTION {self.entity.function}", f"DROP TABLE {quoted(self.entity.into)}")


@dataclass(frozen=True)
class FollowEntity(Step):
    """From now on the old columns follow a row that is changed in the new table."""

    entity: Entity
    conversions: tuple[Conversion, ...]

    @property
    def name(self) -> str:
        return f"rows of {self.entity.into}"

    @property
    def tables(self) -> Sequence[str]:
        return (self.entity.into,)

    @property
    def reverse(self) -> Sequence[Step]:
        entity = self.entity
        trigger = f"DROP TRIGGER {_TRIGGER} ON {quoted(entity.into)}"
        drop = f"{trigger}; DROP FUNCTION {entity.follower}()"
        where = f"NOT {entity.is_used('spilled')}"
        spill = Spill(entity.unused, entity.into, where, (), of=self.name)
        return (spill, SqlStep(self.name, drop, (entity.into,)))

    def run(self, work: Work) -> int:
        entity = self.entity
        on, key = quoted(entity.into), column(entity.key)
        values = ",\n        ".join(
            f"{column(pair.kept)} = {in_step.way_back(entity.table, work.phase, pair)}(NEW.{key})"
            for pair in pairs_of(work, entity.table, self.conversions)
        )
        listed = ", ".join(column(name) for name in entity.new)
        before, after = (
            ", ".join(f"{row}.{column(name)}" for name in entity.new) for row in ("OLD", "NEW")
        )
        work.execute(f"""
CREATE FUNCTION {entity.follower}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    PERFORM set_config('gnkmigrate.filling', 'on', true);
    UPDATE {quoted(entity.table)} SET
        {values}
    WHERE {column(entity.reference)} = NEW.{key};
    PERFORM set_config('gnkmigrate.filling', '', true);
    RETURN NULL;
END
$body$;
CREATE TRIGGER {_TRIGGER} AFTER UPDATE OF {listed} ON {on} FOR EACH ROW
    WHEN (ROW({before}) IS DISTINCT FROM ROW({after})) EXECUTE FUNCTION {entity.follower}();
ALTER TABLE {on} ENABLE ALWAYS TRIGGER {_TRIGGER}""")
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- {self.entity.table} follows the rows of {self.entity.into}",)
