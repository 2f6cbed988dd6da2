"""What a table has in common with those above it, when it is joined to them or parted from them.

ATTACH PARTITION and INHERIT take for granted that the table has the parent's columns and checks;
one that leaves its parent keeps them as its own (manual: ALTER TABLE).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import locks, not_null, not_null_name
from gnkmigrate.kinds.altering import alter_table_of
from gnkmigrate.kinds.change import Change, Unplannable
from gnkmigrate.kinds.column.kind import KIND as COLUMN
from gnkmigrate.kinds.columns_between import gained, lost
from gnkmigrate.kinds.columns_of_parents import as_set, columns_of_parents, default_of_parents
from gnkmigrate.kinds.constraint.kind import KIND as CONSTRAINT
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.expressions import reprintable
from gnkmigrate.kinds.inheritance import columns_above, parents
from gnkmigrate.kinds.leaving import is_same_check
from gnkmigrate.kinds.not_null_above import is_renamed_above
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.postgres.quoting import identifier, qualified


def is_shared(own: Fact, above: Fact) -> bool:
    """Whether a part of a table is its parent's too."""
    if own.kind != above.kind or own.identity.name != above.identity.name:
        return False
    return own.kind == "column" or is_same_check(own, above)


def before_joining(
    table: Identity, context: Context, kept: Sequence[Sequence[str]] = ()
) -> Iterator[Statement]:
    """Makes what a table has like what those above it have in the target.

    It has all of their columns by then.

    Args:
        table: what is to be joined to parents.
        context: both sides.
        kept: parents that it has all the time: it gets new checks of them with theirs.
    """
    if context.is_new(table):
        return
    apart = _without_parents(table, context)
    above = columns_of_parents(table, context.source)
    there = {**above, **_own(table, "column", context.source)}
    keyed = _keyed(table, context.target)
    for name, column in columns_of_parents(table, context.target).items():
        if name in there:
            wanted = as_set(column, context.target)
            own = context.target.facts.get(wanted.identity)
            before = as_set(there[name], context.source)
            if not before.payload["not_null"] and name in keyed:
                before = before.has({"not_null": True, "not_null_name": None})
            if own is not None:  # the rest of it changes by itself
                alike = {each: wanted.payload[each] for each in ("type", "collation")}
                forbidden = wanted.payload["not_null"] or before.payload["not_null"]
                wanted = before.has({**alike, "not_null": forbidden})
            elif is_renamed_above(there[name], column, kept, context):
                before = before.has({"not_null_name": wanted.payload["not_null_name"]})
            yield from _made_like(before, wanted, apart)
    of_kept = _checks_of(kept, context.target)
    there = {**_checks_above(table, context.source), **_own(table, "constraint", context.source)}
    for name, check in _checks_above(table, context.target).items():
        own = there.get(name)
        if name not in of_kept and (own is None or not is_same_check(own, check)):
            yield from CONSTRAINT.create(moved(check, table), (), context)


def renames_not_null(table: Identity, source: Snapshot, target: Snapshot) -> bool:
    """Whether NOT NULL of a table that is there gets another name when it is joined.

    It cannot any more once a table below is its partition, and has it by the new name.
    """
    there = {**columns_of_parents(table, source), **_own(table, "column", source)}
    return any(
        column.payload["not_null_name"] is not None
        and there[name].payload["not_null"]
        and column.payload["not_null_name"] != not_null_name.called(as_set(there[name], source))
        for name, column in columns_of_parents(table, target).items()
        if name in there
    )


def columns_changed(table: Identity, context: Context) -> Iterator[Statement]:
    """Takes from a table what is its old parents' alone, and gives it its new ones' columns."""
    if not context.stays(table) or context.is_new(table):
        return
    parted = replace(context, source=Snapshot.of(()))  # where it has no parents
    for column in lost(table, context):
        yield from COLUMN.drop(column, parted)
    apart = _without_parents(table, context)
    for column, defaults in gained(table, context):
        yield from COLUMN.create(column, defaults, apart)


