"""Turns a revision's op.* calls into steps, in Alembic's own offline mode.

Operations of gnkmigrate add their step to the recorder of the running context. What Alembic's own
operations would write to a script arrives at the same recorder as text, in the same order, and
becomes a step as well. So a revision may use both.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import alembic.op
from alembic.ddl.postgresql import PostgresqlImpl
from alembic.operations import MigrateOperation, Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Executable, text
from sqlalchemy.schema import DDLElement

from gnkmigrate.errors import GnkMigrateError, RevisionError
from gnkmigrate.run.alembic_statements import (
    AutocommitStatement,
    Ordinary,
    OrdinaryStatements,
    mirrored,
)
from gnkmigrate.run.names import split
from gnkmigrate.run.step import Step

VERSION_TABLE = "alembic_version"
VERSION_SCHEMA = "gnkmigrate"

Maker = TypeVar("Maker", bound=Callable[..., Step | Sequence[Step]])


# What makes the steps of each operation of gnkmigrate, by its name.
MAKERS: dict[str, Callable[..., Step | Sequence[Step]]] = {}


class RecordingImpl(PostgresqlImpl):
    """Alembic's PostgreSQL, but a statement reaches the recorder as it is.

    Alembic's own turns the tabs of a script into blanks, also those in a text that is inserted.
    """

    __dialect__ = "postgresql"

    def _exec(self, construct: Executable | str, *args: Any, **keywords: Any) -> Any:
        if not self.as_sql:
            return super()._exec(construct, *args, **keywords)
        element: Any = text(construct) if isinstance(construct, str) else construct
        binds = {"literal_binds": True} if not isinstance(element, DDLElement) else {}
        compiled = element.compile(dialect=self.dialect, compile_kwargs=binds)
        self.static_output(str(compiled).strip() + self.command_terminator)
        return None


@dataclass
class Recorder:
    """Collects steps in the order in which a revision asks for them.

    It is the output buffer of an Alembic context as well: Alembic writes one statement a call.
    """

    _steps: list[Step] = field(default_factory=list)
    _autocommit: bool = False

    def add(self, step: Step) -> None:
        name = step.told_apart().name
        if any(other.told_apart().name == name for other in self._steps):
            raise RevisionError(
                f'A revision has two steps called "{step.name}".',
                hint="Give each step of a revision's upgrade() or downgrade() its own name. The "
                "columns of a table change once in a revision: say it in one, or write another.",
            )
        _require_bare_names(step)
        self._steps.append(step)

    def write(self, text: str) -> None:
        """Takes one of Alembic's statements; COMMIT and BEGIN surround an autocommit_block."""
        statement = text.strip().rstrip(";")
        if statement in {"COMMIT", "BEGIN"}:
            self._autocommit = statement == "COMMIT"
        # Keeping alembic_version is the journal's part.
        elif statement and f"{VERSION_SCHEMA}.{VERSION_TABLE}" not in statement:
            self._take(statement)

    def _take(self, statement: str) -> None:
        last = self._steps[-1] if self._steps else None
        groups = [step.number for step in self._steps if isinstance(step, Ordinary)]
        number = max(groups, default=0) + 1
        if self._autocommit and isinstance(last, AutocommitStatement):
            self.add(replace(last, place=last.place + 1, statement=statement))
        elif self._autocommit:
            self.add(AutocommitStatement(number=number, place=1, statement=statement))
        elif isinstance(last, OrdinaryStatements):
            self._steps[-1] = replace(last, statements=(*last.statements, statement))
        else:
            self.add(OrdinaryStatements(number=number, statements=(statement,)))

    def flush(self) -> None:
        """Part of a buffer's interface; nothing is held back."""

    def clear(self) -> None:
        """Begins anew, with another revision."""
        self._steps.clear()

    def aside(self, function: Callable[[], None]) -> tuple[Step, ...]:
        """The steps that a function asks for, which are not recorded."""
        before, self._steps = self._steps, []
        function()
        made, self._steps = self.steps(), before
        return made

    def steps(self) -> tuple[Step, ...]:
        """What was recorded; those of one name, which are about two tables, by longer ones."""
        names = Counter(step.name for step in self._steps)
        return tuple(step.told_apart() if names[step.name] > 1 else step for step in self._steps)


def _require_bare_names(step: Step) -> None:
    """Refuses "public."Order Line"", which would be looked for with its quotes."""
    for table in step.tables:
        parts = split(table)
        if any(part[0] == part[-1] == '"' and part.strip('"') for part in parts):
            bare = ".".join(part.strip('"') for part in parts)
            raise RevisionError(
                f'The step "{step.name}" names {table}, with quotes around a name.',
                hint=f'Write it as "{bare}": gnkmigrate quotes names itself.',
            )


def operation(name: str) -> Callable[[Maker], Maker]:
    """Makes a step, or several, available to revisions as op.NAME(...).

    Where Alembic has an operation of the name, it is still called for a table without its schema,
    as Alembic names tables and gnkmigrate never does.

    Args:
        name: the operation's name.

    Returns:
        A decorator for a step's class, or for a function that gives steps.
    """

    def register(maker: Maker) -> Maker:
        MAKERS[name] = maker
        alembics = getattr(Operations, name, None)

        class RecordedOperation(MigrateOperation):
            def __init__(self, steps: Sequence[Step]) -> None:
                self.steps = steps

            @classmethod
            def invoke(cls, operations: Operations, *args: Any, **keywords: Any) -> None:
                if alembics and "." not in str(args[0] if args else keywords.get("table")):
                    alembics(operations, *args, **keywords)
                    return
                made = maker(*args, **keywords)
                operations.invoke(cls((made,) if isinstance(made, Step) else made))

        RecordedOperation.invoke.__func__.__doc__ = maker.__doc__  # type: ignore[attr-defined]
        Operations.register_operation(name, "invoke")(RecordedOperation)
        Operations.implementation_for(RecordedOperation)(_record)
        return maker

    return register


def _record(operations: Operations, made: Any) -> None:
    del operations
    recorder = current()
    for step in made.steps:
        recorder.add(step)


def current() -> Recorder:
    """The recorder of the context in which a revision's function runs.

    Raises:
        RevisionError: there is none.
    """
    recorder = alembic.op.get_context().opts.get("recorder")
    if not isinstance(recorder, Recorder):
        raise RevisionError(
            "An operation of gnkmigrate was called outside of its environment.",
            hint="migrations/env.py must call gnkmigrate.run.environment.run().",
        )
    return recorder


def record(function: Callable[[], None], up: Sequence[Step] | None = None) -> tuple[Step, ...]:
    """The steps that a revision's upgrade() or downgrade() asks for; nothing is executed.

    Args:
        function: the revision's.
        up: the steps of its upgrade(), where it is its downgrade().

    Raises:
        RevisionError: the function fails, as it does when it asks the database something.
    """
    recorder = Recorder()
    # "named" leaves percent signs alone, which belong to the SQL here.
    context = MigrationContext.configure(
        url="postgresql://",
        dialect_opts={"paramstyle": "named"},
        opts={"as_sql": True, "output_buffer": recorder, "recorder": recorder},
    )
    with Operations.context(context):
        try:
            function()
        except GnkMigrateError:
            raise
        except Exception as error:  # it is the user's code
            file = Path(function.__code__.co_filename).name
            raise RevisionError(
                f"{function.__name__}() in {file} fails: {type(error).__name__}: {error}.",
                hint="A revision says what is to be done before anything is: it cannot ask the "
                "database, which op.guard and op.verify do for it.",
            ) from error
    return recorder.steps() if up is None else mirrored(recorder.steps(), up)
