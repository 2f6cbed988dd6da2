"""The roles of a server, by which checks judge who reaches what."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from gnkmigrate.facts.fact import Fact
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.sql_files import query


@dataclass(frozen=True)
class Role:
    """What matters of a role.

    Attributes:
        superuser: it is one.
        unbound: no policy binds it: it is a superuser, or has BYPASSRLS.
        login: one can connect as it.
        inherits: the roles whose privileges it has, without those that these inherit from.
    """

    superuser: bool = False
    unbound: bool = False
    login: bool = False
    inherits: frozenset[str] = frozenset()


_UNKNOWN = Role()  # of a role that is yet to be made, nothing is given


@dataclass(frozen=True)
class Roles:
    """Roles by their names, without quotes."""

    known: Mapping[str, Role]

    @classmethod
    def read(cls, connection: Connection) -> Self:
        """Those of the server.

        Raises:
            psycopg.Error: the server refuses.
        """
        rows = connection.execute(query("audit", "roles").encode()).fetchall()
        return cls(
            {
                name: Role(superuser, unbound, login, frozenset(inherits))
                for name, superuser, unbound, login, inherits in rows
            }
        )

    def as_in(self, snapshot: Snapshot) -> Self:
        """The same, but those that a snapshot tells of as it tells of them."""
        links = snapshot.of_kind("membership")
        told = {role.identity.name: _told(role, links) for role in snapshot.of_kind("role")}
        return type(self)({**self.known, **told})

    def of(self, name: str) -> Role:
        return self.known.get(name, _UNKNOWN)

    def acting_as(self, name: str) -> frozenset[str]:
        """A role, and all whose privileges it has."""
        return self._closures.get(name, frozenset({name}))

    def logins_as(self, name: str) -> list[str]:
        """Whom policies bind, and who can connect with the privileges of a role, in order."""
        return sorted(
            each
            for each, above in self._closures.items()
            if name in above and self.known[each].login and not self.known[each].unbound
        )

    @cached_property
    def _closures(self) -> Mapping[str, frozenset[str]]:
        return {name: self._closure(name) for name in self.known}

    def _closure(self, name: str) -> frozenset[str]:
        found, pending = {name}, [name]
        while pending:
            new = self.of(pending.pop()).inherits - found
            found |= new
            pending += new
        return frozenset(found)


def _told(role: Fact, links: tuple[Fact, ...]) -> Role:
    """A role as facts have it; before PostgreSQL 16 it says itself whether it inherits."""
    usual, superuser = role.value("inherit"), role.value("superuser")
    inherits = (
        link.value("role")
        for link in links
        if link.value("member") == role.identity.name
        and (usual if link.value("inherit") is None else link.value("inherit"))
    )
    unbound = superuser or role.value("bypassrls")
    return Role(superuser, unbound, role.value("login"), frozenset(inherits))
