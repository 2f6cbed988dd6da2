"""Commands run in MineGNK's folder, on databases as its report found them."""

import os
import secrets
from collections.abc import Callable, Iterator

import pytest
from psycopg import conninfo, sql
from typer.testing import CliRunner, Result

from gnkmigrate.cli import application
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.servers import embedded
from gnkmigrate.servers.account import server_account
from gnkmigrate.servers.binaries import binaries
from gnkmigrate.servers.cluster import cluster
from gnkmigrate.servers.folder import locked_folder
from tests.support import ROOT, execute, execute_file

Command = Callable[..., Result]
MakeRole = Callable[..., DatabaseUrl]


@pytest.fixture
def gnkmigrate(monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs a command in MineGNK's folder on a database: gnkmigrate(url, "upgrade", "--yes")."""
    monkeypatch.chdir(ROOT)
    for name in [name for name in os.environ if name.startswith(("PG", "DATABASE_URL"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "80")

    def run(url: DatabaseUrl | None, *arguments: str) -> Result:
        environment = {"DATABASE_URL": url.conninfo} if url else {}
        return CliRunner(env=environment).invoke(application(), [*arguments])

    return run


@pytest.fixture
def report(minegnk: DatabaseUrl) -> DatabaseUrl:
    """The database of the report: 4 users, 1 user_node, 1 node_request."""
    execute_file(minegnk, ROOT / "src" / "gnkmigrate" / "demo" / "report.sql")
    return minegnk


@pytest.fixture(scope="session")
def standby() -> Iterator[DatabaseUrl]:
    """A server in recovery, which never ends, since it follows nobody."""
    account, programs = server_account(), binaries(16)
    with locked_folder(account) as (folder, lock):
        account.run(["cp", "-R", cluster(programs, account), folder / "data"])
        url = embedded._set_password(programs, account, folder)
        account.run(["touch", folder / "data" / "standby.signal"])
        with embedded._running(programs, account, folder, lock):
            yield url


@pytest.fixture
def role(report: DatabaseUrl) -> Iterator[MakeRole]:
    """Makes roles with a password: role("NOSUPERUSER") gives the database's address as theirs."""
    made: list[sql.Identifier] = []

    def make(options: str = "") -> DatabaseUrl:
        name = f"role_{secrets.token_hex(6)}"
        made.append(sql.Identifier(name))
        create = sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'sesame' ").format(made[-1])
        execute(report, create.as_string() + options)
        return DatabaseUrl(conninfo.make_conninfo(report.conninfo, user=name, password="sesame"))

    yield make
    for name in made:
        drop = sql.SQL("DROP OWNED BY {0} CASCADE; DROP ROLE {0}").format(name)
        execute(report, drop.as_string())
