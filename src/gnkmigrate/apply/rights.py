"""Whether the role of a session may do all that a plan does, asked before its first statement."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from gnkmigrate.connection import Connection
from gnkmigrate.plan.document import RightDocument
from gnkmigrate.text.escape import visible

_OWNER = """
SELECT coalesce(bool_or(pg_has_role(oid, 'USAGE')), false) FROM pg_roles WHERE rolname = ANY (%s)
"""
_CREATE = "SELECT has_schema_privilege(to_regnamespace(%s)::oid, 'CREATE')"
_REFERENCES = "SELECT has_table_privilege(to_regclass(%s)::oid, 'REFERENCES')"
_ROWS = "SELECT NOT row_security_active(to_regclass(%s)::oid)"


def missing_rights(connection: Connection, rights: Sequence[RightDocument]) -> list[str]:
    """What the role lacks of `rights`, a sentence for each owner, schema or table.

    What is not there any more is no obstacle: another check says that the database has changed.
    """
    owned: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for right in rights:
        if right.privilege == "OWNER":
            owned[tuple(right.roles)].append(right.thing)
    return [*_owners(connection, owned), *_privileges(connection, rights)]


def _owners(connection: Connection, owned: dict[tuple[str, ...], list[str]]) -> Iterator[str]:
    for roles, things in sorted(owned.items()):
        if not _answer(connection, _OWNER, list(roles)):
            owners = " or ".join(roles)
            yield visible(f"It is no member of {owners}, who owns: {', '.join(things)}.")


def _privileges(connection: Connection, rights: Sequence[RightDocument]) -> Iterator[str]:
    for right in rights:
        thing = visible(right.thing)
        match right.privilege:
            case "CREATE" if not _answer(connection, _CREATE, right.thing):
                yield f"It may create nothing in schema {thing}."
            case "REFERENCES" if not _answer(connection, _REFERENCES, right.thing):
                yield f"It has no REFERENCES privilege on table {thing}."
            case "ROWS" if not _answer(connection, _ROWS, right.thing):
                yield f"Row security hides rows of table {thing} from it."


def _answer(connection: Connection, question: str, given: str | list[str]) -> bool:
    row = connection.execute(question.encode(), [given]).fetchone()
    return row is None or row[0] is None or bool(row[0])
