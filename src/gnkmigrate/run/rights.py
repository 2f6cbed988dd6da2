"""Whether the role of a session may do all that a phase or a plan does, asked beforehand.

PostgreSQL asks when a statement runs, and then the steps before it have been done.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Protocol

from psycopg import sql
from psycopg.types.json import Jsonb

from gnkmigrate.plan.rights import Right
from gnkmigrate.plan.roles import Named, missing_roles
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.quoting import identifier, qualified
from gnkmigrate.run.names import split
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.superusers import MAY_BECOME
from gnkmigrate.text.escape import visible

# Nobody is to be advised to become one.
_NO_SUPERUSER = f"NOT {MAY_BECOME}"
# By whom one becomes pg_database_owner, which has no other members (manual, Predefined Roles).
_DATABASE_OWNER = """
SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"""
# What is not there any more answers NULL. Whoever gives a function or a view to the owner has to be
# able to become it, which is a right of its own since PostgreSQL 16 (manual, GRANT, SET OPTION).
_OWNED = f"""
SELECT given.place, (
    SELECT rolname::text FROM unnest(given.roles) WITH ORDINALITY AS named (role, number)
    JOIN pg_roles ON rolname = CASE named.role
        WHEN 'pg_database_owner' THEN ({_DATABASE_OWNER}) ELSE named.role END
    WHERE rolname !~ '^pg_' AND {_NO_SUPERUSER} ORDER BY number LIMIT 1
)
FROM jsonb_to_recordset(%s) AS given (place integer, roles text[])
WHERE NOT EXISTS (
    SELECT FROM pg_roles WHERE rolname = ANY (given.roles) AND pg_has_role(oid, 'USAGE')
    AND pg_has_role(oid, CASE WHEN current_setting('server_version_num')::integer >= 160000
                              THEN 'SET' ELSE 'MEMBER' END)
)
ORDER BY given.place
"""
_ALLOWED = f"""
SELECT CASE WHEN given.privilege = 'SET ROLE' AND NOT EXISTS (
           SELECT FROM pg_roles WHERE quote_ident(rolname) = given.thing AND {_NO_SUPERUSER}
       ) THEN 'SUPERUSER' WHEN given.privilege = 'SET ROLE' AND given.thing = 'pg_database_owner'
       THEN 'DATABASE OWNER' ELSE given.privilege END, given.thing, given.owner