def after_parting(
    table: Identity, context: Context, kept: Sequence[Sequence[str]] = ()
) -> Iterator[Statement]:
    """Takes from a table checks that were not its own, and alters what is to be its own.

    Args:
        table: what has left its parents.
        context: both sides.
        kept: parents that it has not left: what it has of them goes with theirs.
    """
    if not context.stays(table):
        return
    parted = replace(context, source=Snapshot.of(()))  # where it has no parents
    own = _own(table, "constraint", context.source)
    wanted = {**_checks_above(table, context.target), **_own(table, "constraint", context.target)}
    of_kept = _checks_of(kept, context.source)
    for name, check in _checks_above(table, context.source).items():
        if (
            name not in own
            and name not in of_kept
            and not (name in wanted and is_same_check(check, wanted[name]))
        ):
            yield from CONSTRAINT.drop(moved(check, table), parted)
    own = _own(table, "column", context.source)
    left = context if kept else replace(context, apart=context.apart | {table})
    above = columns_of_parents(table, context.target)
    wanted = _own(table, "column", context.target)
    for name, column in columns_of_parents(table, context.source).items():
        if name in wanted and name not in own and name not in above:
            before, after = as_set(column, context.source), wanted[name]
            if not_null.is_held_by_key(after, context):
                after = after.has({"not_null": before.payload["not_null"]})
            yield from _made_like(before, after, left)


def defaults_left(table: Identity, context: Context) -> Iterator[Statement]:
    """Takes away the defaults that a table still has of parents."""
    if not context.stays(table):
        return
    for path in _defaulted(table, context.source, context):
        stays = context.target.get("column", *path) or any(columns_above(path, context.target))
        if stays and default_of_parents(path, context.source) is not None:
            reason = f"The default of {qualified(*path)} was its parent's."
            yield _default(path, "DROP DEFAULT", reason)


def defaults_of_parents(table: Identity, context: Context) -> Iterator[Statement]:
    """Gives a table that is there its parents' defaults: being joined does not."""
    for path in _defaulted(table, context.target, context):
        default = default_of_parents(path, context.target)
        if default is not None:
            reason = f"{qualified(*table.path)} has the defaults of its parent in the target."
            action = f"SET DEFAULT {reprintable(default.payload['expression'])}"
            yield _default(path, action, reason)


def _defaulted(table: Identity, snapshot: Snapshot, context: Context) -> Iterator[tuple[str, ...]]:
    """The inherited columns of a table without a default of their own, which changes by itself."""
    for column in columns_of_parents(table, snapshot).values():
        path = column.identity.path
        if not any(each.get("default", *path) for each in context.sides):
            yield path


def _default(path: Sequence[str], action: str, reason: str) -> Statement:
    column = Fact(Identity("column", tuple(path)), None, {})
    return alter_table_of(column, f"ALTER COLUMN {identifier(path[-1])} {action}", reason)


def checks_of_parents(table: Identity, snapshot: Snapshot) -> Iterator[Fact]:
    """The checks that a table has of those above it, the nearest first."""
    for above in tables_above(table, snapshot):
        yield from _checks(above.identity, snapshot)


def shared_parts(table: Identity, snapshot: Snapshot) -> Iterator[Fact]:
    """What a table has of those above it, with the defaults of the columns."""
    for above in tables_above(table, snapshot):
        yield from _checks(above.identity, snapshot)
        for column in snapshot.children(above.identity, "column"):
            yield column
            yield from snapshot.children(column.identity, "default")


def tables_above(table: Identity, snapshot: Snapshot) -> Iterator[Fact]:
    """The tables above one, the nearest first."""
    for path in parents(table.path, snapshot):
        for kind in ("table", "foreign table"):
            found = snapshot.get(kind, *path)
            if found is not None:
                yield found
                yield from tables_above(found.identity, snapshot)


