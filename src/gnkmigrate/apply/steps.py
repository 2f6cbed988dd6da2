"""The statements of a plan as steps.

A statement and its journal entry commit together, unless PostgreSQL runs it in no transaction.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gnkmigrate.kinds.statement import Statement
from gnkmigrate.postgres.concurrently import not_concurrently
from gnkmigrate.run import autocommit
from gnkmigrate.run.step import Step
from gnkmigrate.run.work import Work
from gnkmigrate.text.escape import visible

# What holds for the session from then on.
_SETTING = re.compile(r"SET (?!LOCAL |CONSTRAINTS |TRANSACTION )")


@dataclass(frozen=True)
class StatementStep(Step):
    """One statement, in a transaction with its entry in the journal.

    Attributes:
        title: the step's name.
        statement: what it runs.
        session: settings that earlier statements have made, and that every session needs.
    """

    prepares: ClassVar[bool] = True  # what later ones find, by names that it may give
    speaks: ClassVar[bool] = True  # by the path for which the plan was made

    title: str
    statement: Statement
    session: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.title

    @property
    def ends(self) -> Sequence[str]:
        return ()  # the way back is a plan of its own, and takes none of the steps back by itself

    @property
    def tables(self) -> Sequence[str]:
        return (self.statement.relation,) if self.statement.relation else ()

    @property
    def altered(self) -> Sequence[str]:
        return ()  # a plan says itself what its role must be allowed

    def run(self, work: Work) -> int:
        self.prepare(work)
        if not self._is_quick:
            work.connection.execute("SET LOCAL statement_timeout = 0")
        sql = not_concurrently(self.statement.sql) if work.atomic else self.statement.sql
        work.connection.execute(sql.encode())
        return 0

    def prepare(self, work: Work) -> None:
        for setting in self.session:
            work.connection.execute(setting.encode())

    @property
    def _is_quick(self) -> bool:
        """Whether it keeps others out, and should not do so for long."""
        return bool(self.statement.lock) and not (self.statement.scans or self.statement.rewrites)

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (self.statement.sql,)


@dataclass(frozen=True)
class LoneStatementStep(StatementStep):
    """One statement that refuses a transaction, or whose effect nobody may use in the same one."""

    transactional: ClassVar[bool] = False

    def run(self, work: Work) -> int:
        if work.atomic:
            return super().run(work)
        self.prepare(work)
        autocommit.run(work, self.statement.sql, self.statement.builds)
        return 0


def steps_of(statements: Sequence[Statement], prefix: str = "") -> tuple[StatementStep, ...]:
    """A step for each statement, called after its reason.

    Args:
        statements: the plan's, or those of its way back.
        prefix: what all names begin with.
    """
    return tuple(_steps_of(statements, prefix))


def _steps_of(statements: Sequence[Statement], prefix: str) -> Iterator[StatementStep]:
    seen: Counter[str] = Counter()
    session: list[str] = []
    for statement in statements:
        reason = prefix + visible(statement.reason)
        seen[reason] += 1
        title = f"{reason} ({seen[reason]})" if seen[reason] > 1 else reason
        kind = StatementStep if statement.transactional else LoneStatementStep
        yield kind(title, statement, tuple(session))
        if _SETTING.match(statement.sql):
            session.append(statement.sql)
