"""op.audit_log: who changed what, in a table that is only added to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gnkmigrate.errors import RevisionError
from gnkmigrate.kinds import locks
from gnkmigrate.operations.expect import ExpectAbsent
from gnkmigrate.operations.parts import months
from gnkmigrate.operations.parts.whole import owner_of
from gnkmigrate.operations.sql_step import SqlStep, no_place
from gnkmigrate.operations.take_back import TakeBack
from gnkmigrate.run import dependents, lock_announcement
from gnkmigrate.run.batches.row_key import KEYLESS, keys_of
from gnkmigrate.run.lock_announcement import Span, TableLock
from gnkmigrate.run.names import literal, quoted, split
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.work import Work
from gnkmigrate.text.secret import NOT_SHOWN

_TRIGGER = "audit_log"

# Tables that share rows with it by inheritance, whose triggers are their own.
_HEIRS = """
SELECT inhrelid::regclass::text FROM pg_inherits
JOIN pg_class ON pg_class.oid = inhrelid AND NOT relispartition
WHERE inhparent = to_regclass({table}) ORDER BY 1
"""

_CONCEALED = """
SELECT attname::text FROM pg_attribute
WHERE attrelid = to_regclass({table}) AND attnum > 0 AND NOT attisdropped
  AND (attname = ANY ({secret}::text[])
       OR attname ~* {pattern} AND attname <> ALL ({shown}::text[]))
