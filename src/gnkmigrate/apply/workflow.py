"""Carries a plan out, or takes it back, on the one executor."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import psycopg
from psycopg.pq import TransactionStatus

from gnkmigrate.apply import others
from gnkmigrate.apply.plan_run import PlanRun
from gnkmigrate.apply.standing import Outlook, look, objects_now, require_no_rows
from gnkmigrate.errors import GnkMigrateError
from gnkmigrate.facts.objects import ObjectChange, object_changes
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.run import (
    dry_run,
    events,
    executor,
    foreign_code,
    journal,
    journal_notes,
    journal_schema,
    runner_session,
)
from gnkmigrate.run.batches.reconnecting import persistently
from gnkmigrate.run.events import Direction
from gnkmigrate.run.plan_code import code_of_plan
from gnkmigrate.run.status import Request
from gnkmigrate.run.work import Work, trust_all
from gnkmigrate.settings import Settings


class PlanOvertaken(GnkMigrateError):
    """A plan was carried out, and others have changed meanwhile what it was to leave otherwise."""


_TABLES = """
SELECT DISTINCT relation
FROM unnest(%s::text[]) AS relation
JOIN pg_class ON pg_class.oid = to_regclass(relation) AND relkind IN ('r', 'p', 'm')
"""

_SCHEMAS = """
SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
"""


@dataclass(frozen=True)
class Application:
    """How a plan is to be carried out.

    Attributes:
        undo: take it back instead.
        dry_run: carry it out in one transaction, then roll it back.
        losses_allowed: data may be lost.
        wait_s: seconds to wait for another runner.
    """

    undo: bool = False
    dry_run: bool = False
    losses_allowed: bool = False
    wait_s: float = 0

    @property
    def direction(self) -> Direction:
        return "down" if self.undo else "up"


def apply(
    open_session: Callable[[], Connection],
    plan: PlanRun,
    application: Application,
    settings: Settings,
    observe: events.Observer = events.ignore,
) -> Outlook:
    """Carries a plan out to its end, with a new session where one is lost.

    Args:
        open_session: connects anew, with the plan's search_path.
        plan: the plan.
        application: how.
        settings: with the limits.
        observe: told of every event.

    Returns:
        What there was to do.

    Raises:
        PlanRefused: it may not run here; nothing was changed.
        PhaseRefused: nor may it be tried; the same.
        PhaseFailed: a statement failed; those before it stand, and the journal says so.
        NoLock: somebody was in the way until the deadline; the same.
        PlanOvertaken: others have changed meanwhile what it changes; all statements were run.
        RunnerBusy: somebody else works on this database.
        ConnectionLost: no new session within `limits.reconnect_s`.
    """
    first: list[Outlook] = []

    def act(connection: Connection) -> None:
        first.append(_carry_out(connection, plan, application, settings, observe))

    persistently(open_session, act, settings.limits.reconnect_s, observe)
    return first[0]


def preview(connection: Connection, plan: PlanRun, application: Application) -> Outlook:
    """What there is to do, and whether it may be done.

    Raises:
        PlanRefused: it may not.
    """
    allowed = application.losses_allowed or application.dry_run
    return look(connection, plan, application.direction, losses_allowed=allowed)


def _carry_out(
    connection: Connection,
    plan: PlanRun,
    application: Application,
    settings: Settings,
    observe: events.Observer,
) -> Outlook:
    wait_s, request = application.wait_s, Request(dry_run=application.dry_run)
    with runner_session.at_work(connection, settings, request, observe, wait_s=wait_s) as session:
        # Once, before it begins: a plan may make such code itself, as the target says.
        work = replace(session, phase=plan.name, require_trust=trust_all)
        outlook = preview(connection, plan, application)
        if outlook.is_open:
            if not settings.trust_triggers:
                statements = plan.statements(application.direction)
                found = code_of_plan(connection, statements, settings.schemas)
                foreign_code.require_no_code(connection, found)
            require_no_rows(connection, plan, application.direction, outlook)
        if outlook.is_open and application.dry_run:
            _try(plan, application.direction, outlook, work)
        elif outlook.is_open:
            journal_schema.create(connection)
            before = others.left(connection, plan, "down")
            _run(plan, application.direction, outlook, work)
            then = before if application.undo else others.left(connection, plan, "up")
            _require_arrival(plan, application.direction, outlook, then, work)
        return outlook


def _run(plan: PlanRun, direction: Direction, outlook: Outlook, work: Work) -> None:
    with work.connection.transaction():
        if outlook.afresh:
            journal.erase_direction(work.connection, plan.name, "up")
            journal_notes.erase_memory(work.connection, plan.name)
        if outlook.objects is not None:
            others.remember_before(work.connection, plan, outlook.objects)
        others.forget_stop(work.connection, plan)
    _tell(outlook.drift, work)
    try:
        executor.run_phase(plan, direction, work, head=journal.KEPT)
    except BaseException:
        _remember_stop(plan, work)
        raise


def _remember_stop(plan: PlanRun, work: Work) -> None:
    """Whoever goes on will know what was done in between, where the session is still there."""
    if work.connection.info.transaction_status != TransactionStatus.IDLE:
        return
    with suppress(
        psycopg.Error, GnkMigrateError
    ):  # the error that ended the run is the one to report
        others.remember_stop(work.connection, plan, objects_now(work.connection, plan))


def _require_arrival(
    plan: PlanRun,
    direction: Direction,
    outlook: Outlook,
    then: Mapping[str, str] | None,
    work: Work,
) -> None:
    """Says what others have changed while the plan was carried out, or taken back.

    Raises:
        PlanOvertaken: some of it is what the plan changes.
    """
    now = objects_now(work.connection, plan)
    found = object_changes(now if then is None else then, now)
    touched = others.of_the_plan(plan, found)
    if direction == "down" and not plan.document.undo.exact:
        touched = ()  # it says itself that not all is as it was
    if touched:
        done = "carried out" if direction == "up" else "taken back"
        raise PlanOvertaken(
            f"{plan.words} was {done}, and what it changes is not as it should be then: somebody "
            "else has changed it meanwhile.",
            details=list(map(str, touched)),
            hint="See what differs from the target: gnkmigrate plan",
        )
    _tell([change for change in found if change not in outlook.drift], work)


def _tell(changes: Sequence[ObjectChange], work: Work) -> None:
    if changes:
        work.observe(events.Drifted(tuple(map(str, changes))))


def _try(plan: PlanRun, direction: Direction, outlook: Outlook, work: Work) -> None:
    schemas = plan.document.session.schemas
    if schemas is None:
        schemas = [row[0] for row in work.connection.execute(_SCHEMAS).fetchall()]
    outside = replace(work, step="the dry run")
    tables = touched(work.connection, plan, direction)
    dry_run.announce((plan.name,), tables, outside, schemas)

    def run_and_roll_back() -> None:
        with dry_run.rolled_back(work.connection, schemas):
            journal_schema.create(work.connection)
            _run(plan, direction, outlook, replace(work, atomic=True))

    outside.attempt(run_and_roll_back)


def touched(connection: Connection, plan: PlanRun, direction: Direction) -> dict[str, str]:
    """The tables that one direction of a plan locks, where they are there already."""
    steps = plan.up_steps if direction == "up" else plan.down_steps
    names = sorted({table for step in steps for table in step.tables})
    found = connection.execute(_TABLES, (names,)).fetchall()
    return {row[0]: row[0] for row in found}
