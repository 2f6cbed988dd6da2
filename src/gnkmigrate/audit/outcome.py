"""What running a check gives: findings, or a reason why there are none to be had."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import psycopg
from psycopg import errors

from gnkmigrate.audit.check import (
    CannotRun,
    Check,
    ComparisonCheck,
    Declared,
    Gaps,
    Observation,
    Question,
    ServerCheck,
    StructureCheck,
    finding,
)
from gnkmigrate.audit.finding import Finding
from gnkmigrate.audit.project_checks import ProjectCheck
from gnkmigrate.audit.reader import unsafe
from gnkmigrate.audit.result import NotRun, Passed
from gnkmigrate.audit.roles import Roles
from gnkmigrate.audit.row_query import Bounds, ask, bounded, evidence, reason, told
from gnkmigrate.collector import collector_paused
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.postgres.connection import Connection

_IN_TARGET = "Correct the target's declaration before the migration brings it into the database."

_MEMBERSHIP = """
    SELECT wanted.name
    FROM unnest(%(roles)s::text[]) WITH ORDINALITY AS wanted (name, number)
    WHERE NOT pg_has_role(wanted.name, 'USAGE')
    ORDER BY wanted.number
"""


_QUALIFY = "checks run with search_path pg_catalog: write schema.name"
_SEVERAL = "it holds several statements; a check is one SELECT"
_READ_ONLY = "a check may not use {}, with which it could get the rights of this session"
_ASKED_AS = "it was asked as {}: the setting audit_role names another"


@dataclass(frozen=True)
class Outcome:
    """What one check gave; what ran and found nothing has passed."""

    check: Check
    findings: tuple[Finding, ...] = ()
    not_run: tuple[NotRun, ...] = ()
    clean: bool = True

    @property
    def passed(self) -> tuple[Passed, ...]:
        if self.findings or self.not_run or not self.clean:
            return ()
        return (Passed(self.check.id, self.check.title, self.check.category),)


def not_run(check: Check, why: str) -> Outcome:
    """The outcome of a check that could not run."""
    missed = NotRun(check.id, check.title, why, check.category, check.severity, check.slug)
    return Outcome(check, not_run=(missed,))


def run_structure(
    check: StructureCheck,
    live: Snapshot,
    target: Snapshot | None,
    default_schema: str,
    *,
    alone: bool,
    look: Callable[[Observation], Observation] = lambda seen: seen,
) -> Outcome:
    """What is wrong with the live structure, and with the target's.

    What the target puts right is told by its gap already, so it is told again only where the
    check was asked for by name (`alone`). What only the target does is a finding about the
    target, under an id of its own: GNK-T002 is GNK-S002 of the target. `look` asks the live rows
    whether they are in the way of what is proposed.
    """
    with collector_paused():
        live.looked_at.clear()
        here = [finding(check, look(seen)) for seen in check.find(live, default_schema)]
        # Where the target says the same of all that it has looked at, it would find the same.
        if target is None or all(live.says_the_same(target, kind) for kind in {*live.looked_at}):
            return Outcome(check, tuple(here))
        there = tuple(check.find(target, default_schema))
        common = {(each.object, each.subject) for each in here} & {
            (each.object, each.subject) for each in there
        }
        told = [each for each in here if alone or (each.object, each.subject) in common]
        declared = [
            _of_target(check, each) for each in there if (each.object, each.subject) not in common
        ]
    return Outcome(check, (*told, *declared), clean=not here)


def judges_target(check: Check) -> bool:
    """Whether a check has something to say of a target by itself."""
    return isinstance(check, StructureCheck) or (
        isinstance(check, ServerCheck) and check.declared is not None
    )


def target_names(check: Check) -> tuple[str, str]:
    """The id and the slug of a check where it judges the target.

    GNK-S002 becomes GNK-T002; a check of another group keeps its letter: GNK-TA002.
    """
    group, number = check.id[:-4], check.id[-4:]
    letter = "" if number[0] == "S" else number[0]
    return f"{group}T{letter}{number[1:]}", f"target-{check.slug}"


def _of_target(check: Check, seen: Observation) -> Finding:
    """The finding about a declaration: editing it puts it right, and no SQL."""
    id_, slug = target_names(check)
    about = Observation(
        seen.object, f"Target: {seen.message}", seen.subject, seen.evidence, severity=seen.severity
    )
    found = finding(check, about, category="target", id_=id_)
    return replace(found, slug=slug, recommendation=_IN_TARGET)


def run_comparison(check: ComparisonCheck, gaps: Gaps) -> Outcome:
    """What the target gives away."""
    with collector_paused():
        return Outcome(check, tuple(finding(check, seen) for seen in check.find(gaps)))


def run_server(
    check: ServerCheck,
    connection: Connection,
    question: Question,
    bounds: Bounds,
    look: Callable[[Observation], Observation] = lambda seen: seen,
) -> Outcome:
    """What the server says about itself, and what the target has of it beyond that.

    `look` asks the rows that may be in the way of a fix.
    """
    try:
        with bounded(connection, bounds):
            lacking = _lacks(connection, check.roles)
            if lacking:
                return not_run(check, f"the role is no member of {', '.join(lacking)}")
            seen = tuple(check.find(connection, question))
            declared = _declared(check, connection, question, seen)
    except CannotRun as obstacle:
        return not_run(check, obstacle.message)
    except psycopg.Error as error:
        return not_run(check, reason(error))
    here = tuple(finding(check, look(each)) for each in seen)
    there = tuple(_of_target(check, each) for each in declared)
    return Outcome(check, (*here, *there), clean=not here)


def _declared(
    check: ServerCheck, connection: Connection, question: Question, seen: Sequence[Observation]
) -> tuple[Observation, ...]:
    """What the target has of it and the database has not, be that asked of server or of facts."""
    if check.declared is None or question.target is None:
        return ()
    roles, default_schema = Roles.read(connection), question.default_schema
    target = tuple(
        check.declared(Declared(question.target, roles.as_in(question.target), default_schema))
    )
    if not target:
        return ()
    live = check.declared(Declared(question.live, roles.as_in(question.live), default_schema))
    known = {(each.object, each.subject) for each in (*seen, *live)}
    return tuple(each for each in target if (each.object, each.subject) not in known)


def _lacks(connection: Connection, roles: Sequence[str]) -> list[str]:
    """The predefined roles that the session has no membership in."""
    if not roles:
        return []
    rows = connection.execute(_MEMBERSHIP, {"roles": list(roles)}).fetchall()
    return [str(row[0]) for row in rows]


def run_project(
    check: ProjectCheck, connection: Connection, live: Snapshot, bounds: Bounds, role: str | None
) -> Outcome:
    """What a check of the project's own finds, asked with the rights of `role`; see reader.py."""
    missing = check.lacks(live)
    if missing:
        return not_run(check, f"{', '.join(missing)} {_do_not(missing)} exist")
    named = unsafe(connection, check.listing)
    if named:
        return not_run(check, _READ_ONLY.format(" or ".join(named)))
    try:
        listed = ask(connection, check.listing, bounds, role)
    except psycopg.Error as error:
        return not_run(check, _why_not(error, role))
    if not listed.count:
        return Outcome(check)
    seen = Observation(
        check.object, told(check.head.message, listed), check.id, evidence(listed, check.listing)
    )
    head = check.head
    return Outcome(check, (finding(check, seen, kind=head.kind, phase=head.phase),))


def _why_not(error: psycopg.Error, role: str | None) -> str:
    """Why a project's check has not run, and what its author may do about it."""
    said = reason(error)
    match error:
        case errors.UndefinedTable() | errors.UndefinedFunction() | errors.UndefinedObject():
            return f"{said}; {_QUALIFY}"
        case errors.SyntaxError() if "multiple commands" in said:
            return _SEVERAL
        case errors.InsufficientPrivilege() if role is not None:
            return f"{said}; {_ASKED_AS.format(role)}"
        case _:
            return said


def _do_not(missing: Iterable[str]) -> str:
    return "does not" if len(tuple(missing)) == 1 else "do not"
