"""By which operator a type tells its values apart, as its unique indexes do.

Where operators of pg_catalog alone are found, as in functions of ours, there is no `=` for a type
of an extension, or it is that of a text: values of citext would differ that are one in an index.
So the operator of such types is named with its schema.
"""

from collections.abc import Mapping, Sequence

from gnkmigrate.run.names import quoted
from gnkmigrate.run.work import Work

# The equality of the default operator class of btree, for types, an array of oids, and domains over
# them. That of types without one, such as varchar, enums and arrays, is pg_catalog's.
_OPERATORS = """
WITH RECURSIVE based (type, base, is_domain, next) AS (
    SELECT oid, oid, typtype = 'd', typbasetype FROM pg_type WHERE oid = ANY ({types})
    UNION ALL
    SELECT type, pg_type.oid, typtype = 'd', typbasetype
    FROM based JOIN pg_type ON is_domain AND pg_type.oid = next
)
SELECT type, format('OPERATOR(%%I.%%s)', nspname, oprname) AS operator
FROM based
JOIN pg_opclass ON opcintype = base AND opcdefault
JOIN pg_am ON pg_am.oid = opcmethod AND amname = 'btree'
JOIN pg_amop ON amopfamily = opcfamily AND amopstrategy = 3
            AND amoplefttype = opcintype AND amoprighttype = opcintype
JOIN pg_operator ON pg_operator.oid = amopopr
JOIN pg_namespace ON pg_namespace.oid = oprnamespace
WHERE nspname <> 'pg_catalog'
"""
_OF_TYPE = _OPERATORS.format(types="ARRAY[to_regtype(%s)]::oid[]")
_OF_COLUMNS = f"""
SELECT attname::text, operator FROM pg_attribute
JOIN ({
    _OPERATORS.format(
        types="ARRAY(SELECT atttypid FROM pg_attribute WHERE attrelid = %s::regclass)"
    )
}) AS own ON type = atttypid
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
"""
EQUAL = "="


def of_type(work: Work, type_: str) -> str:
    """The operator of a type, as SQL; the type is qualified where it is not PostgreSQL's own."""
    with work.settings(search_path="pg_catalog, pg_temp"):
        row = work.connection.execute(_OF_TYPE, (type_.partition(" COLLATE ")[0],)).fetchone()
    return EQUAL if row is None else str(row[1])


def of_columns(work: Work, table: str) -> Mapping[str, str]:
    """The operators of those columns of "schema.table" whose type has one of its own."""
    with work.settings(search_path="pg_catalog, pg_temp"):
        return dict(work.connection.execute(_OF_COLUMNS, (quoted(table),) * 2).fetchall())


def equal(value: str, other: str, operator: str, type_: str) -> str:
    """The condition that a value of a type is equal to one that becomes of that type."""
    return f"{value} {operator} {other if operator == EQUAL else f'{other}::{type_}'}"


def all_equal(ones: Sequence[str], others: Sequence[str], operators: Sequence[str]) -> str:
    """The condition that values are equal to others, each by its operator; one may be left over."""
    pairs = zip(ones, operators, others, strict=False)
    return f"({' AND '.join(f'{one} {operator} {other}' for one, operator, other in pairs)})"
