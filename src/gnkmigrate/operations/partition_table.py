"""op.partition_table: a table becomes one of partitions by month, while the application works."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from gnkmigrate import own
from gnkmigrate.errors import RevisionError
from gnkmigrate.kinds import locks
from gnkmigrate.operations.backfill import Backfill
from gnkmigrate.operations.expect import ExpectAbsent
from gnkmigrate.operations.parts import months
from gnkmigrate.operations.sql_step import SqlStep
from gnkmigrate.operations.swap import SwapTable
from gnkmigrate.operations.unswap import UnswapTable, ValidateForeignKeys
from gnkmigrate.operations.verify import Verify
from gnkmigrate.run import dependents, lock_announcement
from gnkmigrate.run.lock_announcement import Span, TableLock
from gnkmigrate.run.names import column, literal, quoted, split
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.session import OURS
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.sync.following import follower, trigger
from gnkmigrate.run.work import Work

_EVENTS = ("INSERT", "UPDATE", "DELETE", "TRUNCATE")

# What a table of partitions could not have, or what would not come along.
_IN_THE_WAY = """
SELECT format('%I is an identity or generated column', attname) FROM pg_attribute
WHERE attrelid = {table} AND (attidentity <> '' OR attgenerated <> '') AND NOT attisdropped
UNION ALL
SELECT format('%I owns a sequence', attname) FROM pg_attribute
JOIN pg_depend ON refobjid = attrelid AND refobjsubid = attnum
JOIN pg_class AS sequence ON sequence.oid = objid AND sequence.relkind = 'S'
WHERE attrelid = {table} AND NOT attisdropped
UNION ALL
SELECT format('%I keeps an old shape', attname) FROM pg_attribute
WHERE attrelid = {table} AND starts_with(attname, 'gnkmigrate_kept_')
UNION ALL
SELECT format('trigger %I', tgname) FROM pg_trigger WHERE tgrelid = {table} AND NOT tgisinternal
UNION ALL
SELECT format('%s does not have %I in it', conname, {by}::text) FROM pg_constraint
WHERE conrelid = {table} AND contype IN ('u', 'x') AND NOT conkey @> ARRAY[{number}]
UNION ALL
SELECT format('index %s does not have %I in it', indexrelid::regclass, {by}::text) FROM pg_index
WHERE indrelid = {table} AND indisunique AND NOT indkey::smallint[] @> ARRAY[{number}]
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
UNION ALL
SELECT format('%I may be NULL', attname) FROM pg_attribute
WHERE attrelid = {table} AND attnum = {number} AND NOT attnotnull
UNION ALL
SELECT 'it is partitioned, or has parents or children' FROM pg_class
WHERE oid = {table} AND (relkind <> 'r' OR relispartition OR relhassubclass
      OR EXISTS (SELECT FROM pg_inherits WHERE inhrelid = {table}))
"""
_TYPE = """
SELECT format_type(atttypid, NULL), attnum FROM pg_attribute
WHERE attrelid = {table} AND attname = {by} AND NOT attisdropped
"""
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
ORDER BY 1, 2
"""


@operation("partition_table")
def partition_table(
    table: str, by: str, key: Sequence[str], procedure: str, ahead: int = 3
) -> tuple[Step, ...]:
    """Makes a table one of partitions by month, beside the old one, and exchanges them.

    The new table is filled in batches while triggers keep it in step, compared with the old one,
    and takes its place in one short transaction. The old one goes to the archive and stays in step
    until contract, so that the way back moves no row. The months of the rows that there are get
    a partition each, as do those to come; what has none goes to a default partition. The primary
    key has the column in it from then on.

    Args:
        table: "schema.table".
        by: the column, a date or a timestamptz that is NOT NULL.
        key: the columns of its primary key.
        procedure: "schema.name" of the procedure that makes partitions ahead.
        ahead: for how many months after this one there are partitions.

    Raises:
        RevisionError: no key is given.
    """
    if not key:
        raise RevisionError(f"op.partition_table of {table} needs the columns of its key.")
    spec = Partitioning(table, by, tuple(key), procedure, ahead)
    return (
        ExpectAbsent((spec.staged,)),
        Stage(spec),
        Backfill(
            spec.filling,
            table,
            spec.key,
            f"INSERT INTO {quoted(spec.staged)} SELECT old.* FROM {quoted(table)} AS old"
            " WHERE :batch FOR SHARE ON CONFLICT DO NOTHING",
            alias="old",
            irreversible="they go with their table",
        ),
        # Its rows were compared with the old ones right before.
        Exchange(f"partitions take the place of {table}", table, spec.last, spec=spec),
        Verify(
            f"{table} has partitions by {by}",
            "SELECT relname FROM pg_catalog.pg_class"
            f" WHERE oid = {literal(quoted(table))}::regclass AND relkind <> 'p'",
        ),
    )


