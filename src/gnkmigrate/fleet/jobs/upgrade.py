"""`fleet upgrade`: the pending phases of one database."""

from dataclasses import replace

from gnkmigrate.fleet.jobs.status import standing
from gnkmigrate.fleet.result import Found
from gnkmigrate.fleet.subject import Subject
from gnkmigrate.fleet.takeover import until_ours_is_gone
from gnkmigrate.postgres.connection import Connection
from gnkmigrate.run import runner
from gnkmigrate.run.batches.reconnecting import persistently
from gnkmigrate.run.events import Direction
from gnkmigrate.run.phase import Phase
from gnkmigrate.run.runner_session import pathless
from gnkmigrate.run.selection import select_down, select_up
from gnkmigrate.run.status import Request, status
from gnkmigrate.settings_fit import require_fitting

_DID = {"up": "ran", "down": "took back"}


def run(subject: Subject, request: Request) -> Found:
    """Runs them, and says where the phases stand then."""
    return carried_out(subject, "up", request)


def carried_out(subject: Subject, direction: Direction, request: Request) -> Found:
    """Runs phases up or down to the end, and says where they stand then.

    All of it is done in one session, since for a small database that is a good part of the work;
    where it is lost, the next one goes on.
    """
    chosen: tuple[Phase, ...] = ()

    def act(connection: Connection) -> Found:
        nonlocal chosen
        with pathless(connection):
            chosen = chosen or _chosen(connection, subject, direction, request)
        if chosen:
            runner.run(connection, subject.phases, direction, request, subject.settings)
        with pathless(connection):
            found = standing(connection, status(connection, subject.phases))
        return _told(found, chosen, direction, request)

    return persistently(subject.session, act, subject.settings.limits.reconnect_s)


def _chosen(
    connection: Connection, subject: Subject, direction: Direction, request: Request
) -> tuple[Phase, ...]:
    """The phases that there are to run; what others have begun meanwhile is seen anew later."""
    require_fitting(connection, subject.settings)
    select = select_up if direction == "up" else select_down
    chosen = select(status(connection, subject.phases), request)
    if chosen:
        until_ours_is_gone(connection, subject)
    return chosen


def _told(found: Found, chosen: tuple[Phase, ...], direction: Direction, request: Request) -> Found:
    """What was asked for is done, whatever phases there are besides."""
    if not chosen:
        return replace(found, state="done")
    names = ", ".join(phase.name for phase in chosen)
    tried = " and rolled it back" if request.dry_run else ""
    return replace(
        found,
        state="tried" if request.dry_run else "done",
        text=f"{_DID[direction]} {names}{tried}; {found.text}",
        numbers={**found.numbers, "ran": len(chosen)},
    )
