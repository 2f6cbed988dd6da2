"""What a step needs to know about a table of the database it works on."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from gnkmigrate import own
from gnkmigrate.run import deferred
from gnkmigrate.run.names import column, literal, quoted
from gnkmigrate.run.sync import mark
from gnkmigrate.run.work import Work

Column = Mapping[str, Any]
Columns = Mapping[str, Column]

_COLUMN_KEYS = ("type", "base_type", "not_null", "default", "options", "identity")
_COLUMNS = """
SELECT attname::text,
       format_type(atttypid, atttypmod) || coalesce(
           (SELECT format(' COLLATE %%I.%%I', nspname, collname)
            FROM pg_collation JOIN pg_namespace ON pg_namespace.oid = collnamespace
            WHERE pg_collation.oid = attcollation AND attcollation <> typcollation), ''),
       format_type(atttypid, NULL), attnotnull, pg_get_expr(adbin, adrelid),
       array_remove(ARRAY[
           CASE WHEN attstattarget >= 0 THEN format('SET STATISTICS %%s', attstattarget) END,
           CASE WHEN attstorage <> typstorage THEN 'SET STORAGE '
               || CASE attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL'
                                  WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END END,
           CASE attcompression WHEN 'p' THEN 'SET COMPRESSION pglz'
                               WHEN 'l' THEN 'SET COMPRESSION lz4' END,
           'SET (' || array_to_string(attoptions, ', ') || ')'], NULL),
       attidentity::text
FROM pg_attribute
JOIN pg_type ON pg_type.oid = atttypid
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE attrelid = %s::regclass AND attname = ANY (%s) AND NOT attisdropped
ORDER BY attnum
"""
_DEFAULTS = """
SELECT attname::text, pg_get_expr(adbin, adrelid)
FROM pg_attribute
JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE attrelid = %s::regclass AND attgenerated = '' AND NOT attisdropped
ORDER BY attnum
"""


def keep_maintenance_out(work: Work, *tables: str) -> None:
    """Waits for an autovacuum, or what a DBA does, and lets none begin until the transaction ends.

    To be asked before a stronger lock: SHARE UPDATE EXCLUSIVE is in nobody's way who reads or
    writes rows (manual, 13.3.1), so that nobody waits behind us, too.

    Args:
        work: the session, in a transaction.
        tables: quoted.
    """
    work.execute(f"LOCK TABLE {', '.join(tables)} IN SHARE UPDATE EXCLUSIVE MODE")


def columns(work: Work, table: str, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """How columns are declared, by name, as SQL that is qualified throughout.

    type comes with its modifier and, where it is not the type's own, its collation; base_type
    without; options are actions of ALTER COLUMN for storage and statistics; identity is "a", "d" or
    "", as in pg_attribute.
    """
    return declared(work, quoted(table), names)


def declared(work: Work, relation: str, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The same for columns of any relation, whose name is quoted."""
    with work.settings(search_path="pg_catalog, pg_temp"):
        rows = work.connection.execute(_COLUMNS, (relation, list(names))).fetchall()
    return {row[0]: dict(zip(_COLUMN_KEYS, row[1:], strict=True)) for row in rows}


def defaults(work: Work, table: str) -> dict[str, str]:
    """The defaults of a table's columns by their names, as SQL that is qualified throughout."""
    with work.settings(search_path="pg_catalog, pg_temp"):
        return dict(work.connection.execute(_DEFAULTS, (quoted(table),)).fetchall())


def column_names(work: Work, table: str, *, written: bool = False) -> list[str]:
    """The names of a table's columns, without old ones that are kept beside new ones.

    Args:
        work: the session.
        table: "schema.table".
        written: only those that a row is written with: all but the generated ones.
    """
    written_ = "attgenerated = ''" if written else "true"
    return [
        str(row[0])
        for row in work.execute(
            "SELECT attname::text FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped"
            f" AND {written_} AND attrelid = {literal(quoted(table))}::regclass"
            f" AND (attrelid, attnum) NOT IN ({own.KEPT_COLUMNS}) ORDER BY attnum"
        ).fetchall()
    ]


def constraints(work: Work, table: str, definition: str) -> list[tuple[str, str]]:
    """(name, definition) of the table's constraints whose definition begins like this."""
    with work.settings(search_path="pg_catalog, pg_temp"):
        return work.connection.execute(
            "SELECT conname::text, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = %s::regclass AND starts_with(pg_get_constraintdef(oid), %s)"
            " ORDER BY conname",
            (quoted(table), definition),
        ).fetchall()


