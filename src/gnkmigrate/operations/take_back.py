"""op.take_back: what a rollback had to spill comes back with the next upgrade."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gnkmigrate.kinds import locks
from gnkmigrate.run import events, lock_announcement
from gnkmigrate.run.batches.row_key import key_of
from gnkmigrate.run.kept import made_rows, overflow
from gnkmigrate.run.lock_announcement import Span, TableLock
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Step
from gnkmigrate.run.work import Work


def came_back(reason: str, *, values: bool) -> str:
    """The name of the step that takes back what was spilled for this reason."""
    # A first upgrade, for which no rollback has kept anything, shows the name as well.
    return f"{'values' if values else 'rows'} that a rollback kept, if any: {reason}"


@operation("take_back")
@dataclass(frozen=True)
class TakeBack(Step):
    """Brings rows, or values of rows, back from the overflow; what fits no more stays there.

    Values that an operation has kept come back to rows that say otherwise what they did; what
    op.spill has kept, by the key.

    Nothing in downgrade() belongs to it: a rollback spills anew what is there then.

    Attributes:
        reason: the title of the op.spill that kept them.
        table: "schema.table".
        columns: give rows that are still there these values again; none: insert the rows.
        key: the columns that identify a row; none: those of the table's key, or of the
            identity of rows that a phase makes.
    """

    outlives_contract: ClassVar[bool] = True

    reason: str
    table: str
    columns: tuple[str, ...] = ()
    key: tuple[str, ...] = ("id",)

    @property
    def one_way(self) -> bool:
        return True

    @property
    def name(self) -> str:
        return came_back(self.reason, values=bool(self.columns))

    @property
    def tables(self) -> Sequence[str]:
        return (self.table,)

    @property
    def locks(self) -> Sequence[TableLock]:
        return lock_announcement.on(self.tables, locks.SHARE_ROW_EXCLUSIVE, Span.SQL)

    def run(self, work: Work) -> int:
        if not overflow.held(work, self.table, self.reason):
            return 0
        if self.columns:
            key = made_rows.known_by(work, self.table, self.key)
            rows = overflow.update_back(work, self.table, self.reason, key, self.columns)
            if left := overflow.held(work, self.table, self.reason):
                claim = f"values of {self.table} in gnkmigrate.overflow: rows gone or not as before"
                work.observe(events.Verified(work.phase, claim, True, str(left), reports=True))
            return rows
        key = self.key or key_of(work, self.table, ())
        return overflow.insert_back(work, self.table, self.reason, key)

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        what = ", ".join(self.columns) or "rows"
        return (f"-- takes {what} of {self.table} back from gnkmigrate.overflow, if any are there",)
