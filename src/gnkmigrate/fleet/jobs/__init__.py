"""What each command of the fleet does for one database: a module a command, with a `run`."""

import importlib
from typing import Any, Protocol

from gnkmigrate.fleet.result import Found
from gnkmigrate.fleet.subject import Subject
from gnkmigrate.fleet.task import Command


class Job(Protocol):
    """What every module here has as `run`."""

    def __call__(self, subject: Subject, request: Any) -> Found:
        """What the command found out about a database; what stops it is raised."""
        ...


def job(command: Command) -> Job:
    """The job of a command; its module is imported only now."""
    run: Job = importlib.import_module(f"{__name__}.{command}").run
    return run
