"""Tables that seem to become an entity and a link table of their own name: a guess, for the author.

What tells it is the key: it was the row's own, and comes to be made of what stays and of a new
column that refers to a table which has columns of the names of those that leave.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate.authoring.calls import Call
from gnkmigrate.authoring.columns import is_ordinary
from gnkmigrate.authoring.guesses import foreign_key_of
from gnkmigrate.authoring.leaving import above
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.change import Change

_ENOUGH = 2  # columns of one name


@dataclass(frozen=True)
class Linked:
    """A table that seems to become a link table.

    Attributes:
        table: it, before and after.
        entity: the table of what is linked.
        reference: the link's column that refers to it.
        owner: the others of its key.
    """

    table: Identity
    entity: Identity
    reference: str
    owner: tuple[str, ...]

    def concerns(self, change: Change, *states: Snapshot) -> bool:
        """Whether a change is of the table."""
        facts = [fact for fact in (change.before, change.after) if fact is not None]
        return any(self._has(fact, state) for fact in facts for state in states)

    def as_before(self, source: Snapshot, target: Snapshot) -> Snapshot:
        """The target with the table as it is, of which something else is said."""
        own = {fact.identity for fact in target if self._has(fact, target)}
        facts = [fact for fact in target if fact.identity not in own]
        return target.having([*facts, *(fact for fact in source if self._has(fact, source))])

    def _has(self, fact: Fact, state: Snapshot) -> bool:
        """Whether it is the table, or in it, or counts its rows."""
        counted = fact.kind == "sequence" and tuple((fact.payload["owned_by"] or ())[:2])
        return counted == self.table.path or self.table in {fact.identity, *above(fact, state)}


def linked_tables(source: Snapshot, target: Snapshot) -> Iterator[Linked]:
    """The tables of which that is so."""
    for table in target.of_kind("table"):
        there = table.identity
        if there not in source or not is_ordinary(there, source):
            continue
        before, after = key_columns(there, source), key_columns(there, target)
        new = [name for name in after if source.get("column", *there.path, name) is None]
        owner = tuple(name for name in after if name not in new)
        if len(new) != 1 or not owner or not before:
            continue
        column = target.get("column", *there.path, new[0])
        key = column and foreign_key_of(column, target)
        if not key:
            continue
        to = key.payload["references"]
        entity = Identity("table", (to["schema"], to["table"]))
        if entity in target and len(shared_columns(there, entity, source, target)) >= _ENOUGH:
            yield Linked(there, entity, new[0], owner)


def key_columns(table: Identity, snapshot: Snapshot) -> Sequence[str]:
    """The columns of a table's primary key; none without one."""
    keys = (each.payload for each in snapshot.children(table, "constraint"))
    return next((each["columns"] for each in keys if each["type"] == "primary key"), ())


def shared_columns(
    table: Identity, entity: Identity, source: Snapshot, target: Snapshot
) -> Mapping[str, tuple[Fact, Fact]]:
    """Columns that leave the table, or stay, and that the entity has by their names."""
    left = {fact.identity.name: fact for fact in source.children(table, "column")}
    stay = {fact.identity.name for fact in target.children(table, "column")}
    own = set(key_columns(table, source))
    return {
        fact.identity.name: (left[fact.identity.name], fact)
        for fact in target.children(entity, "column")
        if (name := fact.identity.name) in left and name not in stay and name not in own
    }


def tables_first(linked: Sequence[Linked], source: Snapshot, target: Snapshot) -> Call | None:
    """The call that makes entities, and new tables that refer to them; None where all are there.

    A revision of its own: op.link_table asks what is there before it begins.
    """
    new = [each.entity for each in linked if each.entity not in source]
    if not new:
        return None
    named = [
        *new,
        *(each for entity in new for each in hanging(entity, target) if each not in source),
    ]
    return Call(
        "create_tables",
        tuple(".".join(each.path) for each in dict.fromkeys(named)),
        {"like": ".".join(linked[0].table.path)},
    )


def hanging(entity: Identity, target: Snapshot) -> Iterator[Identity]:
    """Tables that go with rows of the entity."""
    for key in target.of_kind("constraint"):
        to = key.payload["references"]
        if to and (to["schema"], to["table"]) == entity.path and key.parent not in {None, entity}:
            yield key.parent or entity
