"""One audit of a project from beginning to end: database, target and migrations are read here."""

import glob
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from psycopg import sql

from gnkmigrate.audit import acceptance, baseline, points, rehearsed
from gnkmigrate.audit.phase_credit import closing_phases
from gnkmigrate.audit.policy import Policy
from gnkmigrate.audit.result import TARGET, AuditResult, NotRun, Source
from gnkmigrate.audit.run import audit, check_names, fingerprints
from gnkmigrate.audit.selection import Selection
from gnkmigrate.audit.trend import PastScore
from gnkmigrate.connection import Connection, DatabaseUrl, connect
from gnkmigrate.diff.applying import quietly, without_effect
from gnkmigrate.diff.rename_hints import known_renames
from gnkmigrate.diff.renames import NO_RENAMES, Renames
from gnkmigrate.diff.settling import Decide, leave_open
from gnkmigrate.errors import CatalogLocked, GnkMigrateError
from gnkmigrate.facts.explaining import ServerLacks
from gnkmigrate.facts.files import read_scripts
from gnkmigrate.facts.reading import holders, read_snapshot
from gnkmigrate.facts.snapshot import Snapshot, Unread
from gnkmigrate.facts.source import (
    DeclaresNothing,
    Load,
    is_sql,
    load_schema,
    nothing_beside,
)
from gnkmigrate.fitting import require_fitting
from gnkmigrate.run import optional_changes, schema_history
from gnkmigrate.run.schema_history import SchemaHistory
from gnkmigrate.servers import Server, throwaway
from gnkmigrate.settings import Settings
from gnkmigrate.text.redaction import redact

Progress = Callable[[str], None]


@dataclass(frozen=True)
class AuditOptions:
    """What the user asks of an audit.

    Attributes:
        target: a URL, a .sql file, a folder or a snapshot; None takes the settings' target,
            where it exists.
        selection: which checks to run.
        data_checks: whether to ask the live rows.
        baseline: the JSON report to compare with, which excuses what it has; None compares
            with the latest of the settings' audits, which excuses nothing.
        sample: of tables that have more rows than this, data checks look at about so many;
            None for all.
        renames: what the user says of renames, beyond the settings'.
        decide: asked about those that are likely.
        tell: told what of `renames` applies to nothing.
        load: gives the target's facts, without the phases that close what is found; None loads
            them, and runs all phases on an empty copy to see which closes what.
        project_checks: whether to run the project's own.
    """

    target: str | None = None
    selection: Selection = field(default_factory=Selection)
    data_checks: bool = True
    baseline: Path | None = None
    sample: int | None = None
    renames: Renames = NO_RENAMES
    decide: Decide = leave_open
    tell: Callable[[str], None] = quietly
    load: Load | None = None
    project_checks: bool = True


def audit_project(
    settings: Settings, url: DatabaseUrl, options: AuditOptions, time: datetime, progress: Progress
) -> AuditResult:
    """All findings about a project's database.

    Args:
        settings: the project's.
        url: the live database.
        options: what the user asks for.
        time: when this is, with time zone.
        progress: is told what is being done.

    Raises:
        SettingsError: the project's severity rules, checks or acceptances, or the baseline, cannot
            be read, or a check that was asked for does not exist.
        ConnectionFailed: no session with the database.
        SchemaError: the target cannot be loaded.
        ServerUnavailable: there is no server to load it into.
    """
    policy = _policy(settings, options)
    listed = settings.path(settings.audits) / points.FILE_NAME
    wanted = points.load(listed, named(str(listed)))
    names = check_names(policy.project_checks) | {*acceptance.UNUSED, *acceptance.EXPIRED}
    options.selection.refuse_unknown(names)
    file = settings.path(settings.audits) / acceptance.FILE_NAME
    acceptances = acceptance.load(file, named(str(file)))
    past = None if options.baseline is None else baseline.read(options.baseline)
    kept = baseline.kept(settings.path(settings.audits), str(url))
    policy = replace(policy, past=tuple(each.numbers for each in kept[0]))
    source = _target(settings, options)
    with connect(url, read_only=True) as connection:
        require_fitting(connection, settings)
        progress(f"Reading {url}.")
        live, locked = _read_live(connection, settings)
        # What cannot be looked at is no gap: the target goes without it, too.
        left_out = [glob.escape(table) for table, _ in locked]
        settings = settings.model_copy(update={"ignore": [*settings.ignore, *left_out]})
        target = None
        if source is not None:
            progress("Reading the target, and what the phases do.")
            try:
                target, policy = _read_target(source, settings, live, policy, options.load)
                target = optional_changes.expected(target, live, connection)
                for line in without_effect(options.renames, live, target, "the live database"):
                    options.tell(line)
            except DeclaresNothing as error:
                target = nothing_beside(live, error)
            except ServerLacks as error:
                why = f"{error.message}. {error.hint or ''}".strip()
                lacking = NotRun(TARGET, "The comparison with the target", why)
                policy, source = replace(policy, not_run=(*policy.not_run, lacking)), None
        progress("Running the checks.")
        name = "" if source is None else named(source)
        result = audit(
            connection,
            live,
            target,
            policy,
            database=str(url),
            time=time,
            target_name=name,
            progress=progress,
        )
        judged = points.judge(wanted, result, connection, partial(_unproven, settings))
        result = replace(result, points=judged)
    not_run = (*result.not_run, *(_not_looked_at(table, pid) for table, pid in locked))
    result = replace(result, not_run=not_run)
    result = replace(result, sources=_sources(source))
    result = acceptances.apply(result, options.selection, names)
    return _with_trend(result, *kept, past)


