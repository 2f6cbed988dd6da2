"""Columns of other tables that hold rows of a table as their values.

PostgreSQL does not look into them when it writes the table anew, and so refuses to (tablecmds.c,
find_composite_type_dependencies).
"""

from collections.abc import Iterable, Iterator

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.change import Unplannable
from gnkmigrate.kinds.column_obstacles import tables_below
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.user_type import CONTAINERS, holders
from gnkmigrate.postgres.quoting import qualified


def refuse_held(part: Fact, what: str, context: Context, *, rows_only: bool = False) -> None:
    """Stops where a column holds rows of a table that is to change, or of one below it.

    Args:
        part: a column of the table.
        what: what changes, as a sentence begins.
        context: what is there.
        rows_only: whether it is all the same to a partitioned table, which has no rows itself.
    """
    for path in (part.identity.path[:-1], *tables_below(part, context)):
        table = context.source.get("table", *path)
        if not (rows_only and table is not None and table.payload["partitioned_by"]):
            refuse_rows_held(path, what, context)
            # A new table is made before columns of another change.
            later = _holders(path, context.target)
            _refuse(path, what, (each for each in later if each.parent in context.created))


def refuse_rows_held(table: tuple[str, ...], what: str, context: Context) -> None:
    """Stops where a column holds rows of this very table."""
    _refuse(table, what, _holders(table, context.source))


def _refuse(table: tuple[str, ...], what: str, found: Iterable[Fact]) -> None:
    for holder in found:
        raise Unplannable(
            f"{what}, and column {qualified(*holder.identity.path)} uses the row type of "
            f"{qualified(*table)}: PostgreSQL does not let it change.",
            hint="Do without that column for a while: drop it, or add it later, in a revision of "
            "your own.",
        )


def _holders(table: tuple[str, ...], snapshot: Snapshot) -> Iterator[Fact]:
    """The columns of a database with rows of `table` in them, be it inside of other values."""
    # Its own type, or an array of it: an expression may use it as well.
    name = qualified(*table)
    columns = [
        each for each in snapshot.of_kind("column") if each.value("type").removesuffix("[]") == name
    ]
    for kind in ("table", "foreign table"):
        identity = Identity(kind, table)
        found = [each for each in columns if identity in each.depends_on]
        for container in (each for word in CONTAINERS for each in snapshot.of_kind(word)):
            if identity in container.depends_on:
                found += holders(container.identity, snapshot)
        for each in found:
            elsewhere = each.parent is not None and each.parent.kind == "foreign table"
            if each.kind == "column" and not elsewhere:
                yield each
