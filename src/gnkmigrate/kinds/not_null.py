"""NOT NULL: how it comes and goes, and what it is on PostgreSQL 18, a constraint with a name.

A fact has the name only where it is not the usual one, made of the table's and the column's. When
one of these gets another name, PostgreSQL leaves the constraint its old one (manual: ALTER TABLE).
"""

from collections.abc import Iterator
from dataclasses import replace

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import locks
from gnkmigrate.kinds.altering import alter_table_of
from gnkmigrate.kinds.beneath import refuse_own_not_null
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.inheritance import columns_above, parents
from gnkmigrate.kinds.kind import Context
from gnkmigrate.kinds.names import stand_in
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.postgres.quoting import MAXIMUM_BYTES, identifier, literal, qualified

_NAMED = 180000
_OF_CONSTRAINT = (
    "not_null_name",
    "not_null_no_inherit",
    "not_null_unvalidated",
    "not_null_comment",
)


def inherited_name(column: Fact, snapshot: Snapshot) -> str | None:
    """What NOT NULL is called on a table that has it of this column, its parent's.

    PostgreSQL 18 gives it the same name.
    """
    payload = column.payload
    if snapshot.server_version < _NAMED or not payload["not_null"]:
        return None
    if payload["not_null_no_inherit"]:
        return None
    return called(column)


def as_of(fact: Fact, version: int, named: int = _NAMED) -> Fact:
    """A fact without the name that a server of this version cannot give its NOT NULL.

    Args:
        fact: what says what its NOT NULL is called.
        version: the server's server_version_num.
        named: the first version that keeps the name.
    """
    unsaid = {each for each in _OF_CONSTRAINT if fact.payload.get(each) is not None}
    if version >= named or not unsaid:
        return fact
    return fact.has(dict.fromkeys(unsaid))


def usual(column: Fact) -> str:
    """The name that the constraint of `column` has of itself."""
    *_, table, name = column.identity.path
    return _usual(table, name)


def called(column: Fact) -> str:
    """The name that the constraint of `column` has."""
    return column.payload["not_null_name"] or usual(column)


def inline(column: Fact, context: Context) -> Iterator[str]:
    """NOT NULL as it stands behind a new column's type."""
    payload = column.payload
    if payload["not_null"] and not payload.get("not_null_unvalidated"):
        name = payload["not_null_name"]
        if name is None and _is_among_partitions(column, context):
            name = usual(column)
        yield f"CONSTRAINT {identifier(name)} NOT NULL" if name else "NOT NULL"
        if payload.get("not_null_no_inherit"):
            yield "NO INHERIT"


def of_table(table: Fact) -> Iterator[str]:
    """NOT NULL of inherited columns as it stands among the constraints of a new table."""
    for column, name in (table.payload.get("own_not_null") or {}).items():
        yield f"CONSTRAINT {identifier(name)} NOT NULL {identifier(column)}"


def own(column: tuple[str, ...], snapshot: Snapshot) -> str | None:
    """What a child calls the NOT NULL that it has by itself beside its parent's."""
    *table, name = column
    found = snapshot.get("table", *table)
    named: str | None = ((found and found.payload.get("own_not_null")) or {}).get(name)
    return named


def unlike(table: Fact, source: Snapshot, target: Snapshot) -> Iterator[Identity]:
    """Where a child has NOT NULL by itself on one side alone, or by another name.

    PostgreSQL changes neither as long as the table has a parent.
    """
    after = target.facts.get(table.identity)
    if after is None or min(source.server_version, target.server_version) < _NAMED:
        return
    old, new = (each.payload.get("own_not_null") or {} for each in (table, after))
    for column, _ in sorted({*old.items()} ^ {*new.items()}):
        above = columns_above((*table.identity.path, column), source)
        there = columns_above((*table.identity.path, column), target)
        if all(any(each.payload["not_null"] for each in some) for some in (above, there)):
            yield Identity("NOT NULL", (*table.identity.path, column))


def _is_among_partitions(column: Fact, context: Context) -> bool:
    """Whether tables that are there may have NOT NULL by the usual name, so that it is taken."""
    table = context.target.facts.get(column.parent) if column.parent else None
    return (
        context.target.server_version >= _NAMED
        and table is not None
        and bool(table.payload.get("partitioned_by"))
        and _fits(usual(column))
    )


