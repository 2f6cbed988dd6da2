"""The statements of a plan as steps.

A statement and its journal entry commit together. One that PostgreSQL runs in no transaction is
journalled before and after; where its run was cut off in between, what it has left says how far it
came.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from psycopg import errors

from gnkmigrate.kinds.statement import Statement
from gnkmigrate.phases.names import literal
from gnkmigrate.phases.step import Step
from gnkmigrate.phases.work import Work
from gnkmigrate.text.escape import visible

# What holds for the session from then on.
_SETTING = re.compile(r"SET (?!LOCAL |CONSTRAINTS |TRANSACTION )")
_CONCURRENTLY = re.compile(r"((?:CREATE (?:UNIQUE )?|DROP |RE)INDEX (?:INDEX )?)CONCURRENTLY ")

# What a command fails with that has been done before.
_MADE = (errors.DuplicateTable, errors.DuplicateObject)
_GONE = (errors.UndefinedTable, errors.UndefinedObject)

_IS_VALID = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass({index})"

# Indexes beside it that REINDEX CONCURRENTLY has left: their names are cut where they are too long.
_REMNANTS = """
SELECT format('%I.%I', namespace.nspname, other.relname)
FROM pg_index AS own
JOIN pg_index AS beside ON beside.indrelid = own.indrelid AND NOT beside.indisvalid
JOIN pg_class AS index ON index.oid = own.indexrelid
JOIN pg_class AS other ON other.oid = beside.indexrelid
JOIN pg_namespace AS namespace ON namespace.oid = other.relnamespace
WHERE own.indexrelid = to_regclass({index})
  AND other.relname ~ '_cc(new|old)[0-9]*$'
  AND starts_with(index.relname, regexp_replace(other.relname, '_cc(new|old)[0-9]*$', ''))
ORDER BY other.relname
"""


@dataclass(frozen=True)
class StatementStep(Step):
    """One statement, in a transaction with its entry in the journal.

    Attributes:
        title: the step's name.
        statement: what it runs.
        session: settings that earlier statements have made, and that every session needs.
    """

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

    def run(self, work: Work) -> int:
        self.prepare(work)
        if not self._is_quick:
            work.connection.execute("SET LOCAL statement_timeout = 0")
        work.connection.execute(self._sql(work).encode())
        return 0

    def prepare(self, work: Work) -> None:
        for setting in self.session:
            work.connection.execute(setting.encode())

    @property
    def _is_quick(self) -> bool:
        """Whether it keeps others out, and should not do so for long."""
        return bool(self.statement.lock) and not (self.statement.scans or self.statement.rewrites)

    def _sql(self, work: Work) -> str:
        plain = _CONCURRENTLY.sub(r"\1", self.statement.sql, count=1)
        return plain if work.atomic else self.statement.sql

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
        begun = work.checkpoint is not None
        if begun and self.statement.builds and self._was_built(work):
            return 0
        work.save_checkpoint("begun", 0)
        done_before = _GONE if self.statement.sql.startswith("DROP ") else _MADE
        try:
            work.without_transaction(self.statement.sql)
        except done_before:
            if not begun:
                work.save_checkpoint(None, 0)  # it was somebody else
                raise
        return 0

    def _was_built(self, work: Work) -> bool:
        """Whether the index is there and valid; what a build has left that was cut off is dropped.

        Nobody builds it now: who does so holds the lock of this database's one runner.
        """
        index = literal(self.statement.builds)
        remnants = [row[0] for row in work.connection.execute(_ask(_REMNANTS, index)).fetchall()]
        row = work.connection.execute(_ask(_IS_VALID, index)).fetchone()
        if row is not None and not row[0] and not self.statement.sql.startswith("REINDEX "):
            remnants.append(self.statement.builds)
        for remnant in remnants:
            work.without_transaction(f"DROP INDEX CONCURRENTLY IF EXISTS {remnant}")
        return row is not None and bool(row[0])


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


def _ask(query: str, index: str) -> bytes:
    return query.format(index=index).encode()
