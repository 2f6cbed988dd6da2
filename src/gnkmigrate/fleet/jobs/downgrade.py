"""`fleet downgrade`: takes phases of one database back."""

from gnkmigrate.fleet.jobs.upgrade import carried_out
from gnkmigrate.fleet.result import Found
from gnkmigrate.fleet.subject import Subject
from gnkmigrate.run.status import Request


def run(subject: Subject, request: Request) -> Found:
    """Takes them back, last first, and says where the phases stand then."""
    return carried_out(subject, "down", request)
