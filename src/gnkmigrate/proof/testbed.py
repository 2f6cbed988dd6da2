"""One database on which phases are proven: tried, run, taken back, and compared with before.

Rehearsals, checks and the demonstration say which stages there are, and how to tell of them; what
a stage does with the database is here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gnkmigrate.postgres.connection import Connection, DatabaseUrl
from gnkmigrate.proof.stage import Found
from gnkmigrate.proof.state import State, differences, read_state
from gnkmigrate.run import events, lasting_verifications, runner
from gnkmigrate.run.events import Direction
from gnkmigrate.run.phase import Phase
from gnkmigrate.run.runner_session import pathless
from gnkmigrate.run.status import Request
from gnkmigrate.settings import Settings
from gnkmigrate.text.numbers import counted


@dataclass(frozen=True)
class Ground:
    """A database on a throwaway server, and the phases that are run there.

    Attributes:
        session: the one that does the work.
        url: the same database.
        major: its server's major version.
        settings: the project's, without any regard for an application.
        phases: all of the project's.
        parameters: answers to the revisions' questions.
        observe: told of what the phases do.
    """

    session: Connection
    url: DatabaseUrl
    major: int
    settings: Settings
    phases: Sequence[Phase]
    parameters: Mapping[str, str]
    observe: events.Observer = events.ignore

    def now(self) -> State:
        """All of the database as it is."""
        with pathless(self.session):
            return read_state(self.session, self.url, self.major, self.settings)

    def run(
        self, phase: Phase, direction: Direction, observe: events.Observer | None = None
    ) -> None:
        """One phase, up or down.

        Raises:
            PhaseRefused: something speaks against it.
            PhaseFailed: it has stopped half way.
        """
        request = Request(phase=phase.name, parameters=self.parameters)
        observer = self.observe if observe is None else observe
        runner.run(self.session, self.phases, direction, request, self.settings, observer)

    def try_out(self) -> tuple[Found, State]:
        """All phases in one transaction that is rolled back and leaves nothing; and what is then.

        Raises:
            PhaseRefused: something speaks against one of them.
            PhaseFailed: one of them has stopped half way.
        """
        before = self.now()
        request = Request(dry_run=True, parameters=self.parameters)
        runner.run(self.session, self.phases, "up", request, self.settings, self.observe)
        after = self.now()
        summary = "carried out and rolled back; every row and the schema are as before"
        return Found(summary, differences(before, after)), after

    def verify(self) -> Found:
        """What all phases that are done claim, asked again when all of them are."""
        results = lasting_verifications.verify(
            self.session, self.phases, self.settings, self.observe
        )
        wrong = [
            line
            for result in results
            if not result.passed
            for line in (f"{result.phase}: not true: {result.name}", *result.rows)
        ]
        proven = counted(sum(not result.reports for result in results), "claim")
        return Found(f"{proven}, asked again with all phases done", wrong)