FROM unnest(%s::text[], %s::text[], %s::text[]) AS given (privilege, thing, owner)
WHERE NOT CASE
    WHEN privilege IN ('TYPE', 'SEQUENCE', 'EXECUTE') AND NOT has_schema_privilege(
        to_regnamespace(quote_ident((parse_ident(thing, false))[1]))::oid, 'USAGE'
    ) THEN NULL
    ELSE CASE given.privilege
    WHEN 'CREATE' THEN has_schema_privilege(to_regnamespace(thing)::oid, 'CREATE')
    WHEN 'USAGE' THEN has_schema_privilege(to_regnamespace(thing)::oid, 'USAGE')
    WHEN 'REFERENCES' THEN has_table_privilege(to_regclass(thing)::oid, 'REFERENCES')
    WHEN 'TYPE' THEN has_type_privilege(to_regtype(thing)::oid, 'USAGE')
    WHEN 'SEQUENCE' THEN has_sequence_privilege(to_regclass(thing)::oid, 'USAGE')
    WHEN 'EXECUTE' THEN has_function_privilege(to_regprocedure(thing)::oid, 'EXECUTE')
    WHEN 'SET ROLE' THEN (
        SELECT pg_has_role(oid, CASE WHEN current_setting('server_version_num')::integer >= 160000
                                     THEN 'SET' ELSE 'MEMBER' END)
        FROM pg_roles WHERE quote_ident(rolname) = thing)
    WHEN 'CREATE AS OWNER' THEN (
        SELECT rolsuper FROM pg_roles WHERE rolname = current_user
    ) OR (
        SELECT has_schema_privilege(oid, to_regnamespace(thing)::oid, 'CREATE')
        FROM pg_roles WHERE rolname = given.owner)
    -- They are internal dependents of their type, and belong to the superuser of initdb.
    WHEN 'RENAME CONSTRUCTORS' THEN (
        SELECT bool_and(pg_has_role(proowner, 'USAGE'))
        FROM pg_depend JOIN pg_proc ON pg_proc.oid = objid AND classid = 'pg_proc'::regclass
        WHERE refclassid = 'pg_type'::regclass AND refobjid = to_regtype(thing) AND deptype = 'i')
    WHEN 'OWNER WRITES' THEN
        has_table_privilege(given.owner, to_regclass(thing)::oid, 'SELECT')
        AND has_table_privilege(given.owner, to_regclass(thing)::oid, 'INSERT')
        AND has_table_privilege(given.owner, to_regclass(thing)::oid, 'UPDATE')
        AND has_table_privilege(given.owner, to_regclass(thing)::oid, 'DELETE')
    WHEN 'OWNER READS' THEN (
        SELECT has_any_column_privilege(oid, to_regclass(thing)::oid, 'SELECT')
        FROM pg_roles WHERE rolname = given.owner)
    WHEN 'ROWS' THEN NOT row_security_active(to_regclass(thing)::oid)
    WHEN 'OWN ROWS' THEN NOT (
        SELECT row_security_active(oid) AND pg_has_role(relowner, 'USAGE')
        FROM pg_class WHERE oid = to_regclass(thing))
    WHEN 'MEMBERS' THEN NOT EXISTS (
        SELECT FROM pg_extension JOIN pg_depend ON refobjid = pg_extension.oid
        LEFT JOIN pg_proc ON pg_proc.oid = objid AND classid = 'pg_proc'::regclass
        LEFT JOIN pg_type ON pg_type.oid = objid AND classid = 'pg_type'::regclass
        LEFT JOIN pg_class ON pg_class.oid = objid AND classid = 'pg_class'::regclass
        WHERE quote_ident(extname) = thing AND refclassid = 'pg_extension'::regclass
        AND deptype = 'e' AND NOT pg_has_role(coalesce(proowner, typowner, relowner), 'USAGE'))
    END
END
ORDER BY given.privilege, given.thing
"""
_LACKING = {
    "CREATE": (
        "It may create nothing in schema {thing}. Run: GRANT CREATE ON SCHEMA {thing} TO {role};"
    ),
    "USAGE": "It may not use schema {thing}. Run: GRANT USAGE ON SCHEMA {thing} TO {role};",
    "REFERENCES": (
        "It has no REFERENCES privilege on table {thing}. "
        "Run: GRANT REFERENCES ON TABLE {thing} TO {role};"
    ),
    "SET ROLE": "It may not act as {thing}. Run: GRANT {thing} TO {role};",
    "SUPERUSER": (
        "It may not act as {thing}, who is a superuser or may become one. Run the plan as a "
        "superuser, not as {role}."
    ),
    "DATABASE OWNER": (
        "It may not act as {thing}, which is the owner of the database and nobody else. Run the "
        "plan as that owner, or as a superuser, not as {role}."
    ),
    "OWNER WRITES": (
        "{owner} owns table {thing} and may not do all with its rows. "
        "Run: GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE {thing} TO {owner};"
    ),
    "OWNER READS": (
        "{owner}, as whom a materialized view is filled, may not read {thing}. "
        "Run: GRANT SELECT ON TABLE {thing} TO {owner};"
    ),
    "CREATE AS OWNER": (
        "{owner} may own nothing new in schema {thing}. "
        "Run: GRANT CREATE ON SCHEMA {thing} TO {owner};"
    ),
    "RENAME CONSTRUCTORS": (
        "Only a superuser may rename the functions that make values of type {thing}, which the "
        "plan does with the type. Plan and apply as one."
    ),
    "TYPE": "It may not use type {thing}. Run: GRANT USAGE ON TYPE {thing} TO {role};",
    "SEQUENCE": (
        "It may not use sequence {thing}. Run: GRANT USAGE ON SEQUENCE {thing} TO {role};"
    ),
    "EXECUTE": "It may not call {thing}. Run: GRANT EXECUTE ON ROUTINE {thing} TO {role};",
    # Sessions of ours have row_security off: what is hidden is an error, and never left out.
    **dict.fromkeys(
        ("ROWS", "OWN ROWS"),
        "Row security hides rows of table {thing} from it. Run: ALTER ROLE {role} BYPASSRLS; or, "
        "where it owns the table, ALTER TABLE {thing} NO FORCE ROW LEVEL SECURITY;",
    ),
    "MEMBERS": (
        "What extension {thing} has made is not its own, and has to be moved. "
        "Run the plan as a superuser, not as {role}."
    ),
}

# Where a schema may not be used, nothing else can be asked about what is in it.
_TABLES = """
SELECT format('%%I.%%I', nspname, relname), quote_ident(nspname), pg_get_userbyid(relowner),
       has_schema_privilege(pg_namespace.oid, 'USAGE')
