"""One audit of a project from beginning to end."""

import glob
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Self

from psycopg import sql

from gnkmigrate.audit import acceptance, baseline, recommendations, rehearsed
from gnkmigrate.audit.options import AuditOptions
from gnkmigrate.audit.policy import Policy
from gnkmigrate.audit.recommendations import Point
from gnkmigrate.audit.result import AuditResult, NotRun
from gnkmigrate.audit.run import audit, check_names
from gnkmigrate.audit.target import Progress, named, read_target
from gnkmigrate.audit.trend import PastScore
from gnkmigrate.diff.rename_options import known_renames
from gnkmigrate.errors import CatalogLocked
from gnkmigrate.facts.reading import holders, read_snapshot
from gnkmigrate.facts.snapshot import Snapshot, Unread
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.postgres.quoting import qualified
from gnkmigrate.run.foreign_code import calls_of_others, relations_of_others
from gnkmigrate.settings import Settings
from gnkmigrate.settings_fit import require_fitting


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
    asked = _Asked.of(settings, options, str(url))
    with connect(url, read_only=True) as connection:
        require_fitting(connection, settings)
        progress(f"Reading {url}.")
        live, locked = _read_live(connection, settings)
        # What cannot be looked at is no gap: the target goes without it, too.
        left_out = [glob.escape(table) for table, _ in locked]
        settings = settings.model_copy(update={"ignore": [*settings.ignore, *left_out]})
        target = read_target(connection, settings, options, live, asked.policy, progress)
        progress("Running the checks.")
        result = audit(
            connection,
            live,
            target.facts,
            _careful(target.policy, connection, live, trusted=settings.trust_triggers),
            database=str(url),
            time=time,
            target_name=target.name,
            progress=progress,
        )
        judged = recommendations.judge(
            asked.points, result, connection, partial(_unproven, settings)
        )
    not_run = (*result.not_run, *(_not_looked_at(table, holder) for table, holder in locked))
    result = replace(result, points=judged, not_run=not_run, sources=target.scripts)
    result = asked.acceptances.apply(result, options.selection, asked.names)
    return _with_trend(result, *asked.kept, asked.past)


_WITH_ROWS = ("table", "foreign table", "view", "materialized view")


@dataclass(frozen=True)
class _Asked:
    """What the project's files say, read before there is a session with its database.

    Attributes:
        policy: how findings are judged.
        points: the project's own recommendations.
        names: of all checks that there are.
        acceptances: what is not counted.
        kept: the reports of before, and what of them cannot be read.
        past: the report to compare with, where one was named.
    """

    policy: Policy
    points: Sequence[Point]
    names: AbstractSet[str]
    acceptances: acceptance.Acceptances
    kept: tuple[Sequence[baseline.Past], Sequence[NotRun]]
    past: baseline.Past | None

    @classmethod
    def of(cls, settings: Settings, options: AuditOptions, database: str) -> Self:
        audits = settings.path(settings.audits)
        policy = _policy(settings, options)
        wanted = recommendations.load(
            audits / recommendations.FILE_NAME, named(str(audits / recommendations.FILE_NAME))
        )
        names = check_names(policy.project_checks) | {*acceptance.UNUSED, *acceptance.EXPIRED}
        options.selection.refuse_unknown(names)
        file = audits / acceptance.FILE_NAME
        acceptances = acceptance.load(file, named(str(file)))
        past = None if options.baseline is None else baseline.read(options.baseline)
        kept = baseline.kept(audits, database)
        policy = replace(policy, past=tuple(each.numbers for each in kept[0]))
        return cls(policy, wanted, names, acceptances, kept, past)


def _unproven(settings: Settings, stages: Sequence[str]) -> Iterator[str]:
    """Why stages of a rehearsal are not proven; nothing where they are."""
    from gnkmigrate.run.revision import load_all_phases  # Alembic takes time to load

    file = settings.path(settings.audits) / rehearsed.FILE_NAME
    kept = rehearsed.read(file, named(str(file)))
    if kept is None:
        yield "no rehearsal is kept: gnkmigrate rehearse --keep"
    else:
        yield from kept.against(stages, load_all_phases(settings.path(settings.migrations)))


def _careful(policy: Policy, connection: Connection, live: Snapshot, *, trusted: bool) -> Policy:
    """The policy with what is not read, since it would run others' code with the session's rights.

    PostgreSQL plans a query with the expressions of a table's indexes; and an audit casts values,
    and evaluates constraints that nothing has checked yet, and those of the target.
    """
    if trusted:
        return policy
    tables = [qualified(*fact.identity.path) for fact in live.of_kind("table")]
    avoided = relations_of_others(connection, tables, comparing=True)
    relations = {fact.identity.name for kind in _WITH_ROWS for fact in live.of_kind(kind)}
    left = tuple(
        NotRun(
            "others-code",
            f"The rows of {name}",
            f"code of others would run by reading them, with your rights ({line}): audit as the "
            "table's owner, or read that code and say trust_triggers = true",
        )
        for name, line in sorted(avoided.items())
        if name in relations  # and no type
    )
    bounds = replace(policy.bounds, avoided=avoided, calls=calls_of_others(connection))
    return replace(policy, bounds=bounds, not_run=(*policy.not_run, *left))


def _not_looked_at(table: str, holder: str) -> NotRun:
    reason = f"{holder} holds a lock on the table that keeps even readers away"
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


def _read_live(
    connection: Connection, settings: Settings
) -> tuple[Snapshot, tuple[tuple[str, str], ...]]:
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
    return live, tuple((each.relation, each.name) for each in locked)
