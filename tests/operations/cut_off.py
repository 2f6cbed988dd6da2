"""A downgrade that is killed after one of its steps."""

import pytest

from gnkmigrate.run import events
from tests.migrations.project import Project


class _Killed(BaseException):
    """As a process that is killed."""


def cut_off_after(project: Project, step: str) -> None:
    """Takes the last phase back as far as through this step."""

    def kill(event: events.Event) -> None:
        if isinstance(event, events.StepFinished) and event.step == step:
            raise _Killed

    with pytest.raises(_Killed):
        project.down(kill)
