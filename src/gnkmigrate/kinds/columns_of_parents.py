"""Columns and defaults as tables have them of those above.

Each table on the way may set something of its own on a column that it inherits, and hands that on:
what the nearest one says counts.
"""

from collections.abc import Iterator, Mapping, Sequence

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import not_null_name
from gnkmigrate.kinds.column_settings import SETTINGS
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.inheritance import parents


def columns_of_parents(table: Identity, snapshot: Snapshot) -> Mapping[str, Fact]:
    """The columns that those above give a table, before it sets anything of its own on them.

    Where several parents have a column, the first one's counts, as in what the table is held
    against (inherited_column/read.sql).
    """
    found: dict[str, Fact] = {}
    for parent in parents(table.path, snapshot):
        for above in (Identity("table", parent), Identity("foreign table", parent)):
            own = {each.identity.name: each for each in snapshot.children(above, "column")}
            for name, column in {**columns_of_parents(above, snapshot), **own}.items():
                found.setdefault(name, _handed_on(as_set(column, snapshot), table, snapshot))
    return found


def compression_below(
    table: Sequence[str], name: str, context: Context
) -> Iterator[tuple[tuple[str, ...], str | None]]:
    """How each table below one that stays is to compress a column, where that is as above it.

    SET COMPRESSION goes to none of them (tablecmds.c, ATPrepCmd).
    """
    for below in context.below(table):
        own = context.target.get("inherited column", *below, name)
        if own is None or not own.payload["compression"]:
            column = columns_of_parents(Identity("table", below), context.target).get(name)
            yield below, column.payload["compression"] if column else None


def as_set(column: Fact, snapshot: Snapshot) -> Fact:
    """A column that a table inherits, with what the table sets on it itself."""
    column = _called(column, snapshot)
    own = snapshot.get("inherited column", *column.identity.path)
    if own is None:
        return column
    payload = {**column.payload, **{each: own.payload[each] for each in _STAYS}}
    payload["generated"] = own.payload["generated"] or payload["generated"]
    if own.payload["not_null"]:
        payload |= {"not_null": True, "not_null_name": own.payload["not_null_name"]}
    # It names what differs from the parent; a column names what is not as usual.
    if own.payload["storage"]:
        usual = own.payload["storage"] == payload["usual_storage"]
        payload["storage"] = None if usual else own.payload["storage"]
    if own.payload["compression"]:
        usual = own.payload["compression"] == "default"
        payload["compression"] = None if usual else own.payload["compression"]
    return column.replaced(payload=payload, depends_on=column.depends_on | own.depends_on)


def _called(column: Fact, snapshot: Snapshot) -> Fact:
    """The column of a partition or a child with the name that its NOT NULL has there."""
    *table, name = column.identity.path
    child = snapshot.get("table", *table)
    if child is not None and (named := (child.payload["own_not_null"] or {}).get(name)):
        usual = not_null_name.usual(column)
        return column.has({"not_null_name": None if named == usual else named})
    for partition in snapshot.children(Identity("table", tuple(table)), "partition"):
        if named := (partition.payload["not_null_names"] or {}).get(name):
            return column.has({"not_null_name": named})
    return column


def default_of_parents(column: Sequence[str], snapshot: Snapshot) -> Fact | None:
    """The default that a column, which its table merely inherits, has from above."""
    lack = snapshot.get("inherited column", *column)
    if snapshot.get("column", *column) or (lack and lack.payload["without_default"]):
        return None
    return default_above(column, snapshot)


def default_above(column: Sequence[str], snapshot: Snapshot) -> Fact | None:
    """The default that a column has in the tables above its own, whatever this says itself."""
    *table, name = column
    for parent in parents(table, snapshot):
        above = (*parent, name)
        if found := snapshot.get("default", *above) or default_of_parents(above, snapshot):
            return found
    return None


# What a table says of these holds for itself alone.
_STAYS = frozenset(SETTINGS) - {"storage", "compression"}


def _handed_on(column: Fact, table: Identity, snapshot: Snapshot) -> Fact:
    """A column of a table as one right below it has it."""
    payload = {
        **column.payload,
        **dict.fromkeys((*_STAYS, "not_null_comment", "not_null_unvalidated")),
        "not_null_name": not_null_name.inherited_name(column, snapshot),
        "not_null": column.payload["not_null"] and not column.payload["not_null_no_inherit"],
        "not_null_no_inherit": None,
    }
    identity = Identity("column", (*table.path, column.identity.name))
    return Fact(identity, table, payload, column.depends_on, column.position)
