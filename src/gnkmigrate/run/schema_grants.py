"""What the migrating role and the owners need in a database and its schemas, and have not got.

PostgreSQL lets a table belong only to a role that may create things in its schema (manual, ALTER
TABLE, OWNER TO). Whoever may create things there for good could also plant names that others find,
so that what is given for a migration is taken back after it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.quoting import identifier

# A role that is still to be made has nothing.
_LACKING = """
SELECT asked.thing, asked.role, asked.privilege
FROM unnest(%s::text[], %s::text[], %s::text[]) AS asked (privilege, thing, role)
LEFT JOIN pg_roles ON rolname = asked.role
WHERE NOT coalesce(CASE asked.privilege
    WHEN 'TEMPORARY' THEN has_database_privilege(pg_roles.oid, asked.thing, 'TEMPORARY')
    ELSE has_schema_privilege(pg_roles.oid, asked.thing, asked.privilege)
END, false)
ORDER BY asked.thing, asked.role, asked.privilege DESC
"""


@dataclass(frozen=True)
class Lacking:
    """Privileges on one thing that several roles have not got.

    Attributes:
        privileges: in the order in which they are written.
        thing: as SQL, "SCHEMA public".
        roles: as SQL.
    """

    privileges: Sequence[str]
    thing: str
    roles: Sequence[str]

    @property
    def granted(self) -> str:
        return f"GRANT {', '.join(self.privileges)} ON {self.thing} TO {', '.join(self.roles)};"

    @property
    def taken_back(self) -> str:
        """Not USAGE: without it the keys of a table could not look into its own schema."""
        privileges = ", ".join(each for each in self.privileges if each != "USAGE")
        return f"REVOKE {privileges} ON {self.thing} FROM {', '.join(self.roles)};"

    @property
    def lasts(self) -> bool:
        return set(self.privileges) == {"USAGE"}


def in_schemas(connection: Connection, roles: Mapping[str, Iterable[str]]) -> Sequence[Lacking]:
    """What roles lack to own new tables, by schema.

    Args:
        connection: a session with the database.
        roles: by schema, those that own something there, and the migrating one.
    """
    asked = [
        (privilege, schema, role)
        for schema, named in roles.items()
        for role in named
        for privilege in ("USAGE", "CREATE")
    ]
    return _lacking(connection, asked, "SCHEMA")


def in_database(connection: Connection, database: str, roles: Iterable[str]) -> Sequence[Lacking]:
    """The same for temporary tables in the database."""
    return _lacking(connection, [("TEMPORARY", database, role) for role in roles], "DATABASE")


def _lacking(
    connection: Connection, asked: Sequence[tuple[str, str, str]], word: str
) -> Sequence[Lacking]:
    columns = [[each[place] for each in asked] for place in range(3)]
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for thing, role, privilege in connection.execute(_LACKING, columns).fetchall():
        found[thing, role].append(privilege)
    alike: defaultdict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for (thing, role), privileges in found.items():
        alike[thing, tuple(privileges)].append(identifier(role))
    return [
        Lacking(privileges, f"{word} {identifier(thing)}", roles)
        for (thing, privileges), roles in alike.items()
    ]
