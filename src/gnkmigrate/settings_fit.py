"""Whether the settings fit the live database, asked before anything else is."""

import difflib

from psycopg import errors

from gnkmigrate.errors import SettingsError
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.settings import Settings

_SCHEMAS = """
SELECT nspname::text FROM pg_catalog.pg_namespace
WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY 1
"""


def require_fitting(connection: Connection, settings: Settings) -> None:
    """Refuses settings that no database fits, or this one does not.

    A schema that is missing may be one that the target or a phase makes; that none of them is
    there is a mistake.

    Raises:
        SettingsError: PostgreSQL does not know the time zone, or no schema is there.
    """
    zone = settings.source_timezone
    try:
        connection.execute("SELECT pg_catalog.timezone(%s, pg_catalog.now())", (zone,))
    except errors.InvalidParameterValue:
        raise SettingsError(
            f'PostgreSQL knows no time zone "{zone}", which the setting source_timezone names.',
            hint="Take a name of the view pg_timezone_names, such as Europe/Berlin.",
        ) from None
    there = [str(row[0]) for row in connection.execute(_SCHEMAS).fetchall()]
    if settings.read_schemas is None or not there or set(settings.schemas) & set(there):
        return
    name = settings.schemas[0]
    near = difflib.get_close_matches(name, there, n=1)
    raise SettingsError(
        f"The database {connection.info.dbname} has no schema {name}, which the setting schemas "
        "names.",
        details=[f"it has {', '.join(there)}"],
        hint=f'Did you mean "{near[0]}"?' if near else "Name schemas of this database.",
    )
