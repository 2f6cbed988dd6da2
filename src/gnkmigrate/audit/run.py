"""The audit: live database, target and all checks in, findings out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self, get_args

import psycopg

from gnkmigrate.audit import checks, opinions, project
from gnkmigrate.audit.check import (
    Check,
    ComparisonCheck,
    DataCheck,
    Gaps,
    Question,
    ServerCheck,
    StructureCheck,
)
from gnkmigrate.audit.finding import AuditResult, Category, Finding, NotRun, TableSize
from gnkmigrate.audit.fold import Gap, fold
from gnkmigrate.audit.gaps import gap_finding, gap_fingerprint
from gnkmigrate.audit.listing import Bounds, reason
from gnkmigrate.audit.opinions import Opinions
from gnkmigrate.audit.ordering import in_order
from gnkmigrate.audit.outcome import (
    Outcome,
    not_run,
    run_comparison,
    run_data,
    run_project,
    run_server,
    run_structure,
    target_names,
)
from gnkmigrate.audit.project import ProjectCheck
from gnkmigrate.audit.repair import Repairs
from gnkmigrate.audit.selection import Selection
from gnkmigrate.audit.severity import gap_check, gap_names
from gnkmigrate.audit.sizes import read_sizes
from gnkmigrate.catalog.model import Snapshot
from gnkmigrate.connection import Connection
from gnkmigrate.diff.change import Change
from gnkmigrate.diff.compare import compare
from gnkmigrate.settings import Settings


@dataclass(frozen=True)
class Policy:
    """What the project and the user want of an audit.

    Attributes:
        opinions: the project's own, from audits/severity.toml.
        project_checks: the project's own, from audits/checks/.
        selection: which checks to run.
        data_checks: whether to ask the live rows.
        bounds: how long one question may take.
        closing: the phase that closes a finding, by fingerprint.
        phases: the migration's phases in their order.
        home: the schema that goes without saying in messages.
        source_timezone: the zone in which timestamps without one were written.
        not_run: what is known not to work before the audit begins.
    """

    opinions: Opinions = field(default_factory=Opinions)
    project_checks: tuple[ProjectCheck, ...] = ()
    selection: Selection = field(default_factory=Selection)
    data_checks: bool = True
    bounds: Bounds = field(default_factory=Bounds)
    closing: Mapping[str, str] = field(default_factory=dict)
    phases: tuple[str, ...] = ()
    home: str = "public"
    source_timezone: str = "UTC"
    not_run: tuple[NotRun, ...] = ()

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The policy of a project.

        Raises:
            SettingsError: its opinions or checks cannot be read.
        """
        folder = settings.path(settings.audits)
        return cls(
            opinions=opinions.load(folder / opinions.FILE_NAME),
            project_checks=project.load(folder / "checks"),
            bounds=Bounds(lock_timeout_ms=settings.limits.lock_timeout_ms),
            home=settings.schemas[0],
            source_timezone=settings.source_timezone,
        )


def audit(
    connection: Connection,
    live: Snapshot,
    target: Snapshot | None,
    policy: Policy,
    *,
    database: str,
    time: datetime,
    target_name: str = "",
) -> AuditResult:
    """All findings about a database.

    Args:
        connection: a session with it; every question is a read-only transaction of its own.
        live: its facts.
        target: the target's facts; without them, the checks alone.
        policy: what the project and the user want.
        database: what to call it, without any secret.
        time: when this is, with time zone.
        target_name: what the target was read from.
    """
    changes = compare(live, target) if target is not None else ()
    gaps = _gaps(changes, live, target, policy)
    outcomes = tuple(_outcomes(connection, live, target, changes, gaps, policy))
    sizes, unread = _sizes(connection, live, policy.bounds)
    found = (
        *_gap_findings(gaps, live, target, policy),
        *(
            each
            for outcome in outcomes
            for each in outcome.findings
            if policy.selection.admits(each.check, each.slug, each.category)
        ),
    )
    closed = [
        replace(each, phase=each.phase or policy.closing.get(each.fingerprint)) for each in found
    ]
    findings = policy.opinions.apply(closed, sizes)
    return AuditResult(
        findings=tuple(sorted(findings, key=lambda each: each.order)),
        not_run=(
            *policy.not_run,
            *unread,
            *(each for outcome in outcomes for each in outcome.not_run),
        ),
        passed=tuple(each for outcome in outcomes for each in outcome.passed),
        live=live,
        target=target,
        database=database,
        server_version=_version(live.server_version),
        time=time,
        home=policy.home,
        target_name=target_name,
        sizes=sizes,
        phases=policy.phases,
        partial=bool(policy.selection.only or policy.selection.skip),
        fix_order=tuple(gap_fingerprint(gap) for gap in in_order(gaps)),
        unused_opinions=policy.opinions.unused(closed),
    )


