"""Who reaches what, as the facts of owners and grants tell it."""

from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TypeAlias

from gnkmigrate.audit.checks._functions import is_open
from gnkmigrate.audit.roles import Roles
from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.privileges import OWNER, Level, privileges
from gnkmigrate.postgres.quoting import names_in

PUBLIC = "PUBLIC"
ROWS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
Held: TypeAlias = Mapping[str, AbstractSet[str]]


@dataclass(frozen=True)
class Reach:
    """The privileges of one side.

    Attributes:
        snapshot: its facts.
        roles: what is known of the roles that these name.
    """

    snapshot: Snapshot
    roles: Roles

    def owner(self, thing: Fact) -> str:
        """Who owns a thing; "" for whoever makes it, where nobody says."""
        fact = self.snapshot.get("owner", thing.kind, *thing.identity.path)
        return self.snapshot.role if fact is None else str(fact.value("owner"))

    def granted(self, thing: Fact) -> Held:
        """What others than the owner may do with a thing, by role; with columns of it left out."""
        fact = self.snapshot.get("grants", thing.kind, *thing.identity.path)
        owner, found = self.owner(thing), defaultdict[str, set[str]](set)
        for key, level in {} if fact is None else privileges(fact.value("grants")).items():
            if key.role != OWNER and level is not Level.NONE:
                name = names_in(key.role)[0] if key.role else PUBLIC
                if name != owner:
                    found[name].add(key.name)
        return found

    def callers(self, function: Fact) -> set[str]:
        """Who else than the owner may call a function: PUBLIC unless somebody has revoked it."""
        everybody = [PUBLIC] if is_open(function, self.snapshot) else []
        return {*self.granted(function), *everybody}

    def bound(self, table: Fact) -> Held:
        """The same of those alone whom policies would bind."""
        granted = self.granted(table).items()
        return {name: held for name, held in granted if not self.roles.of(name).unbound}

    def restricted(self, table: Fact) -> Held:
        """Whom row security restricts there, or would, and what they may do with rows."""
        owner = self.owner(table)
        forced = table.value("row_security_forced") and not self.roles.of(owner).unbound
        owners = {owner: ROWS} if forced and owner else {}
        others = {role: held & ROWS for role, held in self.bound(table).items() if held & ROWS}
        return {**others, **owners}
