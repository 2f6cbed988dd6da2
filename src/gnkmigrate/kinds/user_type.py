"""What the kinds of types have in common, and where values of a type are kept.

A type that cannot be altered is renamed, a new one takes its name, what holds values goes over to
it, and the old one is dropped: nothing is lost, and nothing that uses it has to go.
"""

import re
from collections.abc import Iterator, Mapping

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import Effect, Replacement
from gnkmigrate.kinds.kind import Kind, used_types
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.quoting import beside, names_in, qualified

# Types that are made of others, and go over to another one as a column does.
CONTAINERS = ("composite type", "domain", "range type")
# What the name of something ends in that is set aside; as many underscores follow as it takes.
REPLACED = "_replaced"
_HOLDERS = ("column", "materialized view")
_ATTRIBUTE = re.compile(r'(?P<name>"(?:[^"]|"")*"|[^ "]+) (?P<type>.*)', re.DOTALL)


class UsedByData(Kind):
    """What data cannot do without: replaced by a new one, to which its users go over."""

    def replacement(self, fact: Fact, context: Context) -> Replacement:
        del fact, context
        return Replacement.ASIDE

    def effect_of_replacing(self, dependent: Fact) -> Effect:
        return effect_on_user(dependent)

    def is_derived(self, fact: Fact) -> bool:
        """False: what uses it may hold data, and cannot do without it."""
        del fact
        return False


class UserType(UsedByData):
    """A type that somebody made."""

    catalog = "pg_type"
    parent_catalog = "pg_namespace"
    word = "TYPE"
    has_owner = True
    has_label = True
    grant_word = "TYPE"

    def asks(self, fact: Fact, context: Context) -> Iterator[tuple[str, Identity]]:
        del context
        return used_types(fact)

    def names(self, fact: Fact) -> frozenset[tuple[str, ...]]:
        return frozenset({("type", *fact.identity.path)})

    def named(self, fact: Fact) -> Statements:
        """What makes a shell: the name alone, for functions that the type itself needs."""
        reason = f"{self.words(fact)} is missing. Its functions need its name first."
        return (Statement(f"CREATE {self.reference(fact)}", reason),)


def shell(fact: Fact) -> Fact:
    """A type of which there is nothing but the name."""
    return fact.replaced(payload={}, depends_on=frozenset())


def effect_on_user(dependent: Fact) -> Effect:
    """What it does to a user of a type, or of a collation, when that is replaced."""
    return Effect.ALTERED if dependent.kind in {"column", *CONTAINERS} else Effect.REPLACED


def renamed_inside(fact: Fact) -> Mapping[str, str]:
    """The new names of labels or attributes by their old ones, none of them quoted."""
    return fact.payload.get("renamed") or {}


def attributes_of(fact: Fact, told_in: str = "attributes") -> dict[str, str]:
    """Of a composite type: the types, with their collations, by the attributes' quoted names.

    Args:
        fact: the type, or what has columns that are described in the same way.
        told_in: which of its values tells them.
    """
    found = (_ATTRIBUTE.fullmatch(each) for each in fact.payload[told_in] or ())
    return {each["name"]: each["type"] for each in found if each}


def with_name(text: str, old: Identity, new: Identity) -> str:
    """`text`, the type or collation of something, once `old` is called `new`.

    A type's text goes on after the name where it has modifiers or is an array.
    """
    name = qualified(*old.path)
    if text == name or text.startswith((f"{name}(", f"{name}[")):
        return qualified(*new.path) + text[len(name) :]
    if old.kind == "range type" and "." in text:
        return multirange_aside(text, new.name)  # what else of a range can it be?
    return text


def multirange_aside(text: str, range_: str) -> str:
    """What a multirange type, or an array of it, is called while its range is called `range_`."""
    name, bracket, rest = text.partition("[]")
    *schema, last = names_in(name)
    suffix = range_[range_.rindex(REPLACED) :]
    return f"{qualified(*schema, beside(last, suffix))}{bracket}{rest}"


def multirange_of(range_: Fact) -> str:
    """The multirange type's name with its schema, which is the range's unless it says another."""
    name = str(range_.payload["multirange"])
    return name if len(names_in(name)) > 1 else f"{qualified(*range_.identity.path[:-1])}.{name}"


def moved(needed: frozenset[Identity], old: Identity, new: Identity) -> frozenset[Identity]:
    """What something needs, once `old` is called `new`."""
    return frozenset(new if each == old else each for each in needed)


def holders(identity: Identity, snapshot: Snapshot) -> Iterator[Fact]:
    """The columns that hold values of a type, be it inside of others, and what else keeps them."""
    yield from _users(identity, snapshot, _HOLDERS)
    for container in _users(identity, snapshot, CONTAINERS):
        yield from holders(container.identity, snapshot)


def tables_of(identity: Identity, context: Context) -> str:
    """The tables in which a type's values are kept, as the relations of a statement."""
    kept = (each.parent for each in holders(identity, context.source))
    tables = {context.names.of(table) for table in kept if table is not None}
    return ", ".join(qualified(*table.path) for table in sorted(tables))


def is_contained(fact: Fact, snapshot: Snapshot) -> bool:
    """Whether values of a type are kept inside of others: in arrays, rows, ranges."""
    name = qualified(*fact.identity.path)
    columns = _users(fact.identity, snapshot, ("column",))
    return any(column.payload["type"] != name for column in columns) or any(
        is_contained(each, snapshot)
        if each.kind == "domain" and each.payload["type"] == name
        else next(holders(each.identity, snapshot), None) is not None
        for each in _users(fact.identity, snapshot, CONTAINERS)
    )


def _users(identity: Identity, snapshot: Snapshot, kinds: tuple[str, ...]) -> Iterator[Fact]:
    return (
        fact for kind in kinds for fact in snapshot.of_kind(kind) if identity in fact.depends_on
    )
