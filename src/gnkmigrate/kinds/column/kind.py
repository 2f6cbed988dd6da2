"""Columns of tables (manual: ALTER TABLE, 5.3, 5.4).

A column that exists keeps its values. NOT NULL on a table in use goes by way of a check that is
validated first, so that SET NOT NULL need not read the table under its lock.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import leaving, locks, made_anew, not_null
from gnkmigrate.kinds.altering import alter_table_of
from gnkmigrate.kinds.beneath import (
    refuse_key,
    refuse_name_below,
    refuse_other_parents,
    refuse_type_below,
)
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.column_settings import SETTINGS, changed, given
from gnkmigrate.kinds.conversions import Conversion
from gnkmigrate.kinds.expressions import is_fixed, reprintable
from gnkmigrate.kinds.identity.kind import defined as identity_defined
from gnkmigrate.kinds.inheritance import columns_above, heirs, is_joined
from gnkmigrate.kinds.kind import Context, Effect, How, Kind, Unplannable, last_names
from gnkmigrate.kinds.of_parents import compression_below
from gnkmigrate.kinds.own_expressions import SET_EXPRESSION, put_back_below, refuse_far_below
from gnkmigrate.kinds.row_type import refuse_held
from gnkmigrate.kinds.sequence_options import bounded
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.kinds.types import Type, are_comparable
from gnkmigrate.kinds.user_type import moved, with_name
from gnkmigrate.kinds.values import way
from gnkmigrate.postgres.quoting import identifier, qualified

_MOVED_OUT_OF_THE_WAY = frozenset(
    {"view", "materialized view", "trigger", "function", "column", "policy", "rule", "statistics",
     "publication table"}
)  # fmt: skip
_REBUILT = frozenset({"default", "constraint", "index"})
_HAVE_INDEXES = frozenset({"constraint", "index"})


class ColumnKind(Kind):
    name = "column"
    catalog = "pg_class"
    parent_catalog = "pg_class"
    attributes = {
        "type": How.ALTERED,
        "not_null": How.ALTERED,
        "not_null_name": How.ALTERED,
        "not_null_no_inherit": How.ALTERED,
        "not_null_unvalidated": How.ALTERED,
        "not_null_comment": How.ALTERED,
        "collation": How.ALTERED,
        "identity": How.COSMETIC,  # a fact of its own
        "generated": How.ALTERED,
        "generation": How.ALTERED,
        "usual_storage": How.COSMETIC,
        **dict.fromkeys(SETTINGS, How.ALTERED),
    }
    rank = 64
    word = "COLUMN"
    has_label = True
    holds_data = True
    inline = True
    by_version = True

    def as_of(self, fact: Fact, version: int) -> Fact:
        return not_null.as_of(fact, version)

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        default = next((p.payload["expression"] for p in parts if p.kind == "default"), None)
        identity = next((part for part in parts if part.kind == "identity"), None)
        computed = fact.payload["generated"] or identity
        if is_joined(fact.identity.path, context.source, context.target):
            return ()  # its table had to have it before
        if any(columns_above(fact.identity.path, context.source)):
            return tuple(_made_own(fact, default, context))
        _refuse_later(fact, default, context)
        refuse_type_below(fact, context)
        reason = f"Column {_name(fact)} is missing."
        if fact.payload["not_null"] and not default and not computed:
            reason += " It has no default, so this stops when the table holds rows."
        # A fixed default is kept in the catalog, not written into every row (ALTER TABLE, Notes).
        # A virtual column is computed when it is read; NOT NULL looks at every row all the same.
        virtual = fact.payload["generation"] == "virtual"
        written = (bool(computed) and not virtual) or not is_fixed(default)
        rewrites = written or _is_checked(fact, context)
        if rewrites or computed or default or _has_domain_default(fact, context):
            refuse_held(fact, f"Column {_name(fact)} is added", context, rows_only=True)
        scans = virtual and bool(fact.payload["not_null"])
        action = f"ADD COLUMN {defined(fact, default, identity, context)}"
        return (
            alter_table_of(fact, action, reason, rewrites=rewrites, scans=scans),
            *_settings(fact, given(fact.payload), reason),
            *not_null.afterwards(fact),
            *_kept_below(Change("add", None, fact), reason, context),
            *(put_back_below(fact, context) if fact.payload["generated"] else ()),
        )

    def precedes(self, fact: Fact, source: Snapshot, target: Snapshot) -> Iterator[Identity]:
        # A table that leaves its parent for a moment takes all along that it has by then.
        if any(columns_above(fact.identity.path, source)):
            for part in leaving.given_above(fact, target):
                if part.kind != "column" or part.identity not in source:
                    yield part.identity
        # ADD COLUMN refuses a column that is there, but not one that a child has already. A child
        # that is new comes after its parent.
        elif fact.identity not in source and fact.parent in source.facts:
            for above in columns_above(fact.identity.path, target):
                if above.identity not in source:
                    yield above.identity

    def stays(self, fact: Fact, target: Snapshot) -> bool:
        # It has become one that its table merely inherits.
        return any(columns_above(fact.identity.path, target))

    def unlike(self, fact: Fact, source: Snapshot, target: Snapshot) -> Iterator[Identity]:
        del source
        if fact.identity not in target and self.stays(fact, target):
            yield from leaving.unlike(fact, target)

    def goes_before(self, fact: Fact, source: Snapshot) -> Iterator[Identity]:
        return leaving.owned_below(fact, source)

    def drop(self, fact: Fact, context: Context) -> Statements:
        leaving.refuse_inherited(fact, context)
        lost = "" if fact.payload["generated"] else f"the values of {_name(fact)}"
        action = f"DROP COLUMN {identifier(fact.identity.name)}"
        reason = f"Column {_name(fact)} is not in the target."
        return (alter_table_of(fact, action, reason, loses_data=lost),)

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        expression = _expression(change, context)
        if expression is None or _is_computed_anew(change):
            return None
        null_allowed, null_forbidden = (
            not_null.allowed(change, context),
            not_null.forbidden(change, context),
        )
        reason = f"Column {_name(change.fact)} differs in: {', '.join(sorted(differing))}."
        return (
            *expression,
            *null_allowed,
            *_narrowed(change, context),
            *_type(change, context),
            *null_forbidden,
            *made_anew.given_back(change, context),
            *not_null.qualified_otherwise(change, context),
            *_settings(change.fact, changed(change), reason),
            *_kept_below(change, reason, context),
        )

    def set_after(self, fact: Fact, source: Snapshot, target: Snapshot) -> Iterator[Identity]:
        del target
        before = source.facts.get(fact.identity)
        if before is None and any(columns_above(fact.identity.path, source)):
            yield from (part.identity for part in leaving.given_above(fact, source))
        if before is not None and fact.payload["not_null"] and not before.payload["not_null"]:
            # What a table below calls its own NOT NULL it cannot change once this is its parent's.
            *table, name = fact.identity.path
            for child in heirs(source).get(tuple(table), ()):
                yield Identity("inherited column", (*child, name))

    def rename(self, change: Change, context: Context) -> Statements:
        refuse_other_parents(change.before or change.fact, context)
        refuse_name_below(change.before or change.fact, change.identity.name, context)
        old, new = last_names(change)
        reason = f"Column {old} is to be called {new}."
        renamed = alter_table_of(change.fact, f"RENAME COLUMN {old} TO {new}", reason)
        return (renamed, *not_null.follows_column(change, context))

    def effect(self, change: Change, dependent: Fact, context: Context) -> Effect:
        retyped = not {"type", "collation"}.isdisjoint(change.differing)
        if change.before is None or not (retyped or "generated" in change.differing):
            return Effect.NONE
        if dependent.kind in _HAVE_INDEXES and made_anew.loses_more(dependent, context):
            return Effect.REPLACED
        if not retyped:
            return Effect.REPLACED if dependent.kind == "statistics" else Effect.NONE
        if dependent.kind in _MOVED_OUT_OF_THE_WAY or _is_held(dependent, change, context):
            return Effect.REPLACED
        if dependent.kind == "constraint" and dependent.payload["type"] == "foreign key":
            old, new = change.before.payload["type"], change.fact.payload["type"]
            definition = str(dependent.payload["definition"])
            # PostgreSQL makes its triggers again, as they usually are.
            # One over periods goes by an index that the other type's operators do not fit.
            plain = not dependent.payload["firing"] and ", PERIOD " not in definition
            carried = are_comparable(old, new) and plain
            return Effect.REBUILT if carried else Effect.REPLACED
        return Effect.REBUILT if dependent.kind in _REBUILT else Effect.NONE

    def adapted(self, fact: Fact, old: Identity, aside: Identity) -> Fact:
        collation = fact.payload["collation"]
        values = {
            "type": with_name(fact.payload["type"], old, aside),
            "collation": collation and with_name(collation, old, aside),
        }
        return fact.has(values).replaced(depends_on=moved(fact.depends_on, old, aside))

    def alters_after(self, change: Change, target: Snapshot) -> Iterator[Identity]:
        # As long as the parent's is there, PostgreSQL 18 takes NOT NULL from no child.
        if "not_null" in change.differing and not change.fact.payload["not_null"]:
            yield from (above.identity for above in columns_above(change.identity.path, target))
            # Nor from a column by whose index rows are replicated.
            table = Identity("table", change.identity.path[:-1])
            for kind in sorted(_HAVE_INDEXES):
                for each in target.children(table, kind):
                    if each.payload["replica_identity"]:
                        yield each.identity

    def alters_with(self, change: Change, target: Snapshot) -> Iterator[Identity]:
        if not {"type", "collation"}.isdisjoint(change.differing):
            yield from (above.identity for above in columns_above(change.identity.path, target))
            yield from _types_of_table(change.fact, target)

    def offers(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        table = fact.identity.path[:-1]
        return frozenset({("shared", *table), ("apart", *table)})

    def picks(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        # Tables that are partitions no more are not in its reach, nor is what they had in the way.
        table = fact.identity.path[:-1]
        return frozenset({("given by the parent", *table), ("partitions", *table)})

    def is_derived(self, fact: Fact) -> bool:
        return fact.payload["generated"] is not None


def _refuse_later(fact: Fact, default: str | None, context: Context) -> None:
    """Stops where its default would come too late for the rows: its parent gets one as well."""
    late = default is None and context.target.children(fact.identity, "default")
    if not late or fact.parent is None or context.is_new(fact.parent):
        return
    if any(
        each.identity not in context.source
        for each in columns_above(fact.identity.path, context.target)
    ):
        raise Unplannable(
            f"{fact.identity} is new, has a default of its own, and its parent gets the column "
            "with another one.",
            hint="Give one of them its default in a later revision, and plan again.",
        )


def _made_own(fact: Fact, default: str | None, context: Context) -> Iterator[Statement]:
    """A column that its table merely inherits becomes the table's own, and inherited as well.

    Leaving the parent makes it so; ADD COLUMN refuses a column that is there.
    """
    reason = f"Column {_name(fact)} is declared by its own table in the target."
    yield from (alter_table_of(fact, action, reason) for action in leaving.made_own(fact, context))
    column = identifier(fact.identity.name)
    if fact.payload["not_null"]:
        yield alter_table_of(fact, f"ALTER COLUMN {column} SET NOT NULL", reason, scans=True)
    if default is not None:
        yield alter_table_of(
            fact, f"ALTER COLUMN {column} SET DEFAULT {reprintable(default)}", reason
        )


def defined(fact: Fact, default: str | None, identity: Fact | None, context: Context) -> str:
    """The column as CREATE TABLE and ADD COLUMN take it."""
    payload = fact.payload
    parts = [identifier(fact.identity.name), payload["type"]]
    if payload["collation"]:
        parts.append(f"COLLATE {payload['collation']}")
    return " ".join([*parts, *_qualities(fact, default, identity, context)])


def defined_by_type(fact: Fact, default: str | None, context: Context) -> str:
    """The column as CREATE TABLE ... OF takes it; "" where the type says all of it."""
    qualities = _qualities(fact, default, None, context)
    return " ".join(
        [identifier(fact.identity.name), "WITH OPTIONS", *qualities] if qualities else ()
    )


def _qualities(
    fact: Fact, default: str | None, identity: Fact | None, context: Context
) -> list[str]:
    """What stands behind the column's type."""
    payload, parts = fact.payload, list[str]()
    if payload["generated"]:
        expression = reprintable(payload["generated"])
        parts.append(f"GENERATED ALWAYS AS ({expression}) {payload['generation'].upper()}")
    elif identity is not None:
        parts.append(identity_defined(identity, context))
    elif default is not None:
        parts.append(f"DEFAULT {reprintable(default)}")
    parts += not_null.inline(fact, context)
    return parts


