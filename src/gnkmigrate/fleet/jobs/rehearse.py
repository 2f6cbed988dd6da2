"""`fleet rehearse`: the whole migration and its way back, on a copy of one database."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from gnkmigrate.backup.progress import Observer, TransferProgress
from gnkmigrate.copies.sample import EVERYTHING, Selection
from gnkmigrate.fleet.result import Found
from gnkmigrate.fleet.subject import Subject
from gnkmigrate.rehearsal.rehearse import Listener, rehearse
from gnkmigrate.run import events


@dataclass(frozen=True)
class RehearseRequest:
    """What `fleet rehearse` was told.

    Attributes:
        selection: which rows are copied.
        parameters: answers to the revisions' questions.
    """

    selection: Selection = EVERYTHING
    parameters: Mapping[str, str] = field(default_factory=dict)


def run(subject: Subject, request: RehearseRequest) -> Found:
    """Whether everything held, and else what did not."""
    listener = Listener(_untold, _unheeded, events.ignore)
    rehearsal = rehearse(
        subject.settings, subject.url, request.parameters, listener, request.selection
    )
    problems = [f"{stage.name}: {text}" for stage in rehearsal.stages for text in stage.problems]
    held = f"{len(rehearsal.phases)} phases held there and back"
    return Found(
        state="clean" if rehearsal.passed else "findings",
        text=held if rehearsal.passed else problems[0],
        traits=tuple(problems),
        server_version=rehearsal.server_version,
        numbers={"phases": len(rehearsal.phases), "rows": rehearsal.rows},
        phases=tuple((name, "pending") for name in rehearsal.phases),
    )


@contextmanager
def _unheeded() -> Iterator[Observer]:
    """Nobody watches the copying of one among many."""

    def observe(progress: TransferProgress) -> None:
        del progress

    yield observe


def _untold(stage: str) -> None:
    del stage
