"""NOT NULL keeps the name that its table and column give it: it follows when one is renamed."""

from collections.abc import Iterator
from functools import partial
from itertools import chain

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.inheritance import tables_below
from gnkmigrate.kinds.not_null_below import own
from gnkmigrate.kinds.not_null_family import Naming, Path, by_now, can_be_renamed, renamed
from gnkmigrate.kinds.not_null_name import NAMED, fits, keeps, usual_of
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.postgres.quoting import qualified


def follows_column(change: Change, context: Context) -> Iterator[Statement]:
    """Takes the constraint along when its column is renamed; the tables have their new names."""
    before, (*table, name) = change.before, change.identity.path
    if before is None:
        return
    there = context.meanwhile.get(before.identity, before.identity)
    old = before.identity.name
    column = context.source.facts[there]
    if change.fact.payload["not_null"] and _follows(column, context):
        yield from _following(there.path, (*table, old), (*table, name), context)
    for child in tables_below(there.path[:-1], context.source):
        own = context.source.get("inherited column", *child, there.name)
        if own is not None and _follows(own, context) and own.identity not in context.dropped:
            below = context.names.of(own.parent or own.identity).path
            yield from _following(own.identity.path, (*below, old), (*below, name), context)
        else:
            below = context.table_now(child)
            yield from _own_following((*child, there.name), (*below, old), (*below, name), context)


def follows_table(change: Change, context: Context) -> Iterator[Statement]:
    """The same when the table is renamed; its columns have their old names."""
    if change.before is None:
        return
    table = change.before.identity
    there = context.meanwhile.get(table, table)
    columns = (context.source.children(there, kind) for kind in ("column", "inherited column"))
    for column in chain.from_iterable(columns):
        if _follows(column, context) and column.identity not in context.dropped:
            name = column.identity.name
            new = (*change.identity.path, name)
            yield from _following(column.identity.path, (*table.path, name), new, context)
    for name in context.source.facts[there].payload.get("own_not_null") or ():
        new = (*change.identity.path, name)
        yield from _own_following((*there.path, name), (*table.path, name), new, context)


def _follows(column: Fact, context: Context) -> bool:
    """Whether it has one of the usual name, which is not its name in the target as well."""
    return _is_usual(column, context) and not keeps(column, _in_target(column, context))


def _in_target(column: Fact, context: Context) -> Fact | None:
    if column.kind == "column":
        return context.target.facts.get(context.names.of(column.identity))
    path = context.column_left(column.identity.path, column.parent)
    own = (context.target.get(kind, *path) for kind in ("inherited column", "column"))
    return next((each for each in own if each is not None), None)


def _is_usual(column: Fact, context: Context) -> bool:
    """Whether it has a constraint of its own, of the usual name."""
    payload = column.payload
    return (
        context.source.server_version >= NAMED
        and context.target.server_version >= NAMED
        and payload["not_null"]
        and payload["not_null_name"] is None
    )


def _own_following(column: Path, old: Path, new: Path, context: Context) -> Iterator[Statement]:
    """The same of what a child has by itself beside its parent's, where it can be renamed."""
    was, wanted = usual_of(*old[-2:]), usual_of(*new[-2:])
    if own(column, context.source) != usual_of(*column[-2:]) or not fits(wanted):
        return
    in_target = context.column_left(column, Identity("table", column[:-1]))
    follows = in_target and own(in_target, context.target) == usual_of(*in_target[-2:])
    if follows and can_be_renamed(Naming(column, new[:-1], was, wanted), context):
        yield from _following(column, old, new, context)


def _following(column: Path, old: Path, new: Path, context: Context) -> Iterator[Statement]:
    """Renames the constraint of a column.

    Args:
        column: as the source calls it.
        old: its path by which the constraint is called.
        new: its path.
        context: both sides.
    """
    was, wanted = usual_of(*old[-2:]), usual_of(*new[-2:])
    if not fits(wanted):
        return  # what the target calls it then is no usual name
    reason = f"The NOT NULL of {qualified(*new)} goes by its name."
    now = partial(by_now, name=new[-1], context=context)
    yield from renamed(Naming(column, new[:-1], was, wanted), reason, context, now)
