"""A step that proves a claim about the rows, and no step that changes anything."""

from abc import abstractmethod
from typing import ClassVar

from gnkmigrate.errors import VerificationFailed
from gnkmigrate.run import events
from gnkmigrate.run.step import Step
from gnkmigrate.run.work import Work


class Verification(Step):
    """A step that proves a claim, at its place among the others and again on `verify`.

    Attributes:
        once: True for a claim that holds at this point alone, since the application goes on
            writing; `gnkmigrate verify` leaves it out.
        reports: True for a value that is worth knowing and never wrong.
    """

    changes: ClassVar[bool] = False

    once: bool = False
    reports: bool = False

    @property
    def reads(self) -> str:
        """The author's own query; "" where its tables are those of its phase."""
        return ""

    @abstractmethod
    def result(self, work: Work) -> events.Verified:
        """Whether the claim holds now."""

    def run(self, work: Work) -> int:
        """Asks, and tells the observer.

        Raises:
            VerificationFailed: rows speak against the claim.
        """
        verified = self.result(work)
        work.observe(verified)
        if not verified.passed:
            raise VerificationFailed(
                f"Phase {work.phase}: not true: {self.name} ({verified.value} against it).",
                details=verified.rows,
                hint=f"gnkmigrate downgrade --phase {work.phase} takes the phase back.",
            )
        return 0
