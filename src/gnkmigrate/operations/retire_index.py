"""op.retire_index and op.rebuild_index: an index that is needed no longer, and is again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from gnkmigrate.kinds import locks
from gnkmigrate.operations.parts import index_statistics, partitioned
from gnkmigrate.postgres.quoting import qualified
from gnkmigrate.run import lock_announcement, unfinished_index
from gnkmigrate.run.lock_announcement import Span, TableLock
from gnkmigrate.run.names import literal, quoted, split
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.session import OURS
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.step_names import OfATable
from gnkmigrate.run.work import Work

_FOUND = """
SELECT pg_get_indexdef(indexrelid) AS definition,
       obj_description(indexrelid, 'pg_class') AS comment,
       (SELECT conname FROM pg_constraint
        WHERE conindid = indexrelid AND conrelid = indrelid) AS serves,
       (SELECT spcname::text FROM pg_class JOIN pg_tablespace ON pg_tablespace.oid = reltablespace
        WHERE pg_class.oid = indexrelid) AS tablespace,
       CASE WHEN indisreplident THEN 'its replica identity'
            WHEN indisclustered THEN 'what it is clustered on' END AS means
FROM pg_index WHERE indexrelid = to_regclass({index})
"""

_KEPT = ("definition", "comment", "tablespace")
_KEYS = ("definition", "comment", "serves", "tablespace", "means")


@dataclass(frozen=True)
class _OneIndex(OfATable):
    """What both ways share.

    Attributes:
        index: its name; it lives in the schema of its table.
        table: "schema.table" that it is on.
    """

    transactional: ClassVar[bool] = False

    index: str
    table: str

    @property
    def what(self) -> str:
        return f"retirement of index {self.index}"

    @property
    def of(self) -> str:
        return self.table

    @property
    def tables(self) -> Sequence[str]:
        return (self.table,)

    @property
    def locks(self) -> Sequence[TableLock]:
        return lock_announcement.on(self.tables, locks.SHARE_UPDATE_EXCLUSIVE, Span.SCAN)

    @property
    def _qualified(self) -> str:
        return quoted(f"{split(self.table)[0]}.{self.index}")

    def _found(self, work: Work) -> Mapping[str, str | None]:
        """The index as it is; empty where there is none."""
        with work.settings(search_path=OURS):
            row = work.execute(_FOUND.format(index=literal(self._qualified))).fetchone()
        return dict(zip(_KEYS, row, strict=True)) if row else {}

    def _drop(self, work: Work) -> None:
        if work.atomic:
            work.execute(f"DROP INDEX IF EXISTS {self._qualified}")
        else:
            work.without_transaction(f"DROP INDEX CONCURRENTLY IF EXISTS {self._qualified}")


@operation("retire_index")
@dataclass(frozen=True)
class RetireIndex(_OneIndex):
    """Drops an index CONCURRENTLY and remembers it; one that is not there does not matter."""

    @property
    def clears(self) -> Sequence[str]:
        return (f"index {qualified(split(self.table)[0], self.index)}",)

    @property
    def reverse(self) -> Sequence[Step]:
        return (RebuildIndex(self.index, self.table),)

    def check(self, work: Work) -> Sequence[Refusal]:
        hint = "Drop it by op.step: DROP INDEX."
        if refused := partitioned.refuse_index(work, self.table, hint):
            return refused
        found = self._found(work)
        if found.get("serves"):
            serves = f"serves the constraint {found['serves']} of {self.table}"
            hint = "Drop the constraint instead of its index."
            return (Refusal(f"The index {self.index} {serves}.", hint=hint),)
        if found.get("means"):
            message = f"The index {self.index} is, for {self.table}, {found['means']}."
            return (Refusal(message, hint="Say another by ALTER TABLE first."),)
        return ()

    def run(self, work: Work) -> int:
        found = self._found(work)
        if found:
            kept: dict[str, Any] = {key: found[key] for key in _KEPT}
            kept["statistics"] = index_statistics.targets(work, self._qualified)
            work.attempt(lambda: work.remember(self.name, kept))
        self._drop(work)
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"DROP INDEX CONCURRENTLY IF EXISTS {self._qualified}",)


@operation("rebuild_index")
@dataclass(frozen=True)
class RebuildIndex(_OneIndex):
    """Takes retire_index back: builds the index again CONCURRENTLY, as it was remembered."""

    def run(self, work: Work) -> int:
        kept = work.recall(self.name)
        if kept is None:
            return 0
        if not unfinished_index.is_built(work, self._qualified):
            definition = str(kept["definition"])
            if not work.atomic:  # as pg_get_indexdef prints it, the first INDEX is the keyword
                definition = definition.replace(" INDEX ", " INDEX CONCURRENTLY ", 1)
            with work.settings(default_tablespace=kept.get("tablespace") or ""):
                unfinished_index.build(work, self._qualified, definition)
        targets = kept.get("statistics", {})
        work.attempt(lambda: index_statistics.give(work, self._qualified, targets))
        if kept["comment"] is not None:
            comment = f"COMMENT ON INDEX {self._qualified} IS {literal(kept['comment'])}"
            work.attempt(lambda: work.connection.execute(comment.encode()))
        work.attempt(lambda: work.forget(self.name))
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- builds the index {self.index} again, concurrently, as it was",)
