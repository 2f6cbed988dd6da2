"""op.guard: rows that must not be there when a phase starts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import dedent
from typing import ClassVar

from gnkmigrate.run.recorder import operation
from gnkmigrate.run.rows import listed
from gnkmigrate.run.step import Refusal, Step
from gnkmigrate.run.template import render
from gnkmigrate.run.work import Work


@operation("guard")
@dataclass(frozen=True)
class Guard(Step):
    """Stops the phase before it changes anything, when a query finds rows.

    Attributes:
        title: what is wrong when there are rows, as the message's first sentence.
        query: a SELECT that lists the rows; name its columns for the reader, and leave out the
            values of secret columns.
        hint: what to do about them.
        unless: policies under which the rows are no hindrance, as (policy, value) pairs.
        of: in downgrade(), the step without which there is nothing to guard.
    """

    changes: ClassVar[bool] = False
    speaks: ClassVar[bool] = True

    title: str
    query: str
    hint: str = ""
    unless: tuple[tuple[str, str], ...] = ()
    of: str = ""

    @property
    def name(self) -> str:
        return self.title

    @property
    def undoes(self) -> str:
        return self.of or self.title

    @property
    def guards(self) -> str:
        return self.query

    def check(self, work: Work) -> Sequence[Refusal]:
        if any(work.parameters.get(policy) == value for policy, value in self.unless):
            return ()
        total, rows = listed(work, self.query)
        if not total:
            return ()
        query = dedent(render(self.query, work.parameters)).strip()
        return (Refusal(self.title, rows, total, self.hint, query),)

    def run(self, work: Work) -> int:
        """Nothing: a guard has spoken before the first step."""
        del work
        return 0

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        allowed = "".join(f" (unless {policy} = {value})" for policy, value in self.unless)
        query = dedent(render(self.query, parameters)).strip().rstrip(";")
        return (f"-- must give no row{allowed}: {self.title}\n{query}",)
