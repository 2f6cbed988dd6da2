"""op.unswap_table, op.validate_foreign_keys: the old shape takes its place again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import dedent

from gnkmigrate import own_objects
from gnkmigrate.kinds import locks
from gnkmigrate.operations.parts import added
from gnkmigrate.operations.swap import moved, swapped_columns
from gnkmigrate.run import lock_announcement, own_names, relation
from gnkmigrate.run.lock_announcement import Span, TableLock
from gnkmigrate.run.names import column, quoted, split
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.sync import by_hand, foreign_keys, key_sequences, legacy
from gnkmigrate.run.template import render
from gnkmigrate.run.work import Work


@operation("unswap_table")
@dataclass(frozen=True)
class UnswapTable(Step):
    """Takes swap_table back: the archived table, which was kept in step, is the live one again.

    Attributes:
        title: the name of the swap.
        table: "schema.table".
        also: further tables that lead the archived one and may not be written meanwhile.
        after: SQL that runs once the old table is back in its place.
    """

    title: str
    table: str
    also: tuple[str, ...] = ()
    after: str = ""

    @property
    def name(self) -> str:
        return self.title

    @property
    def tables(self) -> Sequence[str]:
        return (self.table, *self.also)

    @property
    def locks(self) -> Sequence[TableLock]:
        return (
            *lock_announcement.on((self.table,), locks.ACCESS_EXCLUSIVE, Span.MOMENT),
            *lock_announcement.on(self.also, locks.SHARE_ROW_EXCLUSIVE, Span.MOMENT),
        )

    @property
    def _archived(self) -> str:
        return own_names.archived(self.table)

    def check(self, work: Work) -> Sequence[Refusal]:
        made = work.recall(swapped_columns(self.name))
        return () if made is None else list(added.columns(work, self.table, made))

    def run(self, work: Work) -> int:
        listed = (quoted(table) for table in (self._archived, self.table, *self.also))
        relation.keep_maintenance_out(work, *listed)
        by_hand.settle(work, self.name, quoted(self._archived))
        legacy.hide_swapped(work, self.table)
        for table in (self._archived, self.table):
            work.execute(f"LOCK TABLE {quoted(table)} IN ACCESS EXCLUSIVE MODE")
        for table in self.also:
            work.execute(f"LOCK TABLE {quoted(table)} IN SHARE ROW EXCLUSIVE MODE")
        memory = swapped_columns(self.name)
        made = work.recall(memory)
        if made is not None:
            added.require_none(work, self.table, made)
        schema = split(self.table)[0]
        work.execute(moved(self.table, schema, own_objects.STAGING))
        work.execute(moved(self.table, own_objects.ARCHIVE, schema))
        staged = own_names.staged(self.table)
        key_sequences.go_on_after(work, quoted(self.table), quoted(staged))
        foreign_keys.tighten(work, self.table, work.recall(self.name) or ())
        work.forget(self.name)
        work.forget(memory)
        if self.after:
            work.execute(self.after)
        own_objects.drop_empty_legacy(work.connection)
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        schema = split(self.table)[0]
        after = [dedent(render(self.after, parameters)).strip().rstrip(";")] if self.after else []
        return (
            f"LOCK TABLE {quoted(self._archived)}, {quoted(self.table)} IN ACCESS EXCLUSIVE MODE",
            moved(self.table, schema, own_objects.STAGING),
            moved(self.table, own_objects.ARCHIVE, schema)
            + ";\n-- and its foreign keys as they were",
            *after,
        )


@operation("validate_foreign_keys")
@dataclass(frozen=True)
class ValidateForeignKeys(Step):
    """Validates the foreign keys that unswap_table has put back, while the application works.

    Attributes:
        table: "schema.table".
    """

    table: str

    @property
    def one_way(self) -> bool:
        return True

    @property
    def name(self) -> str:
        return f"foreign keys of {self.table} hold"

    @property
    def tables(self) -> Sequence[str]:
        return (self.table,)

    @property
    def locks(self) -> Sequence[TableLock]:
        return lock_announcement.on(self.tables, locks.SHARE_UPDATE_EXCLUSIVE, Span.SCAN)

    def run(self, work: Work) -> int:
        for name in foreign_keys.not_valid(work, self.table):
            work.execute(f"ALTER TABLE {quoted(self.table)} VALIDATE CONSTRAINT {column(name)}")
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- validates the foreign keys of {self.table} that are not valid",)
