"""What new objects of a role get (manual: ALTER DEFAULT PRIVILEGES).

They are taken away and changed before anything is made, and given after everything is made, so
that nothing gets by accident what is told of it in full. What was in force before and stays in
force is given to what the plan makes; `grants` takes back what is too much.
"""

from collections.abc import Iterable, Iterator, Sequence

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kind_of
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.privileges import Privileges, as_of, named, privileges, steps, together
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.quoting import identifier

# By what GRANT calls a thing.
_OBJECTS = {
    "TABLE": "TABLES",
    "SEQUENCE": "SEQUENCES",
    "FUNCTION": "FUNCTIONS",
    "PROCEDURE": "FUNCTIONS",
    "ROUTINE": "FUNCTIONS",
    "TYPE": "TYPES",
    "DOMAIN": "TYPES",
    "SCHEMA": "SCHEMAS",
}

# What PostgreSQL lets PUBLIC do with new ones (manual, 5.8).
_OF_PUBLIC = {"FUNCTIONS": "EXECUTE", "TYPES": "USAGE"}

# A script in which nothing is granted does not mean that nobody may do anything.
SILENCE = frozenset({"grants", "default privileges"})


class DefaultPrivileges(Kind):
    name = "default privileges"
    catalog = "pg_default_acl"
    found_in = "pg_default_acl"
    attributes = {
        "role": How.MADE_AGAIN,
        "schema": How.MADE_AGAIN,
        "objects": How.MADE_AGAIN,
        "grants": How.ALTERED,
    }
    rank = 100
    encloses = True
    silence = SILENCE
    leaves_open = True
    by_version = True
    has_comment = False

    def reference(self, fact: Fact) -> str:
        return f"DEFAULT PRIVILEGES{_scope(fact)}"

    def words(self, fact: Fact) -> str:
        return f"Default privileges on {_new(fact)}"

    def roles(self, fact: Fact) -> Iterator[str]:
        yield fact.payload["role"]
        yield from named(privileges(fact.payload["grants"]))

    def acts_as(self, fact: Fact) -> Iterator[str]:
        yield fact.payload["role"]

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts
        return _between(fact, (), fact.payload["grants"], context)

    def drop(self, fact: Fact, context: Context) -> Statements:
        return _between(fact, fact.payload["grants"], (), context)

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        del differing
        before, after = (change.before or change.fact).payload, change.fact.payload
        return _between(change.fact, before["grants"], after["grants"], context)

    def as_of(self, fact: Fact, version: int) -> Fact | None:
        return as_of(fact, version)

    def stated(self, fact: Fact, role: str, superuser: str) -> Fact | None:
        """Those of whoever runs the script are nobody's in particular."""
        del superuser
        if fact.payload["role"] != role:
            return fact
        name = fact.identity.name.removeprefix(f"{role}: ")
        return fact.replaced(
            identity=Identity(self.name, (name,)), payload={**fact.payload, "role": None}
        )

    def beside(self, fact: Fact, script: Snapshot, other: Snapshot) -> Fact | None:
        """Where a script names no role: that which has some for the same, or who runs it."""
        if fact.payload["role"] is not None:
            return fact
        stated = {each.payload["role"] for each in _alike(fact, script)}
        having = {each.payload["role"] for each in _alike(fact, other)} - stated
        role = having.pop() if len(having) == 1 else other.role
        if not role or role in stated:
            return fact
        return fact.replaced(
            identity=Identity(self.name, (f"{role}: {fact.identity.name}",)),
            payload={**fact.payload, "role": role},
        )


def given_to_new(thing: Fact, context: Context) -> Privileges:
    """What a thing that the plan makes has from the start, beyond what PostgreSQL gives."""
    objects = _OBJECTS.get(kind_of(thing.kind).grant_word)
    if objects is None or not context.is_new(thing.identity):
        return {}
    schemas = {None} if objects == "SCHEMAS" else {None, thing.identity.path[0]}
    return together(
        *(
            privileges(each.payload["grants"])
            for each in context.target.of_kind(KIND.name)
            if each.identity in context.source
            and each.payload["role"] == (context.source.role or None)
            and each.payload["objects"] == objects
            and each.payload["schema"] in schemas
        ),
        usual=_OF_PUBLIC.get(objects, ""),
    )


def _alike(fact: Fact, snapshot: Snapshot) -> Iterable[Fact]:
    for each in snapshot.of_kind(KIND.name):
        if each.payload["role"] and all(
            each.payload[key] == fact.payload[key] for key in ("schema", "objects")
        ):
            yield each


def _between(
    fact: Fact, current: Iterable[str], wanted: Iterable[str], context: Context
) -> Statements:
    payload, version = fact.payload, context.source.server_version
    owner = identifier(payload["role"]) if payload["role"] else "CURRENT_USER"
    found = steps(
        privileges(current, version),
        privileges(wanted, version),
        holds=payload["schema"] is None,
    )
    return tuple(
        Statement(
            f"ALTER {KIND.reference(fact)} {step.sql(payload['objects'], owner)}",
            step.reason(_new(fact), owner),
        )
        for step in found
    )


def _scope(fact: Fact) -> str:
    role, schema = fact.payload["role"], fact.payload["schema"]
    return (f" FOR ROLE {identifier(role)}" if role else "") + (
        f" IN SCHEMA {identifier(schema)}" if schema else ""
    )


def _new(fact: Fact) -> str:
    role, schema = fact.payload["role"], fact.payload["schema"]
    return (
        f"new {fact.payload['objects'].lower()}"
        + (f" of {identifier(role)}" if role else "")
        + (f" in schema {identifier(schema)}" if schema else "")
    )


KIND = DefaultPrivileges()