def afterwards(column: Fact) -> Iterator[Statement]:
    """What a new column's NOT NULL still lacks."""
    if column.payload["not_null_unvalidated"]:
        yield _added(column, "It holds for new rows; those that are there may have nulls.")
    if column.payload["not_null_comment"] is not None:
        yield _comment(column)


def allowed(change: Change, context: Context) -> Iterator[Statement]:
    """Takes NOT NULL away."""
    if "not_null" in change.differing and not change.fact.payload["not_null"]:
        yield from _allowed(change.fact, context)
        if not change.fact.payload["not_null_no_inherit"]:
            yield from _allowed_below(change.fact, context, own_alone=True)


def _allowed(column: Fact, context: Context) -> Iterator[Statement]:
    """Takes NOT NULL from a column, and from those below that are not to have it by themselves.

    Before PostgreSQL 18 the command takes it from all of them, whose own it may be.
    """
    *table, name = column.identity.path
    below = [Fact(Identity("column", (*each, name)), None, {}) for each in context.below(table)]
    keeping = [each for each in below if _is_forbidden(each.identity.path, context.target)]
    drop = f"ALTER COLUMN {identifier(name)} DROP NOT NULL"
    reason = "The target allows nulls in {}."
    whole = alter_table_of(column, drop, reason.format(qualified(*column.identity.path)))
    owner = context.target.facts.get(column.parent) if column.parent else None
    recurses = owner is None or owner.payload.get("partitioned_by")  # partitions are as it is
    if context.source.server_version >= _NAMED or not keeping or recurses:
        yield whole
        return
    for each in (column, *(each for each in below if each not in keeping)):
        if each is column or each.identity not in context.target:
            table_name = qualified(*each.identity.path[:-1])
            statement = alter_table_of(each, drop, reason.format(qualified(*each.identity.path)))
            yield replace(statement, sql=f"ALTER TABLE ONLY {table_name} {drop}")


def _is_forbidden(column: tuple[str, ...], snapshot: Snapshot) -> bool:
    """Whether nulls are forbidden in a column of a table, be it by one above."""
    own = snapshot.get("column", *column)
    inherited = snapshot.get("inherited column", *column)
    known = [own] if own else [inherited, *columns_above(column, snapshot)]
    return any(each is not None and each.payload["not_null"] for each in known)


def allowed_after(key: Fact, context: Context) -> Iterator[Statement]:
    """Takes NOT NULL from a table that was a partition, once its primary key has gone."""
    for name in key.payload["columns"]:
        column = Fact(Identity("column", (*key.identity.path[:-1], name)), None, {})
        if is_held_by_key(column, context):
            reason = f"The target allows nulls in {qualified(*column.identity.path)}."
            action = f"ALTER COLUMN {identifier(name)} DROP NOT NULL"
            yield alter_table_of(column, action, reason)


def is_held_by_key(column: Fact, context: Context) -> bool:
    """Whether a table that leaves its parents has a primary key which keeps NOT NULL there."""
    *path, name = column.identity.path
    table, wanted = Identity("table", tuple(path)), context.target.facts.get(column.identity)
    if wanted is None or wanted.payload["not_null"]:
        return False
    return bool(context.source.children(table, "partition")) and any(
        each.payload["type"] == "primary key" and name in each.payload["columns"]
        for each in context.source.children(table, "constraint")
    )


def forbidden(change: Change, context: Context) -> Iterator[Statement]:
    """Puts NOT NULL on a column that is there."""
    fact, column = change.fact, identifier(change.identity.name)
    if "not_null" not in change.differing or not fact.payload["not_null"]:
        return
    yield from _forbidden_below(fact, context)
    reason = f"The target forbids nulls in {qualified(*change.identity.path)}."
    named = fact.payload["not_null_name"] is not None
    if fact.payload["not_null_unvalidated"] or fact.payload["not_null_no_inherit"]:
        yield _added(fact, reason)
    elif fact.parent is None or not context.is_busy(fact.parent):
        yield _added(fact, reason) if named else _set(fact, reason, scans=True)
    else:
        check = identifier(_free_name(fact, context))
        added = f"ADD CONSTRAINT {check} CHECK ({column} IS NOT NULL) NOT VALID"
        yield alter_table_of(fact, added, f"{reason} First for new rows.")
        validated = alter_table_of(
            fact,
            f"VALIDATE CONSTRAINT {check}",
            f"The rows of {qualified(*change.identity.path[:-1])} are checked for nulls in "
            f"{column} while others write.",
            scans=True,
        )
        yield replace(validated, lock=locks.VALIDATE_CONSTRAINT)
        # With the valid check PostgreSQL need not read the rows again (ALTER TABLE, Notes).
        yield replace(_added(fact, reason), scans=False) if named else _set(fact, reason)
        yield alter_table_of(fact, f"DROP CONSTRAINT {check}", "NOT NULL stands in its place.")


