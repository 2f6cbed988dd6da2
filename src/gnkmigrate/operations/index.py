"""op.build_index and op.drop_built_index: indexes while the application writes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, ClassVar

from gnkmigrate.kinds import locks
from gnkmigrate.operations.parts import empty_copy, partitioned
from gnkmigrate.operations.parts.duplicates import UniqueKey, duplicates_named, unique_key
from gnkmigrate.postgres.quoting import qualified
from gnkmigrate.run import lock_announcement, unfinished_index
from gnkmigrate.run.lock_announcement import Span, TableLock
from gnkmigrate.run.names import column, literal, quoted, split
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.rows import listed
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.step_names import OfATable
from gnkmigrate.run.template import render
from gnkmigrate.run.work import Work

# What an index is, apart from its name and its table's.
_SHAPE = """
SELECT indisvalid, pg_am.amname, indisunique, indoption::text, indclass::text, indcollation::text,
       ARRAY(SELECT pg_get_indexdef(indexrelid, number, true)
             FROM generate_series(1, indnatts) AS number),
       pg_get_expr(indpred, indrelid, true)
FROM pg_index
JOIN pg_class ON pg_class.oid = indexrelid
JOIN pg_am ON pg_am.oid = pg_class.relam
WHERE indexrelid = to_regclass({index}) AND indrelid = {table}::regclass
"""

_IN_THE_WAY = """
SELECT pg_describe_object('pg_class'::regclass, to_regclass({index}), 0)
       || coalesce(': ' || pg_get_indexdef(to_regclass({index})), '')
