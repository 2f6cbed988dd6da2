"""The new table, its partitions, and the triggers by which it follows the old one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from gnkmigrate import own_objects
from gnkmigrate.kinds import locks
from gnkmigrate.operations.partitions import following
from gnkmigrate.operations.partitions.preflight import TYPE, hindered
from gnkmigrate.operations.partitions.spec import Partitioning
from gnkmigrate.operations.parts import months
from gnkmigrate.operations.sql_step import SqlStep
from gnkmigrate.run import lock_announcement
from gnkmigrate.run.lock_announcement import Span, TableLock
from gnkmigrate.run.names import column, literal, quoted, split
from gnkmigrate.run.session import OURS
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.work import Work

# All but the primary key, which gets the column by which the table is partitioned.
_PARTS = """
SELECT CASE contype WHEN 'p' THEN 1 WHEN 'u' THEN 2 ELSE 3 END,
       format('ALTER TABLE %s ADD CONSTRAINT %I %s', {staged},
              conname, CASE contype
                  WHEN 'p' THEN format('PRIMARY KEY (%s)', (
                      SELECT string_agg(quote_ident(attname), ', ' ORDER BY place)
                      FROM (SELECT attname, place::int
                            FROM unnest(conkey) WITH ORDINALITY AS part (number, place)
                            JOIN pg_attribute ON attrelid = conrelid AND attnum = number
                            UNION SELECT {by}, 100
                            WHERE NOT conkey @> ARRAY[{number}]) AS parts (attname, place)))
                  ELSE pg_get_constraintdef(oid) END)
FROM pg_constraint WHERE conrelid = {table} AND contype IN ('p', 'u', 'f')
UNION ALL
SELECT 4, format('CREATE %sINDEX %I ON %s %s', CASE WHEN indisunique THEN 'UNIQUE ' ELSE '' END,
                 relname, {staged}, substring(pg_get_indexdef(indexrelid) from ' (USING .*)$'))
FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
WHERE indrelid = {table} AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
UNION ALL
SELECT 5, format('COMMENT ON CONSTRAINT %I ON %s IS %L', conname, {staged},
                 obj_description(oid, 'pg_constraint'))
FROM pg_constraint
WHERE conrelid = {table} AND contype IN ('p', 'u', 'f')
  AND obj_description(oid, 'pg_constraint') IS NOT NULL
UNION ALL
SELECT 5, format('COMMENT ON INDEX {staging}.%I IS %L', relname,
                 obj_description(indexrelid, 'pg_class'))
FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
WHERE indrelid = {table} AND obj_description(indexrelid, 'pg_class') IS NOT NULL
UNION ALL
SELECT 5, format('ALTER INDEX {staging}.%I ALTER COLUMN %s SET STATISTICS %s', relname, attnum,
                 attstattarget)
FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_attribute ON attrelid = indexrelid
WHERE indrelid = {table} AND attstattarget >= 0
ORDER BY 1, 2
"""


@dataclass(frozen=True)
class Stage(Step):
    """The new table comes, with its partitions, and follows the old one."""

    prepares: ClassVar[bool] = True

    spec: Partitioning

    @property
    def name(self) -> str:
        return f"partitions of {self.spec.table}"

    @property
    def reverse(self) -> Sequence[Step]:
        spec = self.spec
        dropped = following.no_longer(spec, "followed", quoted(spec.table))
        made = quoted(spec.procedure)
        back = f"{dropped}\nDROP TABLE {quoted(spec.staged)}; DROP PROCEDURE {made}(integer)"
        return (Unstage(self.name, back, touches=(spec.table,), filling=spec.filling),)

    @property
    def tables(self) -> Sequence[str]:
        return (self.spec.table,)

    @property
    def locks(self) -> Sequence[TableLock]:
        return lock_announcement.on(self.tables, locks.CREATE_TRIGGER, Span.MOMENT)

    def check(self, work: Work) -> Sequence[Refusal]:
        return hindered(work, self.spec)

    def run(self, work: Work) -> int:
        spec = self.spec
        live, staged = quoted(spec.table), quoted(spec.staged)
        with work.settings(search_path=OURS):
            work.execute(
                f"CREATE TABLE {staged} (LIKE {live} INCLUDING DEFAULTS INCLUDING CONSTRAINTS"
                " INCLUDING STORAGE INCLUDING COMMENTS)"
                f" PARTITION BY RANGE ({column(spec.by)})"
            )
            for _, statement in work.execute(spec.there(_PARTS)).fetchall():
                work.execute(statement)
            self._make_partitions(work)
            work.execute(
                following.write(spec, "followed", staged)
                + following.follows(spec, "followed", live)
            )
        return 0

    def _make_partitions(self, work: Work) -> None:
        spec = self.spec
        schema, by = split(spec.table)[0], column(spec.by)
        rest = quoted(f"{own_objects.STAGING}.{spec.rest}")
        work.execute(f"CREATE TABLE {rest} PARTITION OF {quoted(spec.staged)} DEFAULT")
        timed = work.execute(spec.there(TYPE)).fetchall()[0][0] != "date"
        zone = " AT TIME ZONE 'UTC'" if timed else ""
        for name, first, end in self._months(work, by, zone):
            part = quoted(f"{own_objects.STAGING}.{name}")
            suffix = " 00:00:00+00" if timed else ""
            work.execute(
                f"CREATE TABLE {part} PARTITION OF {quoted(spec.staged)} FOR VALUES"
                f" FROM ({literal(first + suffix)}) TO ({literal(end + suffix)})"
            )
        live_rest = quoted(f"{schema}.{spec.rest}")
        body = months.ahead(spec.table, by, rest=live_rest, timed=timed)
        work.execute(f"CREATE PROCEDURE {quoted(spec.procedure)}{body}")

    def _months(self, work: Work, by: str, zone: str) -> Sequence[tuple[Any, ...]]:
        """Name, first day, and first day of the next, from the first row on to those ahead."""
        spec = self.spec
        return work.execute(
            f'SELECT {literal(split(spec.table)[1])} || to_char(month, \'"_"YYYY"_"MM\'),'
            " month::date::text, (month + interval '1 month')::date::text"
            f" FROM (SELECT coalesce(min({by}){zone}, now() AT TIME ZONE 'UTC')::timestamp AS first"
            f" FROM {quoted(spec.table)}) AS oldest, generate_series("
            " date_trunc('month', least(first, now() AT TIME ZONE 'UTC')),"
            f" date_trunc('month', now() AT TIME ZONE 'UTC') + {spec.ahead} * interval '1 month',"
            " interval '1 month') AS month"
        ).fetchall()

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        spec = self.spec
        return (
            f"-- {quoted(spec.staged)} as {quoted(spec.table)}, partitioned by {spec.by}",
            (
                following.write(spec, "followed", quoted(spec.staged))
                + following.follows(spec, "followed", quoted(spec.table))
            ).strip(),
        )


@dataclass(frozen=True)
class Unstage(SqlStep):
    """The new table goes, and what filled it: the next upgrade fills it anew."""

    filling: str = ""

    @property
    def ends(self) -> Sequence[str]:
        return (self.title, self.filling)
