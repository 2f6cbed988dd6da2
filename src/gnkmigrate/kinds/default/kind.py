"""Defaults of columns (manual: ALTER TABLE). They count for new rows only."""

import re
from collections.abc import Iterator, Sequence

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import locks
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.columns_of_parents import default_of_parents
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.expressions import reprintable
from gnkmigrate.kinds.inheritance import all_above, columns_above
from gnkmigrate.kinds.kind import Kind, used
from gnkmigrate.kinds.sequence_options import continued
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.kinds.value_conversion import type_of_values
from gnkmigrate.postgres.quoting import identifier, qualified

_NEXT = re.compile(r"nextval\('(?:[^']|'')*'::regclass\)")


class DefaultKind(Kind):
    name = "default"
    catalog = "pg_attrdef"
    parent_catalog = "pg_class"
    of_column = True
    attributes = {"expression": How.ALTERED}
    rank = 68
    calls_functions = True
    inline = True
    has_comment = False

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts
        reason = f"The target has this default for {_name(fact)}."
        return (
            *_continued(fact, context),
            _alter_column(fact, _set(fact), reason),
            *_kept_below(fact, context),
        )

    def asks(self, fact: Fact, context: Context) -> Iterator[tuple[str, Identity]]:
        if _counts(fact):
            yield "ROWS", Identity("table", fact.identity.path[:-1])  # it looks for the highest key
        table, made = Identity("table", fact.identity.path[:-1]), context.created
        if fact.parent in made and table not in made:
            yield from used(fact)  # for the rows that are there

    def asks_again(self, change: Change) -> bool:
        del change
        return True

    def drop(self, fact: Fact, context: Context) -> Statements:
        table = _whole(fact, context.source)
        if table is not None and not context.column_left(fact.identity.path, table):
            return ()  # the column goes with the parent table's
        if fact.identity in context.created:  # it is in the way, and comes back
            reason = f"The default of {_name(fact)} makes way."
            return (_alter_column(fact, "DROP DEFAULT", reason),)
        reason = f"The target has no default for {_name(fact)}."
        return (
            _alter_column(fact, "DROP DEFAULT", reason),
            *_kept_below(fact, context),
        )

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        del differing
        return self.create(change.fact, (), context)

    def stays(self, fact: Fact, target: Snapshot) -> bool:
        # Its column has become one that the table merely inherits, with this default; a partition
        # gets that of its parent when it is attached.
        *table, _ = fact.identity.path
        if target.children(Identity("table", tuple(table)), "partition"):
            return False
        above = default_of_parents(fact.identity.path, target)
        return above is not None and above.is_alike(fact)

    def inherited(self, fact: Fact, snapshot: Snapshot) -> Fact | None:
        table, above = _table(fact, snapshot), default_of_parents(fact.identity.path, snapshot)
        if table is None or above is None:
            return None
        return Fact(fact.identity, table.identity, above.payload, above.depends_on)

    def waits_for(self, fact: Fact, target: Snapshot) -> Iterator[Identity]:
        yield from _made_above(fact, target)

    def goes_before(self, fact: Fact, source: Snapshot) -> Iterator[Identity]:
        # A column that is merely inherited goes, or gets another name, with that above.
        if not self.is_inline(fact):
            yield from (each.identity for each in columns_above(fact.identity.path, source))

    def set_after(self, fact: Fact, source: Snapshot, target: Snapshot) -> Iterator[Identity]:
        # What is dropped above goes below as well.
        yield from {*_above(fact, source)}.intersection(_above(fact, target))

    def alters_after(self, change: Change, target: Snapshot) -> Iterator[Identity]:
        yield from _made_above(change.fact, target)

    def is_inline(self, fact: Fact) -> bool:
        return fact.parent is not None and fact.parent.kind == "column"

    def dies_with(self, fact: Fact) -> tuple[Identity, ...]:
        if self.is_inline(fact):
            return super().dies_with(fact)
        table = fact.identity.path[:-1]  # an inherited column goes with its table alone
        return (Identity("table", table), Identity("foreign table", table))

    def picks(self, fact: Fact, target: Snapshot) -> frozenset[tuple[str, ...]]:
        del target
        # A table that is a partition no more gives up what it had of its parent first.
        return frozenset({("given by the parent", *fact.identity.path[:-1])})

    def names(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        return frozenset({("value", *fact.identity.path)})


def _set(fact: Fact) -> str:
    return f"SET DEFAULT {reprintable(fact.payload['expression'])}"


def _counts(fact: Fact) -> bool:
    """Whether the column's values are just what a sequence counts."""
    return bool(_NEXT.fullmatch(fact.payload["expression"]))


def _continued(fact: Fact, context: Context) -> Iterator[Statement]:
    """A new sequence that no column owns goes on after the values of those that come to use it.

    Each column moves it past its own values, and none moves it back.
    """
    *table, column = fact.identity.path
    there = context.target.get("table", *table)
    if there is None or not _counts(fact):
        return
    if context.is_new(there.identity) or context.is_new(Identity("column", fact.identity.path)):
        return
    for needed in fact.depends_on:
        sequence = context.target.facts.get(needed) if needed.kind == "sequence" else None
        if sequence and context.is_new(needed) and not sequence.payload["owned_by"]:
            name = qualified(*needed.path)
            sql = continued(
                name,
                identifier(column),
                qualified(*table),
                {**sequence.payload, "start": f"(SELECT last_value FROM {name})"},
                type_of_values(fact.identity.path, context.target),
            )
            if not sql:
                return
            yield Statement(sql, f"{name} goes on after the values that are there.")


def _above(fact: Fact, snapshot: Snapshot) -> Iterator[Identity]:
    """The defaults of the column in all tables above: setting them sets its own."""
    *table, column = fact.identity.path
    yield from (Identity("default", (*each, column)) for each in all_above(table, snapshot))


def _made_above(fact: Fact, target: Snapshot) -> Iterator[Identity]:
    """These, and a merely inherited column itself: only then is it there, and is called so."""
    yield from _above(fact, target)
    if not KIND.is_inline(fact):
        yield from (each.identity for each in columns_above(fact.identity.path, target))


def _kept_below(fact: Fact, context: Context) -> Iterator[Statement]:
    """Children's own defaults, which a parent's goes over; those that change come after it."""
    *table, column = fact.identity.path
    for below in context.below(table):
        path = (*below, column)
        own = context.target.get("default", *path)
        if own is not None and not context.is_new(own.identity):
            was = context.source.get("default", *path) or KIND.inherited(own, context.source)
            if was is not None and own.is_alike(was):
                reason = f"Column {qualified(*path)} keeps the default that it has."
                yield _alter_column(own, _set(own), reason)
        lack, lacked = (
            each.get("inherited column", *path) for each in (context.target, context.source)
        )
        if (
            lack
            and lacked
            and lack.payload["without_default"]
            and lacked.payload["without_default"]
        ):
            of_child = fact.replaced(identity=Identity(fact.kind, path))
            reason = f"Column {qualified(*path)} has no default in the target."
            yield _alter_column(of_child, "DROP DEFAULT", reason)


def _table(fact: Fact, snapshot: Snapshot) -> Fact | None:
    path = fact.identity.path[:-1]
    return snapshot.get("table", *path) or snapshot.get("foreign table", *path)


def _whole(fact: Fact, snapshot: Snapshot) -> Identity | None:
    """The table itself, where the column is no fact of its own."""
    parent = snapshot.facts.get(fact.parent) if fact.parent else None
    return parent.identity if parent is not None and parent.kind == "table" else None


def _name(fact: Fact) -> str:
    return qualified(*fact.identity.path)


def _alter_column(fact: Fact, action: str, reason: str) -> Statement:
    *table, column = fact.identity.path
    return Statement(
        f"ALTER TABLE {qualified(*table)} ALTER COLUMN {identifier(column)} {action}",
        reason,
        lock=locks.ALTER_TABLE,
        relation=qualified(*table),
    )


KIND = DefaultKind()