def settings(fact: Fact) -> Statements:
    """What a column made by CREATE TABLE still lacks: storage, statistics and the like."""
    reason = f"Column {_name(fact)} has settings of its own."
    return (*_settings(fact, given(fact.payload), reason), *not_null.afterwards(fact))


def _settings(fact: Fact, actions: Sequence[str], reason: str) -> Iterator[Statement]:
    column = identifier(fact.identity.name)
    for action in actions:
        statement = alter_table_of(fact, f"ALTER COLUMN {column} {action}", reason)
        yield replace(statement, lock=locks.of_setting(action))


def _is_held(key: Fact, change: Change, context: Context) -> bool:
    """Whether it is a key that includes the column, and foreign keys keep it from being rebuilt."""
    if key.payload.get("type") not in {"primary key", "unique"}:
        return False
    name = (change.before or change.fact).identity.name
    return name not in key.payload["columns"] and any(
        key.identity in other.depends_on
        for other in context.source.of_kind("constraint")
        if other.payload["references"]
    )


def _kept_below(change: Change, reason: str, context: Context) -> Iterator[Statement]:
    """How children keep values: SET COMPRESSION does not go to them, and a new type forgets it."""
    wanted = change.fact.payload["compression"]
    retyped = not {"type", "collation"}.isdisjoint(change.differing)
    if not retyped and wanted == (change.before and change.before.payload["compression"]):
        return
    *table, name = change.fact.identity.path
    handed_on = dict(compression_below(table, name, context))
    for below in context.below(table):
        own = context.target.get("inherited column", *below, name)
        storage = own.payload["storage"] if own else None
        compression = own.payload["compression"] if own else None
        compression = compression or handed_on.get(below)
        of_child = Fact(Identity("column", (*below, name)), Identity("table", below), {})
        actions = [f"SET STORAGE {storage.upper()}"] if retyped and storage else []
        if compression if retyped else below in handed_on:
            actions.append(f"SET COMPRESSION {compression or 'default'}")
        for action in actions:
            yield alter_table_of(of_child, f"ALTER COLUMN {identifier(name)} {action}", reason)


