"""A table that leaves a parent or joins one, while columns of those above it change.

What ALTER TABLE does to a column of a parent reaches the tables that are below it at that moment
(manual: ALTER TABLE). A table that is apart meanwhile is not reached, so no order of statements
is right for all of them: such plans stop before the first one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kind_of
from gnkmigrate.kinds.change import Change, Unplannable
from gnkmigrate.kinds.column_obstacles import refuse_key
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.inheritance import columns_above, parents
from gnkmigrate.kinds.not_null_name import inherited_name
from gnkmigrate.kinds.user_type import UserType, holders
from gnkmigrate.postgres.quoting import qualified

Path = tuple[str, ...]


@dataclass
class _Move:
    """A table that is there before and after.

    Attributes:
        before, after: its schema and name.
        leaves, joins: parents, as the source and as the target call them.
        as_partition: whether one of them is a partitioned table.
    """

    before: Path
    after: Path
    leaves: list[Path] = field(default_factory=list)
    joins: list[Path] = field(default_factory=list)
    as_partition: bool = False


def refuse_moves(changes: Sequence[Change], context: Context) -> None:
    """Stops where a table is to move and columns above it are to change in one plan.

    Raises:
        Unplannable: there is such a table.
    """
    for change in changes:
        if change.verb == "add" and change.kind == "column" and _counts(change, context):
            _refuse_not_null(change.fact, context)
    renamed = _renamed(changes, context)
    moves = tuple(_moves(changes, renamed, context))
    columns = tuple(each for each in changes if _counts(each, context)) if moves else ()
    for move in moves:
        if renamed.get(move.before):
            raise Unplannable(
                f"{qualified(*move.before)} {_ways(move)}, and is to be called"
                f" {qualified(*move.after)}.",
                hint="Plan the new name by itself first, and then the rest: let the target differ "
                "in nothing else.",
            )
        in_the_way = [each for each in columns if _is_in_the_way(each, move, context)]
        for column in in_the_way:
            _refuse_type_of_key(column, context)
        found = [_described(each) for each in in_the_way]
        found += _types_in_the_way(changes, move, context)
        if found:
            _refuse(move, found)


def _refuse_type_of_key(change: Change, context: Context) -> None:
    """Stops where no plan for the one first, and then the other, would help."""
    before, after = change.before, change.after
    if before is None or after is None or "type" not in change.differing:
        return
    tables = (
        side.facts.get(each.parent)
        for side, each in zip(context.sides, (before, after), strict=True)
        if each.parent
    )
    keys = {str(each.payload.get("partitioned_by")) for each in tables if each is not None}
    if len(keys) == 1:  # it is not partitioned by something else then
        refuse_key(before, context)


def _renamed(changes: Sequence[Change], context: Context) -> Mapping[Path, Path]:
    """Tables that are called otherwise, by their old names; in a renamed schema all are."""
    renames = [each for each in changes if each.verb == "rename" and each.before is not None]
    if not any(_is_table(each.fact) or each.kind == "schema" for each in renames):
        return {}
    tables = [each for each in context.source if _is_table(each)]
    called = {each.identity.path: context.names.of(each.identity).path for each in tables}
    return {old: new for old, new in called.items() if old != new}


def _refuse_not_null(column: Fact, context: Context) -> None:
    """Stops where a new column has by itself all but NOT NULL, which its new parent's has."""
    name = column.payload["not_null_name"]
    for above in columns_above(column.identity.path, context.target) if name else ():
        new = above.kind == "column" and above.identity not in context.source
        if new and inherited_name(above, context.target) == name:
            raise Unplannable(
                f"{column.identity} and {above.identity} are new, and NOT NULL is the parent's "
                "alone: the child would have it by itself too.",
                hint=f"Plan {above.identity} without NOT NULL first, and then again.",
            )


def _types_in_the_way(changes: Sequence[Change], move: _Move, context: Context) -> Iterator[str]:
    """Types that are made again, and whose values are kept in columns above the table, or its own.

    Those columns get the new type, which reaches the tables below them at that moment.
    """
    above = (_above(move.before, context.source), _above(move.after, context.target))
    concerned = {move.before, *(path for side in above for path, _ in side)}
    for change in changes:
        if (
            change.verb != "alter"
            or change.before is None
            or not isinstance(kind_of(change.kind), UserType)
        ):
            continue
        kept_in = {
            each.identity.path[:-1] for each in holders(change.before.identity, context.source)
        }
        if concerned & kept_in and kind_of(change.kind).alter(change, context) is None:
            yield f"{change.before.identity} (made again)"


def _ways(move: _Move) -> str:
    """What happens to the table."""
    leaves, joins = set(move.leaves), set(move.joins)
    again = "gets another bound in" if move.as_partition else "takes another place below"
    ways = [f"{again} {qualified(*each)}" for each in sorted(leaves & joins)]
    ways += [f"leaves {qualified(*each)}" for each in sorted(leaves - joins)]
    ways += [f"joins {qualified(*each)}" for each in sorted(joins - leaves)]
    return " and ".join(ways)


def _refuse(move: _Move, what: Sequence[str]) -> None:
    changing = ", ".join(sorted(set(what)))
    raise Unplannable(
        f"{qualified(*move.after)} {_ways(move)}, while these change: {changing}.",
        hint="Plan the one first: leave the parents and bounds as they are, or the columns, types "
        "and names, and plan again for the rest.",
    )


