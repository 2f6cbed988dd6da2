"""What is asked of the workers: one command, for a project that each of them has."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

from gnkmigrate import __version__
from gnkmigrate.errors import SettingsError
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.models import is_models, sources
from gnkmigrate.run.phase import Phase, read_steps
from gnkmigrate.run.revision import load_all_phases
from gnkmigrate.settings import Settings, load
from gnkmigrate.settings_file import find_file

Command = Literal["audit", "plan", "upgrade", "downgrade", "status", "rehearse"]


@dataclass(frozen=True)
class Source:
    """Where a worker finds the project; its settings are read there, so that no secret travels.

    Attributes:
        config: the settings file; "" for a project without one.
        flags: settings that the command line gave, which hold no secret.
        digest: SHA-256, in hexadecimal, of the project's files where the order is given.
    """

    config: str
    flags: tuple[tuple[str, Any], ...]
    digest: str = ""

    def settings(self) -> Settings:
        """The project's settings on this machine.

        Raises:
            SettingsError: they are missing, or not allowed.
        """
        flags = {name: dict(each) if _is_table(each) else each for name, each in self.flags}
        return load(Path(self.config) if self.config else None, flags)


@dataclass(frozen=True)
class Order:
    """One command, to be carried out for each target.

    Attributes:
        command: which.
        source: the project.
        request: what the command was told, as its job takes it; it holds no secret.
        run: what tells this order's sessions from all others.
        jobs: how many databases of one server are worked on at once.
        version: gnkmigrate's where the order is given.
    """

    command: Command
    source: Source
    request: Any
    run: str
    jobs: int
    version: str = __version__

    @property
    def application_name(self) -> str:
        """What its sessions are called in pg_stat_activity."""
        return f"gnkmigrate fleet {self.run}"


@dataclass(frozen=True)
class Project:
    """The project on a worker, read once for all databases.

    Attributes:
        settings: its settings.
        facts: what was read of its target, by what it depends on.
    """

    settings: Settings
    facts: dict[object, Snapshot] = field(default_factory=dict, repr=False)

    @cached_property
    def phases(self) -> tuple[Phase, ...]:
        """Its phases, with their steps.

        Raises:
            RevisionError: migrations/ cannot be read.
        """
        phases = load_all_phases(self.settings.path(self.settings.migrations))
        read_steps(phases)
        return phases


class OtherProject(SettingsError):
    """A worker's copy of the project is not the one that the order is about."""


@lru_cache(maxsize=2)
def project_of(source: Source) -> Project:
    """The project that an order is about, as this machine has it.

    Raises:
        SettingsError: the settings cannot be read.
        OtherProject: the files are others than where the order was given.
    """
    settings = source.settings()
    if source.digest and digest(settings) != source.digest:
        raise OtherProject(
            f"The project in {settings.root} is not as where the command was typed.",
            hint="Bring the same state of the project to every worker, in the same folder.",
        )
    return Project(settings)


def obstacle(source: Source) -> str:
    """Why this machine cannot work on a project; "" where it can."""
    try:
        project_of(source)
    except SettingsError as error:
        return error.message
    return ""


def source_of(config: Path | None, flags: Mapping[str, Any]) -> Source:
    """The project as the command line names it, which workers are to have as well.

    Raises:
        SettingsError: its settings cannot be read.
    """
    file = config or find_file(Path.cwd())
    frozen = tuple(
        (name, tuple(value.items()) if isinstance(value, Mapping) else value)
        for name, value in flags.items()
        if value is not None
    )
    source = Source(str(file.absolute()) if file else "", frozen)
    return Source(source.config, frozen, digest(source.settings()))


def _is_table(value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(each, tuple) for each in value)


def digest(settings: Settings) -> str:
    """SHA-256, in hexadecimal, of all files of a project that decide what a command does."""
    found = hashlib.sha256()
    for file in sorted(set(_files(settings))):
        found.update(os.path.relpath(file, settings.root).encode() + b"\0")
        found.update(hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()


def _files(settings: Settings) -> Iterator[Path]:
    config = settings.root / "gnkmigrate.toml"
    yield from [config] if config.is_file() else []
    yield from _target_files(settings)
    yield from settings.path(settings.migrations).rglob("*.py")
    yield from settings.path(settings.migrations).rglob("*.sql")
    audits = settings.path(settings.audits)
    yield from (*audits.glob("*.toml"), *audits.glob("checks/*"))


def _target_files(settings: Settings) -> Iterator[Path]:
    """What declares the target: SQL, or the sources of an ORM's models."""
    if is_models(settings.target_source):
        yield from sources.files(settings.target_source, settings.root)
        return
    target = settings.path(settings.target)
    yield from [target] if target.is_file() else target.rglob("*.sql")
