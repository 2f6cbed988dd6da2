"""Members of roles (manual: GRANT, "GRANT on Roles"; the options INHERIT and SET are 16's)."""

from collections.abc import Iterator, Sequence

from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.change import Change
from gnkmigrate.kinds.context import Context
from gnkmigrate.kinds.effects import How
from gnkmigrate.kinds.kind import Kind
from gnkmigrate.kinds.statement import Statement, Statements
from gnkmigrate.postgres.quoting import identifier

_OPTIONS = ("admin", "inherit", "set")


class Membership(Kind):
    name = "membership"
    catalog = "pg_auth_members"
    attributes = {
        "role": How.MADE_AGAIN,
        "member": How.MADE_AGAIN,
        **dict.fromkeys(_OPTIONS, How.ALTERED),
    }
    rank = 6
    of_server = True
    silence = frozenset({"role"})
    has_comment = False

    def words(self, fact: Fact) -> str:
        role, member = _names(fact)
        return f"Membership of {member} in role {role}"

    def create(self, fact: Fact, parts: Sequence[Fact], context: Context) -> Statements:
        del parts, context
        role, member = _names(fact)
        if fact.payload["set"] is None:  # before 16 there is one option
            options = " WITH ADMIN OPTION" if fact.payload["admin"] else ""
        else:
            told = (f"{each.upper()} {str(fact.payload[each]).upper()}" for each in _OPTIONS)
            options = f" WITH {', '.join(told)}"
        reason = f"{self.words(fact)} is missing."
        return (Statement(f"GRANT {role} TO {member}{options}", reason),)

    def drop(self, fact: Fact, context: Context) -> Statements:
        del context
        role, member = _names(fact)
        reason = f"{self.words(fact)} is not in the target."
        return (Statement(f"REVOKE {role} FROM {member}", reason),)

    def altered(
        self, change: Change, differing: frozenset[str], context: Context
    ) -> Statements | None:
        del differing, context
        fact = change.fact
        role, member = _names(fact)
        reason = f"{self.words(fact)} has other options."
        if fact.payload["set"] is None:
            sql = f"REVOKE ADMIN OPTION FOR {role} FROM {member}"
            if fact.payload["admin"]:
                sql = f"GRANT {role} TO {member} WITH ADMIN OPTION"
        else:
            told = (f"{each.upper()} {str(fact.payload[each]).upper()}" for each in _OPTIONS)
            sql = f"GRANT {role} TO {member} WITH {', '.join(told)}"
        return (Statement(sql, reason),)

    def waits_for(self, fact: Fact, target: Snapshot) -> Iterator[Identity]:
        del target
        yield from self.dies_with(fact)

    def dies_with(self, fact: Fact) -> tuple[Identity, ...]:
        return tuple(Identity("role", (fact.payload[each],)) for each in ("role", "member"))


def _names(fact: Fact) -> tuple[str, str]:
    return identifier(fact.payload["role"]), identifier(fact.payload["member"])


KIND = Membership()
