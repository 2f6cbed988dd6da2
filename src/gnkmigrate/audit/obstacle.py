"""Rows that may be in the way of what a check proposes, or show that it has guessed wrong."""

from collections.abc import Callable
from dataclasses import dataclass

from gnkmigrate.audit.finding import Severity
from gnkmigrate.facts.fact import Identity

_FEW = 10  # of one hundred: where fewer rows agree with a guess, it is wrong


@dataclass(frozen=True)
class Doubt:
    """What rows say of a guess: those that agree with it, beside those that do not.

    Attributes:
        agreeing: as an obstacle's `listing`, of every row that is as the guess has it.
        refuted: the finding's sentence where nearly no row is.
        label: what the agreeing rows are called in the evidence.
    """

    agreeing: Callable[[str], str]
    refuted: str
    label: str

    def is_wrong(self, agreeing: int, others: int) -> bool:
        """Whether so few rows agree that chance may have made them."""
        return agreeing * 100 < (agreeing + others) * _FEW


@dataclass(frozen=True)
class Obstacle:
    """Rows at which a fix would stop, should there be any.

    Attributes:
        table: the live table whose rows are asked.
        listing: a SELECT of every such row, the key first, given the clause that goes behind the
            table's name where only a part is looked at.
        one: what is said of one such row, as a sentence.
        many: the same for several; COUNT stands for their number.
        repair: SQL that may put the rows right, for somebody to look at and change first.
        fix: what of the fix can be run all the same.
        severity: of the finding where there are such rows.
        hidden: the key looks like a secret, so that no examples are shown.
        doubt: where the finding is a guess, what tells a wrong one.
    """

    table: Identity
    listing: Callable[[str], str]
    one: str
    many: str
    repair: str
    fix: tuple[str, ...] = ()
    severity: Severity | None = None
    hidden: bool = False
    doubt: Doubt | None = None

    def message(self, count: int) -> str:
        """The sentence for so many rows."""
        return self.one if count == 1 else self.many.replace("COUNT", f"{count:,}", 1)