def _expression(change: Change, context: Context) -> Statements | None:
    """Statements for the expression of a generated column; None where it cannot be altered."""
    if not {"generated", "generation"} & set(change.differing) or change.before is None:
        return ()
    column, after = identifier(change.identity.name), change.fact.payload
    if not after["generated"] and change.before.payload["generation"] == "stored":
        refuse_far_below(change.before, context)
        action = f"ALTER COLUMN {column} DROP EXPRESSION"
        return (alter_table_of(change.fact, action, "The target does not compute this column."),)
    newer = context.source.server_version >= SET_EXPRESSION
    if after["generation"] == "virtual" and _has_checks(change.before.parent, context):
        return None  # PostgreSQL 18 sets no expression then (tablecmds.c, ATExecSetExpression)
    if newer and change.before.payload["generation"] == after["generation"]:
        action = f"ALTER COLUMN {column} SET EXPRESSION AS ({reprintable(after['generated'])})"
        rewrites = after["generation"] == "stored"
        if rewrites:
            what = f"Column {_name(change.fact)} is computed otherwise"
            refuse_held(change.before, what, context, rows_only=True)
        reason = "The target computes this column otherwise."
        altered = alter_table_of(change.fact, action, reason, rewrites=rewrites)
        return (altered, *put_back_below(change.fact, context))
    return None


