"""By which operators a type tells its values apart, and orders them, as its indexes do.

Where operators of pg_catalog alone are found, as in functions of ours, there is no `=` for a type
of an extension, or it is that of a text: values of citext would differ that are one in an index.
So the operator of such types is named with its schema.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate.run.names import quoted
from gnkmigrate.run.session import OURS
from gnkmigrate.run.work import Work

# Those of the default operator class of btree, from < to >, for types, an array of oids, and for
# domains over them. Types without one, such as varchar, enums and arrays, have pg_catalog's.
_OPERATORS = """
WITH RECURSIVE based (type, base, is_domain, next) AS (
    SELECT oid, oid, typtype = 'd', typbasetype FROM pg_type WHERE oid = ANY ({types})
    UNION ALL
    SELECT type, pg_type.oid, typtype = 'd', typbasetype
    FROM based JOIN pg_type ON is_domain AND pg_type.oid = next
)
SELECT type,
       array_agg(format('OPERATOR(%%I.%%s)', nspname, oprname) ORDER BY amopstrategy) AS operators
FROM based
JOIN pg_opclass ON opcintype = base AND opcdefault
JOIN pg_am ON pg_am.oid = opcmethod AND amname = 'btree'
JOIN pg_amop ON amopfamily = opcfamily AND amopstrategy <= 5
            AND amoplefttype = opcintype AND amoprighttype = opcintype
JOIN pg_operator ON pg_operator.oid = amopopr
JOIN pg_namespace ON pg_namespace.oid = oprnamespace
WHERE nspname <> 'pg_catalog'
GROUP BY type
"""
EQUAL = "="
_OF_TYPE = _OPERATORS.format(types="ARRAY[to_regtype(%s)]::oid[]")
_OF_OIDS = _OPERATORS.format(types="%s::oid[]")
_OF_COLUMNS = f"""
SELECT attname::text, operators FROM pg_attribute
JOIN ({
    _OPERATORS.format(
        types="ARRAY(SELECT atttypid FROM pg_attribute WHERE attrelid = %s::regclass)"
    )
}) AS own ON type = atttypid
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
"""


def of_type(work: Work, type_: str) -> str:
    """The operator of a type, as SQL; the type is qualified where it is not PostgreSQL's own."""
    with work.settings(search_path=OURS):
        row = work.connection.execute(_OF_TYPE, (type_.partition(" COLLATE ")[0],)).fetchone()
    return EQUAL if row is None else str(row[1][2])


def of_columns(work: Work, table: str) -> Mapping[str, str]:
    """The operators of those columns of "schema.table" whose type has one of its own."""
    return {name: order.equal for name, order in orders(work, table).items()}


def orders(work: Work, table: str) -> Mapping[str, "Order"]:
    """All operators of those columns of "schema.table" whose type has its own."""
    with work.settings(search_path=OURS):
        rows = work.connection.execute(_OF_COLUMNS, (quoted(table),) * 2).fetchall()
    return {name: Order(*operators) for name, operators in rows}


def orders_of(work: Work, query: str) -> "tuple[Order, ...]":
    """Those of the columns that a query gives, each of them."""
    described = work.connection.execute(f"SELECT * FROM ({query}) AS asked LIMIT 0".encode())
    types = [column.type_code for column in described.description or ()]
    with work.settings(search_path=OURS):
        rows = work.connection.execute(_OF_OIDS, (types,)).fetchall()
    found: dict[int, list[str]] = dict(rows)
    return tuple(Order(*found[type_]) if type_ in found else Order() for type_ in types)


@dataclass(frozen=True)
class Order:
    """The operators by which values of a type are compared, as SQL."""

    less: str = "<"
    not_greater: str = "<="
    equal: str = EQUAL
    not_less: str = ">="
    greater: str = ">"


def equal(value: str, other: str, operator: str, type_: str) -> str:
    """The condition that a value of a type is equal to one that becomes of that type."""
    return f"{value} {operator} {other if operator == EQUAL else f'{other}::{type_}'}"


def all_equal(ones: Sequence[str], others: Sequence[str], operators: Sequence[str]) -> str:
    """The condition that values are equal to others, each by its operator; one may be left over."""
    pairs = zip(ones, operators, others, strict=False)
    return f"({' AND '.join(f'{one} {operator} {other}' for one, operator, other in pairs)})"
