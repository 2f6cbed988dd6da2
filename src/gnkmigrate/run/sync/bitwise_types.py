"""Types whose equal values are the same to the last bit, and so are told apart by their operator.

PostgreSQL knows them, since their values can be kept once in an index (manual, B-Tree Support
Functions, equalimage). Records, by which values of any type are compared, cost a trigger more than
all the rest of it.
"""

from collections.abc import Iterable, Mapping

from gnkmigrate.run.session import OURS
from gnkmigrate.run.sync.alike import alike
from gnkmigrate.run.work import Work

# A domain is compared as the type below it. Of bpchar, blanks at the end are not compared.
_TYPES = """
WITH RECURSIVE based (named, type) AS (
    SELECT named, to_regtype(split_part(named, ' COLLATE ', 1))::oid
    FROM unnest(%s::text[]) AS named
    UNION ALL
    SELECT named, typbasetype FROM based JOIN pg_type ON oid = type AND typtype = 'd'
)
SELECT named, bool_or(typcollation <> 0)
FROM based
JOIN pg_type ON pg_type.oid = type
JOIN pg_opclass ON opcdefault AND opcnamespace = 'pg_catalog'::regnamespace
               AND opcmethod = (SELECT oid FROM pg_am WHERE amname = 'btree')
               AND opcintype = CASE WHEN typtype = 'e' THEN 'anyenum'::regtype
                                    WHEN type = 'varchar'::regtype THEN 'text'::regtype
                                    ELSE type END
JOIN pg_amproc ON amprocfamily = opcfamily AND amprocnum = 4
              AND amproclefttype = opcintype AND amprocrighttype = opcintype
WHERE amproc IN ('btequalimage'::regproc, 'btvarstrequalimage'::regproc)
  AND type <> 'bpchar'::regtype
GROUP BY named
"""


def among(work: Work, types: Iterable[str]) -> Mapping[str, bool]:
    """Those of these types, as SQL, whose equal values are the same; whether each has a collation.

    Qualified, where they are not PostgreSQL's own.
    """
    with work.settings(search_path=OURS):
        rows = work.connection.execute(_TYPES, (sorted(set(types)),)).fetchall()
    return dict(rows)


def differ(one: str, other: str, type_: str, found: Mapping[str, bool]) -> str:
    """The condition that two values of a type are not the same; NULLs are.

    Args:
        one: SQL for a value.
        other: SQL for the other.
        type_: their type.
        found: what `among` says of it.
    """
    if type_ not in found:
        return f"NOT {alike(one, other)}"
    # A collation may hold other texts for equal.
    exactly = ' COLLATE "C"' if found[type_] else ""
    return f"{one}{exactly} IS DISTINCT FROM {other}{exactly}"
