"""The role that should migrate a database: a member of those who own it, and no superuser.

A superuser's rights would be at the disposal of whatever code the owners' tables set off. This role
has those of the owners, a place for the journal, and a look at what other sessions do.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate import own_objects
from gnkmigrate.errors import SettingsError
from gnkmigrate.facts.fact import Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kind_of
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.quoting import beside, identifier
from gnkmigrate.run import superusers as superusers_of
from gnkmigrate.run.schema_grants import Lacking, in_database, in_schemas

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
        taken_back: statements for the time after `contract`, which take back what the lines give
            and a migration alone needs.
        left: statements that somebody has to decide on: what belongs to a superuser, for whom no
            other role should stand.
    """

    name: str
    lines: Sequence[str]
    taken_back: Sequence[str]
    left: Sequence[str]


def migrating_role(connection: Connection, snapshot: Snapshot, name: str = "") -> MigratingRole:
    """The role that should migrate this database.

    Args:
        connection: a session with it.
        snapshot: its facts, of the project's schemas.
        name: what to call the role; "" for the database's name and what it does.

    Raises:
        SettingsError: there is a role of this name, and it is a superuser or may become one.
    """
    name = name or beside(snapshot.database, "_migrator")
    owned = _owned(snapshot)
    ours = connection.execute(_OUR_OWNERS, (own_objects.schemas(connection),)).fetchall()
    supers = superusers_of.roles(connection)
    superusers = {role for role, is_super in supers.items() if is_super}
    if name in superusers:
        raise SettingsError(
            f"Role {name} is a superuser, or may become one.",
            hint="Name another one: gnkmigrate grants --role NAME",
        )
    # Nobody is made a member of PostgreSQL's own roles, of some of which nobody can be.
    not_granted = superusers | {role for role in supers if role.startswith("pg_")}
    owners = {
        owner: things
        for owner, things in owned.items()
        if owner not in not_granted and owner != name
    }
    keepers = sorted({owner for owner, _ in ours} - not_granted - {name, *owners})
    lacking = [
        *in_schemas(connection, _owners_by_schema(snapshot, name, owners)),
        *in_database(
            connection, snapshot.database, [each for each in owned if each not in not_granted]
        ),
    ]
    lines = [
        f"-- The role that migrates {snapshot.database}, and is no superuser; one runs this.",
        *(() if name in supers else _made(name)),
        *_granted(snapshot, name, owners, lacking),
        *(
            f"GRANT {identifier(owner)} TO {identifier(name)};  -- owns the journal"
            for owner in keepers
        ),
    ]
    taken_back = [each.taken_back for each in lacking if not each.lasts]
    return MigratingRole(name, lines, taken_back, _left(snapshot, name, not_granted, ours))


def _made(name: str) -> tuple[str, ...]:
    role = identifier(name)
    return (
        f"CREATE ROLE {role} LOGIN;",
        f"-- It needs a password; in psql: \\password {role}",
    )


def _granted(
    snapshot: Snapshot,
    name: str,
    owned: Mapping[str, Sequence[Identity]],
    lacking: Sequence[Lacking],
) -> Iterator[str]:
    role = identifier(name)
    yield "-- The journal, and the views of the old shape, are in schemas of its own."
    yield f"GRANT CONNECT, CREATE ON DATABASE {identifier(snapshot.database)} TO {role};"
    for owner, things in owned.items():
        example = f"{len(things)} of its objects, such as {_called(snapshot, things[0])}"
        yield f"-- Only an owner may change what it owns: {example}."
        yield f"GRANT {identifier(owner)} TO {role};"
    if lacking:
        yield "-- New tables are made beside the old ones, and belong to whom these belong;"
        yield "-- what a split looks up is in a temporary table of the owner's."
    yield from (each.granted for each in lacking)
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


def _owners_by_schema(
    snapshot: Snapshot, name: str, owned: Mapping[str, Sequence[Identity]]
) -> Mapping[str, Sequence[str]]:
    """Who may need to create something in each schema: the role, and who owns something there."""
    found = {str(schema.identity.name): [name] for schema in snapshot.of_kind("schema")}
    for owner, things in owned.items():
        for schema in sorted({thing.path[0] for thing in things if len(thing.path) > 1}):
            found.get(schema, []).append(owner)
    return found


def _left(
    snapshot: Snapshot,
    name: str,
    not_granted: Collection[str],
    ours: Sequence[tuple[str, str]],
) -> Sequence[str]:
    """What belongs to a superuser or PostgreSQL's own roles, as statements that give it away."""
    return [
        *(
            f"ALTER {_called(snapshot, thing)} OWNER TO ...;"
            for owner, things in _owned(snapshot).items()
            if owner in not_granted
            for thing in things
        ),
        *(
            f"ALTER SCHEMA {identifier(schema)} OWNER TO {identifier(name)};"
            for owner, schema in ours
            if owner in not_granted
        ),
    ]


def _called(snapshot: Snapshot, thing: Identity) -> str:
    return kind_of(thing.kind).reference(snapshot.facts[thing])