def _without_parents(table: Identity, context: Context) -> Context:
    """What the rules look at while it has left its parents, and has not joined others yet."""
    leaves, joins = ({*parents(table.path, each)} for each in context.sides)
    alone = frozenset({table}) if leaves.isdisjoint(joins) else frozenset()
    return replace(context, target=context.source, apart=alone)


def _keyed(table: Identity, snapshot: Snapshot) -> frozenset[str]:
    """The columns of a table's own primary key, which has made them NOT NULL by then."""
    return frozenset(
        name
        for key in snapshot.children(table, "constraint")
        if key.payload["type"] == "primary key"
        for name in key.payload["columns"]
    )


def _checks_above(table: Identity, snapshot: Snapshot) -> Mapping[str, Fact]:
    return {check.identity.name: check for check in checks_of_parents(table, snapshot)}


def _checks(table: Identity, snapshot: Snapshot) -> Iterator[Fact]:
    """Those that children have as well."""
    for check in snapshot.children(table, "constraint"):
        definition = check.payload["definition"]
        if check.payload["type"] == "check" and not definition.endswith(" NO INHERIT"):
            yield check


def checks_made(tables: Iterable[Sequence[str]], target: Snapshot) -> Iterator[Identity]:
    """The checks of these tables that those below have as well."""
    for each in tables:
        for kind in ("table", "foreign table"):
            for check in _checks(Identity(kind, tuple(each)), target):
                yield check.identity


def _checks_of(tables: Iterable[Sequence[str]], snapshot: Snapshot) -> frozenset[str]:
    """The names of the checks that children of these tables have of them."""
    above = [Identity(kind, tuple(each)) for each in tables for kind in ("table", "foreign table")]
    return frozenset(
        check.identity.name
        for table in above
        for check in (*_checks(table, snapshot), *checks_of_parents(table, snapshot))
    )


def _own(table: Identity, kind: str, snapshot: Snapshot) -> dict[str, Fact]:
    return {each.identity.name: each for each in snapshot.children(table, kind)}


def moved(check: Fact, table: Identity) -> Fact:
    """The same check of another table."""
    identity = Identity(check.kind, (*table.path, check.identity.name))
    return Fact(identity, table, check.payload, check.depends_on, check.position)


def _made_like(before: Fact, after: Fact, context: Context) -> Iterator[Statement]:
    change = Change("alter", before, after)
    if not COLUMN.differing(change):
        return
    found = COLUMN.alter(change, context)
    users = _users(before, context.source) if "type" in change.differing else ()
    if found is None or users:
        differing = ", ".join(sorted(COLUMN.differing(change)))
        raise Unplannable(
            f"Column {qualified(*after.identity.path)} cannot be made like its parent's "
            f"({differing}) in the plan in which its table joins that, leaves it or gets other "
            "bounds.",
            details=users,
            hint="Do one of the two first, in a revision of your own, and plan again.",
        )
    yield from found


_IN_THE_WAY = frozenset({"view", "materialized view", "trigger", "policy", "rule", "statistics"})


def _users(column: Fact, snapshot: Snapshot) -> list[str]:
    """What keeps PostgreSQL from giving the column another type."""
    users: Iterable[Fact] = (
        fact for fact in snapshot if fact.kind in _IN_THE_WAY and column.identity in fact.depends_on
    )
    return sorted(str(fact.identity) for fact in users)


def renamed(table: Identity, old: str, new: str) -> Statement:
    """Gives a constraint that a table has kept the name that it has in the target."""
    relation = qualified(*table.path)
    return Statement(
        f"ALTER TABLE {relation} RENAME CONSTRAINT {identifier(old)} TO {identifier(new)}",
        f"{old} of {relation} is to be called {new}.",
        lock=locks.ALTER_TABLE,
        relation=relation,
    )
