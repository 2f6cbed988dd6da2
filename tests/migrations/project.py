"""MineGNK's database under its migrations: up, down, and what it holds then."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from psycopg import conninfo

from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.run import events, runner
from gnkmigrate.run.events import Direction
from gnkmigrate.run.phase import Phase
from gnkmigrate.run.status import Request, status
from gnkmigrate.servers import Server
from gnkmigrate.settings import Settings, load
from tests.support import BASELINE, ROOT, execute, execute_file, pg_dump, rows

# Every row as text, with its columns by name, so that their order does not matter.
_CONTENT = """
SELECT to_jsonb(listed)::text FROM {table} AS listed ORDER BY 1
"""
_TABLES = """
SELECT format('%I.%I', schemaname, tablename) FROM pg_catalog.pg_tables
WHERE schemaname = 'public' ORDER BY 1
"""

_OWN = re.compile(
    r"(?:CREATE|ALWAYS) TRIGGER \w*gnkmigrate_|(?:INDEX|CONSTRAINT|COLUMN|ON) \S*gnkmigrate_"
)
_KEPT_COLUMN = re.compile(r"^ *\"?gnkmigrate_kept_.*\n", re.MULTILINE)

ROWS = ROOT / "tests" / "migrations" / "rows.sql"
# With which the rows of that file go all the way.
STATION_SETTINGS: Mapping[str, Any] = {
    "source_timezone": "Europe/Berlin",
    "policies": {"overflow": "truncate", "unmapped": "archive"},
}

Content = Mapping[str, list[str]]
State = tuple[list[str], Content]
# A level of the core, or the name of an optional phase that stands beside it.
Place = int | str


def minegnk_settings(**given: Any) -> Settings:
    """The settings of the project at the root of the repository, with some of them changed.

    Tests change tables between two upgrades to see what the steps say of it.
    """
    policies = {"drift": "checked", **given.get("policies", {})}
    return load(ROOT / "gnkmigrate.toml", {**given, "policies": policies})


@dataclass(frozen=True)
class Project:
    """One database of MineGNK's.

    Attributes:
        url: where it is.
        server: whose pg_dump is asked.
        phases: MineGNK's, or another project's.
        settings: with which they run.
    """

    url: DatabaseUrl
    server: Server
    phases: tuple[Phase, ...]
    settings: Settings

    def with_settings(self, **given: Any) -> "Project":
        return replace(self, settings=minegnk_settings(**given))

    @contextmanager
    def session(self) -> Iterator[Connection]:
        with connect(self.url, search_path=self.settings.schemas) as connection:
            yield connection

    @contextmanager
    def copy(self) -> Iterator["Project"]:
        """The same database once more."""
        name = str(conninfo.conninfo_to_dict(self.url.conninfo)["dbname"])
        with self.server.database(template=name) as url:
            yield replace(self, url=url)

    def run(
        self, direction: Direction, request: Request, observe: events.Observer = events.ignore
    ) -> tuple[Phase, ...]:
        with self.session() as session:
            return runner.run(session, self.phases, direction, request, self.settings, observe)

    def up(self, observe: events.Observer = events.ignore, **request: Any) -> None:
        self.run("up", Request(**request), observe)

    def down(self, observe: events.Observer = events.ignore, **request: Any) -> None:
        self.run("down", Request(**request), observe)

    def go_to(self, level: int, *, atomic: bool = False) -> None:
        """Runs phases until the first `level` of them are in force, and no other."""
        done = len(self.phases) - self.states.count("pending")
        if level > done:
            self.up(through=self.phases[level - 1].name, atomic=atomic)
        elif level < done:
            self.down(through=self.phases[level].name, atomic=atomic)

    @property
    def states(self) -> tuple[str, ...]:
        """The state of each phase."""
        with self.session() as session:
            return tuple(found.state for found in status(session, self.phases))

    def execute(self, sql: str) -> None:
        """Runs statements in one transaction, as the application would."""
        execute(self.url, sql)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return rows(self.url, query)

    def value(self, query: str) -> Any:
        """The only value of a query."""
        ((value,),) = self.rows(query)
        return value

    @property
    def facts(self) -> dict[str, str]:
        """What is compared of the schema: the hash of each thing, by its name."""
        with self.session() as session:
            found = read_snapshot(session).facts.values()
            return {str(fact.identity): fact.hash for fact in found}

    @property
    def content(self) -> Content:
        """The rows of every table in public, by table."""
        with self.session() as session:
            tables = [str(row[0]) for row in session.execute(_TABLES).fetchall()]
            return {
                table: [
                    str(row[0])
                    for row in session.execute(_CONTENT.format(table=table).encode()).fetchall()
                ]
                for table in tables
            }

    @property
    def dump(self) -> str:
        """The schema as pg_dump prints it."""
        return pg_dump(self.url, self.server)

    @property
    def declared(self) -> str:
        """The same without what keeps the old shape in step until `contract`."""
        statements = _KEPT_COLUMN.sub("", self.dump).split(";\n")
        return ";\n".join(text for text in statements if not _OWN.search(text))

    @property
    def state(self) -> State:
        """Schema and rows, in which a node goes by its identifier: its id is made by chance."""
        content = self.content
        names: dict[str, str] = {}
        for node in map(json.loads, content.get("public.nodes", ())):
            names[node["id"]] = f"node {node['identifier']}"
        return self.dump.splitlines(), {
            table: sorted(_renamed(row, names) for row in listed)
            for table, listed in content.items()
        }


def _renamed(text: str, names: Mapping[str, str]) -> str:
    for name, other in names.items():
        text = text.replace(name, other)
    return text


@dataclass(frozen=True)
class Home:
    """Where MineGNK's databases come from, and what is known about them beforehand.

    Attributes:
        server: on which they are made.
        template: the name of the database to copy.
        phases: MineGNK's.
        target: the target's schema, as pg_dump prints it.
        levels: the schema before the first phase, after it, and so on to the last.
    """

    server: Server
    template: str = field(repr=False)
    phases: tuple[Phase, ...] = field(repr=False)
    target: str = field(repr=False)
    levels: tuple[str, ...] = field(repr=False)

    @contextmanager
    def project(self, **given: Any) -> Iterator[Project]:
        """A new database in the old shape, without rows, and settings."""
        with self.server.database(template=self.template) as url:
            yield Project(url, self.server, self.phases, minegnk_settings(**given))


@dataclass(frozen=True)
class Station:
    """A database with rows, at one place of the migration, to be copied.

    Attributes:
        template: its name.
        state: its schema and rows.
        of: what knows how they are compared.
    """

    server: Server
    phases: tuple[Phase, ...] = field(repr=False)
    template: str = field(repr=False)
    state: State = field(repr=False)
    of: type[Project] = field(default=Project, repr=False)

    @contextmanager
    def project(self, **given: Any) -> Iterator[Project]:
        """A copy of it, and settings."""
        changed = minegnk_settings(**{**STATION_SETTINGS, **given})
        with self.server.database(template=self.template) as url:
            yield self.of(url, self.server, self.phases, changed)


class Stations:
    """One at each place: before the first phase, after it, and so on to the last."""

    def __init__(self, each: Mapping[Place, Station]) -> None:
        self._each = each

    def __getitem__(self, place: Place) -> Station:
        return self._each[place]

    def __repr__(self) -> str:
        """Short, because hypothesis prints it with every example that fails."""
        return f"{len(self._each)} stations"


@contextmanager
def stations_on(server: Server, phases: tuple[Phase, ...]) -> Iterator[Stations]:
    """Databases with rows at each level, to be copied."""
    with ExitStack() as stack:
        found: list[Station] = []
        for level in range(len(phases) + 1):
            source = found[-1].template if found else None
            url = stack.enter_context(server.database(template=source))
            project = Project(url, server, phases, minegnk_settings(**STATION_SETTINGS))
            if level == 0:
                execute_file(url, BASELINE)
                execute_file(url, ROWS)
            else:
                project.go_to(level)
            name = str(conninfo.conninfo_to_dict(url.conninfo)["dbname"])
            found.append(Station(server, phases, name, project.state))
        yield Stations(dict(enumerate(found)))
