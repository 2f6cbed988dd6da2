"""What is in the database and in no fact: told, so that nobody takes silence for agreement.

Most of it is found from the catalogs themselves: those that no kind reads, and what has an owner, a
comment or privileges without being a fact.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from psycopg import sql

from gnkmigrate import own_objects
from gnkmigrate.facts.assembling import FIRST_USER_OID
from gnkmigrate.facts.catalog import MASK
from gnkmigrate.facts.fact import Address, Fact
from gnkmigrate.facts.newer_server import of_newer_server
from gnkmigrate.facts.snapshot import Unread
from gnkmigrate.kinds import kinds
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.sql_files import query

_NAMED = 5
_NOBODY = "no kind reads it"
_SPELLED = {"largeobject": "large object"}
_CATALOGS = """
SELECT catalog.relname
FROM pg_class AS catalog
JOIN pg_attribute AS attribute ON attribute.attrelid = catalog.oid AND attribute.attname = 'oid'
WHERE
    catalog.relnamespace = 'pg_catalog'::regnamespace
    AND catalog.relkind = 'r'
    AND NOT catalog.relisshared
    AND catalog.relname <> ALL (%s)
ORDER BY 1
"""
_DESCRIBED = """
SELECT described.type, coalesce(described.identity, '?')
FROM unnest(%s::oid[], %s::oid[], %s::integer[]) AS thing (catalog, oid, subid)
CROSS JOIN LATERAL pg_identify_object(thing.catalog, thing.oid, thing.subid) AS described
WHERE described.type IS NOT NULL
"""


def unread(
    connection: Connection,
    facts: Iterable[Fact],
    schemas: Sequence[int],
    homeless: Iterable[Address],
) -> tuple[Unread, ...]:
    """Everything in the catalogs that no kind reads, by what it is.

    Args:
        connection: the session that has read the facts, in the same transaction.
        facts: what was read.
        schemas: the oids of the schemas that were read.
        homeless: what has an owner, a comment or privileges and is no fact.
    """
    given = {"schemas": list(schemas), "own": own_objects.schemas(connection)}
    others = connection.execute(query("facts", "unread"), given, prepare=False)
    return (
        *_described(connection, homeless),
        *_of_other_catalogs(connection),
        *of_newer_server(connection),
        *(Unread(kind, tuple(names), *rest) for kind, names, *rest in others),
        *_hidden(facts),
    )


def _of_other_catalogs(connection: Connection) -> Iterator[Unread]:
    """What is in catalogs that belong to no kind, whatever PostgreSQL may have got since."""
    read = {kind.catalog for kind in kinds().values()}
    read |= {part for kind in kinds().values() for part in kind.parts}
    names = [name for (name,) in connection.execute(_CATALOGS, [[*read]], prepare=False)]
    if not names:
        return
    queries = (
        sql.SQL(
            "SELECT {}, count(*), (array_agg(oid::text ORDER BY oid))[:{}] FROM {} "
            "WHERE oid >= {} HAVING count(*) > 0"
        ).format(name, _NAMED, sql.Identifier("pg_catalog", name), _first(name))
        for name in names
    )
    found = connection.execute(sql.SQL(" UNION ALL ").join(queries), prepare=False)
    for name, count, oids in found:
        kind = name.removeprefix("pg_").removesuffix("_metadata").replace("_", " ")
        yield Unread(_SPELLED.get(kind, kind), tuple(oids), count, _NOBODY)


def _first(catalog: str) -> int:
    """The lowest oid of what users have made; they may choose those of large objects."""
    return 0 if catalog == "pg_largeobject_metadata" else FIRST_USER_OID


def _described(connection: Connection, addresses: Iterable[Address]) -> Iterator[Unread]:
    """Things that are known by their addresses alone."""
    ordered = sorted(addresses)
    if not ordered:
        return
    columns = [list(column) for column in zip(*ordered, strict=True)]
    named: defaultdict[str, list[str]] = defaultdict(list)
    for type_, name in connection.execute(_DESCRIBED, columns, prepare=False):
        named[type_].append(name)
    for type_, names in sorted(named.items()):
        yield Unread(type_, tuple(sorted(names)[:_NAMED]), len(names), _NOBODY)


def _hidden(facts: Iterable[Fact]) -> Iterator[Unread]:
    """Values that the role may not read, and secrets, of which only the mark is read."""
    looked_at = {name: each for name, each in kinds().items() if each.hidden or each.masked}
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for fact in facts:
        known = looked_at.get(fact.identity[0])
        if known is None:
            continue
        for attribute in known.hidden | known.masked:
            if reason := _why_hidden(attribute, fact.payload[attribute], known.masked):
                found[fact.kind, reason].append(".".join(fact.identity.path))
    for (kind, reason), names in sorted(found.items()):
        yield Unread(kind, tuple(sorted(names)[:_NAMED]), len(names), reason)


def _why_hidden(attribute: str, value: Any, masked: AbstractSet[str]) -> str:
    """Why a value is not known, or not as a whole; "" where it is."""
    if value is None:
        return f"the role may not read its {attribute}"
    texts = [value] if isinstance(value, str) else value
    secret = attribute in masked and any(MASK in text for text in texts)
    return f"secrets among its {attribute} are never read" if secret else ""
