"""Who owns a thing (manual: ALTER TABLE ... OWNER TO and its siblings)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.kinds import kind_of, kinds, locks
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.showing import Shows
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.quoting import identifier, qualified

# Whoever runs the plan: where nobody knows yet who that will be.
_WHOEVER = "CURRENT_USER"


class Owner(Kind):
    name = "owner"
    attributes = {"owner": How.ALTERED}
    rank = 110
    is_satellite = True
    guards = True
    rules_access = True
    lists_all = True
    has_comment = False
    silence = frozenset()  # what no owner is named of belongs to whoever runs the script

    def reference(self, fact: Fact) -> str:
        return f"owner of {_named(fact.identity)}"

    def words(self, fact: Fact) -> str:
        return f"Owner of {_named(fact.identity)}"

    def roles(self, fact: Fact) -> Iterator[str]:
        yield fact.payload["owner"]

    def acts_as(self, fact: Fact) -> Iterator[str]:
        yield fact.payload["owner"]

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts
        owner = fact.payload["owner"]
        thing = context.find(fact.parent)
        if thing is not None and _owner_now(thing, context) == identifier(owner):
            return ()
        then = kind_of(thing.kind).once_owned(thing, context) if thing is not None else ()
        return (*_given(fact, identifier(owner), context), *then)

    def drop(self, fact: Fact, context: Context) -> Statements:
        thing = context.target.facts.get(fact.parent) if fact.parent is not None else None
        if thing is not None and thing.payload.get("owned_by"):
            return ()  # see `before_owned`
        return _given(fact, _role(context), context)

    def says(self, fact: Fact, version: int) -> bool:
        del version
        is_public = fact.identity.path == ("schema", "public")
        return not (is_public and fact.payload["owner"] == "pg_database_owner")

    def stated(self, fact: Fact, role: str, superuser: str) -> Fact | None:
        usual = {role}
        if fact.identity.path == ("schema", "public"):
            usual |= {superuser, "pg_database_owner"}
        return None if fact.payload["owner"] in usual else fact

    def shows(self, before: Fact | None, after: Fact | None) -> Shows | None:
        del before, after
        return Shows.OTHER

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        del differing
        return _given(change.fact, identifier(change.fact.payload["owner"]), context)


def owner_of(thing: Fact, context: Context) -> str:
    """Who owns a thing once the plan has given it to its owner, quoted."""
    owners = [*_owners(thing, context)]
    snapshots = (context.target,) if context.is_new(thing.identity) else (
        context.target, context.source
    )  # fmt: skip
    for snapshot in snapshots:
        for identity in owners:
            if found := snapshot.facts.get(identity):
                return identifier(found.payload["owner"])
    return _role(context)


def is_given_away(thing: Fact, context: Context) -> bool:
    """Whether a thing is to belong to somebody else than who runs the plan."""
    return owner_of(thing, context) != _role(context)


def before_owned(sequence: Fact, context: Context) -> Statements:
    """What gives a sequence to the owner of the column's table that it is about to belong to."""
    wanted = owner_of(sequence, context)
    if _owner_now(sequence, context) == wanted:
        return ()
    name = qualified(*sequence.identity.path)
    return (
        Statement(
            f"ALTER SEQUENCE {name} OWNER TO {wanted}",
            f"{name} has the owner of the table that it belongs to.",
            lock=locks.ALTER_TABLE,
            relation=name,
        ),
    )


def _owner_now(thing: Fact, context: Context) -> str:
    """Who owns a thing before the plan gives it to anybody: who makes it, or its column's table."""
    before = context.source.facts.get(thing.identity)
    if before is None or context.is_new(thing.identity):
        return _role(context)
    return owner_of(before, replace(context, target=context.source))


def _owners(thing: Fact, context: Context) -> Iterator[Identity]:
    """What may tell who owns a thing: a column's sequence has the owner of its table."""
    yield Identity("owner", (thing.kind, *thing.identity.path))
    table = thing.payload.get("owned_by")
    if thing.kind == "sequence" and table:
        relations = (each.name for each in kinds().values() if each.is_relation)
        yield from (Identity("owner", (name, *table[:-1])) for name in relations)
    above = context.find(thing.parent)
    if above is not None and above.kind != "schema":
        yield from _owners(above, context)


def _role(context: Context) -> str:
    return identifier(context.source.role) if context.source.role else _WHOEVER


def _given(fact: Fact, role: str, context: Context) -> Statements:
    thing = context.find(fact.parent)
    if thing is None:
        return ()
    known = kind_of(thing.kind)
    words = known.words(thing)
    relation = qualified(*thing.identity.path) if known.is_relation else ""
    return (
        Statement(
            f"ALTER {known.reference(thing)} OWNER TO {role}",
            f"{words} is to belong to {role}.",
            lock=locks.ALTER_TABLE if relation else locks.NONE,
            relation=relation,
        ),
    )


def _named(identity: Identity) -> str:
    kind, *path = identity.path
    return f"{kind} {qualified(*path)}"


KIND = Owner()
