"""The data checks: which rows of today block the target; one question for each gap concerned."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import psycopg
from psycopg import errors

from gnkmigrate.audit.check import DataCheck, Gaps, Observation, Probe, finding
from gnkmigrate.audit.finding import Finding
from gnkmigrate.audit.outcome import Outcome, not_run
from gnkmigrate.audit.result import NotRun, TableSize
from gnkmigrate.audit.row_query import Bounds, Listed, ask, ask_number, evidence, reason, told
from gnkmigrate.facts.fact import Identity
from gnkmigrate.kinds.change import Change
from gnkmigrate.postgres.connection import Connection

Progress = Callable[[str], None]

# A percentage below this finds no page of a table.
_LEAST = 0.0001


def run_data(
    check: DataCheck,
    connection: Connection,
    gaps: Gaps,
    phases: Mapping[Change, str | None],
    bounds: Bounds,
    progress: Progress = lambda _: None,
) -> Outcome:
    """What a data check finds.

    Args:
        check: the check.
        connection: a session with the live database.
        gaps: both sides, and of which tables a part is enough.
        phases: the phase that closes each gap.
        bounds: how long one question may take.
        progress: is told what is being asked.
    """
    findings: list[Finding] = []
    failures: list[NotRun] = []
    for probe, listing in _questions(check, gaps):
        label = probe.object.label(gaps.default_schema)
        if probe.unasked:
            failures.append(_missed(check, label, probe.unasked))
            continue
        progress(f"{check.title}: {label}.")
        try:
            seen = _observed(probe, ask(connection, listing, bounds), gaps)
        except psycopg.Error as error:
            failures.append(_missed(check, label, reason(error)))
            late = isinstance(error, errors.QueryCanceled)
            seen = _estimated(probe, connection, bounds) if late else None
        if seen is not None:
            findings.append(finding(check, seen, phase=phases.get(probe.change)))
    return Outcome(check, tuple(findings), tuple(failures))


def _missed(check: DataCheck, label: str, why: str) -> NotRun:
    (missed,) = not_run(check, why).not_run
    return replace(missed, title=f"{check.title}: {label}")


def samples(sizes: Mapping[tuple[str, str], TableSize], bounds: Bounds) -> Mapping[Identity, float]:
    """The tables of which a part is enough, with the percentage that makes the wanted rows."""
    if bounds.sample is None:
        return {}
    return {
        Identity("table", table): max(100 * bounds.sample / size.rows, _LEAST)
        for table, size in sizes.items()
        if size.rows > bounds.sample
    }


def _questions(check: DataCheck, gaps: Gaps) -> Iterator[tuple[Probe, str]]:
    """Each probe, and the listing to ask: the probe's own, or the same of a sample."""
    whole = tuple(check.probes(replace(gaps, samples={})))
    asked = tuple(check.probes(gaps)) if gaps.samples else whole
    for probe, part in zip(whole, asked, strict=True):
        yield probe, part.listing


def _observed(probe: Probe, listed: Listed, gaps: Gaps) -> Observation | None:
    if not listed.count:
        return None
    facts = evidence(listed, probe.listing, hidden=probe.hidden)
    if probe.repair:
        facts["proposed repair"] = probe.repair
    message = told(probe.message, listed)
    percent = gaps.samples.get(probe.table)
    if percent is not None:
        facts["sample"] = f"{percent:.2g} % of {'.'.join(probe.table.path)}"
        message = f"In a sample of {percent:.2g} %: {message[0].lower()}{message[1:]}"
    return Observation(probe.object, message, probe.subject, facts)


def _estimated(probe: Probe, connection: Connection, bounds: Bounds) -> Observation | None:
    """What statistics say about rows that could not be counted in time."""
    if not probe.estimate:
        return None
    try:
        count = ask_number(connection, probe.estimate, bounds)
    except psycopg.Error:
        return None  # that the check has not run is told already
    if count < 1:
        return None
    message = probe.message(count)
    facts = {"rows, as statistics have it": count, "query": probe.listing}
    return Observation(
        probe.object, f"By statistics: {message[0].lower()}{message[1:]}", probe.subject, facts
    )
