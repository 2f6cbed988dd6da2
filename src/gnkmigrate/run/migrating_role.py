"""The role that should migrate a database: a member of those who own it, and no superuser.

A superuser's rights would be at the disposal of whatever code the owners' tables set off. This role
has those of the owners, a place for the journal, and a look at what other sessions do.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate import own_objects
from gnkmigrate.errors import SettingsError
from gnkmigrate.facts.fact import Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kind_of
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.quoting import beside, identifier

_ROLES = "SELECT rolname::text, rolsuper FROM pg_roles WHERE rolsuper OR rolname = %s"
_OUR_OWNERS = """
SELECT pg_get_userbyid(nspowner)::text, nspname::text FROM pg_namespace
WHERE nspname = ANY (%s) ORDER BY 2
"""


@dataclass(frozen=True)
class MigratingRole:
    """What makes the role, as SQL.

    Attributes:
        name: the role's.
        lines: statements, and comments that say what for.
        left: statements that somebody has to decide on: what belongs to a superuser, for whom no
            other role should stand.
    """

    name: str
    lines: Sequence[str]
    left: Sequence[str]


def migrating_role(
    connection: Connection, snapshot: Snapshot, schemas: Sequence[str], name: str = ""
) -> MigratingRole:
    """The role that should migrate this database.

    Args:
        connection: a session with it.
        snapshot: its facts.
        schemas: those of the project.
        name: what to call the role; "" for the database's name and what it does.

    Raises:
        SettingsError: there is a role of this name, and it is a superuser.
    """
    name = name or beside(snapshot.database, "_migrator")
    owned = _owned(snapshot)
    ours = connection.execute(_OUR_OWNERS, (own_objects.schemas(connection),)).fetchall()
    known: dict[str, bool] = dict(connection.execute(_ROLES, (name,)).fetchall())
    superusers = {role for role, is_super in known.items() if is_super}
    if name in superusers:
        raise SettingsError(
            f"Role {name} is a superuser.", hint="Name another one: gnkmigrate grants --role NAME"
        )
    owners = [owner for owner in owned if owner not in superusers and owner != name]
    keepers = sorted({owner for owner, _ in ours} - superusers - {name, *owners})
    lines = [
        f"-- The role that migrates {snapshot.database}, and is no superuser; one runs this.",
        *(() if name in known else _made(name)),
        *_granted(snapshot, name, schemas, {owner: owned[owner] for owner in owners}),
        *(
            f"GRANT {identifier(owner)} TO {identifier(name)};  -- owns the journal"
            for owner in keepers
        ),
    ]
    left = [
        f"ALTER {_called(snapshot, thing)} OWNER TO ...;"
        for owner in owned
        if owner in superusers
        for thing in owned[owner]
    ]
    left += [
        f"ALTER SCHEMA {identifier(schema)} OWNER TO {identifier(name)};"
        for owner, schema in ours
        if owner in superusers
    ]
    return MigratingRole(name, lines, left)


def _made(name: str) -> tuple[str, ...]:
    role = identifier(name)
    return (
        f"CREATE ROLE {role} LOGIN;",
        f"-- It needs a password; in psql: \\password {role}",
    )


def _granted(
    snapshot: Snapshot, name: str, schemas: Sequence[str], owned: Mapping[str, Sequence[Identity]]
) -> Iterator[str]:
    role = identifier(name)
    yield "-- The journal, and the views of the old shape, are in schemas of its own."
    yield f"GRANT CONNECT, CREATE ON DATABASE {identifier(snapshot.database)} TO {role};"
    for owner, things in owned.items():
        example = f"{len(things)} of its objects, such as {_called(snapshot, things[0])}"
        yield f"-- Only an owner may change what it owns: {example}."
        yield f"GRANT {identifier(owner)} TO {role};"
    yield "-- New tables are made there, and belong to whom the old ones belong."
    everybody = ", ".join(map(identifier, (name, *owned)))
    for schema in schemas:
        yield f"GRANT USAGE, CREATE ON SCHEMA {identifier(schema)} TO {everybody};"
    if owned:
        yield "-- What a split looks up is in a temporary table of the owner's."
        owners = ", ".join(map(identifier, owned))
        yield f"GRANT TEMPORARY ON DATABASE {identifier(snapshot.database)} TO {owners};"
    yield "-- To see who holds a lock, and how far behind standbys are."
    yield f"GRANT pg_monitor TO {role};"
    forced = [
        _called(snapshot, table.identity)
        for table in snapshot.of_kind("table")
        if table.payload["row_security"] and table.payload["row_security_forced"]
    ]
    if forced:
        yield f"-- Row security hides rows from owners, too: {', '.join(forced)}."
        yield f"ALTER ROLE {role} BYPASSRLS;"


def _owned(snapshot: Snapshot) -> Mapping[str, Sequence[Identity]]:
    """What each role owns, in order; who owns a schema alone need not change it."""
    found: defaultdict[str, list[Identity]] = defaultdict(list)
    for fact in snapshot.of_kind("owner"):
        kind, *path = fact.identity.path
        if kind != "schema":
            found[str(fact.payload["owner"])].append(Identity(kind, tuple(path)))
    return dict(sorted(found.items()))


def _called(snapshot: Snapshot, thing: Identity) -> str:
    return kind_of(thing.kind).reference(snapshot.facts[thing])
