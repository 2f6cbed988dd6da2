"""NOT NULL: how it comes and goes on a column that is there or is made."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import locks
from gnkmigrate.kinds.altering import alter_table_of
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.constraint_names import is_taken
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.free_names import names_taken, stand_in
from gnkmigrate.kinds.inheritance import columns_above
from gnkmigrate.kinds.not_null_below import (
    allowed_below,
    allowed_in_partitions,
    forbidden_below,
    given_up_below,
    is_of_key,
)
from gnkmigrate.kinds.not_null_family import Naming, by_now, refuse_moved, renamed
from gnkmigrate.kinds.not_null_name import (
    NAMED,
    OF_CONSTRAINT,
    called,
    fits,
    once_renamed,
    usual,
)
from gnkmigrate.kinds.not_null_statements import (
    add_not_null,
    comment_on_not_null,
    set_not_null,
)
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.postgres.quoting import identifier, qualified


def inline(column: Fact, context: Context) -> Iterator[str]:
    """NOT NULL as it stands behind a new column's type."""
    payload = column.payload
    if payload["not_null"] and not payload.get("not_null_unvalidated"):
        name = payload["not_null_name"]
        if name is None and _is_chosen_otherwise(column, context):
            name = usual(column)
        yield f"CONSTRAINT {identifier(name)} NOT NULL" if name else "NOT NULL"
        if payload.get("not_null_no_inherit"):
            yield "NO INHERIT"


def of_table(table: Fact) -> Iterator[str]:
    """NOT NULL of inherited columns as it stands among the constraints of a new table."""
    for column, name in (table.payload.get("own_not_null") or {}).items():
        yield f"CONSTRAINT {identifier(name)} NOT NULL {identifier(column)}"


def _is_chosen_otherwise(column: Fact, context: Context) -> bool:
    """Whether PostgreSQL might not give NOT NULL its usual name."""
    if context.target.server_version < NAMED or not fits(usual(column)):
        return False
    taken = is_taken(usual(column), column.identity, context)
    return taken or _is_among_partitions(column, context)


def _is_among_partitions(column: Fact, context: Context) -> bool:
    """Whether tables that are there may have NOT NULL by the usual name, so that it is taken."""
    table = context.target.facts.get(column.parent) if column.parent else None
    return table is not None and bool(table.payload.get("partitioned_by"))


def afterwards(column: Fact) -> Iterator[Statement]:
    """What a new column's NOT NULL still lacks."""
    if column.payload["not_null_unvalidated"]:
        yield add_not_null(column, "It holds for new rows; those that are there may have nulls.")
    if column.payload["not_null_comment"] is not None:
        yield comment_on_not_null(column)


def allowed(change: Change, context: Context) -> Iterator[Statement]:
    """Takes NOT NULL away."""
    if "not_null" in change.differing and not change.fact.payload["not_null"]:
        yield from _allowed(change.fact, context)
        if not change.fact.payload["not_null_no_inherit"]:
            yield from allowed_below(change.fact, context, own_alone=True)
            yield from allowed_in_partitions(change, context)


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
    if context.source.server_version >= NAMED or not keeping or recurses:
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
    wanted = context.target.facts.get(column.identity)
    if wanted is None or wanted.payload["not_null"]:
        return False
    return is_of_key(column.identity.path, context.source)


def forbidden(change: Change, context: Context) -> Iterator[Statement]:
    """Puts NOT NULL on a column that is there."""
    fact, column = change.fact, identifier(change.identity.name)
    if "not_null" not in change.differing or not fact.payload["not_null"]:
        return
    yield from forbidden_below(fact, context)
    below = tuple(given_up_below(fact, context))
    reason = f"The target forbids nulls in {qualified(*change.identity.path)}."
    named = fact.payload["not_null_name"] is not None or _is_chosen_otherwise(fact, context)
    if fact.payload["not_null_unvalidated"] or fact.payload["not_null_no_inherit"]:
        yield from below
        yield add_not_null(fact, reason)
    elif fact.parent is None or not context.is_busy(fact.parent):
        yield from below
        yield add_not_null(fact, reason) if named else set_not_null(fact, reason, scans=True)
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
        yield from below
        # With the valid check PostgreSQL need not read the rows again (ALTER TABLE, Notes).
        yield (
            replace(add_not_null(fact, reason), scans=False)
            if named
            else set_not_null(fact, reason)
        )
        yield alter_table_of(fact, f"DROP CONSTRAINT {check}", "NOT NULL stands in its place.")


def qualified_otherwise(change: Change, context: Context) -> Iterator[Statement]:
    """Gives a column's constraint what else it has on PostgreSQL 18, once it is there.

    Raises:
        Unplannable: it is to have another name, and tables below or above do not let it.
    """
    before, after = change.before, change.fact
    if before is None or not after.payload["not_null"]:
        return
    old, new, differing = before.payload, after.payload, frozenset(change.differing)
    was, wanted = once_renamed(before, after), called(after)
    what, made = f"NOT NULL of {qualified(*after.identity.path)}", not old["not_null"]
    if new["not_null_unvalidated"] and "not_null_unvalidated" in differing and not made:
        drop = f"ALTER COLUMN {identifier(after.identity.name)} DROP NOT NULL"
        yield add_not_null(after, f"{what} holds for new rows alone in the target.", f"{drop}, ")
        made = True
    made = made and any(new[each] for each in OF_CONSTRAINT[:3])
    if was != wanted and "not_null_name" in differing and not made:
        refuse_moved(before, after, context)
        naming = Naming(before.identity.path, after.identity.path[:-1], was, wanted)
        reason = f"{what} is called {wanted} in the target."
        now = partial(by_now, name=after.identity.name, context=context)
        yield from renamed(naming, reason, context, now)
    if "not_null_no_inherit" in differing and not made:
        word = "NO INHERIT" if new["not_null_no_inherit"] else "INHERIT"
        yield from () if new["not_null_no_inherit"] else given_up_below(after, context)
        action = f"ALTER CONSTRAINT {identifier(wanted)} {word}"
        yield alter_table_of(after, action, f"{what} is {word} in the target.")
        if new["not_null_no_inherit"]:
            yield from allowed_below(after, context)
    if "not_null_unvalidated" in differing and not new["not_null_unvalidated"] and old["not_null"]:
        action = f"VALIDATE CONSTRAINT {identifier(wanted)}"
        validated = alter_table_of(
            after, action, f"{what} holds for all rows in the target.", scans=True
        )
        yield replace(validated, lock=locks.VALIDATE_CONSTRAINT)
    if "not_null_comment" in differing or (made and new["not_null_comment"] is not None):
        yield comment_on_not_null(after)


def _free_name(column: Fact, context: Context) -> str:
    """What the check is called that stands in for NOT NULL a while."""
    *table, name = column.identity.path
    taken = frozenset().union(*(side.once(names_taken) for side in context.sides))
    return stand_in(f"{table[-1]}_{name}", taken, "_not_null_check")