def _has_checks(table: Identity | None, context: Context) -> bool:
    return table is not None and any(
        each.payload["type"] == "check" for each in context.source.children(table, "constraint")
    )


def _is_computed_anew(change: Change) -> bool:
    """Whether a generated column gets a type in which it takes a new one to be right.

    ALTER COLUMN TYPE converts what was computed for the old type, and takes no USING here.
    """
    if change.before is None or "type" not in change.differing:
        return False
    before, after = change.before.payload, change.fact.payload
    if not (before["generated"] and after["generated"]):
        return False
    if "generated" in change.differing:
        return True
    # Integers and strings are what they were, if they fit; other digits may have been cut off.
    name = Type.parse(before["type"]).name
    other = name == Type.parse(after["type"]).name and name != "character varying"
    return other or not are_comparable(before["type"], after["type"])


def _type(change: Change, context: Context) -> Statements:
    if not {"type", "collation"} & set(change.differing) or change.before is None:
        return ()
    if _follows(change.identity.path, context) or is_typed(change.fact, context):
        return ()
    refuse_key(change.before, context)
    refuse_other_parents(change.before, context)
    refuse_held(change.before, f"Column {_name(change.before)} changes", context)
    column, name = identifier(change.identity.name), _name(change.fact)
    old, new = change.before.payload["type"], change.fact.payload["type"]
    found = way(change, context)
    if change.fact.parent is not None and change.fact.parent.kind == "foreign table":
        found = Conversion("", rewrites=False)  # its values are elsewhere
    collation = change.fact.payload["collation"]
    action = f"ALTER COLUMN {column} TYPE {new}" + (f" COLLATE {collation}" if collation else "")
    if found.using:
        action += f" USING {found.using}"
    what = f"{old}, the target says {new}" if old != new else "of another collation in the target"
    statement = alter_table_of(
        change.fact,
        action,
        f"Column {name} is {what}.",
        rewrites=found.rewrites,
        loses_data=f"{found.loses} {name}" if found.loses else "",
    )
    keyed = context.keyed_to(change.before.identity.path[:-1], change.before.identity.name)
    beside = tuple((qualified(*table), locks.ALTER_TABLE) for table in keyed)
    statement = replace(statement, beside=beside)
    if found.needs_utc:
        # One command, so that the setting and what relies on it cannot be parted.
        sql = f"DO $$BEGIN SET LOCAL TimeZone = 'UTC'; {statement.sql}; END$$"
        return (replace(statement, sql=sql),)
    return (statement,)