"""

_BUILDERS = """
SELECT 'pid ' || pid FROM pg_stat_progress_create_index WHERE index_relid = to_regclass({index})
"""


@operation("build_index")
@dataclass(frozen=True)
class BuildIndex(OfATable):
    """Builds an index CONCURRENTLY; inside one transaction (--atomic, a dry run) plainly.

    An index of this name and definition that is there already is left as it is, also on the way
    back. An invalid one that an interrupted build left behind is dropped and built again.

    Attributes:
        index: its name; it lives in the schema of its table.
        table: "schema.table".
        definition: what follows ON table: "(status)", "(active) WHERE active".
        unique: whether each key may be there only once. Keys that are there more often are listed
            before the phase begins.
    """

    transactional: ClassVar[bool] = False
    keeps_rows: ClassVar[bool] = True
    outlives_contract: ClassVar[bool] = True
    speaks: ClassVar[bool] = True

    index: str
    table: str
    definition: str
    unique: bool = False

    @property
    def reverse(self) -> Sequence[Step]:
        return (DropBuiltIndex(self.index, self.table),)

    @property
    def what(self) -> str:
        return f"index {self.index}"

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

    def check(self, work: Work) -> Sequence[Refusal]:
        hint = "Build it on each partition, and then on the table by op.step."
        if refused := self.unindexable(work):
            return refused
        if refused := partitioned.refuse_index(work, self.table, hint):
            return refused
        name = literal(self._qualified)
        cleared = f"index {qualified(split(self.table)[0], self.index)}" in work.dropped
        if cleared or work.value(f"SELECT to_regclass({name}) IS NULL"):
            return self.undefined(work) or self.duplicates(work)
        found = self._shape(work)
        if found is None or found[1:] != self._wanted_shape(work)[1:]:
            other = str(work.value(_IN_THE_WAY.format(index=name)))
            message = f"There is something called {self.index} already, and it is another thing."
            return (Refusal(message, [other], 0, "Rename or drop it first."),)
        building = [row[0] for row in work.execute(_BUILDERS.format(index=name)).fetchall()]
        if building:
            message = f"Another session is building the index {self.index}."
            return (Refusal(message, building, 0, "Wait until it is finished."),)
        return ()

    def unindexable(self, work: Work) -> Sequence[Refusal]:
        """Refuses what is no table and no materialized view."""
        kind = work.value(
            "SELECT relkind::text FROM pg_class"
            f" WHERE oid = to_regclass({literal(quoted(self.table))})"
        )
        if kind in {None, "r", "p", "m"}:
            return ()
        return (Refusal(f"{self.table} is not a table.", hint="Look at the revision."),)

    def undefined(self, work: Work) -> Sequence[Refusal]:
        """Refuses a definition that this table does not take."""
        if not empty_copy.can_ask(work, self.table):
            return ()
        try:
            with self._probe(work):
                return ()
        except empty_copy.NOT_YET as error:
            if empty_copy.is_changed_before(work, self.table):
                return ()
            message = f"The index {self.index} cannot be built: {error.diag.message_primary}."
            return (Refusal(message, hint="Correct the revision, or make before what it needs."),)

    def duplicates(self, work: Work) -> Sequence[Refusal]:
        """Refuses keys that are there more often than the index will allow."""
        table = quoted(self.table)
        if not self.unique or work.value(f"SELECT to_regclass({literal(table)}) IS NULL"):
            return ()
        try:
            query = self._key(work).query(table)
        except empty_copy.NOT_YET:
            if empty_copy.is_changed_before(work, self.table):
                return ()  # duplicates stop the build, and are named then
            raise
        total, rows = listed(work, query)
        if not total:
            return ()
        message = f"{self.table} has keys more than once that the index {self.index} allows once."
        hint = "Remove or change all rows of a key but one."
        return (Refusal(message, rows, total, hint, query),)

    def _key(self, work: Work) -> UniqueKey:
        with self._probe(work) as probe:
            return unique_key(work, probe)

    def _shape(self, work: Work) -> tuple[Any, ...] | None:
        """The index as it is, beginning with whether it is valid; None where there is none."""
        return self._shape_of(work, self._qualified, quoted(self.table))

    def _shape_of(self, work: Work, index: str, table: str) -> tuple[Any, ...] | None:
        return work.execute(_SHAPE.format(index=literal(index), table=literal(table))).fetchone()

    def _wanted_shape(self, work: Work) -> tuple[Any, ...]:
        """The definition as PostgreSQL understands it."""
        with self._probe(work) as probe:
            shape = self._shape_of(work, probe, empty_copy.EMPTY_COPY)
        if shape is None:
            raise TypeError("CREATE INDEX makes an index")
        return shape

    @contextmanager
    def _probe(self, work: Work) -> Iterator[str]:
        """The index on an empty copy of the table, which is there as long as the block lasts."""
        name = column(self.index)
        with empty_copy.empty_copy(work, self.table):
            work.execute(f"{self._create} {name} ON {empty_copy.EMPTY_COPY} {self.definition}")
            yield f"pg_temp.{name}"

    @property
    def _create(self) -> str:
        return "CREATE UNIQUE INDEX" if self.unique else "CREATE INDEX"

    def run(self, work: Work) -> int:
        if work.attempt(lambda: self._was_there(work)):
            return 0
        if not unfinished_index.is_built(work, self._qualified):
            self._build(work, lambda: self._execute(work))
        return 0

    def _execute(self, work: Work) -> None:
        if work.atomic:
            work.execute(f"{self._create} {self._body}")
        else:
            statement = render(f"{self._create} CONCURRENTLY {self._body}", work.parameters)
            unfinished_index.build(work, self._qualified, statement)

    def _build(self, work: Work, build: Callable[[], object]) -> None:
        """Builds it; in a transaction within a savepoint, so that it can be asked why not."""
        if not self.unique:
            build()
            return
        with (
            duplicates_named(work, quoted(self.table), self._key(work)),
            work.connection.transaction() if work.atomic else nullcontext(),
        ):
            build()

    def _was_there(self, work: Work) -> bool:
        """Whether it was there, and valid, before this step first ran; remembered from then on."""
        if work.checkpoint is None:
            found = self._shape(work)
            existed = found is not None and bool(found[0])
            work.save_checkpoint({"existed": existed}, 0)
            if existed:
                work.remember(self.name, "was there before")
        return bool(work.checkpoint["existed"])

    @property
    def _body(self) -> str:
        return f"{column(self.index)} ON {quoted(self.table)} {self.definition}"

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"{self._create} CONCURRENTLY {self._body}",)


@operation("drop_built_index")
@dataclass(frozen=True)
class DropBuiltIndex(OfATable):
    """Takes build_index back; an index that was there before stays.

    Attributes:
        index: its name.
        table: "schema.table" that it is on.
    """

    transactional: ClassVar[bool] = False
    keeps_rows: ClassVar[bool] = True

    index: str
    table: str

    @property
    def what(self) -> str:
        return f"index {self.index}"

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
    def clears(self) -> Sequence[str]:
        return (f"index {qualified(split(self.table)[0], self.index)}",)

    def run(self, work: Work) -> int:
        if work.recall(self.name) is not None:
            return 0
        if work.atomic:
            work.execute(f"DROP INDEX IF EXISTS {self._qualified}")
        else:
            work.concurrently(f"DROP INDEX CONCURRENTLY IF EXISTS {self._qualified}")
        return 0

    @property
    def _qualified(self) -> str:
        return quoted(f"{split(self.table)[0]}.{self.index}")

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"DROP INDEX CONCURRENTLY IF EXISTS {self._qualified}",)
