"""A database for each phase, made when it is first asked for, and copied ever after."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from psycopg import conninfo

from gnkmigrate.check.fill import fill
from gnkmigrate.check.generate import ROWS
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.run import runner
from gnkmigrate.run.phase import Phase, find_phase
from gnkmigrate.run.status import Request
from gnkmigrate.servers import Server
from gnkmigrate.settings import Settings


@dataclass
class Stations:
    """Templates of a project's database: one for the baseline, and one after each phase.

    Attributes:
        server: on which they are made.
        settings: the project.
        phases: all of them, in order.
        stack: drops them when it is closed.
    """

    server: Server
    settings: Settings
    phases: Sequence[Phase]
    stack: ExitStack
    _made: list[str] = field(default_factory=list)

    def template(self, phase: str | None) -> str:
        """The name of the database that has come so far; nobody is connected to it.

        Args:
            phase: the last phase to run, by name or number; None for the baseline.

        Raises:
            PhaseRefused: there is no such phase, or one does not fit the rows.
            PhaseFailed: a phase stopped in the middle.
            SchemaError: the baseline or its rows cannot be loaded.
        """
        level = 0 if phase is None else find_phase(self.phases, phase).number
        while len(self._made) <= level:
            self._made.append(self._next())
        return self._made[level]

    def _next(self) -> str:
        level = len(self._made)
        source = self._made[-1] if self._made else None
        url = self.stack.enter_context(self.server.database(template=source))
        with connect(url, search_path=self.settings.schemas) as session:
            if level == 0:
                fill(session, self.settings, ROWS, makes_roles=self.server.is_ours)
            else:
                request = Request(phase=self.phases[level - 1].name)
                settings = self.settings.model_copy(update={"trust_triggers": True})
                runner.run(session, self.phases, "up", request, settings)
        return _name(url)


def _name(url: DatabaseUrl) -> str:
    return str(conninfo.conninfo_to_dict(url.conninfo)["dbname"])
