"""Statements of ordinary Alembic operations, as steps.

Those that follow one another are a group: one transaction, and so one step. In an autocommit_block
each commits by itself, and so is a step of its own: a run that is cut off goes on with the next.

A downgrade takes the last group back first. Its groups bear the numbers of those that they take
back, and so do the statements of a block where both have as many. A group of one statement, or of
one transaction, takes all of a block back.
"""

import re
from abc import abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, TypeVar

from gnkmigrate.run import autocommit
from gnkmigrate.run.names import literal, split
from gnkmigrate.run.names_in_sql import mentioned
from gnkmigrate.run.step import Step
from gnkmigrate.run.work import Work

_NAME = r'(?:"(?:[^"]|"")+"|[^\s".(]+)'
_BUILDS = re.compile(
    rf"CREATE\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY\s+(?:IF\s+NOT\s+EXISTS\s+)?(?P<index>{_NAME})"
    rf"\s+ON\s+(?:ONLY\s+)?(?P<table>{_NAME}(?:\s*\.\s*{_NAME})?)",
    re.IGNORECASE,
)
_SCHEMA = """
SELECT relnamespace::regnamespace FROM pg_catalog.pg_class
WHERE oid = pg_catalog.to_regclass({table})
"""

OrdinaryStep = TypeVar("OrdinaryStep", bound="Ordinary")


@dataclass(frozen=True, kw_only=True)
class Ordinary(Step):
    """A step of a group of ordinary statements.

    Attributes:
        number: of the group in upgrade(); in downgrade(), of the one that it takes back.
        back: in downgrade(), the names of the steps that it takes back; none for that of its name.
    """

    prepares: ClassVar[bool] = True

    number: int
    back: tuple[str, ...] = ()

    @property
    def unsaid(self) -> str:
        return "; ".join(self.script({}))

    @property
    def undoes(self) -> str:
        return self.back[0] if self.back else self.name

    @property
    def ends(self) -> Sequence[str]:
        return self.back or (self.name,)

    def takes_off(self, table: str) -> Collection[str]:
        """What its author names beside the table is his to look after."""
        named = mentioned(" ".join(self.script({})))
        return named if split(table)[1] in named else ()

    @abstractmethod
    def mirrored(self: OrdinaryStep, number: int, of: int) -> OrdinaryStep:
        """It as a step of downgrade() that takes back group `number`, in a group of `of` steps."""


@dataclass(frozen=True, kw_only=True)
class OrdinaryStatements(Ordinary):
    """A group that is one transaction.

    Attributes:
        statements: as Alembic writes them.
    """

    statements: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"ordinary operations {self.number}"

    def mirrored(self, number: int, of: int) -> "OrdinaryStatements":
        del of
        return replace(self, number=number)

    def run(self, work: Work) -> int:
        with work.settings(search_path=work.project_path):
            return sum(
                max(work.connection.execute(statement.encode()).rowcount, 0)
                for statement in self.statements
            )

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return self.statements


@dataclass(frozen=True, kw_only=True)
class AutocommitStatement(Ordinary):
    """One statement of an autocommit_block.

    Attributes:
        place: its number in its block.
        statement: as Alembic writes it.
    """

    transactional: ClassVar[bool] = False

    place: int
    statement: str

    @property
    def name(self) -> str:
        return f"ordinary operations {self.number}, statement {self.place}"

    def mirrored(self, number: int, of: int) -> "AutocommitStatement":
        return replace(self, number=number, place=of + 1 - self.place)

    def run(self, work: Work) -> int:
        with work.settings(search_path=work.project_path):
            autocommit.run(work, self.statement, self._index(work))
        return 0

    def _index(self, work: Work) -> str:
        """The index that it builds, qualified and quoted; "" for none, or one without a name."""
        found = _BUILDS.match(self.statement)
        if found is None:
            return ""
        row = work.connection.execute(
            _SCHEMA.format(table=literal(found["table"])).encode()
        ).fetchone()
        return f"{row[0]}.{found['index']}" if row else ""

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (self.statement,)


def mirrored(down: Sequence[Step], up: Sequence[Step]) -> tuple[Step, ...]:
    """The steps of downgrade(), with the numbers of those of upgrade() that they take back."""
    total = max((step.number for step in down if isinstance(step, Ordinary)), default=0)
    return tuple(
        _mirrored(step, total + 1 - step.number, down, up) if isinstance(step, Ordinary) else step
        for step in down
    )


def _mirrored(step: Ordinary, number: int, down: Sequence[Step], up: Sequence[Step]) -> Ordinary:
    beside = _group(down, step.number)
    back = tuple(other.name for other in _group(up, number)) if len(beside) == 1 else ()
    return replace(step.mirrored(number, len(beside)), back=back)


def _group(steps: Sequence[Step], number: int) -> list[Ordinary]:
    return [step for step in steps if isinstance(step, Ordinary) and step.number == number]
