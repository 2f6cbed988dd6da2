"""The part of op.widen_key that looks at the rows of foreign keys that were put back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from gnkmigrate.kinds import locks
from gnkmigrate.run import lock_announcement
from gnkmigrate.run.lock_announcement import Span, TableLock
from gnkmigrate.run.names import column, quoted
from gnkmigrate.run.step import Step
from gnkmigrate.run.sync.reshaping import Reshaping
from gnkmigrate.run.work import Work


@dataclass(frozen=True)
class ValidateKeys(Step):
    """Validates them, in both directions, while the application works."""

    transactional: ClassVar[bool] = False

    reshaping: Reshaping

    @property
    def one_way(self) -> bool:
        return True

    @property
    def name(self) -> str:
        return f"foreign keys of columns of {self.reshaping.table} hold"

    @property
    def tables(self) -> Sequence[str]:
        return (self.reshaping.table, *self.reshaping.others)

    @property
    def locks(self) -> Sequence[TableLock]:
        return lock_announcement.on(self.tables, locks.SHARE_UPDATE_EXCLUSIVE, Span.SCAN)

    def run(self, work: Work) -> int:
        for table, name in self.reshaping.foreign_keys_to_validate(work):
            statement = f"ALTER TABLE {quoted(table)} VALIDATE CONSTRAINT {column(name)}"
            work.attempt(partial(work.execute, statement), limited=False)
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- validates what {self.name}",)
