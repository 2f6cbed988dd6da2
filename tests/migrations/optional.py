"""MineGNK's optional phases, each in a station of its own beside the core."""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager

from psycopg import conninfo

from gnkmigrate.run import optional_changes
from gnkmigrate.run.encryption_key import VARIABLE
from gnkmigrate.run.kept.contract import contract
from gnkmigrate.run.phase import Phase
from gnkmigrate.run.revision import load_all_phases
from gnkmigrate.servers import Server
from tests.migrations.project import (
    ROWS,
    STATION_SETTINGS,
    Content,
    Place,
    Project,
    Station,
    Stations,
    minegnk_settings,
)
from tests.migrations.ways import Way
from tests.support import BASELINE, ROOT, execute_file

KEY = "a key that nobody guesses"
ALL: tuple[Phase, ...] = load_all_phases(ROOT / "migrations")
OPTIONAL: Mapping[str, Phase] = {phase.name: phase for phase in ALL if phase.optional}
# Rows of what has none in the old shape.
BESIDE = ROOT / "tests" / "migrations" / "beside.sql"

CORE, CONTRACTED = "the core", "the core after contract"
_SEALED = re.compile(r'("\w+_encrypted": )"\\\\x[0-9a-f]+"')


@contextmanager
def key_given() -> Iterator[None]:
    """The block in which the environment has the key."""
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = KEY
    try:
        yield
    finally:
        if before is None:
            del os.environ[VARIABLE]
        else:
            os.environ[VARIABLE] = before


class Beside(Project):
    """A database with optional phases, of which it counts whether what they made is noted.

    What is encrypted counts as who has the key reads it: the same value is never encrypted to the
    same bytes twice.
    """

    @property
    def content(self) -> Content:
        found = {
            table: [_SEALED.sub(r'\1"..."', row) for row in rows]
            for table, rows in super().content.items()
        }
        with self.session() as session:
            session.execute("SELECT set_config('app.encryption_key', %s, false)", (KEY,))
            for (view,) in session.execute("SELECT to_regclass('private.users')::text").fetchall():
                asked = f"SELECT to_jsonb(users)::text FROM {view} AS users ORDER BY 1"
                shown = session.execute(asked.encode()).fetchall() if view else []
                found["private.users"] = [row[0] for row in shown]
            # Which facts those are may differ: after a half way back more of them come again.
            found["gnkmigrate.memory"] = list(optional_changes.standing(session))
        return found


def below(phase: Phase) -> Place:
    """The station on which an optional phase comes."""
    return CONTRACTED if phase.after_contract else CORE


def optional_ways() -> Iterator[Way]:
    """Both of each optional phase, alone beside the core."""
    for name, phase in OPTIONAL.items():
        yield Way(phase, "up", below(phase), name)
        yield Way(phase, "down", below(phase), name)


def contracted(project: Project) -> None:
    """The old shape goes, and with it all that finds nodes by what is unique."""
    with project.session() as session:
        contract(session, project.phases, project.settings, losses_allowed=True)


class _Made(Mapping[Place, Station]):
    """Stations that are made when somebody first asks for them."""

    def __init__(self, server: Server, stack: ExitStack) -> None:
        self._server, self._stack = server, stack
        self._there: dict[Place, Station] = {}

    def __getitem__(self, place: Place) -> Station:
        if place not in self._there:
            self._there[place] = self._make(place)
        return self._there[place]

    def __iter__(self) -> Iterator[Place]:
        return iter((CORE, CONTRACTED, *OPTIONAL))

    def __len__(self) -> int:
        return len(OPTIONAL) + 2

    def _make(self, place: Place) -> Station:
        if place == CORE:
            return self._station(None, _to_the_core)
        if place == CONTRACTED:
            return self._station(self[CORE], contracted)
        phase = OPTIONAL[str(place)]
        return self._station(self[below(phase)], lambda project: project.up(phase=phase.name))

    def _station(self, source: Station | None, change: Callable[[Project], None]) -> Station:
        template = source.template if source else None
        url = self._stack.enter_context(self._server.database(template=template))
        project = Beside(url, self._server, ALL, minegnk_settings(**STATION_SETTINGS))
        change(project)
        name = str(conninfo.conninfo_to_dict(url.conninfo)["dbname"])
        return Station(self._server, ALL, name, project.state, of=Beside)


def _to_the_core(project: Project) -> None:
    execute_file(project.url, BASELINE)
    execute_file(project.url, ROWS)
    project.up()
    execute_file(project.url, BESIDE)


@contextmanager
def stations_beside(server: Server) -> Iterator[Stations]:
    """Databases with rows in which the core is done, and one optional phase beside it."""
    with key_given(), ExitStack() as stack:
        yield Stations(_Made(server, stack))
