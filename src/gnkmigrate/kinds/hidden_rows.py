"""Statements that read rows which row security may hide (manual: 5.9).

Sessions of ours have row_security off, so that what reads rows fails where a policy hides some.
Two things need it on. The keys of a new table, since PostgreSQL looks for rows without a partner
with a query of the owner's, whom FORCE binds as well: there are no rows yet. And a query that reads
through a view or a function of somebody else's, which is meant to show what that one may see.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.foreign_keys import foreign_keys, referenced, wholes_above
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.postgres.quoting import dollar_quoted

_TRUE = {"on", "true", "yes", "1", "t", "y"}  # an option is kept as it was written


def keys_to_parents(table: Identity, snapshot: Snapshot) -> Iterator[Fact]:
    """The foreign keys that refer to a partition, as they do to the tables above it."""
    for above in wholes_above(table, snapshot):
        for key in snapshot.once(foreign_keys).get(above, ()):
            if referenced(key) == above:
                yield key


def keys_at(table: Identity, snapshot: Snapshot) -> Iterator[Fact]:
    """The foreign keys whose rows are looked for in a table, at either end."""
    for path in (table.path, *wholes_above(table, snapshot)):
        yield from snapshot.once(foreign_keys).get(path, ())


def asked(key: Fact, table: Identity | None, target: Snapshot) -> Iterator[tuple[str, Identity]]:
    """The tables that are looked at: what a key refers to, and a table that has its own end.

    Where the owner is bound no more, that is so before.
    """
    for end in _ends(key, table):
        if end not in target or _is_bound(target.facts.get(end)):
            yield "OWN ROWS", end


def none_there(
    statement: Statement, table: Identity, keys: Iterable[Fact], context: Context
) -> Statement:
    """A statement that makes a new table's keys: policies hide nothing, as it has no rows."""
    tables = {each for key in keys for each in _ends(key, table)}
    if not context.is_new(table) or not any(_binds_owner(each, context) for each in tables):
        return statement
    return with_policies(statement)


def as_others_see(statement: Statement, query: Fact, context: Context) -> Statement:
    """A statement that runs a materialized view's query, which may read as somebody else does."""
    return with_policies(statement) if _reads_as_others(query, context) else statement


def with_policies(statement: Statement) -> Statement:
    """A statement that others run, in a way, and that finds what policies let them see."""
    body = f"BEGIN SET LOCAL row_security = on; {statement.sql}; END"
    return replace(statement, sql=f"DO {dollar_quoted(body)}")


def _reads_as_others(query: Fact, context: Context) -> bool:
    """Whether policies apply to the owner of a view, or maybe of a function, that a query uses."""
    pending, seen = [*query.depends_on], set[Identity]()
    while pending:
        identity = pending.pop()
        found = context.find(identity)
        if found is None or identity in seen:
            continue
        seen.add(identity)
        if identity.kind == "function":
            if found.value("security_definer"):
                return any(_has_policies(table) for table in context.target.of_kind("table"))
        elif identity.kind == "view":
            pending += found.depends_on
            tables = [context.find(_relation(each)) for each in found.depends_on]
            if not is_invoker(found) and any(map(_has_policies, tables)):
                return True
    return False


def _relation(identity: Identity) -> Identity:
    """The table of a column, and anything else itself."""
    is_column = identity.kind == "column"
    return Identity("table", identity.path[:2]) if is_column else identity


def _has_policies(fact: Fact | None) -> bool:
    return fact is not None and fact.kind == "table" and bool(fact.value("row_security"))


def is_invoker(view: Fact) -> bool:
    """Whether a view reads with the rights of whoever reads it."""
    options = (option.partition("=") for option in view.value("options") or ())
    return any(name == "security_invoker" and value.lower() in _TRUE for name, _, value in options)


def _ends(key: Fact, table: Identity | None) -> Iterator[Identity]:
    there = referenced(key)
    if table is not None and there is not None:
        yield table
        yield Identity("table", there)


def _binds_owner(table: Identity, context: Context) -> bool:
    return any(_is_bound(side.facts.get(table)) for side in context.sides)


def _is_bound(table: Fact | None) -> bool:
    return table is not None and bool(
        table.payload.get("row_security") and table.payload.get("row_security_forced")
    )
