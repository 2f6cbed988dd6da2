"""The target of an audit: its facts, and which phase closes what separates the database from it."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from gnkmigrate.audit.options import AuditOptions
from gnkmigrate.audit.phase_credit import closing_phases
from gnkmigrate.audit.policy import Policy
from gnkmigrate.audit.result import TARGET, NotRun, Source
from gnkmigrate.audit.run import fingerprints
from gnkmigrate.diff.applying import without_effect
from gnkmigrate.errors import GnkMigrateError
from gnkmigrate.facts.explaining import ServerLacks
from gnkmigrate.facts.files import read_scripts
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.facts.source import DeclaresNothing, Load, is_sql, load_schema, nothing_beside
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.run import optional_changes, schema_history
from gnkmigrate.run.schema_history import SchemaHistory
from gnkmigrate.servers import Server, throwaway
from gnkmigrate.settings import Settings
from gnkmigrate.text.redaction import redact

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Target:
    """What the live database is compared with.

    Attributes:
        source: the target as it was given; None where there is none, or no server for it.
        facts: what it declares; None where it is compared with nothing.
        policy: what knows which phase closes what, and which comparison could not be.
    """

    source: str | None
    facts: Snapshot | None
    policy: Policy

    @property
    def name(self) -> str:
        """What to call it; "" where there is none."""
        return "" if self.source is None else named(self.source)

    @property
    def scripts(self) -> tuple[Source, ...]:
        """The files that declare it, where they are SQL."""
        if self.source is None or not is_sql(self.source):
            return ()
        return tuple(
            Source(Path(os.path.relpath(script.path)).as_posix(), script.text)
            for script in read_scripts(Path(self.source))
        )


def read_target(
    connection: Connection,
    settings: Settings,
    options: AuditOptions,
    live: Snapshot,
    policy: Policy,
    progress: Progress,
) -> Target:
    """The target as an audit compares with it; where it cannot be read, the policy says so.

    Args:
        connection: a session with the live database.
        settings: the project's.
        options: what the user asks for.
        live: the live database's facts.
        policy: how findings are judged.
        progress: is told what is being done.

    Raises:
        SchemaError: it cannot be loaded.
        ServerUnavailable: there is no server to load it into.
    """
    source = _source(settings, options)
    if source is None:
        return Target(None, None, policy)
    progress("Reading the target, and what the phases do.")
    try:
        target, policy = _loaded(source, settings, live, policy, options.load)
        target = optional_changes.expected(target, live, connection)
        for line in without_effect(options.renames, live, target, "the live database"):
            options.tell(line)
    except DeclaresNothing as error:
        return Target(source, nothing_beside(live, error), policy)
    except ServerLacks as error:
        why = f"{error.message}. {error.hint or ''}".strip()
        lacking = NotRun(TARGET, "The comparison with the target", why)
        return Target(None, None, replace(policy, not_run=(*policy.not_run, lacking)))
    return Target(source, target, policy)


def _source(settings: Settings, options: AuditOptions) -> str | None:
    if options.target is not None:
        return options.target
    return settings.target_source if settings.has_target else None


def _loaded(
    source: str, settings: Settings, live: Snapshot, policy: Policy, load: Load | None
) -> tuple[Snapshot, Policy]:
    """The target, and the policy that knows which phase closes what."""
    if load is not None:
        return load(source, settings, live.server_version // 10000), policy
    major = settings.server.major or live.server_version // 10000
    versions = settings.path(settings.migrations) / "versions"
    if settings.baseline is None or not any(versions.glob("*.py")):
        return load_schema(source, settings, major), policy
    history = schema_history.find(settings, major)
    if history is not None:
        target = load_schema(source, settings, major)
        return target, _with_closing(policy, history, target)
    with throwaway(settings.server, major) as server:
        target = load_schema(source, settings, server=server)
        return target, _with_phases(policy, settings, server, target)


def _with_phases(policy: Policy, settings: Settings, server: Server, target: Snapshot) -> Policy:
    """The policy with the closing phases, as a run of all phases on an empty copy shows them.

    Migrations that do not run are no reason to say nothing about the database.
    """
    from gnkmigrate.run.empty_copy import run_phases  # Alembic takes time to load

    try:
        history = run_phases(settings, server)
    except GnkMigrateError as error:
        unknown = NotRun("phases", "Which phase closes which gap", error.message)
        return replace(policy, not_run=(unknown,))
    if history is None:
        return policy
    schema_history.keep(settings, server.major, history)
    return _with_closing(policy, history, target)


def _with_closing(policy: Policy, history: SchemaHistory, target: Snapshot) -> Policy:
    closing = closing_phases(
        history.baseline,
        history.phases,
        lambda snapshot: fingerprints(snapshot, target, policy),
    )
    return replace(policy, closing=closing, phases=tuple(name for name, _ in history.phases))


def named(source: str) -> str:
    """What to call the target: a path from here, or an address without its password."""
    if Path(source).exists():
        return os.path.relpath(source)
    return redact(source)
