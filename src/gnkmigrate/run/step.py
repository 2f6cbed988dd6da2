"""The step: the unit that the executor checks, runs, journals, resumes and undoes."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol

from gnkmigrate.facts.fact import content_hash
from gnkmigrate.kinds import locks
from gnkmigrate.run import lock_announcement
from gnkmigrate.run.lock_announcement import Span, TableLock

if TYPE_CHECKING:
    from gnkmigrate.facts.snapshot import Snapshot
    from gnkmigrate.run.kept.old_value import OldValue
    from gnkmigrate.run.sync.row_checksum import Comparison
    from gnkmigrate.run.work import Work


@dataclass(frozen=True)
class Refusal:
    """A reason why a phase may not start.

    Attributes:
        message: what is wrong, in one sentence.
        rows: examples, each as one line of text.
        total: how many there are; 0 where nothing is counted.
        hint: what to do about it.
        query: SQL that lists them all; "" where there is none.
    """

    message: str
    rows: Sequence[str] = ()
    total: int = 0
    hint: str = ""
    query: str = ""


class Step(ABC):
    """One step of a phase; a subclass is a frozen dataclass of what it needs to know.

    A step of downgrade() undoes the step of upgrade() that has the same `name`, or the one that
    `undoes` names: it runs only where that step is in force. So an upgrade that was interrupted
    can be undone, and a rollback that was interrupted can be upgraded again.
    """

    # False: the step commits by itself (in batches, or because its command refuses a transaction
    # block), so it must recognise work that it has already done.
    transactional: ClassVar[bool] = True
    # False: the step only looks, and is not journalled.
    changes: ClassVar[bool] = True
    # True: an interrupted downgrade does the step again, until what it belongs to is taken back.
    repeats: ClassVar[bool] = False
    # True: it may make functions, tables and types that expressions of later steps name.
    prepares: ClassVar[bool] = False
    # Whether columns and rows stay as they are, since but an index or a constraint comes or goes.
    keeps_rows: ClassVar[bool] = False
    # Whether rows are written as the table's owner, who may have less than all rights on them.
    fills: ClassVar[bool] = False
    # Whether its way back needs nothing that contract removes.
    outlives_contract: ClassVar[bool] = False
    # Whether it runs SQL as the revision's author has written it, who may count on a search path.
    speaks: ClassVar[bool] = False
    # Whether its statements need a key that no file may have.
    needs_key: ClassVar[bool] = False
    # Whether tables get columns beside those that they have, for everybody who reads them.
    adds_columns: ClassVar[bool] = False

    @property
    def one_way(self) -> bool:
        """Whether the other direction has no step for it: it goes with another, or needs none."""
        return False

    @property
    def reverse(self) -> "Sequence[Step] | None":
        """The steps that take it back, from which op.reversible makes a downgrade.

        None for a step that does not know: its revision needs a downgrade() of its own.
        """
        return None if self.changes and not self.one_way else ()

    @property
    @abstractmethod
    def name(self) -> str:
        """Unique within a direction of a phase."""

    def told_apart(self) -> "Step":
        """The same under a name that tells its table, for a revision that has it for two."""
        return self

    @property
    def undoes(self) -> str:
        """The name of the upgrade's step that this one takes back."""
        return self.name

    @property
    def ends(self) -> Sequence[str]:
        """Names of the upgrade's steps that stand no longer once this one has run."""
        return (self.undoes,) if self.name == self.undoes else ()

    @property
    def tables(self) -> Sequence[str]:
        """Existing tables, "schema.table", that the step reads whole or locks."""
        return ()

    @property
    def unsaid(self) -> str:
        """SQL of the author's that may change any table: nobody has said which; "" for none."""
        return ""

    @property
    def locks(self) -> Sequence[TableLock]:
        """What it takes on them at most, and on others; reading rows is in nobody's way."""
        if not self.changes:
            return ()
        return lock_announcement.on(self.tables, locks.ACCESS_EXCLUSIVE, Span.MOMENT)

    @property
    def clears(self) -> Sequence[str]:
        """What it drops, as pg_describe_object says it: in no later step's way any more."""
        return ()

    @property
    def dropped_key(self) -> tuple[str, str] | None:
        """A constraint that goes, "schema.table" and name: its other table is locked as well."""
        return None

    @property
    def altered(self) -> Sequence[str]:
        """Those of them that belong to the migrating role, or to one that it is a member of."""
        return self.tables if self.changes else ()

    @property
    def created(self) -> Sequence[str]:
        """The tables that it makes, "schema.table", in schemas that are there."""
        return ()

    @property
    def referred(self) -> Sequence[str]:
        """The tables to which it gives foreign keys, "schema.table", and which may be others'."""
        return ()

    @property
    def shown(self) -> str:
        """The table, "schema.table", for whose old shape there is to be a view; "" for none."""
        return ""

    @property
    def cuts_over(self) -> bool:
        """Whether the new shape takes the old one's place here, for which a team may wait."""
        return False

    def comparisons(self, work: "Work") -> Sequence["Comparison"]:
        """What has to agree before a cutover; asked when all that it needs is there."""
        del work
        return ()

    def relied_on(self, table: str) -> Collection[str]:
        """Columns of a table that is there which triggers of ours name from this step on."""
        del table
        return ()

    def takes_off(self, table: str) -> Collection[str]:
        """Columns that a table has no longer once it has run; it looks after what they hold."""
        del table
        return ()

    @property
    def renamed(self) -> tuple[str, str] | None:
        """A table that it gives another name, "schema.table" before and after."""
        return None

    def old_values(self, work: "Work", table: str) -> "Sequence[OldValue]":
        """What the new shape says of columns of a table that it keeps for the way back."""
        del work, table
        return ()

    def side_keys(self, table: str) -> Mapping[str, Mapping[str, str]]:
        """Tables whose rows are each a part of one row of a table, with what its key is there."""
        del table
        return {}

    def stranded(self, work: "Work") -> Sequence[Refusal]:
        """Values that are kept until contract and nowhere else, unsaid by the revision."""
        del work
        return ()

    @property
    def of_target(self) -> bool:
        """Whether the target says what it makes."""
        return False

    @property
    def archived(self) -> str:
        """The table or type, "schema.name", that it moves to the archive; "" for none."""
        return ""

    @property
    def guards(self) -> str:
        """The query whose rows `check` refuses, which may be asked long before; "" for none."""
        return ""

    def check(self, work: "Work") -> Sequence[Refusal]:
        """What speaks against the phase, asked before any of its steps has run."""
        del work
        return ()

    @abstractmethod
    def run(self, work: "Work") -> int:
        """Does it; gives the number of rows moved or changed."""

    def cancel(self, work: "Work") -> None:
        """Takes this step of a downgrade back, because the downgrade is given up half way.

        Only a step that prepares another one has anything to do here.
        """
        del work

    @abstractmethod
    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        """The step as SQL statements for reading and for psql."""

    def told(
        self, parameters: Mapping[str, str], load_target: "Callable[[], Snapshot]"
    ) -> Sequence[str]:
        """The same for who may load the target, of which a step may take its SQL."""
        del load_target
        return self.script(parameters)

    @property
    def checksum(self) -> str:
        """SHA-256 of everything that the step is made of, in hexadecimal."""
        return content_hash(repr(self))


class Runnable(Protocol):
    """What the executor runs: a phase, or a plan.

    Attributes:
        name: under which the journal knows it.
        revision: the Alembic revision that it is; "" for none.
        file: where it is written down.
        checksum: SHA-256 of that, in hexadecimal.
        up_steps: what it does.
        down_steps: what takes that back.
    """

    @property
    def name(self) -> str: ...

    @property
    def revision(self) -> str: ...

    @property
    def file(self) -> Path: ...

    @property
    def checksum(self) -> str: ...

    @property
    def up_steps(self) -> tuple[Step, ...]: ...

    @property
    def down_steps(self) -> tuple[Step, ...]: ...