FROM unnest(%s::text[], %s::text[]) AS asked (schema, name)
JOIN pg_namespace ON nspname = asked.schema
JOIN pg_class ON relnamespace = pg_namespace.oid AND relname = asked.name
"""


class Needed(Named, Protocol):
    """The same with the roles of which one is enough."""

    @property
    def roles(self) -> Sequence[str]: ...


def refusals(connection: Connection, steps: Sequence[Step]) -> Sequence[Refusal]:
    """What speaks against a phase because its role may not do it: one refusal, or none."""
    lacking = missing_rights(connection, _needed(connection, steps))
    if not lacking:
        return ()
    message = f"Role {_role(connection)} may not do all that the phase does."
    hint = "Have it granted what is missing, or connect as a role that may."
    return (Refusal(message, lacking, 0, hint),)


def missing_rights(connection: Connection, rights: Sequence[Needed]) -> list[str]:
    """What is lacking of `rights`, a sentence for each owner, schema, table or role.

    What is not there any more is no obstacle: another check says that the database has changed.
    """
    role = sql.Identifier(_role(connection)).as_string()
    return [
        *_of_others(connection, rights, role),
        *_not_granted(connection, rights, role),
        *map(visible, missing_roles(connection, rights)),
    ]


def _needed(connection: Connection, steps: Sequence[Step]) -> Sequence[Right]:
    """The rights that steps need of the tables that are there: all of an owner's, and all rows."""
    names = sorted({split(table) for step in steps for table in step.altered})
    writes = any(step.fills for step in steps)
    columns = [[schema for schema, _ in names], [name for _, name in names]]
    needed: set[Right] = set()
    for table, schema, owner, usable in connection.execute(_TABLES, columns).fetchall():
        needed |= {Right("OWNER", f"TABLE {table}", (owner,)), Right("CREATE", schema)}
        needed.add(Right("ROWS", table) if usable else Right("USAGE", schema))
        if writes:
            needed.add(Right("OWNER WRITES", table, (owner,)))
    for schema, _ in (split(table) for step in steps for table in step.created):
        needed.add(Right("CREATE", identifier(schema)))
    for table in (table for step in steps for table in step.referred):
        needed.add(Right("REFERENCES", qualified(*split(table))))
    return sorted(needed)


def _role(connection: Connection) -> str:
    row = connection.execute("SELECT current_user").fetchone()
    return str(row[0]) if row else ""


def _of_others(connection: Connection, rights: Sequence[Needed], role: str) -> Iterator[str]:
    things: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for right in rights:
        if right.privilege == "OWNER":
            things[tuple(right.roles)].append(right.thing)
    owners = sorted(things)
    asked = Jsonb([{"place": place, "roles": roles} for place, roles in enumerate(owners)])
    for place, group in connection.execute(_OWNED.encode(), [asked]).fetchall():
        roles = owners[place]
        owned = things[roles]
        handed = " ".join(f"ALTER {thing} OWNER TO {role};" for thing in owned)
        member = f"GRANT {sql.Identifier(group).as_string()} TO {role}; or " if group else ""
        yield visible(
            f"It is no member of {' or '.join(roles)}, who owns: {', '.join(owned)}. "
            f"Run: {member}{handed}"
        )


def _not_granted(connection: Connection, rights: Sequence[Needed], role: str) -> Iterator[str]:
    asked = [right for right in rights if right.privilege in _LACKING]
    columns = [
        [each.privilege for each in asked],
        [each.thing for each in asked],
        [next(iter(each.roles), "") for each in asked],
    ]
    for privilege, thing, owner in connection.execute(_ALLOWED.encode(), columns).fetchall():
        said = _LACKING[privilege]
        yield visible(said.format(thing=thing, role=role, owner=identifier(owner)))
