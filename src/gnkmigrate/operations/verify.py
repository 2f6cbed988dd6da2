"""op.verify: a query that proves what a phase claims."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import dedent
from typing import ClassVar

from gnkmigrate.errors import RevisionError
from gnkmigrate.run import events
from gnkmigrate.run.recorder import operation
from gnkmigrate.run.rows import listed
from gnkmigrate.run.template import render
from gnkmigrate.run.verification import Verification
from gnkmigrate.run.work import Work


def asked(work: Work, claim: str, query: str) -> events.Verified:
    """A claim against which a query gives the rows that speak."""
    total, rows = listed(work, query)
    return events.Verified(
        work.phase, claim, passed=not total, value=f"{total} rows", rows=tuple(rows)
    )


@operation("verify")
@dataclass(frozen=True)
class Verify(Verification):
    """Proves a claim with one SELECT, at its place among the steps and again on `verify`.

    Attributes:
        title: the claim, as a sentence that is true when the query gives no row.
        query: one SELECT that gives the rows that speak against it.
        once: True for a claim that holds at this point alone, since the application goes on
            writing; `gnkmigrate verify` leaves it out.
        reports: True for a query whose single value is worth knowing and never wrong.
    """

    speaks: ClassVar[bool] = True

    title: str
    query: str
    once: bool = False
    reports: bool = False

    def __post_init__(self) -> None:
        _require_one_select(self.title, self.query)

    @property
    def name(self) -> str:
        return self.title

    @property
    def reads(self) -> str:
        return self.query

    def result(self, work: Work) -> events.Verified:
        """What the query says now."""
        if self.reports:
            value = work.value(self.query)
            return events.Verified(
                work.phase, self.title, passed=True, value=str(value), reports=True
            )
        return asked(work, self.title, self.query)

    def script(self, parameters: Mapping[str, str]) -> Sequence[str]:
        query = dedent(render(self.query, parameters)).strip().rstrip(";")
        claim = "reports" if self.reports else "must give no row"
        return (f"-- {claim}: {self.title}\n{query}",)


def _require_one_select(title: str, query: str) -> None:
    """A verification must not be able to write.

    Raises:
        RevisionError: the query is not exactly one SELECT.
    """
    import sqlglot  # it takes time to load, and few revisions have queries of their own
    from sqlglot import errors as sqlglot_errors
    from sqlglot import expressions

    # To sqlglot a placeholder is any literal.
    text = query.replace(":'", "'").replace(':"', '"')
    try:
        parsed = [tree for tree in sqlglot.parse(text, dialect="postgres") if tree is not None]
    except sqlglot_errors.SqlglotError:
        parsed = []
    allowed = expressions.Select | expressions.SetOperation
    writes = (expressions.Insert, expressions.Update, expressions.Delete, expressions.Into)
    if len(parsed) != 1 or not isinstance(parsed[0], allowed) or parsed[0].find(*writes):
        raise RevisionError(
            f'The verification "{title}" is not one SELECT.',
            hint="Write it as a single SELECT that gives the rows that speak against the claim.",
        )
