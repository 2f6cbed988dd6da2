"""Composite types (manual: CREATE TYPE, ALTER TYPE, 8.16).

Attributes can be dropped, and added at the end. One of another type, or in another place, asks
for a new type where columns hold values of the old one (ALTER TYPE, Notes). One has a new name
where the user says so (attribute public.address.town = city).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import locks
from gnkmigrate.kinds.change import Change, Unplannable
from gnkmigrate.kinds.composite_type import not_null_names
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import Effect, How, Replacement
from gnkmigrate.kinds.free_names import in_turn
from gnkmigrate.kinds.losses_inside import Inside, across
from gnkmigrate.kinds.statement import Statement, Statements, in_zone
from gnkmigrate.kinds.user_type import (
    UserType,
    attributes_of,
    holders,
    moved,
    renamed_inside,
    with_name,
)
from gnkmigrate.postgres.quoting import identifier, names_in, qualified

_COLLATE = " COLLATE "

# What may look at one attribute, so that PostgreSQL does not let the attribute change under it.
_EXPRESSIONS = frozenset(
    {"view", "materialized view", "rule", "policy", "trigger", "index", "constraint", "default",
     "domain constraint"}
)  # fmt: skip
# What a column of a table of the type has by itself.
_OWN = ("not_null", "statistics", "options", "storage", "compression")
_TAKE = (
    "Take the table's type from it (ALTER TABLE ... NOT OF) in a revision of your own, and give it "
    "back afterwards."
)


class CompositeType(UserType):
    name = "composite type"
    found_in = "pg_class WHERE relkind = 'c' AND oid >= 16384"
    # What is renamed is the user's word and never read: attributes by their old names.
    attributes = {"attributes": How.ALTERED, "renamed": How.ALTERED}
    inner_word = "attribute"
    rank = 26
    brings_relation = True

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        attributes = ", ".join(fact.payload["attributes"])
        sql = f"CREATE {self.reference(fact)} AS ({attributes})"
        return (Statement(sql, f"{self.words(fact)} is missing."),)

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        del differing
        old, new = _both(change)
        staying = [name for name in old if name in new]
        coming = [name for name in new if name not in old]
        identity = (change.before or change.fact).identity
        held = any(True for _ in holders(identity, context.source))
        renamed = renamed_inside(change.before or change.fact)
        if list(new) != staying + coming or (held and _retyped(old, new)):
            if renamed:
                raise _in_two_plans(change, renamed)
            return None
        tables = tuple(_tables_of(identity, context.source))
        _refuse_hanging(change, tables, context)
        statements = self._altered(change, old, new, context, held=held or bool(tables))
        return (
            *(_locking(statement, tables) for statement in statements),
            *not_null_names.following(tables, renamed, context),
        )

    def _altered(
        self,
        change: Change,
        old: Mapping[str, str],
        new: Mapping[str, str],
        context: Context,
        *,
        held: bool,
    ) -> Iterator[Statement]:
        fact, before = change.fact, change.before or change.fact
        there = context.source.facts.get(before.identity)
        was = _by_new_names(there, renamed_inside(before)) if there else old
        alter, type_ = f"ALTER {self.reference(fact)}", f"type {qualified(*fact.identity.path)}"
        yield from self._named(fact, renamed_inside(before), self.inner_names(before))
        # With CASCADE the tables of the type follow; where there are none, it does nothing.
        for name in (each for each in old if each not in new):
            lost = f"the values of {name} wherever {type_} is used" if held else ""
            yield Statement(
                f"{alter} DROP ATTRIBUTE {name} CASCADE",
                f"Attribute {name} of {type_} is not in the target.",
                loses_data=lost,
            )
        for name in _retyped(old, new):
            values = across(was[name], new[name], context) if held else Inside()
            sql = f"{alter} ALTER ATTRIBUTE {name} TYPE {new[name]} CASCADE"
            lost = f"{values.loses} {name} wherever {type_} is used" if values.loses else ""
            yield Statement(
                in_zone(sql, values.zone),
                f"Attribute {name} of {type_} is {old[name]}, the target says {new[name]}.",
                loses_data=lost,
            )
        for name in new:
            if name not in old:
                yield Statement(
                    f"{alter} ADD ATTRIBUTE {name} {new[name]} CASCADE",
                    f"Attribute {name} of {type_} is missing.",
                )

    def _named(
        self, fact: Fact, renamed: Mapping[str, str], taken: Iterable[str]
    ) -> Iterator[Statement]:
        new = dict(renamed)
        for was, becomes in in_turn(renamed, {*taken, *renamed.values()}):
            new[becomes] = new.pop(was)
            yield Statement(
                f"ALTER {self.reference(fact)} RENAME ATTRIBUTE {identifier(was)} TO "
                f"{identifier(becomes)} CASCADE",
                f"Attribute {identifier(was)} is to be called {identifier(new[becomes])}.",
            )

    def inner_names(self, fact: Fact) -> Sequence[str]:
        return [*chain.from_iterable(map(names_in, attributes_of(fact)))]

    def effect(self, change: Change, dependent: Fact, context: Context) -> Effect:
        del context
        if dependent.kind not in _EXPRESSIONS and not _is_parsed(dependent):
            return Effect.NONE
        old, new = _both(change)
        if _retyped(old, new):
            return Effect.REPLACED
        return Effect.REBUILT if old.keys() - new.keys() else Effect.NONE

    def adapted(self, fact: Fact, old: Identity, aside: Identity) -> Fact:
        attributes = [
            f"{name} {_adapted(text, old, aside)}" for name, text in attributes_of(fact).items()
        ]
        needed = moved(fact.depends_on, old, aside)
        return fact.has({"attributes": attributes}).replaced(depends_on=needed)

    def carries(self, change: Change, inner: Change, context: Context) -> bool:
        """With CASCADE, tables of the type get and lose columns as the type does attributes."""
        parent = inner.fact.parent
        tables = [each.facts[parent] for each in context.sides if parent and parent in each]
        names = {qualified(*each.identity.path) for each in (change.before, change.after) if each}
        return (
            inner.kind == "column"
            and inner.verb in {"add", "remove", "rename"}
            and bool(tables)
            and all(table.payload.get("of_type") in names for table in tables)
            and self.alter(change, context) is not None
        )

    def replacement(self, fact: Fact, context: Context) -> Replacement:
        for table in _tables_of(fact.identity, context.source):
            raise Unplannable(
                f"{self.words(fact)} has to be made again, and {table.identity} is of it.",
                hint=_TAKE,
            )
        return super().replacement(fact, context)

    def names(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        return super().names(fact) | {("relation", *fact.identity.path)}


def _tables_of(type_: Identity, snapshot: Snapshot) -> Iterator[Fact]:
    name = qualified(*type_.path)
    return (each for each in snapshot.of_kind("table") if each.payload["of_type"] == name)


def _refuse_hanging(change: Change, tables: Sequence[Fact], context: Context) -> None:
    """Stops where something is of a column that comes or goes by the type's own command.

    CASCADE would take it along, or it could not wait for the column.
    """
    old, new = _both(change)
    for side, names in ((context.source, old.keys() - new.keys()),
                        (context.target, new.keys() - old.keys())):  # fmt: skip
        columns = {
            column.identity
            for table in tables
            for column in side.children(table.identity, "column")
            if identifier(column.identity.name) in names
        }
        for fact in side if columns else ():
            own = fact.identity in columns and any(fact.payload[each] for each in _OWN)
            if own or fact.parent in columns or not columns.isdisjoint(fact.depends_on):
                raise Unplannable(
                    f"Attributes of {change.identity} come or go, and {fact.identity} is more than "
                    "the type says of a table's column.",
                    hint=_TAKE,
                )


def _locking(statement: Statement, tables: Sequence[Fact]) -> Statement:
    """With the locks on the tables of the type, which the command changes as well."""
    if not tables:
        return statement
    first, *others = (qualified(*each.identity.path) for each in tables)
    return replace(
        statement,
        lock=locks.ALTER_TABLE,
        relation=first,
        beside=tuple((each, locks.ALTER_TABLE) for each in others),
        rewrites=" ALTER ATTRIBUTE " in statement.sql,
    )


def _both(change: Change) -> tuple[dict[str, str], dict[str, str]]:
    """The attributes before and after, those that get another name under their new one."""
    before = change.before or change.fact
    return _by_new_names(before, renamed_inside(before)), attributes_of(change.fact)


def _by_new_names(fact: Fact, renamed: Mapping[str, str]) -> dict[str, str]:
    new = {identifier(was): identifier(becomes) for was, becomes in renamed.items()}
    return {new.get(name, name): type_ for name, type_ in attributes_of(fact).items()}


def _in_two_plans(change: Change, renamed: Mapping[str, str]) -> Unplannable:
    return Unplannable(
        f"Attributes of {change.identity} get other names ({', '.join(sorted(renamed))}), and the "
        "type has to be made again for its other changes.",
        hint="Let the target change the names first, apply that plan, and then the rest.",
    )


def _retyped(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    return [name for name in new if name in old and new[name] != old[name]]


def _adapted(text: str, old: Identity, aside: Identity) -> str:
    type_, collate, collation = text.partition(_COLLATE)
    return f"{with_name(type_, old, aside)}{collate}{with_name(collation, old, aside)}"


def _is_parsed(dependent: Fact) -> bool:
    """Whether it is a function whose body PostgreSQL keeps as it understood it."""
    body = str(dependent.payload.get("source") or "")
    return dependent.kind == "function" and body.startswith(("BEGIN ATOMIC", "RETURN "))


KIND = CompositeType()
