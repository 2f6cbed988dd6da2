"""Carries a plan out, or takes it back, on the one executor."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from gnkmigrate.apply.plan_run import PlanRun
from gnkmigrate.apply.standing import ARRIVED, Outlook, facts_now, look
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
from gnkmigrate.run.status import Request
from gnkmigrate.run.step import Step
from gnkmigrate.run.work import Work
from gnkmigrate.settings import Settings

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
        work = replace(session, phase=plan.name)
        outlook = preview(connection, plan, application)
        if outlook.is_open:
            tables = list(touched(connection, plan, application.direction))
            foreign_code.require_trust(
                connection, tables, settings.schemas, trusted=settings.trust_triggers
            )
        if outlook.is_open and application.dry_run:
            _try(plan, application.direction, outlook, work)
        elif outlook.is_open:
            journal_schema.create(connection)
            _run(plan, application.direction, outlook, work)
        if application.direction == "up" and not application.dry_run:
            _remember_arrival(plan, work)
        return outlook


def _run(plan: PlanRun, direction: Direction, outlook: Outlook, work: Work) -> None:
    if outlook.afresh:
        with work.connection.transaction():
            journal.erase_direction(work.connection, plan.name, "up")
            journal_notes.erase_memory(work.connection, plan.name)
    executor.run_phase(plan, direction, work, head=journal.KEPT)


def _remember_arrival(plan: PlanRun, work: Work) -> None:
    """The facts that the way back begins at."""
    if journal_schema.exists(work.connection) and work.recall(ARRIVED) is None:
        work.remember(ARRIVED, facts_now(work.connection, plan))


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
    steps: Sequence[Step] = plan.up_steps if direction == "up" else plan.down_steps
    names = sorted({table for step in steps for table in step.tables})
    found = connection.execute(_TABLES, (names,)).fetchall()
    return {row[0]: row[0] for row in found}
