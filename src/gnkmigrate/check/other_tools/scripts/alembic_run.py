"""Lists, runs and takes back Alembic's revisions; run by the team's own Python.

What is asked comes as JSON from stdin, and the answer goes to the file that it names. Whatever
engine the team's env.py makes, its sessions are with the database that PG* variables name.
"""

import json
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn

asked = json.load(sys.stdin)


def answer(**told: object) -> NoReturn:
    Path(asked["answer"]).write_text(json.dumps(told))
    sys.exit()


try:
    from alembic import command
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory
    from sqlalchemy import event
    from sqlalchemy.engine import URL, Engine
except ImportError as error:
    answer(error=f"{error} ({sys.executable})")

NAMES = {"asyncpg": "database", "pg8000": "database"}
DRIVERS = {"psycopg2": "psycopg2", "psycopg": "psycopg", "asyncpg": "asyncpg", "pg8000": "pg8000"}


@event.listens_for(Engine, "do_connect")
def to_the_copy(dialect: Any, _: Any, arguments: Any, parameters: Any) -> None:
    if dialect.name != "postgresql":
        raise RuntimeError(f"env.py connects to {dialect.name}, and not to PostgreSQL")
    if isinstance(arguments, list):
        arguments.clear()
    parameters.clear()
    parameters.update(
        host=os.environ["PGHOST"],
        port=int(os.environ["PGPORT"]),
        user=os.environ["PGUSER"],
        password=os.environ.get("PGPASSWORD"),
    )
    parameters[NAMES.get(dialect.driver, "dbname")] = os.environ["PGDATABASE"]


def configured() -> Config:
    config = Config(asked["ini"] or None)
    if asked["scripts"] and not config.get_main_option("script_location"):
        config.set_main_option("script_location", asked["scripts"])
    if (config.get_main_option("sqlalchemy.url") or "driver://").startswith("driver://"):
        driver = next((name for module, name in DRIVERS.items() if find_spec(module)), "psycopg2")
        url = URL.create(f"postgresql+{driver}", host="127.0.0.1")
        config.set_main_option("sqlalchemy.url", url.render_as_string().replace("%", "%%"))
    return config


def heads_of(config: Config, scripts: ScriptDirectory) -> "list[str]":
    found: list[str] = []

    def look(heads: Any, _: Any) -> "list[Any]":
        found.extend(heads)
        return []

    with EnvironmentContext(config, scripts, fn=look, dont_mutate=True):
        scripts.run_env()
    return found


def listed(config: Config) -> "dict[str, Any]":
    scripts = ScriptDirectory.from_config(config)
    now = heads_of(config, scripts)
    done = (
        {each.revision for each in scripts.iterate_revisions(tuple(now), "base")} if now else set()
    )
    return {
        "heads": list(scripts.get_heads()),
        "revisions": [
            {
                "id": each.revision,
                "name": Path(each.path).stem,
                "done": each.revision in done,
                "merges": isinstance(each.down_revision, tuple),
            }
            for each in reversed(list(scripts.walk_revisions()))
        ],
    }


def main() -> "dict[str, Any]":
    config = configured()
    if asked["do"] == "list":
        return listed(config)
    for revision in asked["revisions"]:
        if asked["do"] == "up":
            command.upgrade(config, revision)
        else:
            command.downgrade(config, f"{revision}@-1")
    return {}


try:
    told = main()
except Exception as error:  # noqa: BLE001 - whatever the team's code raises
    answer(error=f"{type(error).__name__}: {getattr(error, 'orig', None) or error}")
answer(**told)
