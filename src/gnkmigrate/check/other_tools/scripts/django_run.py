"""Lists and runs Django's migrations; run by the team's own Python, through its manage.py.

What is asked comes as JSON from stdin, and the answer goes to the file that it names. Whatever the
settings say, the default database is the one that PG* variables name.
"""

import json
import os
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

asked = json.load(sys.stdin)
told: "dict[str, Any]" = {}


def answer(**said: object) -> NoReturn:
    Path(asked["answer"]).write_text(json.dumps(said))
    sys.exit()


try:
    import django
    from django.core import management
except ImportError as error:
    answer(error=f"{error} ({sys.executable})")


def to_the_copy() -> None:
    from django.conf import settings

    engine = settings.DATABASES["default"]["ENGINE"]
    if "postg" not in engine:
        answer(error=f'DATABASES["default"] is no PostgreSQL: {engine}')
    copy = {
        "ENGINE": engine,
        "NAME": os.environ["PGDATABASE"],
        "USER": os.environ["PGUSER"],
        "PASSWORD": os.environ.get("PGPASSWORD", ""),
        "HOST": os.environ["PGHOST"],
        "PORT": os.environ["PGPORT"],
    }
    # A replica or another database of the settings is no business of a copy's.
    settings.DATABASES = {"default": copy}
    settings.DATABASE_ROUTERS = []


def listed() -> "Iterator[dict[str, Any]]":
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    done = set(executor.loader.applied_migrations)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True)
    here = Path.cwd()
    last: dict[str, str] = {}
    for migration, _ in plan:
        label, name = migration.app_label, migration.name
        module = str(sys.modules[type(migration).__module__].__file__)
        inside = Path(module).resolve().is_relative_to(here.resolve())
        yield {
            "name": f"{label}.{name}",
            "done": (label, name) in done,
            "theirs": inside and "site-packages" not in Path(module).parts,
            "before": last.get(label, "zero"),
        }
        last[label] = name


def instead(_: object = None) -> None:
    to_the_copy()
    django.setup()
    if asked["do"] == "list":
        told["migrations"] = list(listed())
        return
    for place in asked["to"]:
        management.call_command("migrate", *place, interactive=False, verbosity=0)


management.execute_from_command_line = instead
sys.argv = ["manage.py", "migrate"]
sys.path.insert(0, str(Path.cwd()))
try:
    runpy.run_path("manage.py", run_name="__main__")
except Exception as error:  # noqa: BLE001 - whatever the team's code raises
    answer(error=f"{type(error).__name__}: {error}")
answer(**told)
