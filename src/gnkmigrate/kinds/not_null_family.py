"""NOT NULL of tables that inherit from each other, each of which may call it otherwise (18).

RENAME CONSTRAINT goes to the tables below by the name, and refuses what is inherited (tablecmds.c,
rename_constraint_internal). As long as what a parent forbids is NO INHERIT, each table has its own.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import locks
from gnkmigrate.kinds.change import Unplannable
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.inheritance import heirs, parents, tables_below
from gnkmigrate.kinds.not_null_below import own
from gnkmigrate.kinds.not_null_name import NAMED, called, fits, usual_of
from gnkmigrate.kinds.not_null_statements import rename_not_null
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.kinds.typed_tables import apart_from_type
from gnkmigrate.postgres.quoting import identifier, qualified

Path = tuple[str, ...]


class Naming(NamedTuple):
    """What NOT NULL of a column is called, and shall be.

    Attributes:
        column: as the source calls it: schema, table and column.
        table: what its table is called by now.
        was: its name.
        wanted: its new one.
    """

    column: Path
    table: Path
    was: str
    wanted: str


def renamed(
    naming: Naming, reason: str, context: Context, now: Callable[[Path], tuple[Path, str]]
) -> Iterator[Statement]:
    """Gives NOT NULL another name, in its table and those below that call it likewise.

    Args:
        naming: of which column.
        reason: why.
        context: both sides.
        now: what a table above is called by now, and the NOT NULL of its column of the source.

    Raises:
        Unplannable: tables of the family have it in ways that do not let it be renamed.
    """
    apart = _apart(naming, context)
    if found := next(_in_the_way(apart, naming.column, context), None):
        raise Unplannable(
            f"NOT NULL of {qualified(*naming.table, naming.column[-1])} is to be called "
            f"{naming.wanted}; tables above or below call theirs otherwise, and {found}: "
            "PostgreSQL renames none of them.",
            hint=f"Call it {naming.was} in the target (CONSTRAINT {identifier(naming.was)} NOT "
            "NULL), and plan again.",
        )
    above = [now((*each, naming.column[-1])) for each in apart if each != naming.column[:-1]]
    itself = [naming] if len(above) < len(apart) else []
    yield from (_alter(*each, "NO INHERIT", reason) for each in above)
    yield from (_alter(each.table, each.was, "NO INHERIT", reason) for each in itself)
    itself_renamed = (rename_not_null(naming.table, naming.was, naming.wanted, reason),)
    yield from apart_from_type(naming.column[:-1], naming.table, itself_renamed, context)
    yield from (_alter(each.table, each.wanted, "INHERIT", reason) for each in itself)
    yield from (_alter(*each, "INHERIT", reason) for each in reversed(above))


def retyped(before: Fact, after: Fact, statement: Statement, context: Context) -> Statements:
    """A command that gives a column another type, in its table and those below.

    It makes each NOT NULL again, and refuses where a table below calls its own otherwise
    (pg_constraint.c, AdjustNotNullInheritance).

    Raises:
        Unplannable: one of those has it of its parent alone.
    """
    if context.source.server_version < NAMED:
        return (statement,)
    *table, name = before.identity.path
    known = [tuple(table), *tables_below(table, context.source)]
    apart = [each for each in dict.fromkeys(known) if _is_unlike_below((*each, name), context)]
    if not after.payload["not_null"] and apart[:1] == known[:1]:
        del apart[0]  # it has gone by then
    if found := next(_in_the_way(apart, before.identity.path, context), None):
        raise Unplannable(
            f"Column {qualified(*after.identity.path)} gets another type; a table below calls its "
            f"NOT NULL otherwise, and {found}: PostgreSQL makes neither again.",
            hint="Let it have NOT NULL by itself as well (ALTER COLUMN ... SET NOT NULL on that "
            "table), and plan again.",
        )
    named = [by_now((*each, name), after.identity.name, context) for each in apart]
    return (
        *(_alter(*each, "NO INHERIT", statement.reason) for each in named),
        statement,
        *(_alter(*each, "INHERIT", statement.reason) for each in reversed(named)),
    )


def refuse_moved(before: Fact, after: Fact, context: Context) -> None:
    """Stops where NOT NULL gets another name while its table gets other parents that have it.

    Raises:
        Unplannable: it would be what some of them hand on, before or afterwards.
    """
    if context.target is context.source or any(
        each.path == after.identity.path[:-1] for each in context.apart
    ):
        return  # as it leaves them, or joins others
    sides = (before, context.source), (after, context.target)
    old, new = ({*parents(each.identity.path[:-1], side)} for each, side in sides)
    given = any(any(_forbidding(each.identity.path, side)) for each, side in sides)
    if given and {context.table_now(each) for each in old} != new:
        raise Unplannable(
            f"NOT NULL of {qualified(*after.identity.path)} gets another name while its table gets "
            "other parents.",
            hint="Plan the one first, and then the other.",
        )


def can_be_renamed(naming: Naming, context: Context) -> bool:
    """Whether `renamed` has statements for it."""
    return not any(_in_the_way(_apart(naming, context), naming.column, context))


def unlike(
    table: Fact, old: Mapping[str, str], new: Mapping[str, str], context: Context
) -> Iterator[Identity]:
    """Where a table has NOT NULL by itself on one side alone, or by another name, and keeps that.

    Args:
        table: as the source has it.
        old: what its NOT NULL is called that is not its parent's, by column.
        new: the same of the target.
        context: both sides.
    """
    path, now = table.identity.path, context.table_now(table.identity.path)
    before = {context.column_before((*now, name)): name for name in new}
    before |= {
        name: (context.column_left((*path, name), table.identity) or (name,))[-1] for name in old
    }
    for name, column in sorted(before.items()):
        was, wanted = old.get(name), new.get(column)
        above = (
            _name_above((*path, name), context.source),
            _name_above((*now, column), context.target),
        )
        if (was, wanted) == above:
            was = wanted  # it is carried along with that
        elif was == usual_of(path[-1], name) and wanted == usual_of(now[-1], column):
            naming = Naming((*path, name), now, was, wanted)
            was = wanted if can_be_renamed(naming, context) else was
        if was != wanted and None not in above:
            yield Identity("NOT NULL", (*now, column))


def has_its_own(table: Fact, snapshot: Snapshot) -> bool:
    """Whether a table has NOT NULL by itself beside what it inherits."""
    columns = snapshot.children(table.identity, "column")
    return snapshot.server_version >= NAMED and bool(
        table.payload.get("own_not_null")
        or any(
            each.payload["not_null"] and any(_forbidding(each.identity.path, snapshot))
            for each in columns
        )
    )


def by_now(column: Path, name: str, context: Context) -> tuple[Path, str]:
    """What a table is called by now, whose column is called `name`, and the NOT NULL of that.

    It has followed the new names of both, unless the target has it by its old one.
    """
    table, was = context.table_now(column[:-1]), str(name_of(column, context.source))
    path = context.column_left(column, Identity("table", column[:-1]))
    wanted = usual_of(table[-1], name)
    stays = was != usual_of(*column[-2:]) or not fits(wanted)
    if stays or (path and name_of(path, context.target) == was):
        return table, was
    return table, wanted


def name_of(column: Path, snapshot: Snapshot) -> str | None:
    """What NOT NULL of a column is called, be it inherited; None where nulls are allowed."""
    *table, name = column
    facts = [snapshot.get(kind, *column) for kind in ("column", "inherited column")]
    for fact in facts:
        if fact is not None and fact.payload["not_null"]:
            return called(fact)
    if (named := own(column, snapshot)) is not None:
        return named
    for partition in snapshot.children(Identity("table", tuple(table)), "partition"):
        if kept := (partition.payload["not_null_names"] or {}).get(name):
            return str(kept)
    return _name_above(column, snapshot)


def _alter(table: Path, name: str, word: str, reason: str) -> Statement:
    relation = qualified(*table)
    sql = f"ALTER TABLE {relation} ALTER CONSTRAINT {identifier(name)} {word}"
    return Statement(sql, reason, lock=locks.ALTER_TABLE, relation=relation)


def _apart(naming: Naming, context: Context) -> list[Path]:
    """The tables that have to keep it to themselves meanwhile, the topmost first."""
    *table, name = naming.column
    left = any(each.path == naming.table for each in context.apart)
    found = [] if left else list(dict.fromkeys(_above(naming.column, context.source)))
    alone = context.source.get("column", *naming.column)
    if alone is not None and alone.payload["not_null_no_inherit"]:
        return found
    below = (each for each in tables_below(table, context.source) if not _goes(each, context))
    was = name_of(naming.column, context.source)
    if any(name_of((*each, name), context.source) != was for each in below):
        found.append(tuple(table))
    return found


def _in_the_way(apart: list[Path], column: Path, context: Context) -> Iterator[str]:
    """What cannot keep to itself what it forbids, or would keep what it merely inherits."""
    name, swapped = column[-1], {each.path for each in context.meanwhile.values()}
    for table in swapped.intersection((*apart, column[:-1])) if apart else ():
        yield f"{qualified(*table)} is called otherwise for a while"
    for table in apart:
        fact = context.source.get("table", *table)
        if fact is None or fact.payload["partitioned_by"]:
            yield f"{qualified(*table)} is partitioned"
        for child in context.source.once(heirs).get(table, ()):
            if not _goes(child, context) and not _has_own((*child, name), table, context.source):
                yield f"{qualified(*child)} merely inherits it"


def _has_own(column: Path, parent: Path, snapshot: Snapshot) -> bool:
    """Whether a child has it by itself too, as far as its name gives that away."""
    fact = snapshot.get("column", *column)
    if fact is not None and fact.payload["not_null"]:
        return called(fact) != name_of((*parent, column[-1]), snapshot)
    return own(column, snapshot) is not None


def _is_unlike_below(column: Path, context: Context) -> bool:
    """Whether a table hands on NOT NULL that one below it calls otherwise."""
    *table, name = column
    was, source = name_of(column, context.source), context.source
    fact, whole = source.get("column", *column), source.get("table", *table)
    alone = fact is not None and fact.payload["not_null_no_inherit"]
    if was is None or alone or whole is None or whole.payload["partitioned_by"]:
        return False
    below = (each for each in tables_below(table, source) if not _goes(each, context))
    return any(name_of((*each, name), source) != was for each in below)


def _above(column: Path, snapshot: Snapshot) -> Iterator[Path]:
    """The tables that a column has it of, however far above, the topmost first."""
    for parent in _forbidding(column, snapshot):
        yield from _above((*parent, column[-1]), snapshot)
        yield parent


def _name_above(column: Path, snapshot: Snapshot) -> str | None:
    """What NOT NULL is called in the first table above that hands it on."""
    return next(
        (name_of((*each, column[-1]), snapshot) for each in _forbidding(column, snapshot)), None
    )


def _forbidding(column: Path, snapshot: Snapshot) -> Iterator[Path]:
    """The tables right above that hand it on to a column."""
    *table, name = column
    for parent in parents(table, snapshot):
        fact = snapshot.get("column", *parent, name)
        alone = fact is not None and fact.payload["not_null_no_inherit"]
        if not alone and name_of((*parent, name), snapshot) is not None:
            yield parent


def _goes(table: Path, context: Context) -> bool:
    kinds = ("table", "foreign table", "partition")
    return not context.dropped.isdisjoint({Identity(kind, table) for kind in kinds})
