"""Policies of row security (manual: CREATE POLICY, ALTER POLICY, 5.9)."""

from collections.abc import Iterator, Sequence

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.kinds import locks
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How, Replacement
from gnkmigrate.kinds.expressions import reprintable
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.showing import Shows
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.kinds.wording import last_names, on_table
from gnkmigrate.postgres.quoting import names_in, qualified

_CLOSED = "false"
_EVERYBODY = "PUBLIC"  # a role of that name would be quoted


class Policy(Kind):
    name = "policy"
    catalog = "pg_policy"
    found_in = "pg_policy WHERE oid >= 16384"
    parent_catalog = "pg_class"
    attributes = {
        "command": How.MADE_AGAIN,
        "permissive": How.MADE_AGAIN,
        "roles": How.ALTERED,
        "using": How.ALTERED,
        "check": How.ALTERED,
    }
    rank = 86
    word = "POLICY"
    rules_access = True

    def reference(self, fact: Fact) -> str:
        return on_table("POLICY", fact)

    def roles(self, fact: Fact) -> Iterator[str]:
        yield from (names_in(each)[0] for each in fact.payload["roles"] if each != _EVERYBODY)

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        payload = fact.payload
        kind = "PERMISSIVE" if payload["permissive"] else "RESTRICTIVE"
        sql = f"CREATE {self.reference(fact)} AS {kind} FOR {payload['command']}"
        sql += f" TO {', '.join(payload['roles'])}{_conditions(fact, ('using', 'check'))}"
        return (_statement(fact, sql, f"{self.words(fact)} is missing."),)

    def drop(self, fact: Fact, context: Context) -> Statements:
        del context
        reason = f"{self.words(fact)} is not in the target."
        return (_statement(fact, f"DROP {self.reference(fact)}", reason),)

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        fact = change.fact
        if any(fact.payload[each] is None for each in differing):
            return None  # ALTER POLICY can replace a condition and cannot take it away
        roles = f" TO {', '.join(fact.payload['roles'])}" if "roles" in differing else ""
        given = [each for each in ("using", "check") if each in differing]
        reason = f"{self.words(fact)} differs in: {', '.join(sorted(differing))}."
        wanted = context.target.facts.get(fact.identity)
        if wanted is None or not wanted.is_alike(fact):
            reason = f"{self.words(fact)} lets nothing through while what it uses is made again."
        return (_statement(fact, f"ALTER {self.reference(fact)}{roles}{_conditions(fact, given)}",
                           reason),)  # fmt: skip

    def is_derived(self, fact: Fact) -> bool:
        """False: without a restrictive one, rows would be seen that nobody is to see."""
        del fact
        return False

    def replacement(self, fact: Fact, context: Context) -> Replacement:
        """A restrictive one stays until its successor is there, so that it shows no row more."""
        steady = all(
            context.target.facts[each].is_alike(context.source.facts[each])
            if each in context.target and each in context.source
            else False
            for each in fact.depends_on
        )
        if steady and not fact.payload["permissive"]:
            return Replacement.ASIDE
        return Replacement.DROP

    def without(self, fact: Fact, needed: Identity) -> Fact | None:
        """The same policy, which lets nothing through."""
        del needed
        closed = {name: _CLOSED for name in ("using", "check") if fact.payload[name] is not None}
        return fact.has(closed).replaced(depends_on=frozenset())

    def shows(self, before: Fact | None, after: Fact | None) -> Shows | None:
        """Permissive ones add rows, restrictive ones take rows away; a closed one shows none."""
        if before is None or after is None:
            one = after or before
            permissive = one is not None and one.payload["permissive"]
            return Shows.MORE if permissive == (before is None) else Shows.LESS
        if _is_closed(before) or _is_closed(after):
            return Shows.MORE if _is_closed(before) else Shows.LESS
        return Shows.OTHER

    def rename(self, change: Change, context: Context) -> Statements:
        del context
        old, new = last_names(change)
        table = qualified(*change.identity.path[:-1])
        sql = f"ALTER POLICY {old} ON {table} RENAME TO {new}"
        return (_statement(change.fact, sql, f"Policy {old} is to be called {new}."),)


def _is_closed(fact: Fact) -> bool:
    """Whether it lets nothing through: see `without`."""
    given = {fact.payload[each] for each in ("using", "check")} - {None}
    return given == {_CLOSED}


def _conditions(fact: Fact, given: Sequence[str]) -> str:
    words = {"using": "USING", "check": "WITH CHECK"}
    return "".join(
        f" {words[each]} ({reprintable(fact.payload[each])})"
        for each in given
        if fact.payload[each] is not None
    )


def _statement(fact: Fact, sql: str, reason: str) -> Statement:
    relation = qualified(*fact.identity.path[:-1])
    return Statement(sql, reason, lock=locks.ACCESS_EXCLUSIVE, relation=relation)


KIND = Policy()
