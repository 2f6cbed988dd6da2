"""The view without deleted rows, through which a DELETE says when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gnkmigrate.kinds import locks
from gnkmigrate.operations.create_view import INVOKER_SINCE
from gnkmigrate.operations.parts.whole import DropWhole, owner_of
from gnkmigrate.operations.soft_deletes.preflight import Asked, refusals
from gnkmigrate.run import lock_announcement, relation
from gnkmigrate.run.batches.row_key import keys_of
from gnkmigrate.run.lock_announcement import Span, TableLock
from gnkmigrate.run.names import column, literal, quoted, split
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.sync import privileges
from gnkmigrate.run.work import Work

# Whoever deletes does so himself, as before: a trigger's condition is evaluated as him as well.
_DELETE = """
CREATE FUNCTION {function}() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $delete$
BEGIN
    UPDATE {table} AS gone SET {column} = now() WHERE {same} AND gone.{column} IS NULL;
    IF NOT FOUND THEN RETURN NULL; END IF;
    RETURN OLD;
END $delete$;
CREATE TRIGGER soft_delete INSTEAD OF DELETE ON {view}
    FOR EACH ROW EXECUTE FUNCTION {function}();
CREATE FUNCTION {right}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $right$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
        MESSAGE = format('permission denied to delete rows of table %s', TG_TABLE_NAME);
END $right$;
REVOKE ALL ON FUNCTION {right}() FROM PUBLIC;
CREATE TRIGGER soft_delete_right BEFORE UPDATE OF {column} ON {table}
    FOR EACH ROW
    WHEN (NEW.{column} IS DISTINCT FROM OLD.{column}
          AND NOT has_table_privilege({oid}::regclass, 'DELETE'))
    EXECUTE FUNCTION {right}()
"""

# Who may delete may say when; the trigger asks whether he may still.
_DELETERS = """
SELECT format('GRANT SELECT (%1$I), UPDATE (%1$I) ON %2$s TO %3$s', {column}, {target},
              CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END)
FROM pg_class, aclexplode(relacl)
WHERE pg_class.oid = {target}::regclass AND privilege_type = 'DELETE' AND grantee <> relowner
"""


@dataclass(frozen=True)
class HideDeleted(Step):
    """The view comes, through which a DELETE says when.

    Attributes:
        table: "schema.table".
        view: "schema.name".
        column: which says when a row was deleted.
        replaced: UNIQUE constraints in whose place there is an index, with its columns.
        unfired: triggers on DELETE that need not fire.
    """

    outlives_contract: ClassVar[bool] = True

    table: str
    view: str
    column: str
    replaced: tuple[tuple[str, str], ...]
    unfired: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"view {self.view}"

    @property
    def reverse(self) -> Sequence[Step]:
        dropped = (
            f"DROP FUNCTION {self._function}();"
            f" DROP TRIGGER soft_delete_right ON {quoted(self.table)};"
            f" DROP FUNCTION {self._right}()"
        )
        return (DropHidden(self.name, "VIEW", quoted(self.view), self.table, dropped),)

    @property
    def tables(self) -> Sequence[str]:
        return (self.table,)

    @property
    def locks(self) -> Sequence[TableLock]:
        return lock_announcement.on(self.tables, locks.CREATE_TRIGGER, Span.MOMENT)

    @property
    def _right(self) -> str:
        return quoted(f"{self.view}_soft_delete_right")

    @property
    def _function(self) -> str:
        return quoted(f"{self.view}_soft_delete")

    def check(self, work: Work) -> Sequence[Refusal]:
        asked = Asked(work, self.table, self.view, dict(self.replaced), self.unfired)
        return [*refusals(asked)]

    def run(self, work: Work) -> int:
        table, view, gone = quoted(self.table), quoted(self.view), column(self.column)
        columns = ", ".join(map(column, relation.column_names(work, self.table)))
        # As its caller a view reads all of its columns, or none.
        by_column = privileges.is_read_by_column(work, table)
        invoker = work.connection.info.server_version >= INVOKER_SINCE and not by_column
        options = "WITH (security_invoker = true) " if invoker else ""
        work.execute(
            f"CREATE VIEW {view} {options}AS SELECT {columns} FROM {table} WHERE {gone} IS NULL"
        )
        key = keys_of(work.read_facts([split(self.table)[0]]), self.table)[0]
        same = " AND ".join(f"gone.{column(name)} = OLD.{column(name)}" for name in key)
        work.execute(
            _DELETE.format(
                function=self._function,
                right=self._right,
                oid=literal(table),
                table=table,
                view=view,
                column=gone,
                same=same,
            )
        )
        privileges.carry_to_view(work, table, view)
        deleters = _DELETERS.format(column=literal(self.column), target=literal(table))
        for (statement,) in work.execute(deleters).fetchall():
            work.execute(statement)
        owner = owner_of(work, self.table)
        for function in (self._function, self._right):
            work.execute(f"ALTER FUNCTION {function}() OWNER TO {owner}")
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- a view {self.view} of {self.table} without deleted rows",)


@dataclass(frozen=True)
class DropHidden(DropWhole):
    """The view goes, and in the same transaction its functions and the trigger of its table.

    Attributes:
        table: "schema.table".
        also: SQL that drops those.
    """

    table: str
    also: str

    @property
    def tables(self) -> Sequence[str]:
        return (self.table,)

    @property
    def clears(self) -> Sequence[str]:
        return (*super().clears, f"trigger soft_delete_right on table {self.table}")

    def run(self, work: Work) -> int:
        super().run(work)
        work.execute(self.also)
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        return (*super().script(parameters), self.also)
