"""SQLAlchemy: `MetaData.create_all` of "MODULE:NAME", a declarative base or a MetaData."""

from gnkmigrate.errors import SchemaError
from gnkmigrate.models.running import Into, run_python

SOURCES = frozenset({".py"})


def write(name: str, into: Into) -> None:
    """Creates all tables, types and sequences of the metadata, and the schemas that they name.

    Raises:
        SchemaError: nothing is named, it cannot be imported, or SQLAlchemy fails.
    """
    module, _, attribute = name.partition(":")
    if not module or not attribute:
        raise SchemaError(
            f"The target sqlalchemy:{name} does not say where the metadata is.",
            hint='Write it as "sqlalchemy:MODULE:NAME", such as "sqlalchemy:shop.models:Base".',
        )
    run_python(
        "sqlalchemy_create_all",
        [module, attribute],
        into,
        f"See that `python -c 'import {module}'` works in {into.folder}, with SQLAlchemy and"
        " psycopg or psycopg2 in gnkmigrate's environment, or in the active one (VIRTUAL_ENV).",
    )
