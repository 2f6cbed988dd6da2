"""What NOT NULL is called in tables of a type whose attributes get other names (18)."""

from collections.abc import Iterator, Mapping, Sequence

from gnkmigrate.facts.fact import Fact
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.free_names import in_turn
from gnkmigrate.kinds.not_null_family import by_now
from gnkmigrate.kinds.not_null_name import NAMED, called
from gnkmigrate.kinds.not_null_statements import rename_not_null
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.kinds.typed_tables import apart_from_type
from gnkmigrate.postgres.quoting import qualified


def following(
    tables: Sequence[Fact], renamed: Mapping[str, str], context: Context
) -> Iterator[Statement]:
    """Gives constraints the names that they have in the target: RENAME ATTRIBUTE leaves them.

    Args:
        tables: those of the type, as the source has them.
        renamed: the attributes' new names by their old ones.
        context: both sides.
    """
    if min(side.server_version for side in context.sides) < NAMED:
        return
    for table in tables:
        now = context.table_now(table.identity.path)
        reason = f"The NOT NULL of {qualified(*now)} goes by the names of its columns."
        names = dict(_names(table, now, renamed, context))
        turns = in_turn(names, {*names, *names.values()})
        statements = (rename_not_null(now, *each, reason) for each in turns)
        yield from apart_from_type(table.identity.path, now, statements, context)


def _names(
    table: Fact, now: tuple[str, ...], renamed: Mapping[str, str], context: Context
) -> Iterator[tuple[str, str]]:
    """The new names by the old ones, where they differ."""
    for name, new in renamed.items():
        before = context.source.get("column", *table.identity.path, name)
        after = context.target.get("column", *now, new)
        if before is None or after is None:
            continue
        if before.payload["not_null"] and after.payload["not_null"]:
            _, was = by_now(before.identity.path, name, context)
            if was != called(after):
                yield was, called(after)