def constraint_comment(work: Work, table: str, name: str) -> str | None:
    row = work.connection.execute(
        "SELECT obj_description(oid, 'pg_constraint') FROM pg_constraint"
        " WHERE conrelid = %s::regclass AND conname = %s",
        (quoted(table), name),
    ).fetchone()
    return row[0] if row else None


@dataclass(frozen=True)
class Cascade:
    """A foreign key that deletes or empties its row together with the row it refers to.

    Attributes:
        table: the referring table, quoted.
        on: the condition that joins it, as `referring`, with the row it refers to, `spilled`.
    """

    table: str
    on: str


def cascades(work: Work, table: str) -> list[Cascade]:
    """The foreign keys to a table with ON DELETE CASCADE, SET NULL or SET DEFAULT."""
    with work.settings(search_path="pg_catalog, pg_temp"):
        rows = work.execute(f"""
            SELECT conrelid::regclass::text,
                   string_agg(format('referring.%I = spilled.%I', own.attname, other.attname),
                              ' AND ' ORDER BY place)
            FROM pg_constraint
            CROSS JOIN LATERAL unnest(conkey, confkey)
                 WITH ORDINALITY AS pair (referring, referred, place)
            JOIN pg_attribute AS own ON own.attrelid = conrelid AND own.attnum = pair.referring
            JOIN pg_attribute AS other
              ON other.attrelid = confrelid AND other.attnum = pair.referred
            WHERE contype = 'f' AND confrelid = {literal(quoted(table))}::regclass
              AND confdeltype IN ('c', 'n', 'd')
            GROUP BY pg_constraint.oid, conrelid
            ORDER BY 1, 2
        """).fetchall()
    return [Cascade(*row) for row in rows]


def references(work: Work, table: str, row: str) -> list[str]:
    """For each foreign key of a table the condition under which it holds for a row `row`."""
    with work.settings(search_path="pg_catalog, pg_temp"):
        found = work.execute(f"""
            SELECT confrelid::regclass::text,
                   string_agg(format('referred.%I = {row}.%I', other.attname, own.attname),
                              ' AND ' ORDER BY place),
                   string_agg(format('{row}.%I IS NULL', own.attname), ' OR ' ORDER BY place)
            FROM pg_constraint
            CROSS JOIN LATERAL unnest(conkey, confkey)
                 WITH ORDINALITY AS pair (referring, referred, place)
            JOIN pg_attribute AS own ON own.attrelid = conrelid AND own.attnum = pair.referring
            JOIN pg_attribute AS other
              ON other.attrelid = confrelid AND other.attnum = pair.referred
            WHERE contype = 'f' AND conrelid = {literal(quoted(table))}::regclass
            GROUP BY pg_constraint.oid, confrelid
            ORDER BY 1, 2
        """).fetchall()
    return [
        f"({null} OR EXISTS (SELECT FROM {referred} AS referred WHERE {on}))"
        for referred, on, null in found
    ]


# pg_depend names a view's rule; people know the view.
_DEPENDENTS = """
SELECT DISTINCT CASE WHEN rulename = '_RETURN'
                     THEN pg_describe_object('pg_class'::regclass, ev_class, 0)
                     ELSE pg_describe_object(classid, objid, 0) END AS description
FROM pg_depend
LEFT JOIN pg_trigger ON classid = 'pg_trigger'::regclass AND pg_trigger.oid = objid
LEFT JOIN pg_proc ON pg_proc.oid = tgfoid
LEFT JOIN pg_rewrite ON classid = 'pg_rewrite'::regclass AND pg_rewrite.oid = objid
LEFT JOIN pg_class AS view ON view.oid = ev_class
LEFT JOIN pg_constraint ON classid = 'pg_constraint'::regclass AND pg_constraint.oid = objid
WHERE refclassid = 'pg_class'::regclass AND refobjid = {table}::regclass AND ({places})
  AND (ev_class IS NULL OR view.relnamespace NOT IN ({legacy}))
  AND NOT ({policies_carried} AND classid = 'pg_policy'::regclass
           AND objid IN (SELECT oid FROM pg_policy WHERE polrelid = refobjid))
  AND NOT ({lookups_go_on} AND classid = 'pg_proc'::regclass
           AND objid IN (SELECT oid FROM pg_proc
                         WHERE pronamespace = to_regnamespace('gnkmigrate')))
  AND (classid IN ('pg_rewrite'::regclass, 'pg_policy'::regclass, 'pg_proc'::regclass,
                   'pg_publication_rel'::regclass)
       OR (classid = 'pg_trigger'::regclass AND NOT tgisinternal
           AND pronamespace IS DISTINCT FROM to_regnamespace('gnkmigrate'))
       OR ({whole} AND classid = 'pg_class'::regclass
           AND objid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = refobjid))
       OR ({whole} AND contype = 'f' AND confrelid = refobjid AND conrelid <> refobjid))
ORDER BY description
"""


