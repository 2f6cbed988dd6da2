"""Whether the role of a session may do all that a plan does, asked before its first statement."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from psycopg.types.json import Jsonb

from gnkmigrate.connection import Connection
from gnkmigrate.plan.document import RightDocument
from gnkmigrate.text.escape import visible

# What is not there any more answers NULL.
_OWNED = """
SELECT given.place
FROM jsonb_to_recordset(%s) AS given (place integer, roles text[])
WHERE NOT EXISTS (
    SELECT FROM pg_roles WHERE rolname = ANY (given.roles) AND pg_has_role(oid, 'USAGE')
)
ORDER BY given.place
"""
_ALLOWED = """
SELECT given.privilege, given.thing
FROM unnest(%s::text[], %s::text[]) AS given (privilege, thing)
WHERE NOT CASE given.privilege
    WHEN 'CREATE' THEN has_schema_privilege(to_regnamespace(thing)::oid, 'CREATE')
    WHEN 'REFERENCES' THEN has_table_privilege(to_regclass(thing)::oid, 'REFERENCES')
    WHEN 'ROWS' THEN NOT row_security_active(to_regclass(thing)::oid)
END
ORDER BY given.privilege, given.thing
"""
_LACKING = {
    "CREATE": "It may create nothing in schema {}.",
    "REFERENCES": "It has no REFERENCES privilege on table {}.",
    "ROWS": "Row security hides rows of table {} from it.",
}


def missing_rights(connection: Connection, rights: Sequence[RightDocument]) -> list[str]:
    """What the role lacks of `rights`, a sentence for each owner, schema or table.

    What is not there any more is no obstacle: another check says that the database has changed.
    """
    return [*_of_others(connection, rights), *_not_granted(connection, rights)]


def _of_others(connection: Connection, rights: Sequence[RightDocument]) -> Iterator[str]:
    things: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for right in rights:
        if right.privilege == "OWNER":
            things[tuple(right.roles)].append(right.thing)
    owners = sorted(things)
    asked = Jsonb([{"place": place, "roles": roles} for place, roles in enumerate(owners)])
    for (place,) in connection.execute(_OWNED, [asked]).fetchall():
        roles = owners[place]
        owned = ", ".join(things[roles])
        yield visible(f"It is no member of {' or '.join(roles)}, who owns: {owned}.")


def _not_granted(connection: Connection, rights: Sequence[RightDocument]) -> Iterator[str]:
    asked = [right for right in rights if right.privilege in _LACKING]
    columns = [[each.privilege for each in asked], [each.thing for each in asked]]
    for privilege, thing in connection.execute(_ALLOWED, columns).fetchall():
        yield visible(_LACKING[privilege].format(thing))
