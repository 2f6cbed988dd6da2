"""Django: `manage.py migrate` with the settings of "django" or "django:MODULE".

Migrations and not the models alone make the schema, since they have what models cannot say
(RunSQL). That the models of the project's own applications have no more than their migrations is
asked first.
"""

from gnkmigrate.models.running import Into, run_python

SOURCES = frozenset({".py", ".sql"})


def write(name: str, into: Into) -> None:
    """Runs all migrations.

    Args:
        name: the settings' module; "" takes that of manage.py or DJANGO_SETTINGS_MODULE.
        into: the database, and where manage.py is.

    Raises:
        SchemaError: the settings cannot be imported, models have changes that no migration has, or
            a migration fails.
    """
    run_python(
        "django_migrate",
        [name] if name else [],
        into,
        "See that `python manage.py check` works there, with Django and psycopg or psycopg2 in the "
        "environment of gnkmigrate, or in the active one (VIRTUAL_ENV).",
    )
