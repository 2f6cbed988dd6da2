"""Runs Django's migrations in the database that PG* variables name.

It runs in the project's own interpreter, which may have another Python, Django and driver.
"""

import os
import re
import sys
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command

if len(sys.argv) > 1:
    os.environ["DJANGO_SETTINGS_MODULE"] = sys.argv[1]
elif "DJANGO_SETTINGS_MODULE" not in os.environ:
    manage = Path("manage.py")
    said = re.search(
        r"""DJANGO_SETTINGS_MODULE["'],\s*["']([\w.]+)["']""",
        manage.read_text() if manage.is_file() else "",
    )
    if said is None:
        sys.exit('There is no manage.py here that names settings: say "django:MODULE".')
    os.environ["DJANGO_SETTINGS_MODULE"] = said[1]

database = {
    "ENGINE": settings.DATABASES["default"]["ENGINE"],
    "NAME": os.environ["PGDATABASE"],
    "USER": os.environ["PGUSER"],
    "PASSWORD": os.environ["PGPASSWORD"],
    "HOST": os.environ["PGHOST"],
    "PORT": os.environ["PGPORT"],
    "OPTIONS": {"options": os.environ["PGOPTIONS"]},
}
if "postg" not in database["ENGINE"]:
    sys.exit(f'DATABASES["default"] is no PostgreSQL: {database["ENGINE"]}')
settings.DATABASES = {"default": database}
settings.DATABASE_ROUTERS = []
django.setup()
here = Path.cwd()
own = [
    app.label
    for app in apps.get_app_configs()
    if Path(app.path).is_relative_to(here) and "site-packages" not in Path(app.path).parts
]
try:
    if own:
        call_command("makemigrations", *own, check_changes=True, dry_run=True, interactive=False)
except SystemExit:
    sys.exit("Models have changes that no migration has. Write it: python manage.py makemigrations")
call_command("migrate", interactive=False, verbosity=0)