def qualified_otherwise(change: Change, context: Context) -> Iterator[Statement]:
    """Gives a column's constraint what else it has on PostgreSQL 18, once it is there.

    Raises:
        Unplannable: it is to have another name, and a partition has it by one of its own.
    """
    before, after = change.before, change.fact
    if before is None or not after.payload["not_null"]:
        return
    old, new, differing = before.payload, after.payload, frozenset(change.differing)
    # It has followed a rename, unless the new name would have been cut.
    was = old["not_null_name"] or usual(after if _fits(usual(after)) else before)
    wanted = called(after)
    what, made = f"NOT NULL of {qualified(*after.identity.path)}", not old["not_null"]
    if new["not_null_unvalidated"] and "not_null_unvalidated" in differing and not made:
        drop = f"ALTER COLUMN {identifier(after.identity.name)} DROP NOT NULL"
        yield _added(after, f"{what} holds for new rows alone in the target.", f"{drop}, ")
        made = True
    made = made and any(new[each] for each in _OF_CONSTRAINT[:3])
    if was != wanted and "not_null_name" in differing and not made:
        refuse_own_not_null(before, context)
        yield _renamed(
            after.identity.path[:-1], was, wanted, f"{what} is called {wanted} in the target."
        )
    if "not_null_no_inherit" in differing and not made:
        word = "NO INHERIT" if new["not_null_no_inherit"] else "INHERIT"
        action = f"ALTER CONSTRAINT {identifier(wanted)} {word}"
        yield alter_table_of(after, action, f"{what} is {word} in the target.")
        if new["not_null_no_inherit"]:
            yield from _allowed_below(after, context)
    if "not_null_unvalidated" in differing and not new["not_null_unvalidated"] and old["not_null"]:
        action = f"VALIDATE CONSTRAINT {identifier(wanted)}"
        validated = alter_table_of(
            after, action, f"{what} holds for all rows in the target.", scans=True
        )
        yield replace(validated, lock=locks.VALIDATE_CONSTRAINT)
    if "not_null_comment" in differing or (made and new["not_null_comment"] is not None):
        yield _comment(after)


def _allowed_below(
    column: Fact, context: Context, *, own_alone: bool = False
) -> Iterator[Statement]:
    """Takes NOT NULL from the tables right below, which keep as their own what they inherited.

    Args:
        column: the parent's.
        context: both sides.
        own_alone: whether those keep it alone that had it by themselves.
    """
    *table, name = column.identity.path
    for child in context.below(table):
        if own_alone and own((*child, name), context.source) is None:
            continue
        here = (context.target.get(kind, *child, name) for kind in ("inherited column", "column"))
        if tuple(table) in parents(child, context.target) and not any(
            each is not None and each.payload["not_null"] for each in here
        ):
            below = Fact(Identity("column", (*child, name)), None, column.payload)
            action = f"ALTER COLUMN {identifier(name)} DROP NOT NULL"
            reason = f"The target allows nulls in {qualified(*child, name)}."
            yield alter_table_of(below, action, reason)


def _forbidden_below(column: Fact, context: Context) -> Iterator[Statement]:
    """Gives the tables right below what they are to have by themselves, before it is inherited."""
    *table, name = column.identity.path
    for child in context.below(table):
        wanted = own((*child, name), context.target)
        there = context.source.get("inherited column", *child, name)
        if wanted is not None and not (there and there.payload["not_null"]):
            below = Fact(Identity("column", (*child, name)), None, column.payload)
            reason = f"The target forbids nulls in {qualified(*child, name)} by itself."
            yield from own_of_inherited(below, None, wanted, reason)


