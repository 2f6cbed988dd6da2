"""op.create_tables: new tables as the target declares them, whose rows a rollback keeps."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from gnkmigrate.facts.fact import Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import locks
from gnkmigrate.operations.expect import ExpectAbsent
from gnkmigrate.operations.parts import target
from gnkmigrate.operations.spill import Spill
from gnkmigrate.operations.sql_step import SqlStep, no_place
from gnkmigrate.operations.take_back import TakeBack
from gnkmigrate.plan.creation import Creation, creation
from gnkmigrate.run import lock_announcement
from gnkmigrate.run.lock_announcement import Span, TableLock
from gnkmigrate.run.names import quoted, split
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.sync import privileges
from gnkmigrate.run.work import Work

# Constraints whose indexes have their names.
_INDEXED = frozenset({"primary key", "unique", "exclusion"})


@operation("create_tables")
def create_tables(
    *tables: str, like: str = "", references: Sequence[str] = (), returns: bool = True
) -> tuple[Step, ...]:
    """Creates tables as the target declares them: with keys, checks, defaults, indexes, comments.

    A downgrade is refused while they hold rows, or keeps these with --spill, and the next upgrade
    brings them back.

    Args:
        tables: "schema.table" of each; one that others of them refer to comes before those.
        like: "schema.table" of an old table whose owner and grants they get; "" for what the
            target says of that.
        references: "schema.table" of each table that is there and that their foreign keys refer to.
        returns: False where rows that a downgrade has kept find their place in a later phase
            alone: there op.take_back brings them back, for the reason "The old shape has no table
            schema.table.".
    """
    made = CreateTables(tables, like, tuple(references))
    back = [TakeBack(no_place(table), table, key=()) for table in tables if returns]
    return (made, *back)


@dataclass(frozen=True)
class CreateTables(Step):
    """The tables come.

    Attributes:
        made: "schema.table" of each.
        like: whose owner and grants they get; "" for nobody's.
        references: other tables that they refer to.
    """

    made: tuple[str, ...]
    like: str = ""
    references: tuple[str, ...] = field(default=(), repr=False)

    @property
    def name(self) -> str:
        return f"tables {', '.join(self.made)}"

    @property
    def reverse(self) -> Sequence[Step]:
        dropped = f"DROP TABLE {', '.join(map(quoted, self.made))}"
        return (
            *(
                Spill(no_place(table), table, "true", (), of=self.name)
                for table in reversed(self.made)
            ),
            SqlStep(self.name, dropped, self.references, empty=self.made),
        )

    @property
    def of_target(self) -> bool:
        return True

    @property
    def tables(self) -> Sequence[str]:
        return self.references

    @property
    def locks(self) -> Sequence[TableLock]:
        return lock_announcement.on(self.references, locks.ADD_FOREIGN_KEY, Span.MOMENT)

    @property
    def altered(self) -> Sequence[str]:
        return ()  # a right to refer to them is enough

    @property
    def created(self) -> Sequence[str]:
        return self.made

    @property
    def referred(self) -> Sequence[str]:
        return self.references

    def check(self, work: Work) -> Sequence[Refusal]:
        refused = target.refusals(work, self._wanted)
        if refused:
            return refused
        made = target.creation(work, self._wanted)
        return (*ExpectAbsent(tuple(_relations(made))).check(work), *self._unsaid(made))

    @property
    def _wanted(self) -> Sequence[Identity]:
        return [Identity("table", split(table)) for table in self.made]

    def _unsaid(self, made: Creation) -> Sequence[Refusal]:
        """Which locks a phase takes is announced before anything is known of the target."""
        referred = {
            f"{to['schema']}.{to['table']}"
            for fact in made.made
            if fact.kind == "constraint" and (to := fact.payload["references"])
        }
        unsaid = sorted(referred - {*self.made, *self.references})
        if not unsaid:
            return ()
        message = "New tables refer to tables that the revision does not name."
        hint = f"Say them in op.create_tables: references={tuple(unsaid)!r}."
        return (Refusal(message, unsaid, len(unsaid), hint),)

    def run(self, work: Work) -> int:
        target.make(work, target.creation(work, self._wanted))
        for table in self.made if self.like else ():
            privileges.carry_privileges(work, quoted(self.like), quoted(table))
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return (f"-- creates {', '.join(self.made)} as the target declares them",)

    def told(
        self, parameters: Mapping[str, str], load_target: Callable[[], Snapshot]
    ) -> Sequence[str]:
        alike = (f"-- and the owner and grants of {self.like}",) if self.like else ()
        made = target.statements(creation(load_target(), self._wanted))
        return (*self.script(parameters), *made, *alike)


def _relations(made: Creation) -> Sequence[str]:
    """What they make that has a name in a schema, "schema.name"."""
    return [
        f"{fact.identity.path[0]}.{fact.identity.name}"
        for fact in made.made
        if fact.kind in {"table", "index", "sequence"}
        or (fact.kind == "constraint" and fact.payload["type"] in _INDEXED)
    ]
