"""Domains (manual: CREATE DOMAIN, ALTER DOMAIN, 8.18).

Default and NOT NULL are altered in place. A domain over another type, or with another collation,
is a new one: the old one is renamed, columns go over to the new one, and the old one is dropped.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.kinds import locks, not_null_name
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.constraint_names import is_taken
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.expressions import reprintable
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.kinds.user_type import (
    CONTAINERS,
    UserType,
    is_contained,
    moved,
    tables_of,
    with_name,
)
from gnkmigrate.postgres.quoting import identifier, literal, qualified

# NOT NULL of a domain has a name since this release.
_NAMED_NOT_NULL = 170000


class Domain(UserType):
    name = "domain"
    found_in = "pg_type WHERE typtype = 'd' AND oid >= 16384"
    attributes = {
        "type": How.MADE_AGAIN,
        "collation": How.MADE_AGAIN,
        "default": How.ALTERED,
        "not_null": How.ALTERED,
        "not_null_name": How.ALTERED,
        "not_null_comment": How.ALTERED,
    }
    rank = 28
    by_version = True
    word = "DOMAIN"
    grant_word = "DOMAIN"

    def as_of(self, fact: Fact, version: int) -> Fact:
        return not_null_name.as_of(fact, version, _NAMED_NOT_NULL)

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        payload, name = fact.payload, fact.payload["not_null_name"]
        named = context.target.server_version >= _NAMED_NOT_NULL
        if name is None and named and _is_taken(fact, context):
            name = _usual(fact)
        sql = f"CREATE {self.reference(fact)} AS {payload['type']}"
        if payload["collation"]:
            sql += f" COLLATE {payload['collation']}"
        if payload["default"] is not None:
            sql += f" DEFAULT {reprintable(payload['default'])}"
        if payload["not_null"]:
            sql += f"{_named(name)} NOT NULL"
        for part in parts:
            sql += f"{_named(part.identity.name)} CHECK ({reprintable(part.payload['check'])})"
        commented = fact.payload["not_null_comment"] is not None
        comment = (_comment(fact),) if commented else ()
        return (Statement(sql, f"{self.words(fact)} is missing."), *comment)

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        before = change.before or change.fact
        forbids = "not_null" in differing and change.fact.payload["not_null"]
        # PostgreSQL looks for nulls in columns of the domain itself, and in nothing else.
        if forbids and is_contained(before, context.source):
            return None
        tables = tables_of(before.identity, context)
        return (
            *self._default(change, differing),
            *(
                replace(each, lock=locks.SHARE, relation=tables) if tables and each.scans else each
                for each in self._not_null(change, differing)
            ),
        )

    def _default(self, change: Change, differing: frozenset[str]) -> Iterator[Statement]:
        if "default" not in differing:
            return
        alter, default = f"ALTER {self.reference(change.fact)}", change.fact.payload["default"]
        if default is None:
            reason = f"{self.words(change.fact)} has no default in the target."
            yield Statement(f"{alter} DROP DEFAULT", reason)
        else:
            reason = f"{self.words(change.fact)} has another default in the target."
            yield Statement(f"{alter} SET DEFAULT {reprintable(default)}", reason)

    def _not_null(self, change: Change, differing: frozenset[str]) -> Iterator[Statement]:
        fact, alter = change.fact, f"ALTER {self.reference(change.fact)}"
        name = fact.payload["not_null_name"]
        if "not_null" in differing and not fact.payload["not_null"]:
            reason = f"The target allows nulls in {_domain(fact)}."
            yield Statement(f"{alter} DROP NOT NULL", reason)
        elif "not_null" in differing:
            added = f"ADD{_named(name)} NOT NULL" if name else "SET NOT NULL"
            reason = f"The target forbids nulls in {_domain(fact)}."
            yield Statement(f"{alter} {added}", reason, scans=True)
        elif "not_null_name" in differing:
            before = change.before or fact
            usual = _usual(before if _keeps(before, fact) else fact)
            old = before.payload["not_null_name"] or usual
            if old != _called(fact):
                yield self._renamed_not_null(fact, old, _called(fact))
        if "not_null_comment" in differing and fact.payload["not_null"]:
            yield _comment(fact)

    def _renamed_not_null(self, fact: Fact, old: str, new: str) -> Statement:
        names = f"{identifier(old)} TO {identifier(new)}"
        reason = f"NOT NULL of {_domain(fact)} is to be called {identifier(new)}."
        return Statement(f"ALTER {self.reference(fact)} RENAME CONSTRAINT {names}", reason)

    def rename(self, change: Change, context: Context) -> Statements:
        renamed, before = super().rename(change, context), change.before or change.fact
        given = before.payload["not_null"] and not before.payload["not_null_name"]
        there = context.source.facts[context.meanwhile.get(before.identity, before.identity)]
        kept = _keeps(there, context.target.facts.get(context.names.of(there.identity)))
        if not given or kept or context.source.server_version < _NAMED_NOT_NULL:
            return renamed
        # The name that PostgreSQL gave to NOT NULL has the domain's name in it.
        return (
            *renamed,
            self._renamed_not_null(change.fact, _usual(before), _usual(change.fact)),
        )

    def adapted(self, fact: Fact, old: Identity, aside: Identity) -> Fact:
        collation = fact.payload["collation"]
        values = {
            "type": with_name(fact.payload["type"], old, aside),
            "collation": collation and with_name(collation, old, aside),
        }
        return fact.has(values).replaced(depends_on=moved(fact.depends_on, old, aside))

    def without(self, fact: Fact, needed: Identity) -> Fact | None:
        """Without its default, by which alone a domain calls a function."""
        if fact.payload["default"] is None or needed.kind in {*CONTAINERS, "enum", "collation"}:
            return None
        return fact.has({"default": None}).replaced(depends_on=fact.depends_on - {needed})


def _domain(fact: Fact) -> str:
    return f"domain {qualified(*fact.identity.path)}"


def _named(name: str | None) -> str:
    return f" CONSTRAINT {identifier(name)}" if name else ""


def _comment(fact: Fact) -> Statement:
    name = identifier(_called(fact))
    comment = fact.payload["not_null_comment"]
    text = "NULL" if comment is None else literal(comment)
    return Statement(
        f"COMMENT ON CONSTRAINT {name} ON DOMAIN {qualified(*fact.identity.path)} IS {text}",
        f"The comment on NOT NULL of {_domain(fact)} differs.",
    )


def _called(fact: Fact) -> str:
    """What its NOT NULL is called."""
    return fact.payload["not_null_name"] or _usual(fact)


def _keeps(before: Fact, after: Fact | None) -> bool:
    """Whether the target has NOT NULL by the usual name of the domain as it is."""
    return after is not None and after.payload["not_null"] and _called(after) == _usual(before)


def _is_taken(fact: Fact, context: Context) -> bool:
    """Whether something has the usual name of its NOT NULL, be it what it is made in place of."""
    before = context.source.facts.get(fact.identity)
    aside = before is not None and before.identity not in context.dropped
    own = aside and before is not None and before.payload["not_null"]
    return bool(own) or is_taken(_usual(fact), fact.identity, context)


def _usual(fact: Fact) -> str:
    return f"{fact.identity.name}_not_null"


KIND = Domain()