@dataclass(frozen=True)
class Partitioning:
    """What becomes of which table.

    Attributes:
        table: "schema.table".
        by: the column by which it is partitioned.
        key: its primary key.
        procedure: "schema.name" of the procedure that makes partitions.
        ahead: months.
    """

    table: str
    by: str
    key: tuple[str, ...]
    procedure: str
    ahead: int

    @property
    def staged(self) -> str:
        return f"{own.STAGING}.{split(self.table)[1]}"

    @property
    def archived(self) -> str:
        return f"{own.ARCHIVE}.{split(self.table)[1]}"

    @property
    def filling(self) -> str:
        """What the step is called that fills them."""
        return f"rows of {self.table} in partitions"

    @property
    def rest(self) -> str:
        """The name of the default partition."""
        return f"{split(self.table)[1]}_rest"

    def function(self, which: str) -> str:
        """A quoted function of the triggers: "followed" by the new table, or "led" by it."""
        mark = hashlib.sha256(self.table.encode()).hexdigest()[:12]
        return quoted(f"{own.JOURNAL}.partitions_{which}_{mark}")

    def write(self, which: str, target: str) -> str:
        """SQL of the function that writes to a quoted table what is written to the other."""
        same = " AND ".join(f"{column(name)} = OLD.{column(name)}" for name in self.key)
        body = f"""
IF TG_OP = 'TRUNCATE' THEN
    TRUNCATE {target};
    EXIT follow;
END IF;
IF TG_OP IN ('UPDATE', 'DELETE') THEN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        -- A DELETE does not see what has come since the client's snapshot. This meets it and fails,
        -- so that the client repeats its transaction.
        INSERT INTO {target} SELECT (OLD).* ON CONFLICT DO NOTHING;
    END IF;
    DELETE FROM {target} WHERE {same};
END IF;
IF TG_OP IN ('INSERT', 'UPDATE') THEN
    INSERT INTO {target} SELECT (NEW).*;
END IF;
        """
        return follower(self.function(which), body)

    def follows(self, which: str, source: str) -> str:
        """SQL of the triggers on a quoted table."""
        return "".join(
            trigger(
                f"gnkmigrate_{which}_{event.lower()}",
                f"AFTER {event}",
                source,
                self.function(which),
                "STATEMENT" if event == "TRUNCATE" else "ROW",
            )
            for event in _EVENTS
        )

    def no_longer(self, which: str, table: str) -> str:
        """SQL that drops them."""
        dropped = [
            f"DROP TRIGGER gnkmigrate_{which}_{event.lower()} ON {table};" for event in _EVENTS
        ]
        return "\n".join([*dropped, f"DROP FUNCTION {self.function(which)}();"])

    def move(self, schema: str) -> str:
        """SQL that takes the partitions after their table, to its schema and owner."""
        return f"""
DO $move$
DECLARE
    part regclass;
    is_other boolean;
    owner name;
BEGIN
    FOR part, is_other, owner IN
        SELECT inhrelid, part.relowner <> whole.relowner, pg_get_userbyid(whole.relowner)
        FROM pg_catalog.pg_inherits
        JOIN pg_catalog.pg_class AS whole ON whole.oid = inhparent
        JOIN pg_catalog.pg_class AS part ON part.oid = inhrelid
        WHERE inhparent = {literal(quoted(f"{schema}.{split(self.table)[1]}"))}::regclass
    LOOP
        EXECUTE format('ALTER TABLE %s SET SCHEMA %I', part, {literal(schema)});
        -- Who gets it needs CREATE on the schema that it is in, which nobody has on ours.
        IF is_other THEN EXECUTE format('ALTER TABLE %s OWNER TO %I', part, owner); END IF;
    END LOOP;
END $move$;
"""

    @property
    def last(self) -> str:
        """What is done in the transaction of the exchange."""
        live = quoted(self.table)
        return (
            self.move(split(self.table)[0])
            + self.write("followed", live)
            + self.write("led", quoted(self.archived))
            + self.follows("led", live)
        )

    @property
    def after(self) -> str:
        """What is done in the transaction of the way back."""
        staged = quoted(self.staged)
        return (
            self.no_longer("led", staged) + self.move(own.STAGING) + self.write("followed", staged)
        )

    def there(self, sql: str) -> str:
        """SQL about the live table and the column."""
        table = f"{literal(quoted(self.table))}::regclass"
        number = (
            f"(SELECT attnum FROM pg_attribute WHERE attrelid = {table}"
            f" AND attname = {literal(self.by)})::smallint"
        )
        return sql.format(
            table=table, by=literal(self.by), number=number, staged=literal(quoted(self.staged))
        )


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
        dropped = spec.no_longer("followed", quoted(spec.table))
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
        spec = self.spec
        if work.value(f"SELECT to_regclass({literal(quoted(spec.table))}) IS NULL"):
            return (Refusal(f"There is no table {spec.table}.", hint="Correct the revision."),)
        found = work.execute(spec.there(_TYPE)).fetchone()
        if found is None or found[0] not in {"date", "timestamp with time zone"}:
            message = f"{spec.table} has no column {spec.by} that is a date or a timestamptz."
            return (Refusal(message, hint="Partitions are by month: name one that is."),)
        with work.settings(search_path=OURS):
            hindering = [row[0] for row in work.execute(spec.there(_IN_THE_WAY)).fetchall()]
        if list(spec.key) != self._key(work):
            hindering.append(f"its primary key is not ({', '.join(spec.key)})")
        if not hindering:
            return ()
        message = f"{spec.table} cannot have partitions by {spec.by}."
        hint = "Change what is listed before, in a phase of its own."
        return (Refusal(message, hindering, len(hindering), hint),)

    def _key(self, work: Work) -> Sequence[str]:
        return list(
            work.value(
                "SELECT array_agg(attname::text ORDER BY place) FROM pg_constraint"
                " CROSS JOIN LATERAL unnest(conkey) WITH ORDINALITY AS part (number, place)"
                " JOIN pg_attribute ON attrelid = conrelid AND attnum = number WHERE contype = 'p'"
                f" AND conrelid = {literal(quoted(self.spec.table))}::regclass"
            )
            or ()
        )

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
            work.execute(spec.write("followed", staged) + spec.follows("followed", live))
        return 0

    def _make_partitions(self, work: Work) -> None:
        spec = self.spec
        schema, by = split(spec.table)[0], column(spec.by)
        rest = quoted(f"{own.STAGING}.{spec.rest}")
        work.execute(f"CREATE TABLE {rest} PARTITION OF {quoted(spec.staged)} DEFAULT")
        timed = work.execute(spec.there(_TYPE)).fetchall()[0][0] != "date"
        zone = " AT TIME ZONE 'UTC'" if timed else ""
        for name, first, following in self._months(work, by, zone):
            part = quoted(f"{own.STAGING}.{name}")
            suffix = " 00:00:00+00" if timed else ""
            work.execute(
                f"CREATE TABLE {part} PARTITION OF {quoted(spec.staged)} FOR VALUES"
                f" FROM ({literal(first + suffix)}) TO ({literal(following + suffix)})"
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
                spec.write("followed", quoted(spec.staged))
                + spec.follows("followed", quoted(spec.table))
            ).strip(),
        )


@dataclass(frozen=True)
class Unstage(SqlStep):
    """The new table goes, and what filled it: the next upgrade fills it anew."""

    filling: str = ""

    @property
    def ends(self) -> Sequence[str]:
        return (self.title, self.filling)


@dataclass(frozen=True)
class Exchange(SwapTable):
    """They take the old table's place; on the way back nothing of the user's may use them."""

    spec: Partitioning | None = None

    @property
    def reverse(self) -> Sequence[Step]:
        if self.spec is None:
            raise TypeError("an exchange knows what it exchanges")
        return (
            Return(self.title, self.table, after=self.spec.after),
            ValidateForeignKeys(self.table),
        )


@dataclass(frozen=True)
class Return(UnswapTable):
    """The old table comes back."""

    def check(self, work: Work) -> Sequence[Refusal]:
        hanging = [
            each
            for each in dependents.dependents(work, self.table)
            if "gnkmigrate_led_" not in each and not each.startswith("table ")
        ]
        if not hanging:
            return ()
        message = f"Others use {self.table}, which is to be the old one again."
        return (Refusal(message, hanging, len(hanging), "Drop them before, and make them anew."),)
