"""op.soft_delete: a deleted row stays, and the application does not see it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gnkmigrate import own
from gnkmigrate.errors import PhaseFailed
from gnkmigrate.kinds import locks
from gnkmigrate.operations.index import BuildIndex
from gnkmigrate.operations.parts.whole import DropWhole, bare, owner_of
from gnkmigrate.operations.retire_constraint import RetireConstraint
from gnkmigrate.operations.spill import Spill
from gnkmigrate.operations.take_back import TakeBack
from gnkmigrate.run import dependents, foreign_keys, lock_announcement
from gnkmigrate.run.batches.row_key import KEYLESS, keys_of
from gnkmigrate.run.lock_announcement import Span, TableLock
from gnkmigrate.run.names import column, literal, quoted, split
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.sync import privileges
from gnkmigrate.run.work import Work

_INVOKER_SINCE = 150_000
_NO_NULLS = re.compile(r"\bNULLS\s+NOT\s+DISTINCT\b", re.IGNORECASE)
_ON_DELETE = 8  # of pg_trigger.tgtype (pg_trigger.h)

_STATE = f"""
SELECT relkind::text, relrowsecurity,
       EXISTS (SELECT FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
               WHERE tgrelid = pg_class.oid AND pronamespace = to_regnamespace('{own.JOURNAL}')),
       ARRAY(SELECT relname::text FROM pg_index JOIN pg_class AS named ON named.oid = indexrelid
             WHERE indrelid = pg_class.oid AND indisunique AND NOT indisprimary
               AND indpred IS NULL ORDER BY 1),
       to_regclass({{view}}) IS NOT NULL,
       ARRAY(SELECT conname::text FROM pg_constraint
             WHERE conrelid = pg_class.oid AND contype = 'x' ORDER BY 1),
       ARRAY(SELECT tgname::text FROM pg_trigger
             WHERE tgrelid = pg_class.oid AND NOT tgisinternal AND tgenabled <> 'D'
               AND tgtype & {_ON_DELETE} <> 0
             ORDER BY 1),
       ARRAY(SELECT inhrelid::regclass::text FROM pg_inherits JOIN pg_class AS heir
                 ON heir.oid = inhrelid
             WHERE inhparent = pg_class.oid AND NOT heir.relispartition
             UNION ALL
             SELECT inhparent::regclass::text FROM pg_inherits WHERE inhrelid = pg_class.oid
             ORDER BY 1),
       ARRAY(SELECT DISTINCT coalesce(rolname, 'PUBLIC')::text
             FROM aclexplode(relacl) LEFT JOIN pg_roles ON pg_roles.oid = grantee
             JOIN pg_index ON indrelid = pg_class.oid AND indisprimary
             CROSS JOIN unnest(indkey::smallint[]) AS part
             WHERE privilege_type = 'DELETE' AND grantee <> relowner
               AND NOT has_column_privilege(coalesce(rolname, 'public'), pg_class.oid, part,
                                            'SELECT')
             ORDER BY 1),
       ARRAY(SELECT conname::text FROM pg_constraint
             WHERE conrelid = pg_class.oid AND conname = ANY ({{replaced}}::text[])
               AND condeferrable ORDER BY 1),
       ARRAY(SELECT conname::text FROM pg_constraint JOIN pg_index ON indexrelid = conindid
             WHERE conrelid = pg_class.oid AND conname = ANY ({{replaced}}::text[])
               -- PostgreSQL 14 has no such column.
               AND to_jsonb(pg_index) @> '{{{{"indnullsnotdistinct": true}}}}' ORDER BY 1)
FROM pg_class WHERE oid = to_regclass({{table}})
"""

# Of a key that the application writes itself, a deleted row would keep the values taken.
_GIVEN_OUT = """
SELECT EXISTS (
    SELECT FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)
    WHERE indrelid = {table}::regclass AND indisprimary AND (atthasdef OR attidentity <> '')
) OR NOT EXISTS (SELECT FROM pg_index WHERE indrelid = {table}::regclass AND indisprimary)
"""

_SHOWN = """
SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum)
FROM pg_attribute
WHERE attrelid = {table}::regclass AND attnum > 0 AND NOT attisdropped
  AND attname NOT LIKE 'gnkmigrate\\_kept\\_%'
"""

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

# As its caller a view reads all of its columns, or none.
_BY_COLUMN = """
SELECT EXISTS (SELECT FROM pg_attribute, aclexplode(attacl)
               WHERE attrelid = {table}::regclass AND NOT attisdropped
                 AND privilege_type = 'SELECT')
"""

# Who may delete may say when; the trigger asks whether he may still.
_DELETERS = """
SELECT format('GRANT SELECT (%1$I), UPDATE (%1$I) ON %2$s TO %3$s', {column}, {target},
              CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END)
