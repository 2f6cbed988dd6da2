"""The audit: live database, target and all checks in, findings out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import get_args

import psycopg

from gnkmigrate.audit import checks
from gnkmigrate.audit.check import (
    Check,
    ComparisonCheck,
    DataCheck,
    Observation,
    Question,
    ServerCheck,
    StructureCheck,
)
from gnkmigrate.audit.comparison import Comparison
from gnkmigrate.audit.data_checks import Progress, run_data, samples
from gnkmigrate.audit.finding import Category, Finding
from gnkmigrate.audit.in_the_way import Look
from gnkmigrate.audit.judgement import gap_names
from gnkmigrate.audit.numbers import Numbers, read_numbers
from gnkmigrate.audit.outcome import (
    Outcome,
    judges_target,
    not_run,
    run_comparison,
    run_project,
    run_server,
    run_structure,
    target_names,
)
from gnkmigrate.audit.policy import Policy
from gnkmigrate.audit.project_checks import ProjectCheck
from gnkmigrate.audit.reader import reader
from gnkmigrate.audit.repair import declaration
from gnkmigrate.audit.result import TARGET, AuditResult, NotRun, TableSize
from gnkmigrate.audit.row_query import Bounds, reason
from gnkmigrate.audit.script import Script
from gnkmigrate.audit.selection import Selection
from gnkmigrate.audit.shared_fixes import shared
from gnkmigrate.audit.sizes import read_sizes
from gnkmigrate.diff.renames import NOTHING_RENAMED, renamed_by
from gnkmigrate.diff.settling import leave_open
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.connection import Connection


def audit(
    connection: Connection,
    live: Snapshot,
    target: Snapshot | None,
    policy: Policy,
    *,
    database: str,
    time: datetime,
    target_name: str = "",
    progress: Progress = lambda _: None,
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
        progress: is told which rows are being asked.
    """
    sizes, unread = _sizes(connection, live, policy.bounds)
    numbers, unknown = _numbers(connection, live, policy.bounds)
    comparison = None if target is None else _compared(live, target, policy)
    parts = samples(sizes, policy.bounds)
    if comparison is not None:
        comparison = comparison.sampled(parts)
    look = Look(connection, policy.bounds, parts) if policy.data_checks else _as_it_is
    meant = None if comparison is None else comparison.meant
    question = Question(
        live,
        meant,
        policy.source_timezone,
        policy.default_schema,
        numbers,
        policy.past,
        policy.bounds,
    )
    outcomes = tuple(_outcomes(connection, question, comparison, policy, look, progress))
    findings = tuple(_findings(comparison, outcomes, policy))
    rated = policy.severity_rules.apply(findings, sizes)
    return AuditResult(
        findings=tuple(shared(sorted(rated, key=lambda each: each.order))),
        not_run=(
            *policy.not_run,
            *unread,
            *unknown,
            *(each for outcome in outcomes for each in outcome.not_run),
        ),
        passed=tuple(each for outcome in outcomes for each in outcome.passed),
        live=live,
        target=target,
        database=database,
        server_version=_version(live.server_version),
        time=time,
        default_schema=policy.default_schema,
        target_name=target_name,
        sizes=sizes,
        numbers=numbers,
        phases=policy.phases,
        partial=bool(policy.selection.only or policy.selection.skip),
        closing=partial(comparison.script, policy.source_timezone) if comparison else Script,
        declaring=tuple if target is None else partial(declaration, target),
        unused_severity_rules=policy.severity_rules.unused(findings),
        renamed=renamed_by(comparison.between.changes) if comparison else NOTHING_RENAMED,
    )


def fingerprints(snapshot: Snapshot, target: Snapshot, policy: Policy) -> frozenset[str]:
    """What an audit of this schema would find by comparing and reading it, without a database."""
    structure = (
        finding.fingerprint
        for check in checks.discover()
        if isinstance(check, StructureCheck)
        for finding in run_structure(
            check, snapshot, None, policy.default_schema, alone=True
        ).findings
    )
    compared = _compared(snapshot, target, replace(policy, decide=leave_open))
    return frozenset({*compared.fingerprints.values(), *structure})


def check_names(project_checks: Sequence[ProjectCheck]) -> frozenset[str]:
    """Every id, name and category by which a check can be asked for."""
    known = (*checks.discover(), *project_checks)
    names = {name for check in known for name in (check.id, check.slug)}
    names |= {name for check in known if judges_target(check) for name in target_names(check)}
    return frozenset({*names, *gap_names(), *get_args(Category)})


def _compared(live: Snapshot, target: Snapshot, policy: Policy) -> Comparison:
    return Comparison.of(
        live,
        target,
        policy.severity_rules.design_tables,
        policy.default_schema,
        policy.source_timezone,
        policy.hints,
        policy.decide,
    )


