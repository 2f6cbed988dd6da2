"""Foreign keys between tables whose owner row security binds as well (manual: 5.9, FORCE).

PostgreSQL looks for rows without a partner with a query of the owner's. Sessions of ours have
row_security off, so that it fails where a policy hides some rows. A table that is new has none.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.foreign_keys import foreign_keys, referenced, wholes_above
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.postgres.quoting import dollar_quoted


def keys_to_parents(table: Identity, snapshot: Snapshot) -> Iterator[Fact]:
    """The foreign keys that refer to a partition, as they do to the tables above it."""
    for above in wholes_above(table, snapshot):
        for key in snapshot.once(foreign_keys).get(above, ()):
            if referenced(key) == above:
                yield key


def asked(key: Fact, table: Identity | None) -> Iterator[tuple[str, Identity]]:
    """The tables that are looked at: what a key refers to, and a table that has its own end."""
    yield from (("OWN ROWS", each) for each in _ends(key, table))


def none_there(
    statement: Statement, table: Identity, keys: Iterable[Fact], context: Context
) -> Statement:
    """A statement that makes a new table's keys: policies hide nothing, as it has no rows."""
    tables = {each for key in keys for each in _ends(key, table)}
    if not context.is_new(table) or not any(_binds_owner(each, context) for each in tables):
        return statement
    body = f"BEGIN SET LOCAL row_security = on; {statement.sql}; END"
    return replace(statement, sql=f"DO {dollar_quoted(body)}")


def _ends(key: Fact, table: Identity | None) -> Iterator[Identity]:
    there = referenced(key)
    if table is not None and there is not None:
        yield table
        yield Identity("table", there)


def _binds_owner(table: Identity, context: Context) -> bool:
    return any(
        fact.payload.get("row_security") and fact.payload.get("row_security_forced")
        for side in context.sides
        if (fact := side.facts.get(table))
    )
