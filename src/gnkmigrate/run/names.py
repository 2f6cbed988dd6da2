"""Qualified names in a revision's arguments, "schema.table", and their quoted form."""

from psycopg import sql

from gnkmigrate.errors import RevisionError


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
