"""Turns a revision's op.* calls into steps, in Alembic's own offline mode.

Operations of gnkmigrate add their step to the recorder of the running context. What Alembic's own
operations would write to a script arrives at the same recorder as text, in the same order, and
becomes a step as well. So a revision may use both.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from alembic.operations import MigrateOperation, Operations
from alembic.runtime.migration import MigrationContext

from gnkmigrate.errors import RevisionError
from gnkmigrate.phases.step import Step
from gnkmigrate.phases.work import Work

VERSION_TABLE = "alembic_version"
VERSION_SCHEMA = "gnkmigrate"

Maker = TypeVar("Maker", bound=Callable[..., Step | Sequence[Step]])


@dataclass(frozen=True)
class PlainStatement(Step):
    """One statement of an ordinary Alembic operation."""

    number: int
    text: str

    @property
    def name(self) -> str:
        words = " ".join(self.text.split())
        return f"statement {self.number}: {words[:48]}"

    def run(self, work: Work) -> int:
        return max(work.connection.execute(self.text.encode()).rowcount, 0)

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (self.text,)


@dataclass
class Recorder:
    """Collects steps in the order in which a revision asks for them.

    It is the output buffer of an Alembic context as well: Alembic writes one statement a call.
    """

    steps: list[Step] = field(default_factory=list)

    def add(self, step: Step) -> None:
        if any(step.name == other.name for other in self.steps):
            raise RevisionError(
                f'A revision has two steps called "{step.name}".',
                hint="Give each step of a revision's upgrade() or downgrade() its own name.",
            )
        self.steps.append(step)

    def write(self, text: str) -> None:
        statement = text.strip().rstrip(";")
        # Keeping alembic_version is the journal's part.
        if statement and f"{VERSION_SCHEMA}.{VERSION_TABLE}" not in statement:
            self.add(PlainStatement(len(self.steps) + 1, statement))

    def flush(self) -> None:
        """Part of a buffer's interface; nothing is held back."""


def operation(name: str) -> Callable[[Maker], Maker]:
    """Makes a step, or several, available to revisions as op.NAME(...).

    Args:
        name: the operation's name.

    Returns:
        A decorator for a step's class, or for a function that gives steps.
    """

    def register(maker: Maker) -> Maker:
        class RecordedOperation(MigrateOperation):
            def __init__(self, steps: Sequence[Step]) -> None:
                self.steps = steps

            @classmethod
            def invoke(cls, operations: Operations, *args: Any, **keywords: Any) -> None:
                made = maker(*args, **keywords)
                operations.invoke(cls((made,) if isinstance(made, Step) else made))

        RecordedOperation.invoke.__func__.__doc__ = maker.__doc__  # type: ignore[attr-defined]
        Operations.register_operation(name, "invoke")(RecordedOperation)
        Operations.implementation_for(RecordedOperation)(_record)
        return maker

    return register


def _record(operations: Operations, recorded: Any) -> None:
    recorder = operations.migration_context.opts.get("recorder")
    if not isinstance(recorder, Recorder):
        raise RevisionError(
            "An operation of gnkmigrate was called outside of its environment.",
            hint="migrations/env.py must call gnkmigrate.phases.environment.run().",
        )
    for step in recorded.steps:
        recorder.add(step)


def record(function: Callable[[], None]) -> tuple[Step, ...]:
    """The steps that a revision's upgrade() or downgrade() asks for; nothing is executed.

    Raises:
        RevisionError: the function fails, or asks for a connection, which it must not need.
    """
    recorder = Recorder()
    # "named" leaves percent signs alone, which belong to the SQL here.
    context = MigrationContext.configure(
        url="postgresql://",
        dialect_opts={"paramstyle": "named"},
        opts={"as_sql": True, "output_buffer": recorder, "recorder": recorder},
    )
    with Operations.context(context):
        function()
    return tuple(recorder.steps)