def own_of_inherited(
    column: Fact, was: str | None, wanted: str | None, reason: str
) -> Iterator[Statement]:
    """What a table has by itself on a column that it inherits.

    Args:
        column: the inherited column.
        was: what NOT NULL is called there; None where nulls are allowed.
        wanted: the same of the target.
        reason: why.
    """
    if was is None and wanted is not None:
        if wanted == usual(column):
            yield _set(column, reason, scans=True)
        else:
            action = f"ADD CONSTRAINT {identifier(wanted)} NOT NULL "
            action += identifier(column.identity.name)
            yield alter_table_of(column, action, reason, scans=True)
    elif was is not None and wanted is None:
        action = f"ALTER COLUMN {identifier(column.identity.name)} DROP NOT NULL"
        yield alter_table_of(column, action, reason)
    elif was is not None and wanted is not None and was != wanted:
        yield _renamed(column.identity.path[:-1], was, wanted, reason)


def follows_column(change: Change, context: Context) -> Iterator[Statement]:
    """Takes the constraint along when its column is renamed; the table has its new name."""
    before, (*table, name) = change.before, change.identity.path
    if before is not None and change.fact.payload["not_null"] and _is_usual(before, context):
        yield from _following((*table, before.identity.name), (*table, name))


def follows_table(change: Change, context: Context) -> Iterator[Statement]:
    """The same when the table is renamed; its columns have their old names."""
    if change.before is None:
        return
    table = change.before.identity
    for column in context.source.children(context.meanwhile.get(table, table), "column"):
        if _is_usual(column, context) and column.identity not in context.dropped:
            name = column.identity.name
            yield from _following((*table.path, name), (*change.identity.path, name))


def _is_usual(column: Fact, context: Context) -> bool:
    """Whether it has a constraint of its own, of the usual name."""
    payload = column.payload
    return (
        context.source.server_version >= _NAMED
        and context.target.server_version >= _NAMED
        and payload["not_null"]
        and payload["not_null_name"] is None
        and not any(columns_above(column.identity.path, context.source))
    )


def _following(old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[Statement]:
    was, wanted = _usual(*old[-2:]), _usual(*new[-2:])
    if not _fits(wanted):
        return  # what the target calls it then is no usual name
    reason = f"The NOT NULL of {qualified(*new)} goes by its name."
    yield _renamed(new[:-1], was, wanted, reason)


def _fits(name: str) -> bool:
    return len(name.encode()) <= MAXIMUM_BYTES


def _set(column: Fact, reason: str, *, scans: bool = False) -> Statement:
    action = f"ALTER COLUMN {identifier(column.identity.name)} SET NOT NULL"
    return alter_table_of(column, action, reason, scans=scans)


def _usual(table: str, column: str) -> str:
    return f"{table}_{column}_not_null"


def _renamed(table: tuple[str, ...], was: str, wanted: str, reason: str) -> Statement:
    relation = qualified(*table)
    action = f"RENAME CONSTRAINT {identifier(was)} TO {identifier(wanted)}"
    return Statement(
        f"ALTER TABLE {relation} {action}", reason, lock=locks.ALTER_TABLE, relation=relation
    )


def _free_name(column: Fact, context: Context) -> str:
    """What the check is called that stands in for NOT NULL a while."""
    *table, name = column.identity.path
    parent = Identity("table", tuple(table))
    sides = (context.source, context.target)
    taken = {each.identity.name for side in sides for each in side.children(parent, "constraint")}
    return stand_in(f"{table[-1]}_{name}", taken, "_not_null_check")


def _added(column: Fact, reason: str, before: str = "") -> Statement:
    """NOT NULL as a constraint of its own, which may leave the rows that are there alone."""
    payload, name = column.payload, called(column)
    action = f"ADD CONSTRAINT {identifier(name)} NOT NULL {identifier(column.identity.name)}"
    action += " NO INHERIT" if payload["not_null_no_inherit"] else ""
    unvalidated = bool(payload["not_null_unvalidated"])
    action += " NOT VALID" if unvalidated else ""
    return alter_table_of(column, before + action, reason, scans=not unvalidated)


def _comment(column: Fact) -> Statement:
    comment, table = column.payload["not_null_comment"], qualified(*column.identity.path[:-1])
    text = "NULL" if comment is None else literal(comment)
    name = identifier(called(column))
    return Statement(
        f"COMMENT ON CONSTRAINT {name} ON {table} IS {text}",
        f"The comment on NOT NULL of {qualified(*column.identity.path)} differs.",
        lock=locks.COMMENT_ON_PART,
        relation=table,
    )
