"""Qualified names in a revision's arguments, "schema.table", and their quoted form."""

from collections.abc import Iterable, Iterator

from psycopg import sql

from gnkmigrate.errors import RevisionError
from gnkmigrate.postgres.quoting import MAXIMUM_BYTES


def split(relation: str) -> tuple[str, str]:
    """("schema", "table") of "schema.table".

    Raises:
        RevisionError: the schema is missing; names must not depend on a search_path.
    """
    schema, dot, name = relation.partition(".")
    if not dot or not schema or not name:
        raise RevisionError(
            f'"{relation}" needs its schema.', hint=f'Write it as "public.{relation}".'
        )
    return schema, name


def quoted(relation: str) -> str:
    """The relation as SQL, each part quoted."""
    return sql.Identifier(*split(relation)).as_string()


def column(name: str) -> str:
    return sql.Identifier(name).as_string()


def literal(value: str) -> str:
    return sql.Literal(value).as_string().strip()


def misnamed(names: Iterable[str]) -> Iterator[str]:
    """What cannot be the name of anything, or would be cut, each with what is wrong with it."""
    for name in names:
        if not name:
            yield "a name is empty"
        elif len(name.encode()) > MAXIMUM_BYTES:
            yield f"{name}: PostgreSQL cuts names after {MAXIMUM_BYTES} bytes"
