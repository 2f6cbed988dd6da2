"""What speaks against logging the changes of a table."""

from collections.abc import Sequence

from gnkmigrate.operations.audit_logs.spec import Logged
from gnkmigrate.operations.parts.whole import owner_of
from gnkmigrate.run.batches.row_key import KEYLESS, keys_of
from gnkmigrate.run.names import literal, quoted, split
from gnkmigrate.run.step import Refusal
from gnkmigrate.run.work import Work

# Tables that share rows with it by inheritance, whose triggers are their own.
_HEIRS = """
SELECT inhrelid::regclass::text FROM pg_inherits
JOIN pg_class ON pg_class.oid = inhrelid AND NOT relispartition
WHERE inhparent = to_regclass({table}) ORDER BY 1
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


def unloggable(work: Work, logged: Sequence[Logged]) -> Sequence[Refusal]:
    """Refuses tables and columns of which changes cannot be logged as they should."""
    there = [each for each in logged if _columns(work, each.table)]
    absent = [each.table for each in logged if each not in there]
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
    return [Refusal(message, names, len(names), hint) for message, names, hint in reasons if names]


def _named(work: Work, query: str, tables: Sequence[Logged]) -> Sequence[str]:
    """What a query finds of each of these tables."""
    asked = (query.format(table=literal(quoted(each.table))) for each in tables)
    return [row[0] for each in asked for row in work.execute(each).fetchall()]


def _columns(work: Work, table: str) -> Sequence[str]:
    rows = work.connection.execute(
        "SELECT attname::text FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid"
        " JOIN pg_namespace ON pg_namespace.oid = relnamespace"
        " WHERE (nspname, relname) = (%s, %s) AND relkind IN ('r', 'p')"
        " AND attnum > 0 AND NOT attisdropped",
        split(table),
    ).fetchall()
    return [row[0] for row in rows]
