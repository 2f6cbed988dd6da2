"""Roles that a plan names and the server does not have."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from gnkmigrate.postgres.connection import Connection
from gnkmigrate.postgres.quoting import names_in


class Named(Protocol):
    """A right that is asked for; see `Right`, and the document of a plan."""

    @property
    def privilege(self) -> str: ...

    @property
    def thing(self) -> str: ...


_MISSING = """
SELECT place FROM unnest(%s::text[]) WITH ORDINALITY AS given (role, place)
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = given.role)
ORDER BY place
"""


def missing_roles(connection: Connection, rights: Sequence[Named]) -> Iterator[str]:
    """What to do about each, a sentence.

    Args:
        connection: a session with the server on which the plan will run.
        rights: all that the plan needs.
    """
    quoted = [right.thing for right in rights if right.privilege == "ROLE"]
    names = [names_in(each)[0] for each in quoted]
    for (place,) in connection.execute(_MISSING, [names]).fetchall():
        role = quoted[place - 1]
        yield f"There is no role {role}. Run: CREATE ROLE {role};"