FROM pg_class, aclexplode(relacl)
WHERE pg_class.oid = {target}::regclass AND privilege_type = 'DELETE' AND grantee <> relowner
"""


@operation("soft_delete")
def soft_delete(
    table: str,
    view: str,
    unique: Mapping[str, tuple[str, str]] | None = None,
    column: str = "deleted_at",
    unfired: Sequence[str] = (),
) -> tuple[Step, ...]:
    """Adds a column that says when a row was deleted, and a view that hides those rows.

    Whoever has the view's schema first in the search path goes on as before: what he deletes
    through the view stays in the table, with the time, and is not shown. What goes with its parent
    (ON DELETE CASCADE), and what is deleted from the table itself, goes for good. Rows that refer
    to a deleted one stay as they are. Who may DELETE may also bring a row back.

    A downgrade is refused while the table has deleted rows, or keeps them with --spill, and the
    next upgrade brings them back. Until contract an old application may look for rows by what was
    unique; so a table with `unique` is refused while an old shape is kept in step with it.

    Args:
        table: "schema.table".
        view: "schema.name" of the view, in a schema made for such views.
        unique: for each UNIQUE constraint the index that takes its place, which is about rows alone
            that are not deleted: its name, and its columns such as "(email)".
        column: the new column's name.
        unfired: triggers on DELETE that need not fire any more: for them a DELETE through the view
            is an UPDATE.
    """
    reason = f"The old shape of {table} has no deleted rows."
    replaced = [
        step
        for constraint, (index, columns) in (unique or {}).items()
        for step in (
            BuildIndex(index, table, f"{columns} WHERE {_quoted(column)} IS NULL", unique=True),
            RetireConstraint(table, constraint),
        )
    ]
    return (
        AddDeleted(table, column),
        *replaced,
        DeletedRows(reason, table, key=(), column=column),
        HideDeleted(
            table,
            view,
            column,
            tuple((name, columns) for name, (_, columns) in (unique or {}).items()),
            tuple(unfired),
        ),
    )


def _quoted(name: str) -> str:
    return column(name)


@dataclass(frozen=True)
class AddDeleted(Step):
    """The column comes, and is NULL in all rows."""

    outlives_contract: ClassVar[bool] = True
    prepares: ClassVar[bool] = True
    adds_columns: ClassVar[bool] = True

    table: str
    column: str

    @property
    def name(self) -> str:
        return f"column {self.column} of {self.table}"

    @property
    def reverse(self) -> Sequence[Step]:
        return (DropDeleted(self.table, self.column),)

    @property
    def tables(self) -> Sequence[str]:
        return (self.table,)

    @property
    def sql(self) -> str:
        return f"ALTER TABLE {quoted(self.table)} ADD COLUMN {column(self.column)} timestamptz"

    def check(self, work: Work) -> Sequence[Refusal]:
        found = work.connection.execute(
            "SELECT FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attname = %s",
            (quoted(self.table), self.column),
        ).fetchone()
        if found is None:
            return ()
        message = f"{self.table} has a column {self.column} already."
        return (Refusal(message, hint='Take another name: op.soft_delete(..., column="...").'),)

    def run(self, work: Work) -> int:
        work.execute(self.sql)
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (self.sql,)


@dataclass(frozen=True)
class DropDeleted(Step):
    """The column goes, with no row that says anything in it."""

    table: str
    column: str

    @property
    def name(self) -> str:
        return f"column {self.column} of {self.table}"

    @property
    def tables(self) -> Sequence[str]:
        return (self.table,)

    def check(self, work: Work) -> Sequence[Refusal]:
        hanging = [
            found
            for found in dependents.dependents(work, self.table, [self.column])
            if bare(found) not in {each for step in work.beside for each in step.clears}
        ]
        if not hanging:
            return ()
        message = f"Others use the column {self.column} of {self.table}."
        return (Refusal(message, hanging, len(hanging), "Drop them, or change them, before."),)

    def run(self, work: Work) -> int:
        """Drops it.

        Raises:
            PhaseFailed: rows were deleted since the phase began.
        """
        table, name = quoted(self.table), column(self.column)
        work.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        if work.value(f"SELECT EXISTS (SELECT FROM {table} WHERE {name} IS NOT NULL)"):
            raise PhaseFailed(
                f"Phase {work.phase}: rows of {self.table} were deleted since the phase began.",
                hint="Run the same command again: it asks about them anew.",
            )
        work.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"ALTER TABLE {quoted(self.table)} DROP COLUMN {column(self.column)}",)


@dataclass(frozen=True)
class DeletedRows(TakeBack):
    """Deleted rows that a rollback kept come back, and are kept again by the next one."""

    outlives_contract: ClassVar[bool] = True

    column: str = ""

    @property
    def one_way(self) -> bool:
        return False

    @property
    def reverse(self) -> Sequence[Step]:
        where = f"spilled.{column(self.column)} IS NOT NULL"
        return (
            SpillDeleted(
                self.reason, self.table, where, (), of=f"column {self.column} of {self.table}"
            ),
        )


class SpillDeleted(Spill):
    """Deleted rows are kept; those to which others refer cannot go."""

    def check(self, work: Work) -> Sequence[Refusal]:
        deleted = f"(SELECT * FROM {quoted(self.table)} AS spilled WHERE {self.where}) AS spilled"
        hanging = {
            key.table: work.value(
                f"SELECT count(*) FROM {key.table} AS referring JOIN {deleted} ON {key.on}"
            )
            for key in foreign_keys.referring(work, self.table)
        }
        rows = [f"{table}: {count:,}" for table, count in hanging.items() if count]
        referred = Refusal(
            f"Rows refer to deleted rows of {self.table}, and would go with them.",
            rows,
            len(rows),
            "Let them refer to others, delete them, or bring the deleted rows back:"
            f" UPDATE {quoted(self.table)} SET ... = NULL.",
        )
        return (*super().check(work), *((referred,) if rows else ()))


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
        replaced = dict(self.replaced)
        asked = _STATE.format(
            table=literal(quoted(self.table)),
            view=literal(quoted(self.view)),
            replaced=f"ARRAY[{', '.join(map(literal, replaced))}]",
        )
        found = work.execute(asked).fetchone()
        if found is None:
            return (Refusal(f"There is no table {self.table}.", hint="Correct the revision."),)
        kind, secured, in_step, uniques, taken, excluding, firing, related, blind = found[:9]
        deferred, no_nulls = found[9:]
        free = [name for name in uniques if name not in replaced] + excluding
        nulls = [name for name in no_nulls if not _NO_NULLS.search(replaced[name])]
        keyless = not keys_of(work.facts, self.table)
        given = work.value(_GIVEN_OUT.format(table=literal(quoted(self.table))))
        silenced = [name for name in firing if name not in self.unfired]
        reasons = (
            (kind not in "rp", f"{self.table} is no table.", (), "Name the table itself."),
            (taken, f"There is something called {self.view} already.", (), "Take another name."),
            (keyless, f"{self.table} has no key.", (), KEYLESS),
            (
                secured,
                f"{self.table} has row security, which a DELETE through the view would not ask.",
                (),
                "Delete softly in the application, or without row security.",
            ),
            (
                bool(free),
                f"A deleted row of {self.table} would keep its place in unique indexes.",
                free,
                'Say what takes their place: unique={"t_a_key": ("t_a_live", "(a)")}.',
            ),
            (
                not given,
                f"A deleted row of {self.table} keeps its key, which the application makes.",
                (),
                "Give rows a key of their own, an identity, and let the other be unique.",
            ),
            (
                bool(silenced),
                f"Triggers on DELETE of {self.table} would not fire through the view.",
                silenced,
                'Where they need not, say so: op.soft_delete(..., unfired=("name",)).',
            ),
            (
                bool(related),
                f"{self.table} shares rows with tables by inheritance, or is a partition.",
                related,
                "Delete softly in a table of its own, or in the partitioned table.",
            ),
            (
                bool(blind),
                f"Roles that may not read {self.table} could not delete through the view.",
                blind,
                "GRANT SELECT, or REVOKE DELETE.",
            ),
            (
                bool(deferred),
                f"Constraints of {self.table} wait for the end of a transaction; no index does.",
                deferred,
                "Let them be checked at once before: ALTER TABLE ... ALTER CONSTRAINT ...",
            ),
            (
                bool(nulls),
                f"Constraints of {self.table} allow NULL once.",
                nulls,
                'Write so of the index as well: "(a) NULLS NOT DISTINCT".',
            ),
            (
                in_step and bool(self.replaced),
                f"An old shape finds rows of {self.table} by what is unique.",
                (),
                "Run gnkmigrate contract before.",
            ),
        )
        return [
            Refusal(message, rows, len(rows), hint)
            for holds, message, rows, hint in reasons
            if holds
        ]

    def run(self, work: Work) -> int:
        table, view, gone = quoted(self.table), quoted(self.view), column(self.column)
        columns = work.value(_SHOWN.format(table=literal(table)))
        invoker = work.connection.info.server_version >= _INVOKER_SINCE and not work.value(
            _BY_COLUMN.format(table=literal(table))
        )
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
