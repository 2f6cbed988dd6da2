"""op.step: SQL in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import dedent

from gnkmigrate.phases.recorder import operation
from gnkmigrate.phases.step import Step
from gnkmigrate.phases.template import render
from gnkmigrate.phases.work import Work


@operation("step")
@dataclass(frozen=True)
class SqlStep(Step):
    """Runs SQL in one transaction, together with its entry in the journal.

    Attributes:
        title: the step's name; the step of the same name in downgrade() takes it back.
        sql: one or more statements, with placeholders as in template.py.
        touches: existing tables, "schema.table", that it locks.
        of: in downgrade(), the name of the upgrade's step that it belongs to, if not `title`.
    """

    title: str
    sql: str
    touches: tuple[str, ...] = ()
    of: str = ""

    @property
    def name(self) -> str:
        return self.title

    @property
    def undoes(self) -> str:
        return self.of or self.title

    @property
    def tables(self) -> Sequence[str]:
        return self.touches

    def run(self, work: Work) -> int:
        cursor = work.execute(self.sql)
        rows = max(cursor.rowcount, 0)
        while cursor.nextset():
            rows += max(cursor.rowcount, 0)
        return rows

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        return (dedent(render(self.sql, parameters)).strip().rstrip(";"),)
