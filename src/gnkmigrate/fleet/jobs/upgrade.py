"""`fleet upgrade`: the pending phases of one database."""

from collections.abc import Sequence

from gnkmigrate.fitting import require_fitting
from gnkmigrate.fleet.jobs.status import standing
from gnkmigrate.fleet.patience import until_ours_is_gone
from gnkmigrate.fleet.result import Found
from gnkmigrate.fleet.subject import Subject
from gnkmigrate.run import runner
from gnkmigrate.run.events import Direction
from gnkmigrate.run.phase import Phase
from gnkmigrate.run.selection import select_up
from gnkmigrate.run.status import Request, status


def run(subject: Subject, wish: Request) -> Found:
    """Runs them, and says where the phases stand then."""
    with subject.session(read_only=True) as connection:
        require_fitting(connection, subject.settings)
        before = status(connection, subject.phases)
        chosen = select_up(before, wish)
        if not chosen:
            return standing(connection, before)
    return carried_out(subject, chosen, "up", wish)


def carried_out(
    subject: Subject, chosen: Sequence[Phase], direction: Direction, request: Request
) -> Found:
    """Runs phases up or down to the end; what others have begun meanwhile is seen anew."""
    until_ours_is_gone(subject)
    runner.run_to_the_end(subject.session, subject.phases, direction, request, subject.settings)
    names = ", ".join(phase.name for phase in chosen)
    with subject.session(read_only=True) as connection:
        found = standing(connection, status(connection, subject.phases))
    did = {"up": "ran", "down": "took back"}[direction]
    tried = " and rolled it back" if request.dry_run else ""
    return Found(
        # What was asked for is done, whatever phases there are besides.
        state="done",
        text=f"{did} {names}{tried}; {found.text}",
        traits=found.traits,
        server_version=found.server_version,
        numbers={**found.numbers, "ran": len(chosen)},
        phases=found.phases,
    )
