"""A project's target as a worker has it: loaded once, for as many databases as there are."""

import atexit
from collections.abc import Callable
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path

from gnkmigrate.errors import SettingsError
from gnkmigrate.facts.declared import renamed_copy
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.facts.source import Load, is_sql, load_schema
from gnkmigrate.fleet.task import Project, Source, project_of
from gnkmigrate.servers import throwaway
from gnkmigrate.settings import Settings

_MOST = 4  # targets kept: one for each major version of PostgreSQL, and for what is left out

# Servers with a copy of a target, which last as long as the worker's process. Where that ends
# without a word, their own guards end them.
_open = ExitStack()
atexit.register(_open.close)


def shared_facts(project: Project) -> Load:
    """What gives the project's target, and remembers it."""

    def load(source: str, settings: Settings, major: int) -> Snapshot:
        key = (source, settings.server.major or major, settings.schemas, tuple(settings.ignore))
        if key not in project.facts:
            if len(project.facts) >= _MOST:
                project.facts.clear()
            project.facts[key] = load_schema(source, settings, major=major)
        return project.facts[key]

    return load


def tenant_facts(source: Source) -> Load:
    """What gives the project's target as if its schema were called as the settings say."""

    def load(target: str, settings: Settings, major: int) -> Snapshot:
        return _copy(source, target, settings.server.major or major)(settings)

    return load


@lru_cache(maxsize=_MOST)
def _copy(source: Source, target: str, major: int) -> Callable[[Settings], Snapshot]:
    """Reads a copy of the target under any name of its schema."""
    settings = project_of(source).settings
    if not is_sql(target):
        raise SettingsError(
            f"The target {target} is no SQL, so its schema cannot be called as a tenant's.",
            hint="Set `target` in gnkmigrate.toml to a .sql file or a folder of them.",
        )
    server = _open.enter_context(throwaway(settings.server, major))
    return _open.enter_context(renamed_copy(Path(target), server, settings))


def as_tenant(settings: Settings, schema: str) -> Settings:
    """A project's settings as those of one tenant, whose schema stands for the project's."""
    project = settings.schemas[0]
    ignore = tuple(
        f"{schema}.{pattern.removeprefix(f'{project}.')}"
        if pattern.startswith(f"{project}.")
        else pattern
        for pattern in settings.ignore
    )
    return settings.model_copy(update={"schemas": (schema,), "ignore": ignore})
