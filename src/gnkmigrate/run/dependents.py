"""What hangs on a table or some of its columns, in words."""

from collections.abc import Sequence

from gnkmigrate import own_objects
from gnkmigrate.postgres.quoting import qualified
from gnkmigrate.run.names import literal, quoted, split
from gnkmigrate.run.session import OURS
from gnkmigrate.run.work import Work

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
        legacy=own_objects.LEGACY_OIDS,
    )
    with work.settings(search_path=OURS):
        found = [row[0] for row in work.execute(query).fetchall()]
    return [each for each in found if each not in work.dropped]


# Before PostgreSQL 15 it is the column that depends on what generates its values.
def in_the_way(work: Work, table: str) -> list[str]:
    """What uses a table that is dropped, as PostgreSQL describes it.

    What SQL of the phase's own has to do with before may be that SQL's, and what lives in the table
    goes with it.
    """
    own_objects = f" on table {qualified(*split(table))}"
    told = any(step.speaks and table in step.tables for step in work.earlier)
    return [each for each in dependents(work, table) if not (told and each.endswith(own_objects))]


_GENERATED = """
SELECT DISTINCT given.attname::text, made.attname::text
FROM pg_attrdef
JOIN pg_attribute AS made ON (made.attrelid, made.attnum) = (adrelid, adnum)
JOIN pg_depend ON refclassid = 'pg_class'::regclass AND refobjid = adrelid
    AND refobjsubid NOT IN (0, adnum)
    AND ((classid, objid) = ('pg_attrdef'::regclass, pg_attrdef.oid)
         OR (classid, objid, objsubid) = ('pg_class'::regclass, adrelid, adnum))
JOIN pg_attribute AS given ON (given.attrelid, given.attnum) = (adrelid, refobjsubid)
WHERE adrelid = to_regclass({table}) AND made.attgenerated <> ''
  AND given.attname = ANY (ARRAY[{names}]::text[])
ORDER BY 1, 2
"""


def generated_of(work: Work, table: str, names: Sequence[str]) -> list[tuple[str, str]]:
    """Columns of a table, each with a generated one that is computed of it.

    Args:
        work: the session.
        table: "schema.table".
        names: the columns that are asked about.
    """
    listed = ", ".join(map(literal, names))
    query = _GENERATED.format(table=literal(quoted(table)), names=listed)
    return [(row[0], row[1]) for row in work.execute(query).fetchall()]


def _column_numbers(table: str, names: Sequence[str]) -> str:
    if not names:
        return "true"
    listed = ", ".join(literal(name) for name in names)
    return (
        "refobjsubid IN (SELECT attnum FROM pg_attribute"
        f" WHERE attrelid = {literal(quoted(table))}::regclass AND attname IN ({listed}))"
    )
