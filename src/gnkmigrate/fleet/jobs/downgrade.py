"""`fleet downgrade`: takes phases of one database back."""

from dataclasses import replace

from gnkmigrate.fitting import require_fitting
from gnkmigrate.fleet.jobs.status import standing
from gnkmigrate.fleet.jobs.upgrade import carried_out
from gnkmigrate.fleet.result import Found
from gnkmigrate.fleet.subject import Subject
from gnkmigrate.run.selection import select_down
from gnkmigrate.run.status import Request, status


def run(subject: Subject, wish: Request) -> Found:
    """Takes them back, last first, and says where the phases stand then."""
    with subject.session(read_only=True) as connection:
        require_fitting(connection, subject.settings)
        before = status(connection, subject.phases)
        chosen = select_down(before, wish)
        if not chosen:
            return replace(standing(connection, before), state="done")
    return carried_out(subject, chosen, "down", wish)