"""

# Types of columns, and what they are made of, whose owner has fewer rights than the table's: he may
# make a cast to json, which would run as the table's owner (manual, 9.16, to_jsonb).
_STRANGERS = """
WITH RECURSIVE used (type) AS (
    SELECT atttypid FROM pg_attribute
    WHERE attrelid = to_regclass({table}) AND attnum > 0 AND NOT attisdropped
    UNION
    SELECT part FROM used JOIN pg_type ON pg_type.oid = type
    CROSS JOIN LATERAL (
        SELECT typelem UNION ALL SELECT typbasetype
        UNION ALL SELECT atttypid FROM pg_attribute
        WHERE attrelid = typrelid AND attnum > 0 AND NOT attisdropped) AS parts (part)
    WHERE part <> 0
)
SELECT DISTINCT format('type %s of %I', format_type(pg_type.oid, NULL), pg_get_userbyid(typowner))
FROM used JOIN pg_type ON pg_type.oid = type
JOIN pg_class ON pg_class.oid = to_regclass({table})
WHERE NOT pg_has_role(typowner, relowner, 'MEMBER') ORDER BY 1
"""

_TABLE = """
CREATE TABLE {log} (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    table_name text NOT NULL,
    action text NOT NULL CHECK (action IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')),
    row_key jsonb,
    columns text[],
    before jsonb,
    after jsonb,
    app_user text,
    db_role text NOT NULL,
    session_role text NOT NULL DEFAULT session_user,
    PRIMARY KEY (at, id)
) PARTITION BY RANGE (at);
CREATE TABLE {rest} PARTITION OF {log} DEFAULT;
REVOKE ALL ON {log}, {rest} FROM PUBLIC;
CREATE PROCEDURE {ahead}{body};
CALL {ahead}({months})
"""

_APPEND_ONLY = """
CREATE FUNCTION {guard}() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $guard$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
        MESSAGE = format('%s is only added to', TG_TABLE_NAME);
END $guard$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {log}
    FOR EACH ROW EXECUTE FUNCTION {guard}();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {log}
    FOR EACH STATEMENT EXECUTE FUNCTION {guard}()
"""

_WRITE = """
CREATE FUNCTION {write}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $write$
DECLARE
    key constant text[] := TG_ARGV[0];
    secret constant text[] := TG_ARGV[1];
    ignored constant text[] := TG_ARGV[2];
    shown constant text[] := TG_ARGV[3];
    was jsonb;
    is_ jsonb;
    changed text[];
    told text[];
BEGIN
    IF TG_OP IN ('UPDATE', 'DELETE') THEN was := to_jsonb(OLD); END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN is_ := to_jsonb(NEW); END IF;
    IF TG_OP <> 'TRUNCATE' THEN
        changed := ARRAY(
            SELECT name FROM jsonb_object_keys(coalesce(is_, was)) AS name
            WHERE was -> name IS DISTINCT FROM is_ -> name
              AND name <> ALL (ignored) AND NOT starts_with(name, 'gnkmigrate_kept_')
            ORDER BY name);
        IF TG_OP = 'UPDATE' AND changed = '{{}}' THEN RETURN NULL; END IF;
        told := ARRAY(
            SELECT name FROM unnest(changed || key) AS name
            WHERE name <> ALL (secret) AND (name !~* {pattern} OR name = ANY (shown)));
    END IF;
    INSERT INTO {log} (table_name, action, row_key, columns, before, after, app_user, db_role)
    VALUES (
        format('%s.%s', TG_TABLE_SCHEMA, TG_TABLE_NAME),
        TG_OP,
        (SELECT jsonb_object_agg(name, coalesce(was, is_) -> name) FROM unnest(key) AS name
         WHERE name = ANY (told)),
        changed,
        (SELECT jsonb_object_agg(name, was -> name) FROM unnest(changed) AS name
         WHERE name = ANY (told) AND was IS NOT NULL),
        (SELECT jsonb_object_agg(name, is_ -> name) FROM unnest(changed) AS name
         WHERE name = ANY (told) AND is_ IS NOT NULL),
        nullif(current_setting({setting}, true), ''),
        coalesce(nullif(current_setting('role'), 'none'), session_user)
    );
    RETURN NULL;
END $write$
"""


@operation("audit_log")
def audit_log(
    tables: Sequence[str],
    log: str,
    setting: str = "app.user_id",
    secret: Mapping[str, Sequence[str]] | None = None,
    ignored: Mapping[str, Sequence[str]] | None = None,
    shown: Mapping[str, Sequence[str]] | None = None,
    ahead: int = 3,
) -> tuple[Step, ...]:
    """Logs every change of some tables: when, which row, which columns, before and after, and who.

    The log belongs to the role that migrates, and is only added to: UPDATE, DELETE and TRUNCATE are
    refused. It is partitioned by month; `log_ahead(months)`, a procedure of the log's name, makes
    those to come, and what has none goes to a default partition. Who it was says a setting of the
    session, `SET app.user_id = '...'`, and in any case the role, and the one that has connected.

    Values of columns whose names look secret (password, token, key and the like), or that are
    generated of such, are never logged, but that they changed. A downgrade is refused while the log
    has rows, or keeps them with --spill, and the next upgrade brings them back.

    Args:
        tables: "schema.table" of each; all of them belong to one role, and have a key.
        log: "schema.name" of the log.
        setting: the setting that says who the user of the application is.
        secret: for each table further columns whose values are not logged.
        ignored: for each table columns that are not mentioned, such as generated ones.
        shown: for each table columns whose names look secret and whose values are not.
        ahead: for how many months after this one there are partitions.

    Raises:
        RevisionError: no table is given, or columns of another.
    """
    lists = [given or {} for given in (secret, ignored, shown)]
    strangers = sorted({name for given in lists for name in given} - set(tables))
    if not tables or strangers:
        raise RevisionError(
            f"op.audit_log names columns of {', '.join(strangers)}, which it does not log."
            if strangers
            else "op.audit_log is for no table.",
            hint='Write op.audit_log(("public.users",), "public.audit_log").',
        )
    schema, name = split(log)
    rest, guard, write, makes = (
        quoted(f"{schema}.{name}_{word}") for word in ("rest", "guard", "write", "ahead")
    )
    body = months.ahead(log, '"at"', rest=rest, timed=True)
    made = _TABLE.format(log=quoted(log), rest=rest, ahead=makes, body=body, months=ahead)
    only = _APPEND_ONLY.format(guard=guard, log=quoted(log))
    writes = _WRITE.format(
        write=write, log=quoted(log), pattern=literal(NOT_SHOWN), setting=literal(setting)
    )
    logged = tuple(
        Logged(table, *(tuple(given.get(table, ())) for given in lists)) for table in tables
    )
    return (
        ExpectAbsent((log, f"{schema}.{name}_rest")),
        SqlStep(
            f"table {log}",
            made,
            back=f"DROP TABLE {quoted(log)}; DROP PROCEDURE {makes}(integer)",
            creates=(log,),
        ),
        TakeBack(no_place(log), log, key=()),
        SqlStep(
            f"{log} is only added to",
            only,
            back=f"DROP TRIGGER append_only ON {quoted(log)};"
            f" DROP TRIGGER append_only_truncate ON {quoted(log)}; DROP FUNCTION {guard}()",
        ),
        LogChanges(log, logged, writes, f"{write}()"),
    )


@dataclass(frozen=True)
class Logged:
    """One table of which changes are logged, and what is not said of it."""

    table: str
    secret: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()


@dataclass(frozen=True)
class LogChanges(Step):
    """From now on changes are logged.

    Attributes:
        log: "schema.name" of the log.
        logged: the tables.
        writes: the statement that creates the triggers' function.
        function: its quoted address.
    """

    outlives_contract: ClassVar[bool] = True

    log: str
    logged: tuple[Logged, ...]
    writes: str
    function: str

    @property
    def name(self) -> str:
        return f"changes go to {self.log}"

    @property
    def reverse(self) -> Sequence[Step]:
        dropped = [
            f"DROP TRIGGER {trigger} ON {quoted(each.table)}"
            for each in self.logged
            for trigger in (_TRIGGER, f"{_TRIGGER}_truncate")
        ]
        back = ";\n".join([*dropped, f"DROP FUNCTION {self.function}"])
        return (SqlStep(self.name, back, touches=tuple(self.tables)),)

    @property
    def tables(self) -> Sequence[str]:
        return tuple(each.table for each in self.logged)

    @property
    def locks(self) -> Sequence[TableLock]:
        return lock_announcement.on(self.tables, locks.CREATE_TRIGGER, Span.MOMENT)

    def check(self, work: Work) -> Sequence[Refusal]:
        there = [each for each in self.logged if _columns(work, each.table)]
        absent = [each.table for each in self.logged if each not in there]
        unknown = [
            f"{each.table}.{name}"
            for each in there
            for name in (*each.secret, *each.ignored, *each.shown)
            if name not in _columns(work, each.table)
        ]
        keyless = [each.table for each in there if not keys_of(work.facts, each.table)]
        owners = sorted({owner_of(work, each.table) for each in there})
        of_several = owners if len(owners) > 1 else []
        heirs = _named(work, _HEIRS, there)
        strangers = _named(work, _STRANGERS, there)
        reasons = (
            ("Tables that are to be logged are not there.", absent, "Correct the revision."),
            ("Columns that are not to be logged are not there.", unknown, "Correct the names."),
            ("Tables have no key by which the log could say which row it was.", keyless, KEYLESS),
            (
                "The tables belong to several roles.",
                of_several,
                "Write a log for the tables of each.",
            ),
            (
                "Tables inherit from those that are to be logged, and are changed through them.",
                heirs,
                "Name them as well, and end the inheritance; or log partitioned tables.",
            ),
            (
                "Who owns types of columns could have a cast to json run as the tables' owner.",
                strangers,
                "Give the types to the table's owner: ALTER TYPE ... OWNER TO ...",
            ),
        )
        return [
            Refusal(message, names, len(names), hint) for message, names, hint in reasons if names
        ]

    def run(self, work: Work) -> int:
        owner = owner_of(work, self.logged[0].table)
        # Before the first of them is locked: to read a catalog takes a while.
        facts = work.read_facts(sorted({split(table)[0] for table in self.tables}))
        work.execute(self.writes)
        work.execute(f"REVOKE ALL ON FUNCTION {self.function} FROM PUBLIC")
        work.execute(f"ALTER FUNCTION {self.function} OWNER TO {owner}")
        work.execute(f"GRANT INSERT ON {quoted(self.log)} TO {owner}")
        for each in self.logged:
            key = keys_of(facts, each.table)[0]
            secret = (*each.secret, *_derived(work, each))
            given = ", ".join(map(_array, (key, secret, each.ignored, each.shown)))
            table = quoted(each.table)
            work.execute(
                f"CREATE TRIGGER {_TRIGGER} AFTER INSERT OR UPDATE OR DELETE ON {table}"
                f" FOR EACH ROW EXECUTE FUNCTION {self.function[:-2]}({given})"
            )
            work.execute(
                f"CREATE TRIGGER {_TRIGGER}_truncate AFTER TRUNCATE ON {table}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION {self.function[:-2]}({given})"
            )
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (self.writes.strip(), f"-- triggers {_TRIGGER} on {', '.join(self.tables)}")


def _derived(work: Work, logged: Logged) -> Sequence[str]:
    """The generated columns of a table that tell of secret ones: what is computed of one is one."""
    asked = _CONCEALED.format(
        table=literal(quoted(logged.table)),
        secret=_array(logged.secret),
        shown=_array(logged.shown),
        pattern=literal(NOT_SHOWN),
    )
    secret = [row[0] for row in work.execute(asked).fetchall()]
    computed = dependents.generated_of(work, logged.table, secret)
    return [made for _, made in computed if made not in logged.shown]


def _named(work: Work, query: str, tables: Sequence[Logged]) -> Sequence[str]:
    """What a query finds of each of these tables."""
    asked = (query.format(table=literal(quoted(each.table))) for each in tables)
    return [row[0] for each in asked for row in work.execute(each).fetchall()]


def _array(names: Sequence[str]) -> str:
    """An argument of a trigger: names as a text that PostgreSQL reads as an array."""
    escaped = (name.replace("\\", "\\\\").replace('"', '\\"') for name in names)
    return literal("{" + ",".join(f'"{name}"' for name in escaped) + "}")


def _columns(work: Work, table: str) -> Sequence[str]:
    rows = work.connection.execute(
        "SELECT attname::text FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid"
        " JOIN pg_namespace ON pg_namespace.oid = relnamespace"
        " WHERE (nspname, relname) = (%s, %s) AND relkind IN ('r', 'p')"
        " AND attnum > 0 AND NOT attisdropped",
        split(table),
    ).fetchall()
    return [row[0] for row in rows]
