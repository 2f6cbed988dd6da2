"""ALTER COLUMN TYPE: the statement, and where it is another command that does it."""

from collections.abc import Iterator
from dataclasses import replace

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import locks, not_null_family
from gnkmigrate.kinds.altering import alter_table_of
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.column.definition import column_name
from gnkmigrate.kinds.column.rows_in_the_way import has_values
from gnkmigrate.kinds.column_obstacles import refuse_key, refuse_other_parents
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.conversions import Conversion
from gnkmigrate.kinds.inheritance import columns_above
from gnkmigrate.kinds.row_valued_columns import refuse_held
from gnkmigrate.kinds.sequence_options import bounded
from gnkmigrate.kinds.statement import Statement, Statements, in_zone
from gnkmigrate.kinds.value_conversion import way
from gnkmigrate.postgres.quoting import identifier, qualified

_UNFIT = " No value of the one is one of the other, so this stops at the first."


def retyped(change: Change, context: Context) -> Statements:
    if not {"type", "collation"} & set(change.differing) or change.before is None:
        return ()
    if _follows(change, context) or is_typed(change.fact, context):
        return ()
    refuse_key(change.before, context)
    refuse_other_parents(change.before, context)
    refuse_held(change.before, f"Column {column_name(change.before)} changes", context)
    column, name = identifier(change.identity.name), column_name(change.fact)
    new = change.fact.payload["type"]
    # That of `before` may have the name that it gets until it goes.
    old = context.source.facts.get(change.before.identity, change.before).payload["type"]
    found = way(change, context)
    if change.fact.parent is not None and change.fact.parent.kind == "foreign table":
        found = Conversion("", rewrites=False)  # its values are elsewhere
    collation = change.fact.payload["collation"]
    action = f"ALTER COLUMN {column} TYPE {new}" + (f" COLLATE {collation}" if collation else "")
    if found.using:
        action += f" USING {found.using}"
    what = f"{old}, the target says {new}"
    if old == new:
        alike = change.before.payload["collation"] == collation
        what = f"of another {'type by that name' if alike else 'collation'} in the target"
    statement = alter_table_of(
        change.fact,
        action,
        f"Column {name} is {what}.{_UNFIT if found.fits_none else ''}",
        rewrites=found.rewrites,
        loses_data=f"{found.loses} {name}" if found.loses and not found.fits_none else "",
    )
    keyed = context.keyed_to(change.before.identity.path[:-1], change.before.identity.name)
    beside = tuple((qualified(*table), locks.ALTER_TABLE) for table in keyed)
    stopped = tuple(has_values(change.before, context)) if found.fits_none else ()
    statement = replace(statement, beside=beside, stops_at=stopped)
    statement = replace(statement, sql=in_zone(statement.sql, found.zone))
    return not_null_family.retyped(change.before, change.fact, statement, context)


def is_typed(fact: Fact, context: Context) -> bool:
    """Whether it is of a table that has a type, which gives its columns theirs."""
    return all(any(types_of_table(fact, each)) for each in (context.source, context.target))


def types_of_table(fact: Fact, snapshot: Snapshot) -> Iterator[Identity]:
    """The composite type that the column's table is of."""
    table = snapshot.facts.get(fact.parent) if fact.parent else None
    if table is not None and table.payload.get("of_type"):
        for each in table.depends_on:
            if each.kind == "composite type" and qualified(*each.path) == table.payload["of_type"]:
                yield each


def _follows(change: Change, context: Context) -> bool:
    """Whether it takes the type of a parent's column, by the command that changes that one.

    One that its table keeps has it before the table is joined to a parent.
    """
    column, before = change.identity.path, (change.before or change.fact).identity.path
    if any(each.path == column[:-1] for each in context.apart):
        return False
    both = any(columns_above(before, context.source)) and any(columns_above(column, context.target))
    return both or context.is_joined(column)


def narrowed(change: Change, context: Context) -> Iterator[Statement]:
    """Lowers the bounds of an identity column's sequence, which takes the column's new type."""
    if "type" not in change.differing or change.before is None:
        return
    for old in context.source.children(change.before.identity, "identity"):
        for new in context.target.children(change.identity, "identity"):
            was, now = old.payload, new.payload
            if was["maximum"] > now["maximum"] or was["minimum"] < now["minimum"]:
                name = qualified(was["sequence_schema"], was["sequence_name"])
                bounds = f"MINVALUE {now['minimum']} MAXVALUE {now['maximum']}"
                sql, lost = bounded(name, f"ALTER SEQUENCE {name} {bounds}", was, now)
                reason = f"The values of {column_name(change.fact)} will have to fit {now['type']}."
                narrowed = Statement(sql, reason, lock=locks.ALTER_SEQUENCE, relation=name)
                yield replace(narrowed, loses_data=lost)