def fingerprints(snapshot: Snapshot, target: Snapshot, policy: Policy) -> frozenset[str]:
    """What an audit of this schema would find by comparing and reading it, without a database."""
    gaps = _gaps(compare(snapshot, target), snapshot, target, policy)
    structure = (
        finding.fingerprint
        for check in checks.discover()
        if isinstance(check, StructureCheck)
        for finding in run_structure(check, snapshot, None, policy.home, alone=True).findings
    )
    return frozenset({*(gap_fingerprint(gap) for gap in gaps), *structure})


def check_names(project_checks: Sequence[ProjectCheck]) -> frozenset[str]:
    """Every id, name and category by which a check can be asked for."""
    known = (*checks.discover(), *project_checks)
    names = {name for check in known for name in (check.id, check.slug)}
    names |= {
        name for check in known if isinstance(check, StructureCheck) for name in target_names(check)
    }
    return frozenset({*names, *gap_names(), *get_args(Category)})


def _gaps(
    changes: Sequence[Change], live: Snapshot, target: Snapshot | None, policy: Policy
) -> tuple[Gap, ...]:
    if target is None:
        return ()
    return fold(changes, live, target, policy.opinions.design_tables)


def _gap_findings(
    gaps: Sequence[Gap], live: Snapshot, target: Snapshot | None, policy: Policy
) -> Iterator[Finding]:
    if target is None:
        return
    repairs = Repairs(live, target, policy.source_timezone)
    for gap in gaps:
        if policy.selection.admits(*gap_check(gap), "gap"):
            yield gap_finding(gap, live, target, policy.home, repairs.repair(gap))


def _outcomes(
    connection: Connection,
    live: Snapshot,
    target: Snapshot | None,
    changes: Sequence[Change],
    gaps: Sequence[Gap],
    policy: Policy,
) -> Iterator[Outcome]:
    """The outcome of every check that is wanted, in the order of their ids."""
    phases = {
        change: policy.closing.get(gap_fingerprint(gap)) for gap in gaps for change in gap.changes
    }
    question = Question(live, target, policy.source_timezone, policy.home)
    for check in (*checks.discover(), *policy.project_checks):
        if not _is_wanted(check, policy.selection):
            continue
        if isinstance(check, StructureCheck):
            alone = bool(policy.selection.only)
            yield run_structure(check, live, target, policy.home, alone=alone)
        elif isinstance(check, DataCheck | ServerCheck | ProjectCheck) and not policy.data_checks:
            yield not_run(check, "left out by --no-data-checks")
        elif isinstance(check, ServerCheck):
            yield run_server(check, connection, question, policy.bounds)
        elif isinstance(check, ProjectCheck):
            yield run_project(check, connection, live, policy.bounds)
        elif target is None:
            yield not_run(check, "there is no target")
        elif isinstance(check, ComparisonCheck):
            yield run_comparison(check, Gaps(changes, live, target, policy.home))
        elif isinstance(check, DataCheck):
            between = Gaps(changes, live, target, policy.home)
            yield run_data(check, connection, between, phases, policy.bounds)


def _is_wanted(check: Check, selection: Selection) -> bool:
    if selection.admits(check.id, check.slug, _category(check)):
        return True
    return isinstance(check, StructureCheck) and selection.admits(*target_names(check), "target")


def _category(check: Check) -> str:
    if isinstance(check, StructureCheck):
        return "structure"
    if isinstance(check, ComparisonCheck):
        return "target"
    return "project" if isinstance(check, ProjectCheck) else "data"


def _sizes(
    connection: Connection, live: Snapshot, bounds: Bounds
) -> tuple[Mapping[tuple[str, str], TableSize], tuple[NotRun, ...]]:
    try:
        return read_sizes(connection, live, bounds), ()
    except psycopg.Error as error:
        return {}, (NotRun("sizes", "How many rows each table holds", reason(error)),)


def _version(number: int) -> str:
    """PostgreSQL's version as people write it: 160015 is 16.15."""
    return f"{number // 10000}.{number % 10000}"