def _findings(
    comparison: Comparison | None, outcomes: Sequence[Outcome], policy: Policy
) -> Iterator[Finding]:
    """What is wanted of all that was found, with the phase that closes it."""
    found = (
        *(comparison.findings(policy.source_timezone) if comparison else ()),
        *(each for outcome in outcomes for each in outcome.findings),
    )
    replaced = _replaced(outcomes)
    for each in found:
        if (each.check, str(each.object)) in replaced:
            continue
        if policy.selection.admits(each.check, each.slug, each.category):
            yield replace(each, phase=each.phase or policy.closing.get(each.fingerprint))


def _replaced(outcomes: Sequence[Outcome]) -> frozenset[tuple[str, str]]:
    """The general findings, by check and object, that a project's own check stands for."""
    return frozenset(
        (outcome.check.head.instead_of, outcome.check.head.object)
        for outcome in outcomes
        if isinstance(outcome.check, ProjectCheck)
        and outcome.check.head.instead_of is not None
        and not outcome.not_run
    )


def _outcomes(
    connection: Connection,
    question: Question,
    comparison: Comparison | None,
    policy: Policy,
    look: Callable[[Observation], Observation],
    progress: Progress,
) -> Iterator[Outcome]:
    """The outcome of every check that is wanted, in the order of their ids."""
    live, meant = question.live, question.target
    alone = bool(policy.selection.only)
    for check in (*checks.discover(), *policy.project_checks):
        if not _is_wanted(check, policy.selection):
            continue
        obstacle = _obstacle(check, live, comparison, policy)
        if obstacle:
            yield not_run(check, obstacle)
        elif isinstance(check, StructureCheck):
            yield run_structure(check, live, meant, policy.default_schema, alone=alone, look=look)
        elif isinstance(check, ServerCheck):
            yield run_server(check, connection, question, policy.bounds, look)
        elif isinstance(check, ProjectCheck):
            role = reader(connection, policy.role)
            yield run_project(check, connection, live, policy.bounds, role)
        elif comparison is not None:
            yield _compare(check, connection, comparison, policy, progress)


def _as_it_is(seen: Observation) -> Observation:
    return seen


def _compare(
    check: Check,
    connection: Connection,
    comparison: Comparison,
    policy: Policy,
    progress: Progress,
) -> Outcome:
    """The outcome of a check that looks at both sides."""
    if isinstance(check, ComparisonCheck):
        return run_comparison(check, comparison.between)
    if isinstance(check, DataCheck):
        phases = {
            change: policy.closing.get(fingerprint)
            for change, fingerprint in comparison.fingerprints.items()
        }
        return run_data(check, connection, comparison.between, phases, policy.bounds, progress)
    raise TypeError(f"{check.id} is of no kind that the audit knows")


def _obstacle(check: Check, live: Snapshot, comparison: Comparison | None, policy: Policy) -> str:
    """Why a check cannot even begin; empty where it can."""
    if check.runtime and live.server_version < check.minimum_version:
        return f"it needs PostgreSQL {check.minimum_version // 10_000}"
    if comparison is None and isinstance(check, ComparisonCheck | DataCheck):
        lacks = any(each.check == TARGET for each in policy.not_run)
        return "the target could not be loaded" if lacks else "there is no target"
    if _asks_rows(check) and not policy.data_checks:
        return "left out by --no-data-checks"
    return ""


def _asks_rows(check: Check) -> bool:
    return isinstance(check, DataCheck | ProjectCheck) or (
        isinstance(check, ServerCheck) and check.asks_rows
    )


def _is_wanted(check: Check, selection: Selection) -> bool:
    if selection.admits(check.id, check.slug, check.category):
        return True
    return judges_target(check) and selection.admits(*target_names(check), "target")


def _sizes(
    connection: Connection, live: Snapshot, bounds: Bounds
) -> tuple[Mapping[tuple[str, str], TableSize], tuple[NotRun, ...]]:
    try:
        return read_sizes(connection, live, bounds), ()
    except psycopg.Error as error:
        return {}, (NotRun("sizes", "How many rows each table holds", reason(error)),)


def _numbers(
    connection: Connection, live: Snapshot, bounds: Bounds
) -> tuple[Numbers, tuple[NotRun, ...]]:
    try:
        return read_numbers(connection, live, bounds), ()
    except psycopg.Error as error:
        return {}, (NotRun("numbers", "How far each sequence is", reason(error)),)


def _version(number: int) -> str:
    """PostgreSQL's version as people write it: 160015 is 16.15."""
    return f"{number // 10000}.{number % 10000}"