def _is_checked(column: Fact, context: Context) -> bool:
    """Whether its type is a domain that refuses values: every row is written to try them."""
    return any(
        qualified(*each.path) == column.payload["type"] and _refuses(each, context)
        for each in column.depends_on
        if each.kind == "domain"
    )


def _has_domain_default(column: Fact, context: Context) -> bool:
    """Whether its type is a domain that has a default."""
    domains = (context.find(each) for each in column.depends_on if each.kind == "domain")
    return any(
        qualified(*each.identity.path) == column.payload["type"] and each.payload["default"]
        for each in domains
        if each is not None
    )


def _refuses(domain: Identity, context: Context) -> bool:
    """Whether a domain, or one that it is made of, has a check or is NOT NULL."""
    for snapshot in (context.source, context.target):  # what goes may still be there
        fact = snapshot.facts.get(domain)
        if fact is not None and (
            fact.payload["not_null"]
            or snapshot.children(domain, "domain constraint")
            or any(_refuses(each, context) for each in fact.depends_on if each.kind == "domain")
        ):
            return True
    return False


def is_typed(fact: Fact, context: Context) -> bool:
    """Whether it is of a table that has a type, which gives its columns theirs."""
    return all(any(_types_of_table(fact, each)) for each in (context.source, context.target))


def _types_of_table(fact: Fact, snapshot: Snapshot) -> Iterator[Identity]:
    """The composite type that the column's table is of."""
    table = snapshot.facts.get(fact.parent) if fact.parent else None
    if table is not None and table.payload.get("of_type"):
        for each in table.depends_on:
            if each.kind == "composite type" and qualified(*each.path) == table.payload["of_type"]:
                yield each


def _follows(column: Sequence[str], context: Context) -> bool:
    """Whether it takes the type of a parent's column, by the command that changes that one.

    One that its table keeps has it before the table is joined to a parent.
    """
    if any(each.path == tuple(column[:-1]) for each in context.apart):
        return False
    both = all(any(columns_above(column, each)) for each in (context.source, context.target))
    return both or is_joined(column, context.source, context.target)


def _narrowed(change: Change, context: Context) -> Iterator[Statement]:
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
                reason = f"The values of {_name(change.fact)} will have to fit {now['type']}."
                narrowed = Statement(sql, reason, lock=locks.ALTER_SEQUENCE, relation=name)
                yield replace(narrowed, loses_data=lost)


def _name(fact: Fact) -> str:
    return qualified(*fact.identity.path)


KIND = ColumnKind()
