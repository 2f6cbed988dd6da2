"""What tables below keep of a column when it changes above them."""

from collections.abc import Iterator

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.kinds.altering import alter_table_of
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.columns_of_parents import compression_below
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.postgres.quoting import identifier


def kept_below(change: Change, reason: str, context: Context) -> Iterator[Statement]:
    """How children keep values: SET COMPRESSION does not go to them, and a new type forgets it."""
    wanted = change.fact.payload["compression"]
    retyped = not {"type", "collation"}.isdisjoint(change.differing)
    if not retyped and wanted == (change.before and change.before.payload["compression"]):
        return
    *table, name = change.fact.identity.path
    handed_on = dict(compression_below(table, name, context))
    for below in context.below(table):
        own = context.target.get("inherited column", *below, name)
        storage = own.payload["storage"] if own else None
        compression = own.payload["compression"] if own else None
        compression = compression or handed_on.get(below)
        of_child = Fact(Identity("column", (*below, name)), Identity("table", below), {})
        actions = [f"SET STORAGE {storage.upper()}"] if retyped and storage else []
        if compression if retyped else below in handed_on:
            actions.append(f"SET COMPRESSION {compression or 'default'}")
        for action in actions:
            yield alter_table_of(of_child, f"ALTER COLUMN {identifier(name)} {action}", reason)
