"""A table leaves its parents for a moment, and so makes what it had of them its own as well.

No other statement does that (ALTER TABLE ... NO INHERIT, tablecmds.c, RemoveInheritance), and none
undoes it. As it does that to all that they have in common, and a table that comes back is the
last of its parents' children, it is done only where all of that is wanted.
"""

from collections.abc import Iterator, Sequence

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.change import Unplannable
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.inheritance import columns_above, heirs, parents
from gnkmigrate.postgres.quoting import qualified

Path = tuple[str, ...]


def require_leaving(
    table: Identity,
    leave: Sequence[Sequence[str]],
    stay: Sequence[Sequence[str]],
    context: Context,
) -> None:
    """Stops where a table would leave some of its parents of the source, to come back, in vain.

    Raises:
        Unplannable: it would make more its own than the target has.
    """
    kept = {_key(part) for parent in stay for part in _parts(parent, context.source)}
    for parent in leave:
        for part in _parts(parent, context.source):
            own = Identity(part.kind, (*table.path, part.identity.name))
            gone = part.identity in context.dropped
            if _key(part) not in kept and not gone and own not in context.target:
                raise Unplannable(
                    f"{qualified(*table.path)} is to have some of what its parent "
                    f"{qualified(*parent)} has as its own too, but not {own}: PostgreSQL does that "
                    "to all of it or nothing.",
                    hint="Make the table anew in a revision of your own, or declare "
                    f"{own} in the target as the table's own.",
                )


def made_own(column: Fact, context: Context) -> Iterator[str]:
    """Actions of ALTER TABLE that make a column its own which a table merely inherits."""
    stay, leave = _parents_of(column, context)
    if leave and column.parent is not None:
        require_leaving(column.parent, leave, stay, context)
        yield from (f"NO INHERIT {qualified(*each)}" for each in leave)
        yield from (f"INHERIT {qualified(*each)}" for each in leave)


def made_own_along(check: Fact, context: Context) -> Fact | None:
    """The parent's check that becomes the table's own with a column, for which the table leaves."""
    if check.parent is None:
        return None
    for column in context.target.children(check.parent, "column"):
        path = column.identity.path
        inherited = column.identity in context.created and any(columns_above(path, context.source))
        if not inherited or context.is_joined(path):
            continue
        for parent in _parents_of(column, context)[1]:
            for part in _parts(parent, context.source):
                alike = part.payload.get("definition") == check.payload["definition"]
                if _key(part) == _key(check) and alike and part.identity not in context.dropped:
                    return part
    return None


def given_above(column: Fact, snapshot: Snapshot) -> Iterator[Fact]:
    """The columns and checks that a column's table has of its parents."""
    for parent in parents(column.identity.path[:-1], snapshot):
        yield from _parts(parent, snapshot)


def _parents_of(column: Fact, context: Context) -> tuple[Sequence[Path], Sequence[Path]]:
    """The parents that stay, and those that are left to make a column the table's own."""
    table = context.target.facts.get(column.parent) if column.parent else None
    inherits = [tuple(each) for each in (table.payload["inherits"] or ())] if table else []
    for number, parent in enumerate(inherits):
        if _key(column) in {_key(part) for part in _parts(parent, context.source)}:
            return inherits[:number], inherits[number:]
    return inherits, ()


def unlike(own: Fact, target: Snapshot) -> Iterator[Identity]:
    """What a table has by itself, where it is to have it of its parents alone."""
    if own.parent is not None and not target.children(own.parent, "partition"):
        yield own.identity  # what a partition has is its parent's


def unlike_when_joined(table: Fact, context: Context) -> Iterator[Identity]:
    """The same of what it is given before it is joined to a parent."""
    after = context.target.facts.get(context.names.of(table.identity))
    before = {context.table_now(each): each for each in table.payload.get("inherits") or ()}
    if after is None:
        return
    wanted = [tuple(each) for each in after.payload.get("inherits") or ()]
    stay = [old for parent, old in before.items() if parent in wanted]
    above = [context.as_called_then(each) for old in stay for each in _parts(old, context.source)]
    inherited = {_key(each) for each in above}
    for parent in wanted:
        for part in () if parent in before else _parts(parent, context.target):
            own = Identity(part.kind, (*after.identity.path, part.identity.name))
            known = own in context.target or context.before_rename(own) in context.source
            if not known and _key(part) not in inherited:
                yield own


def owned_below(part: Fact, snapshot: Snapshot) -> Iterator[Identity]:
    """The same part of the tables below, where it is their own too: it cannot go before this."""
    *table, name = part.identity.path
    for child in heirs(snapshot).get(tuple(table), ()):
        own = Identity(part.kind, (*child, name))
        if own in snapshot:
            yield own


def refuse_inherited(own: Fact, context: Context) -> None:
    """Stops where a part is to go that the table has of a parent too, which it leaves as well."""
    *table, _ = own.identity.path
    stays = own.parent is not None and own.parent in context.target
    for parent in set(parents(table, context.source)) if stays else ():
        for part in _parts(parent, context.source):
            if _key(part) == _key(own) and part.identity not in context.dropped:
                raise Unplannable(
                    f"{own.identity} goes, and {qualified(*table)} has it of "
                    f"{qualified(*parent)} too, which it leaves.",
                    hint=f"Take it from {qualified(*parent)} (ALTER TABLE ... NO INHERIT) in a "
                    "revision of your own, and plan again.",
                )


def refuse_made_again(column: Fact, context: Context) -> None:
    """Stops where a column would have to go and come back that its table inherits as well."""
    above = columns_above(column.identity.path, context.target)
    if column.identity in context.dropped and any(above):
        raise Unplannable(
            f"{column.identity} has to be made again, and its table has it of a parent too.",
            hint="Take the table from its parent (ALTER TABLE ... NO INHERIT), make the column "
            "again in both, and put the table back, in a revision of your own.",
        )


def checks_above(check: Fact, snapshot: Snapshot) -> Iterator[Fact]:
    """The checks of that name that its table has of its parents."""
    *table, _ = check.identity.path
    for parent in parents(table, snapshot):
        yield from (part for part in _parts(parent, snapshot) if _key(part) == _key(check))


def is_same_check(one: Fact, other: Fact) -> bool:
    """Whether the two hold the same, and for all rows or not."""
    return (
        one.kind == "constraint"
        and one.payload["type"] == other.payload["type"] == "check"
        and all(one.payload[each] == other.payload[each] for each in ("definition", "validated"))
    )


def _parts(table: Sequence[str], snapshot: Snapshot) -> Iterator[Fact]:
    """The columns and checks that children of a table have of it."""
    for kind in ("table", "foreign table"):
        for child in snapshot.children(Identity(kind, tuple(table))):
            definition = str(child.payload.get("definition"))
            is_check = child.kind == "constraint" and child.payload["type"] == "check"
            if child.kind == "column" or (is_check and not definition.endswith(" NO INHERIT")):
                yield child
    for parent in parents(table, snapshot):
        yield from _parts(parent, snapshot)


def _key(part: Fact) -> tuple[str, str]:
    return part.kind, part.identity.name
