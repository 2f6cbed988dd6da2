"""A project of two phases, and databases of it: shops, each with some rows."""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent, indent

import pytest
from distributed import LocalCluster
from psycopg import conninfo

from gnkmigrate.fleet.result import Result, Summary
from gnkmigrate.fleet.session import Choice, assembled, carried_out
from gnkmigrate.fleet.task import Command, source_of
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.servers import Server
from tests.cli.conftest import gnkmigrate
from tests.support import execute

__all__ = ["gnkmigrate"]

BASELINE = "CREATE TABLE shop (id int PRIMARY KEY, name text NOT NULL);"
ROWS = "INSERT INTO shop SELECT n, 'shop ' || n FROM generate_series(1, 50) AS n"
TARGET = """
CREATE TABLE shop (id int PRIMARY KEY, name text NOT NULL, city text);
CREATE TABLE note (id int PRIMARY KEY, body text NOT NULL);
"""
NOTES = 'op.execute("CREATE TABLE public.note (id int PRIMARY KEY, body text NOT NULL)")'
NO_NOTES = 'op.execute("DROP TABLE public.note")'
CITY = 'op.execute("ALTER TABLE public.shop ADD COLUMN city text")'
NO_CITY = 'op.execute("ALTER TABLE public.shop DROP COLUMN city")'
_REVISION = '''"""What {phase} does."""

from alembic import op

revision = "{number}"
down_revision = {before}
phase = "{phase}"


def upgrade() -> None:
{up}


def downgrade() -> None:
{down}
'''


@dataclass(frozen=True)
class Shops:
    """A project in a folder, and a server on which there are databases of it."""

    folder: Path
    server: Server
    template: str
    stack: ExitStack

    @property
    def config(self) -> Path:
        return self.folder / "gnkmigrate.toml"

    def revision(self, number: int, phase: str, up: str, down: str) -> None:
        """Writes a revision; `up` and `down` are the bodies of its functions."""
        text = _REVISION.format(
            number=number,
            before=repr(str(number - 1)) if number > 1 else None,
            phase=phase,
            up=indent(dedent(up).strip(), "    "),
            down=indent(dedent(down).strip(), "    "),
        )
        (self.folder / "migrations" / "versions" / f"{number}.py").write_text(text)

    def made(self, number: int = 1) -> list[DatabaseUrl]:
        """So many new databases."""
        return [
            self.stack.enter_context(self.server.database(template=self.template))
            for _ in range(number)
        ]

    def listed(self, urls: Mapping[str, DatabaseUrl | str], **labels: Mapping[str, str]) -> Path:
        """A list of targets, without a password: the workers know it."""
        file = self.folder / "targets.csv"
        lines = [",".join(("name", "url", *labels))]
        for name, url in urls.items():
            text = url if isinstance(url, str) else without_password(url)
            more = [labels[label].get(name, "") for label in labels]
            lines.append(",".join((name, text, *more)))
        file.write_text("\n".join(lines) + "\n")
        return file


def without_password(url: DatabaseUrl) -> str:
    given = conninfo.conninfo_to_dict(url.conninfo)
    given.pop("password")
    return conninfo.make_conninfo("", **given)


@pytest.fixture(scope="session")
def shop_template(server: Server) -> Iterator[str]:
    with server.database() as url:
        execute(url, BASELINE + ROWS)
        yield str(conninfo.conninfo_to_dict(url.conninfo)["dbname"])


@pytest.fixture
def shops(tmp_path: Path, server: Server, shop_template: str) -> Iterator[Shops]:
    (tmp_path / "gnkmigrate.toml").write_text(
        'target = "target.sql"\nbaseline = "baseline.sql"\nschemas = ["public"]\n'
        'ignore = ["public.seen"]\n[limits]\nlock_timeout_ms = 200\nlock_deadline_s = 2\n'
    )
    (tmp_path / "target.sql").write_text(TARGET)
    (tmp_path / "baseline.sql").write_text(BASELINE)
    (tmp_path / "migrations" / "versions").mkdir(parents=True)
    (tmp_path / "migrations" / "env.py").write_text("")
    with ExitStack() as stack:
        made = Shops(tmp_path, server, shop_template, stack)
        made.revision(1, "notes", NOTES, NO_NOTES)
        made.revision(2, "city", CITY, NO_CITY)
        yield made


@contextmanager
def dask(server: Server, workers: int = 2) -> Iterator[LocalCluster]:
    """A Dask cluster whose workers know the server's password, and nothing else of a test's."""
    password = str(conninfo.conninfo_to_dict(server.url.conninfo)["password"])
    with LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        memory_limit=0,
        env={"PGPASSWORD": password},
    ) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def scheduler(server: Server) -> Iterator[str]:
    """The address of a scheduler with two workers, for all tests that do not kill any."""
    with dask(server) as cluster:
        yield cluster.scheduler_address


@dataclass(frozen=True)
class Ran:
    """What came of a command, and the results in the order in which they came."""

    summary: Summary
    came: list[Result]
    told: list[str]

    def __getitem__(self, name: str) -> Result:
        return next(each for each in self.summary.results if each.name == name)

    @property
    def states(self) -> dict[str, str]:
        return {each.name: each.state for each in self.summary.results}


def ran(shops: Shops, command: Command, request: object, choice: Choice) -> Ran:
    """A command of the fleet, without the command line around it."""
    source = source_of(shops.config, {})
    came: list[Result] = []
    told: list[str] = []
    fleet = assembled(choice, source.settings(), os.environ.get("DATABASE_URL"))
    summary = carried_out(command, source, request, fleet, came.append, told.append)
    return Ran(summary, came, told)
