"""What a role must be allowed to do so that a plan runs to its end.

PostgreSQL asks when a statement runs, and then the statements before it have been executed. So a
plan says beforehand whose things it changes (manual: 5.8, and the notes of each ALTER and DROP).
What only a superuser may do is not among it: managed services let other roles do some of that.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kind_of, satellites
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.plan.action import Action
from gnkmigrate.postgres.quoting import identifier, names_in, qualified


@dataclass(frozen=True, order=True)
class Right:
    """Something that the role must be allowed.

    Attributes:
        privilege: "OWNER" to be one of `roles` or a member of it, "CREATE" in a schema,
            "REFERENCES" to a table, "ROWS" to read all of a table's rows, row security or not, "OWN
            ROWS" the same of one that it owns; "OWNER READS" where `roles` have to be allowed to
            read a relation; "USAGE" of a schema, "TYPE" and "SEQUENCE" to use
            one, "EXECUTE" a routine; "SET ROLE" to one; "CREATE AS OWNER" where `roles` have to be
            allowed to create in a schema what they are given; "ROLE" for one that has to be there;
            "RENAME CONSTRUCTORS" of a type; "MEMBERS" to own what an extension has made.
        thing: what it is about: "table public.users"; a schema, table or role as SQL.
        roles: with OWNER, the owners of which one is enough.
    """

    privilege: str
    thing: str
    roles: tuple[str, ...] = ()


def rights(actions: Iterable[Action], context: Context) -> tuple[Right, ...]:
    """All that these actions need of a database as it is in the source, in order."""
    actions = tuple(actions)
    found = {right for action in actions for right in _rights(action, context)}
    return tuple(sorted({*found, *_roles(actions), *_constructors(actions, context.source)}))


def _constructors(actions: Iterable[Action], source: Snapshot) -> Iterator[Right]:
    """To rename what is nobody's but the superuser's: see `Kind.has_constructors`."""
    before = (each.before for each in actions if each.verb in {"rename", "alter"})
    for fact in before:
        if fact and kind_of(fact.kind).has_constructors and fact.identity in source:
            yield Right("RENAME CONSTRUCTORS", qualified(*fact.identity.path))


def _roles(actions: Iterable[Action]) -> set[Right]:
    """The roles that are named and not made."""
    facts = [action.after for action in actions if action.after is not None]
    made = {fact.identity.name for fact in facts if fact.kind == "role"}
    roles = {role for fact in facts for role in kind_of(fact.kind).roles(fact)}
    return {Right("ROLE", identifier(role)) for role in roles - made}


def _rights(action: Action, context: Context) -> Iterator[Right]:
    source = context.source
    thing = _owned(action, source)
    if thing is not None:
        schema = Identity("schema", thing.path[:1])
        # A schema's owner may drop what is in it (manual: DROP TABLE and its siblings).
        others = (schema,) if action.verb == "drop" and thing == action.fact.identity else ()
        owners = {_owner(each, source) for each in (thing, *others)}
        roles = tuple(sorted(role for role in owners if role))
        yield Right("OWNER", kind_of(thing.kind).reference(source.facts[thing]), roles)
    fact = action.after
    known = kind_of(action.fact.kind)
    if action.before is not None:
        change = action.change if fact else Change("remove", action.before, None)
        for asked in known.asks_besides(change, context):
            yield from _asked(*asked, source)
    if fact is None:
        return
    if action.verb in {"create", "alter"}:
        yield from _in_the_name_of(fact, source)
    created = action.verb == "create"
    if not created and not (action.verb == "alter" and known.asks_again(action.change)):
        return
    parent = fact.parent
    if created and parent is not None and parent.kind == "schema" and parent in source:
        yield Right("CREATE", qualified(*parent.path))
    yield from _to_make(fact, context)


def _to_make(fact: Fact, context: Context) -> Iterator[Right]:
    known = kind_of(fact.kind)
    for asked in known.asks(fact, context):
        yield from _asked(*asked, context.source)
    for role, relation in known.reads_as(fact, context):
        if _stays_readable(relation, context):
            yield Right("OWNER READS", qualified(*relation.path), names_in(role)[:1])


def _stays_readable(relation: Identity, context: Context) -> bool:
    """Whether the plan leaves it as it is who may read something that is there."""
    if relation not in context.source or relation in context.created:
        return False
    before, after = (_access(relation, side) for side in context.sides)
    return before == after


def _access(relation: Identity, side: Snapshot) -> tuple[Sequence[Fact], ...]:
    columns = (each.identity for each in side.children(relation, "column"))
    return (
        side.of_kind("membership"),
        *(
            [fact for kind in ("owner", "grants") for fact in side.children(thing, kind)]
            for thing in (relation, *columns)
        ),
    )


def _asked(privilege: str, needed: Identity, source: Snapshot) -> Iterator[Right]:
    match privilege:
        case "USE":
            yield from _to_use(needed, source)
        case "OWN":
            yield from _to_own(needed, source)
        case "MEMBERS":
            yield Right(privilege, qualified(*needed.path))
        case _:
            for table in _tables(needed, source):
                yield Right(privilege, qualified(*table.path))


def _in_the_name_of(fact: Fact, source: Snapshot) -> Iterator[Right]:
    for role in kind_of(fact.kind).acts_as(fact):
        yield Right("SET ROLE", identifier(role))
        thing = source.facts.get(fact.parent) if fact.parent else None
        if thing is not None and thing.parent is not None and thing.parent.kind == "schema":
            yield Right("CREATE AS OWNER", qualified(*thing.parent.path), (role,))


def _to_own(needed: Identity, source: Snapshot) -> Iterator[Right]:
    fact, owner = source.facts.get(needed), _owner(needed, source)
    if fact is not None and owner is not None:
        yield Right("OWNER", kind_of(needed.kind).reference(fact), (owner,))


# What the privilege to use a thing is, by the word that GRANT calls things of its kind by.
_USE = {"TYPE": "TYPE", "DOMAIN": "TYPE", "ROUTINE": "EXECUTE", "SEQUENCE": "SEQUENCE"}


def _to_use(needed: Identity, source: Snapshot) -> Iterator[Right]:
    """The privileges to use something that is there: on it, and on its schema."""
    fact = source.facts.get(needed)
    privilege = _USE.get(kind_of(needed.kind).grant_word)
    if fact is not None and privilege is not None:
        yield Right("USAGE", identifier(needed.path[0]))
        yield Right(privilege, kind_of(needed.kind).address(fact))


def _owned(action: Action, source: Snapshot) -> Identity | None:
    """What in the database has an owner whom the action needs: the thing, or what it is in."""
    fact: Fact | None = action.before or action.after
    own = action.before is not None
    if fact is not None and fact.kind in satellites():
        fact, own = source.facts.get(fact.parent) if fact.parent else None, True
    while fact is not None:
        if _owner(fact.identity, source) is not None and (own or fact.identity in source):
            return fact.identity if own or fact.kind != "schema" else None
        fact, own = source.facts.get(fact.parent) if fact.parent else None, False
    return None


def _owner(thing: Identity, source: Snapshot) -> str | None:
    found = source.get("owner", thing.kind, *thing.path)
    return None if found is None else str(found.payload["owner"])


def _tables(needed: Identity, source: Snapshot) -> Iterator[Identity]:
    """The tables of the database that `needed` is, is a part of, or reads as a view."""
    waiting, seen = [needed], set[Identity]()
    while waiting:
        found = source.facts.get(waiting.pop())
        if found is None or found.identity in seen:
            continue
        seen.add(found.identity)
        if found.kind == "table":
            yield found.identity
        elif found.kind == "column" and found.parent is not None:
            waiting.append(found.parent)
        else:
            waiting.extend(found.depends_on)