def _unproven(settings: Settings, stages: Sequence[str]) -> Iterator[str]:
    """Why stages of a rehearsal are not proven; nothing where they are."""
    from gnkmigrate.run.revision import load_all_phases  # Alembic takes time to load

    file = settings.path(settings.audits) / rehearsed.FILE_NAME
    kept = rehearsed.read(file, named(str(file)))
    if kept is None:
        yield "no rehearsal is kept: gnkmigrate rehearse --keep"
    else:
        yield from kept.against(stages, load_all_phases(settings.path(settings.migrations)))


def _not_looked_at(table: str, pid: int) -> NotRun:
    reason = f"process {pid} holds a lock on the table that keeps even readers away"
    return NotRun("locked", f"Everything about {table}", reason)


def _policy(settings: Settings, options: AuditOptions) -> Policy:
    policy = Policy.of(settings)
    return replace(
        policy,
        project_checks=policy.project_checks * options.project_checks,
        selection=options.selection,
        data_checks=options.data_checks,
        bounds=replace(policy.bounds, sample=options.sample),
        hints=known_renames(settings.renames, options.renames),
        decide=options.decide,
    )


def _with_trend(
    result: AuditResult,
    kept: Sequence[baseline.Past],
    damaged: Sequence[NotRun],
    named: baseline.Past | None,
) -> AuditResult:
    """The result beside the report that was named, else the latest one that is kept, if any."""
    scores = tuple(PastScore(past.time, past.score) for past in kept if past.time < result.time)
    if named is not None:
        return baseline.compared(replace(result, history=scores), named, excuses=True)
    result = replace(result, history=scores, not_run=(*result.not_run, *damaged))
    return baseline.compared(result, kept[-1]) if kept else result


def _sources(source: str | None) -> tuple[Source, ...]:
    """The files that declare the target, where they are SQL."""
    if source is None or not is_sql(source):
        return ()
    return tuple(
        Source(Path(os.path.relpath(script.path)).as_posix(), script.text)
        for script in read_scripts(Path(source))
    )


def _read_live(
    connection: Connection, settings: Settings
) -> tuple[Snapshot, tuple[tuple[str, int], ...]]:
    """The live facts, and the tables that could not be read, each with who has locked it.

    Even reading facts waits for whoever is changing a table (pg_get_expr).
    """
    wait = sql.Literal(settings.limits.lock_timeout_ms)
    connection.execute(sql.SQL("SET lock_timeout = {}").format(wait))
    read = partial(
        read_snapshot,
        connection,
        ignore=settings.ignore,
        schemas=settings.read_schemas,
        roles=settings.roles,
    )
    try:
        return read(), ()
    except CatalogLocked:
        locked = holders(connection)
    live = read(skipped=[each.oid for each in locked])
    names = sorted(each.relation for each in locked)
    unread = Unread("table", tuple(names), len(names), "somebody holds a lock on it")
    live = replace(live, unread=(*live.unread, unread))
    return live, tuple((each.relation, each.pid) for each in locked)


def _target(settings: Settings, options: AuditOptions) -> str | None:
    if options.target is not None:
        return options.target
    return settings.target_source if settings.has_target else None


def named(source: str) -> str:
    """What to call the target: a path from here, or an address without its password."""
    if Path(source).exists():
        return os.path.relpath(source)
    return redact(source)


def _read_target(
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
    from gnkmigrate.run.rehearsal import run_phases  # Alembic takes time to load

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