def _moves(
    changes: Sequence[Change], renamed: Mapping[Path, Path], context: Context
) -> Iterator[_Move]:
    found: dict[Path, _Move] = {}
    old_names = {new: old for old, new in renamed.items()}
    for change in changes:
        leaves, joins = _parted(change), _joined(change)
        if not leaves and not joins:
            continue
        after = change.fact.identity.path
        if change.after is None:
            after = renamed.get(after, after)
        before = old_names.get(after, after)
        if _is_there(before, context.source) and _is_there(after, context.target):
            move = found.setdefault(after, _Move(before, after))
            move.leaves += leaves
            move.joins += joins
            move.as_partition |= change.kind == "partition"
    yield from found.values()


def _parted(change: Change) -> Sequence[Path]:
    """The parents that a change takes a table from, be it for a moment."""
    if change.before is None or change.verb == "rename":
        return ()
    if change.kind == "partition":
        return [tuple(change.before.payload["of"])] if _is_made_again(change) else ()
    return _reparented(change)[0]


def _joined(change: Change) -> Sequence[Path]:
    """The parents that a change gives to a table, be it again."""
    if change.after is None or change.verb == "rename":
        return ()
    if change.kind == "partition":
        return [tuple(change.after.payload["of"])] if _is_made_again(change) else ()
    return _reparented(change)[1]


def _is_made_again(change: Change) -> bool:
    return change.verb != "alter" or not {"of", "bound"}.isdisjoint(change.differing)


def _reparented(change: Change) -> tuple[Sequence[Path], Sequence[Path]]:
    if change.kind != "table" or change.before is None or change.after is None:
        return (), ()
    old, new = (
        [tuple(each) for each in fact.payload["inherits"] or ()]
        for fact in (change.before, change.after)
    )
    kept = [each for each in old if each in new]
    if kept != new[: len(kept)]:
        return old, new  # they leave and come back, for the sake of their order
    return [each for each in old if each not in kept], new[len(kept) :]


def _counts(change: Change, context: Context) -> bool:
    """Whether a column is renamed, added, dropped or changes its type in a table that stays."""
    if change.kind != "column" or change.fact.parent is None:
        return False
    if change.verb == "alter":
        return "type" in change.differing
    if change.verb == "rename":
        return True
    other = context.source if change.verb == "add" else context.target
    return change.fact.parent in other


def _is_in_the_way(change: Change, move: _Move, context: Context) -> bool:
    old = change.before.identity.path[:-1] if change.before is not None else None
    new = change.after.identity.path[:-1] if change.after is not None else None
    above_before = dict(_above(move.before, context.source))
    above_after = dict(_above(move.after, context.target))
    is_above = (
        old in above_before or new in above_after or new in above_before or old in above_after
    )
    if not is_above:
        return False
    if move.leaves and move.joins:
        return True
    if change.verb == "rename" and change.before is not None:
        before = _columns(move.before, context.source)
        after = _columns(move.after, context.target)
        was, will = change.before.identity.name, change.identity.name
        return was in before and will in after and will not in before
    table = new or old
    is_far = (
        table is not None and min(above_before.get(table, _FAR), above_after.get(table, _FAR)) > 1
    )
    # A table that inherits is joined once all above it have the new type, and one that leaves is
    # given it by itself.
    matters = change.verb != "alter" or (bool(move.joins) and move.as_partition)
    return (is_far and matters) or _is_used(change, move, context)


_FAR = 1000


def _is_used(change: Change, move: _Move, context: Context) -> bool:
    """Whether the table has an index or key on a column that comes or goes with the move."""
    path, snapshot = move.before, context.source
    if change.verb == "add":
        path, snapshot = move.after, context.target
    if change.verb == "alter":
        return False
    for kind in _TABLES:
        table = Identity(kind, path)
        for part in snapshot.children(table):
            name = change.fact.identity.name
            used = any(each.kind == "column" and each.name == name for each in part.depends_on)
            if part.kind in {"index", "constraint", "statistics"} and used:
                return True
    return False


def _columns(table: Path, snapshot: Snapshot) -> frozenset[str]:
    """The names of a table's columns, its own and those of the tables above it."""
    tables = [table, *(path for path, _ in _above(table, snapshot))]
    return frozenset(
        column.identity.name
        for path in tables
        for kind in _TABLES
        for column in snapshot.children(Identity(kind, path), "column")
    )


def _above(table: Path, snapshot: Snapshot, distance: int = 1) -> Iterator[tuple[Path, int]]:
    """The tables above one, and how far."""
    for path in set(parents(table, snapshot)):
        yield from _above(path, snapshot, distance + 1)
        yield path, distance


_TABLES = ("table", "foreign table")


def _is_table(fact: Fact) -> bool:
    return fact.kind in _TABLES


def _is_there(table: Path, snapshot: Snapshot) -> bool:
    return any(Identity(kind, table) in snapshot for kind in _TABLES)


def _described(change: Change) -> str:
    if change.verb == "rename" and change.before is not None:
        return f"{change.before.identity} (renamed to {change.identity.name})"
    how = {"add": "added", "remove": "dropped", "alter": "another type"}[change.verb]
    return f"{change.identity} ({how})"
