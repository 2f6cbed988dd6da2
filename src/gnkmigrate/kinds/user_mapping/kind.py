"""User mappings: how a role signs in at a foreign server (manual: CREATE USER MAPPING).

Passwords and the like are never read, so that what makes a mapping again loses them, and says so.
"""

from collections.abc import Iterator, Sequence

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.change import Change, Unplannable
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.foreign_options import changed, clause, left_out, secrets
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.quoting import identifier, names_in

_EVERYBODY = "PUBLIC"  # a role of that name would be quoted


class UserMapping(Kind):
    name = "user mapping"
    catalog = "pg_user_mapping"
    found_in = "pg_foreign_server WHERE oid >= 16384"
    parent_catalog = "pg_foreign_server"
    attributes = {"options": How.ALTERED}
    rank = 18
    word = "USER MAPPING"
    has_comment = False
    can_be_renamed = False
    hidden = frozenset({"options"})
    masked = frozenset({"options"})

    def reference(self, fact: Fact) -> str:
        server, role = fact.identity.path
        return f"USER MAPPING FOR {role} SERVER {identifier(server)}"

    def roles(self, fact: Fact) -> Iterator[str]:
        role = fact.identity.name
        if role != _EVERYBODY:
            yield names_in(role)[0]

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        options = fact.payload["options"]
        if options is None:
            raise Unplannable(
                f"{self.words(fact)} cannot be made: its options could not be read.",
                hint="Read the target as the owner of the server, or as a superuser.",
            )
        aside = left_out((), options, self.reference(fact))
        sql = f"CREATE {self.reference(fact)}{clause(options)}"
        return (Statement(sql, f"{self.words(fact)} is missing.{aside}"),)

    def drop(self, fact: Fact, context: Context) -> Statements:
        del context
        words, hidden = self.words(fact), sorted(secrets(fact.payload["options"] or ()))
        lost = f"secrets of {words[0].lower()}{words[1:]}: {', '.join(hidden)}" if hidden else ""
        if fact.payload["options"] is None:
            lost = f"options of {words[0].lower()}{words[1:]}, which could not be read"
        reason = f"{words} is not in the target."
        return (Statement(f"DROP {self.reference(fact)}", reason, loses_data=lost),)

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        del differing, context
        fact, reference = change.fact, self.reference(change.fact)
        old = change.before.payload["options"] if change.before else ()
        reason = f"{self.words(fact)} differs in: options."
        reason += left_out(old, fact.payload["options"], reference)
        return (Statement(f"ALTER {reference} {changed(change, reference)}", reason),)

    def dies_with(self, fact: Fact) -> tuple[Identity, ...]:
        del fact
        return ()  # a server can only be dropped when its mappings are gone

    def waits_for(self, fact: Fact, target: Snapshot) -> Iterator[Identity]:
        del target
        role = fact.identity.name
        if role != _EVERYBODY:
            name = role[1:-1].replace('""', '"') if role.startswith('"') else role
            yield Identity("role", (name,))


KIND = UserMapping()
