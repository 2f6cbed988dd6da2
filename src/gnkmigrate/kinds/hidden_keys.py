"""Names that are taken by what PostgreSQL hides of a foreign key to a partitioned table.

It keeps a constraint of its own for each partition (tablecmds.c, addFkRecurseReferenced), in the
table that refers to them, under a name that it chooses. No fact tells of these.
"""

import re
from collections.abc import Iterator
from itertools import chain

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import locks
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.foreign_keys import referenced
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.postgres.quoting import dollar_quoted, literal, qualified

# What it chooses ends so: made of table and columns, and since PostgreSQL 18 of the key's name.
_CHOSEN = re.compile(r"(?:_fkey\d*|_\d+)$")


def out_of_the_way(before: Fact | None, after: Fact, context: Context) -> Iterator[Statement]:
    """Gives another name to the hidden constraint that has the one of `after`, if there is one.

    Args:
        before: the constraint as it is; None where it is new.
        after: the constraint as it shall be; its table has its new name.
        context: both sides.
    """
    if _CHOSEN.search(after.identity.name) is None or after.parent is None:
        return
    old = after.parent if before is None or before.parent is None else before.parent
    keys = chain(_reaching(old, context.source), _reaching(after.parent, context.target))
    if not any(key.identity != after.identity or before is not None for key in keys):
        return
    table = qualified(*after.parent.path)
    yield Statement(
        f"DO {dollar_quoted(_renaming(table, after.identity.name))}",
        f"A hidden constraint of {table} may be called {after.identity.name}.",
        lock=locks.ALTER_TABLE,
        relation=table,
    )


def _reaching(table: Identity, snapshot: Snapshot) -> Iterator[Fact]:
    """The foreign keys of a table that refer to a partitioned one."""
    for key in snapshot.children(table, "constraint"):
        other = referenced(key)
        found = snapshot.get("table", *other) if other else None
        if found is not None and found.payload["partitioned_by"]:
            yield key


def _renaming(table: str, name: str) -> str:
    # The lock comes first, so that it is the one announced whether there is one or not.
    return (
        f"DECLARE renaming text; BEGIN LOCK TABLE ONLY {table} IN ACCESS EXCLUSIVE MODE; "
        "renaming := (SELECT pg_catalog.format("
        "'ALTER TABLE %s RENAME CONSTRAINT %I TO %I', "
        f"{literal(table)}, own.conname, 'hidden_' || own.oid) "
        "FROM pg_catalog.pg_constraint AS own "
        "JOIN pg_catalog.pg_constraint AS above "
        "ON above.oid = own.conparentid AND above.conrelid = own.conrelid "
        f"WHERE own.conrelid = {literal(table)}::pg_catalog.regclass "
        f"AND own.conname = {literal(name)}); "
        "IF renaming IS NOT NULL THEN EXECUTE renaming; END IF; END"
    )
