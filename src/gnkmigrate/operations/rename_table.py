"""op.rename_table: another name, for everybody at once and for the old application never."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate.operations.renames import preflight
from gnkmigrate.operations.renames.spec import Renaming
from gnkmigrate.run import relation
from gnkmigrate.run.names import quoted, split
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.sync import legacy
from gnkmigrate.run.work import Work


@operation("rename_table")
def rename_table(table: str, name: str, *, schema: str = "") -> Step:
    """Gives a table another name, or another schema, in one short transaction.

    With op.keep_shape the old application goes on under the old name. What PostgreSQL itself knows
    of the table goes with it: keys, foreign keys of others, policies, triggers, grants,
    publications, comments, views. Its indexes, constraints and sequences keep their names.

    Alembic has an operation of this name: a table without its schema is still renamed by that one.

    Args:
        table: "schema.table".
        name: what it is called afterwards, without a schema.
        schema: where it goes; "" where it stays in its schema.

    Raises:
        RevisionError: it is called so already, or PostgreSQL would cut the name.
    """
    return RenameTable(Renaming(table, f"{schema or split(table)[0]}.{name}"))


@dataclass(frozen=True)
class _Renames(Step):
    renaming: Renaming

    @property
    def tables(self) -> Sequence[str]:
        return (self.renaming.before,)

    def check(self, work: Work) -> Sequence[Refusal]:
        return preflight.refusals(work, self.renaming)

    def run(self, work: Work) -> int:
        before, after = self.renaming.before, self.renaming.after
        relation.keep_maintenance_out(work, quoted(before))
        legacy.hide(work, before)
        work.connection.execute(";\n".join(self.renaming.statements).encode())
        legacy.show_renamed(work, before, after)
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        del parameters
        return self.renaming.statements


@dataclass(frozen=True)
class RenameTable(_Renames):
    """The table gets its other name."""

    @property
    def name(self) -> str:
        return f"name of {self.renaming.before}: {self.renaming.after}"

    @property
    def cuts_over(self) -> bool:
        return True

    @property
    def renamed(self) -> tuple[str, str]:
        return self.renaming.before, self.renaming.after

    @property
    def reverse(self) -> Sequence[Step]:
        return (GiveNameBack(self.renaming.back()),)


@dataclass(frozen=True)
class GiveNameBack(_Renames):
    """Takes op.rename_table back."""

    @property
    def name(self) -> str:
        return RenameTable(self.renaming.back()).name
