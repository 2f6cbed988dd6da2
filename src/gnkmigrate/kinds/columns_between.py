"""Columns that a table which stays gains and loses between its old parents and its new ones.

ATTACH PARTITION takes for granted that the table has the parent's columns, and DETACH PARTITION
leaves it those of the old one (manual: ALTER TABLE). What it has of its own on the old columns goes
before them, and what is to be on the new ones comes after them; so the table changes its columns
while it has no parent.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.columns_of_parents import as_set, columns_of_parents, default_of_parents
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.inheritance import columns_above, tables_below


def gained(table: Identity, context: Context) -> Iterator[tuple[Fact, Sequence[Fact]]]:
    """The columns of its new parents that a table lacks, each with its default.

    Columns that are computed come after those that they are computed from.
    """
    there = {each.identity.name for each in context.source.children(table, "column")}
    there |= columns_of_parents(table, context.source).keys()
    columns = columns_of_parents(table, context.target)
    wanted = [as_set(each, context.target) for name, each in columns.items() if name not in there]
    for column in sorted(wanted, key=_is_computed):
        own = context.target.facts.get(column.identity)
        default = default_of_parents(column.identity.path, context.target)
        defaults = context.target.children(column.identity, "default") if own else [default]
        yield own or column, [each for each in defaults if each]


def lost(table: Identity, context: Context) -> Iterator[Fact]:
    """The columns of its old parents that a table is not to have, the computed ones first."""
    stay = {*columns_of_parents(table, context.target)}
    stay |= {
        each.identity.name for side in context.sides for each in side.children(table, "column")
    }
    columns = columns_of_parents(table, context.source)
    gone = [as_set(each, context.source) for name, each in columns.items() if name not in stay]
    yield from sorted(gone, key=_is_computed, reverse=True)


def as_altered(table: Identity, context: Context) -> Change | None:
    """The change of a table by which it loses and gains them; None where there are none.

    Its facts use what the columns use.
    """
    before, after = (side.facts.get(table) for side in context.sides)
    if before is None or after is None:
        return None
    old = tuple(lost(table, context))
    new = tuple(part for column, defaults in gained(table, context) for part in (column, *defaults))
    if not old and not new:
        return None
    return Change("alter", _using(before, old), _using(after, new))


def is_apart(table: Identity, context: Context) -> bool:
    """Whether it leaves a partitioned table or joins one, and has no parent in between."""
    partition = Identity("partition", table.path)
    return partition in context.dropped or partition in context.created


def users_of_lost(table: Identity, context: Context) -> Iterator[Fact]:
    """What uses columns that it loses, and is its own or reads from it or from a table below."""
    own = {table, *(Identity("table", each) for each in tables_below(table.path, context.source))}
    for column in lost(table, context):
        for above in columns_above(column.identity.path, context.source):
            for fact in context.source.once(_users).get(above.identity, ()):
                if fact.parent in own or not own.isdisjoint(fact.depends_on):
                    yield fact


def _users(snapshot: Snapshot) -> Mapping[Identity, Sequence[Fact]]:
    """What uses each column."""
    found: defaultdict[Identity, list[Fact]] = defaultdict(list)
    for fact in snapshot:
        for identity in fact.depends_on:
            if identity.kind == "column":
                found[identity].append(fact)
    return found


def _is_computed(column: Fact) -> bool:
    return column.payload["generated"] is not None


def _using(table: Fact, parts: Iterable[Fact]) -> Fact:
    used = {each for part in parts for each in part.depends_on}
    used = {each for each in used if each.kind not in {"table", "column"}}
    return table.replaced(depends_on=table.depends_on | used)