def dependents(
    work: Work,
    table: str,
    names: Sequence[str] = (),
    *,
    policies_carried: bool = False,
    lookups_go_on: bool = False,
) -> list[str]:
    """What hangs on the table, in words.

    Views, rules, policies, triggers, functions with a body that PostgreSQL has parsed,
    publications, and for the whole table its children and foreign keys of others.

    Args:
        work: the session.
        table: "schema.table".
        names: only what hangs on these columns; none means on anything of the table.
        policies_carried: leave the table's own policies out, which the caller carries over.
        lookups_go_on: leave functions of ours out, which an earlier phase looks rows up with: the
            old columns are kept, and the new ones have the same names.
    """
    query = _DEPENDENTS.format(
        table=literal(quoted(table)),
        places=_column_numbers(table, names),
        whole="false" if names else "true",
        policies_carried="true" if policies_carried else "false",
        lookups_go_on="true" if lookups_go_on else "false",
        legacy=own.LEGACY_OIDS,
    )
    with work.settings(search_path="pg_catalog, pg_temp"):
        found = [row[0] for row in work.execute(query).fetchall()]
    return [each for each in found if each not in work.dropped]


def _column_numbers(table: str, names: Sequence[str]) -> str:
    if not names:
        return "true"
    listed = ", ".join(literal(name) for name in names)
    return (
        "refobjsubid IN (SELECT attnum FROM pg_attribute"
        f" WHERE attrelid = {literal(quoted(table))}::regclass AND attname IN ({listed}))"
    )


@contextmanager
def quiet_triggers(work: Work, table: str) -> Iterator[None]:
    """The table's enabled triggers are off inside, so that restored rows stay as they were.

    The caller's transaction holds the table, so that nobody else's writes go by unseen.
    """
    found = work.execute(
        "SELECT tgname::text, tgenabled = 'A' FROM pg_trigger WHERE NOT tgisinternal"
        f" AND tgenabled IN ('O', 'A') AND tgrelid = {literal(quoted(table))}::regclass"
        " ORDER BY tgname"
    ).fetchall()
    for name, _ in found:
        work.execute(f"ALTER TABLE {quoted(table)} DISABLE TRIGGER {column(name)}")
    yield
    if found:
        deferred.ask(work.connection)
    for name, always in found:
        enable = "ENABLE ALWAYS TRIGGER" if always else "ENABLE TRIGGER"
        work.execute(f"ALTER TABLE {quoted(table)} {enable} {column(name)}")


@dataclass(frozen=True)
class Silence:
    """Statements around others of a transaction for which a table's triggers do not fire.

    Those of gnkmigrate stand back by themselves: they fire also for what replication brings.
    """

    begin: str
    end: str


def silence(work: Work, table: str) -> Silence | None:
    """How to keep a table's triggers quiet without disturbing anybody; None for a role that cannot.

    It takes a role that may set session_replication_role, and no trigger that fires all the same.
    """
    role, allowed = work.execute(
        "SELECT current_setting('session_replication_role'), current_setting('is_superuser') = 'on'"
    ).fetchall()[0]
    if not allowed or _fires_in_replica(work, table):
        return None
    ours = (mark.FOLLOWING, mark.FILLING)
    begin = [
        "SET LOCAL session_replication_role = replica",
        *(f"SET LOCAL {x} = 'on'" for x in ours),
    ]
    end = [*(f"SET LOCAL {x} = ''" for x in ours), f"SET LOCAL session_replication_role = {role}"]
    return Silence("; ".join(begin), "; ".join(end))


@contextmanager
def quiet_batch(work: Work, table: str) -> Iterator[None]:
    """The table's triggers do not fire for what the block does.

    For a role that cannot keep them quiet otherwise they are switched off inside its transaction,
    which keeps writers waiting until it ends.
    """
    quiet = silence(work, table)
    if quiet is None:
        with quiet_triggers(work, table):
            yield
    else:
        work.execute(quiet.begin)
        yield
        work.execute(quiet.end)


def _fires_in_replica(work: Work, table: str) -> bool:
    """Whether a trigger of the user's was enabled ALWAYS or for replicas."""
    return bool(
        work.value(
            "SELECT EXISTS (SELECT FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid"
            " WHERE tgenabled IN ('A', 'R') AND NOT tgisinternal"
            " AND pronamespace <> 'gnkmigrate'::regnamespace"
            f" AND tgrelid = {literal(quoted(table))}::regclass)"
        )
    )
