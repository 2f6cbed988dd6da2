"""What stands in the way of a change of a column, in its table or in those below.

PostgreSQL changes the column of all that inherit it along with it, and refuses where one of them
is partitioned by it, or has it of yet another parent (tablecmds.c, ATPrepAlterColumnType).
"""

import re
from collections.abc import Iterator

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.kinds.change import Unplannable
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.inheritance import columns_above, heirs, parents
from gnkmigrate.postgres.quoting import identifier, qualified

# What has to be the same for a column that a table inherits to be merged with its own.
_MERGED = ("type", "collation")


def refuse_key(column: Fact, context: Context) -> None:
    """Refuses a column by which a table is partitioned: PostgreSQL does not let it change."""
    name = identifier(column.identity.name)
    for path in (column.identity.path[:-1], *tables_below(column, context)):
        table = context.source.get("table", *path)
        key = (table.payload["partitioned_by"] or "") if table else ""
        if re.search(rf"(?<![\w\"]){re.escape(name)}(?![\w\"])", key):
            raise Unplannable(
                f"Column {qualified(*column.identity.path)} changes, and {qualified(*path)} is "
                "partitioned by it.",
                hint="Make a new table of the partitions in a revision of your own.",
            )


def refuse_other_parents(part: Fact, context: Context) -> None:
    """Stops where a table below has the column, or the check, of a parent that has no part in it.

    Args:
        part: a column or a check as it is in the source.
        context: what is below, and stays there.
    """
    *table, name = part.identity.path
    below = frozenset(tables_below(part, context)) | {tuple(table)}
    for child in sorted(below - {tuple(table)}):
        for parent in parents(child, context.source):
            if parent in below or parent not in parents(child, context.target):
                continue
            has = context.source.get(part.kind, *parent, name) is not None
            if part.kind == "column":
                has |= any(columns_above((*parent, name), context.source))
            if has:
                raise Unplannable(
                    f"{part.identity} changes, which {qualified(*child)} has of "
                    f"{qualified(*parent)} too: PostgreSQL changes neither.",
                    hint=f"Take {qualified(*child)} from its parents (ALTER TABLE ... NO INHERIT) "
                    "in a revision of your own, and plan again.",
                )


def refuse_name_below(column: Fact, name: str, context: Context) -> None:
    """Stops where a column is to get a name that a column of a table below has already."""
    for below in tables_below(column, context):
        if context.source.get("column", *below, name) is not None:
            raise Unplannable(
                f"{column.identity} is to be called {identifier(name)}, and {qualified(*below)}, "
                "which inherits it, has a column of that name.",
                hint=f"Rename or drop column {qualified(*below, name)} first, and plan again.",
            )


def refuse_type_below(column: Fact, context: Context) -> None:
    """Stops where a new column would be merged with one of another type in a table below."""
    *_, name = column.identity.path
    for below in tables_below(column, context):
        there = context.source.get("column", *below, name)
        if there and any(there.payload[each] != column.payload[each] for each in _MERGED):
            raise Unplannable(
                f"{column.identity} is new, and {qualified(*below)} has a column of that name with "
                "another type or collation: PostgreSQL does not merge them.",
                hint=f"Give column {qualified(*below, name)} the type {column.payload['type']} "
                "first, and plan again.",
            )


def tables_below(part: Fact, context: Context) -> Iterator[tuple[str, ...]]:
    """The tables that inherit what a part is of, however far below, and stay as they are."""
    known = heirs(context.source)
    waiting = [part.identity.path[:-1]]
    while waiting:
        parent = waiting.pop()
        for child in known.get(parent, ()):
            gone = {Identity(kind, child) for kind in ("table", "foreign table", "partition")}
            there = Identity("table", child) in context.target
            if gone.isdisjoint(context.dropped) and (
                not there or parent in parents(child, context.target)
            ):
                yield child
                waiting.append(child)


def refuse_later(fact: Fact, default: str | None, context: Context) -> None:
    """Stops where its default would come too late for the rows: its parent gets one as well."""
    late = default is None and context.target.children(fact.identity, "default")
    if not late or fact.parent is None or context.is_new(fact.parent):
        return
    if any(
        each.identity not in context.source
        for each in columns_above(fact.identity.path, context.target)
    ):
        raise Unplannable(
            f"{fact.identity} is new, has a default of its own, and its parent gets the column "
            "with another one.",
            hint="Give one of them its default in a later revision, and plan again.",
        )
