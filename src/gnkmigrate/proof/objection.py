"""What an observer has seen that should not be."""

from collections.abc import Sequence
from dataclasses import dataclass

from gnkmigrate.errors import GnkMigrateError

DEFECT = "This is a defect of gnkmigrate: please report it with both schemas."


class NotProven(GnkMigrateError):
    """A plan does not do on a copy what it promises; the live database was only read."""


@dataclass(frozen=True)
class Objection:
    """What is not as it should be.

    Attributes:
        message: in one or two sentences.
        found: where, a line each; nothing where all is well.
        hint: what to do about it.
        shown: so many of the lines are shown.
    """

    message: str
    found: Sequence[str]
    hint: str = DEFECT
    shown: int = 10

    @property
    def lines(self) -> Sequence[str]:
        """The lines that are shown, and how many are not."""
        more = len(self.found) - self.shown
        return [*self.found[: self.shown], *([f"and {more:,} more"] if more > 0 else [])]


def object_to(*objections: Objection) -> None:
    """Raises for all of them together, unless nothing was found.

    Raises:
        NotProven: something was found.
    """
    standing = [each for each in objections if each.found]
    if not standing:
        return
    first, *others = standing
    details = [*first.lines]
    for each in others:
        details += [each.message, *(f"  {line}" for line in each.lines)]
    hints = dict.fromkeys(each.hint for each in standing)
    raise NotProven(first.message, details=details, hint=" ".join(hints))
