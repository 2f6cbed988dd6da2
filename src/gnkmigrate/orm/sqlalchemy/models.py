"""SQLAlchemy models of the target, as sqlacodegen writes them."""

import psycopg

from gnkmigrate.errors import SettingsError
from gnkmigrate.facts.declared import declared
from gnkmigrate.facts.source import is_loaded
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.servers import throwaway
from gnkmigrate.settings import Settings


def sqlalchemy_models(source: str, settings: Settings, major: int) -> str:
    """The text of a Python module with a declarative class for each table of the target.

    Args:
        source: a .sql file, a folder of them, or models of another ORM.
        settings: the project.
        major: the version of PostgreSQL on which the target is made.

    Raises:
        SettingsError: sqlacodegen is not installed, or the source is no declared schema.
        SchemaError: the source cannot be loaded.
        ServerUnavailable: there is no throwaway server.
    """
    if not is_loaded(source):
        raise SettingsError(
            "Models are written of a declared target, and this is a database or a snapshot.",
            hint="Name a .sql file, a folder of them, or models of another ORM.",
        )
    with throwaway(settings.server, major) as server, declared(source, server, settings) as made:
        return _written(made.url, settings)


def _written(url: DatabaseUrl, settings: Settings) -> str:
    try:
        from gnkmigrate.orm.sqlalchemy.generating import Generator
    except ImportError:
        raise SettingsError(
            "sqlacodegen, which writes the models, is not installed.",
            hint="pip install 'gnkmigrate[sqlalchemy]'",
        ) from None
    from sqlalchemy import MetaData, create_engine

    # As the only one in the path, a schema is the one that models need not name.
    options = f"-c search_path={settings.schemas[0]}"
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(url.conninfo, options=options),
    )
    try:
        metadata = MetaData()
        for number, schema in enumerate(settings.schemas):
            metadata.reflect(engine, schema=schema if number else None, views=False)
        text: str = Generator(metadata, engine, options=()).generate()
    finally:
        engine.dispose()
    return text
