"""What a script that a superuser runs on an embedded server reaches of the machine: nothing."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg import errors

from gnkmigrate.servers import Server
from gnkmigrate.servers.confinement import is_confining
from gnkmigrate.servers.embedded import embedded
from tests.conftest import MAJOR
from tests.support import execute, rows

pytestmark = pytest.mark.skipif(not is_confining(), reason="the kernel has no Landlock")


@pytest.fixture(scope="module")
def own() -> Iterator[Server]:
    os.environ["A_SECRET_OF_THE_RUNNER"] = "s3cret"
    try:
        with embedded(MAJOR) as server:
            yield server
    finally:
        del os.environ["A_SECRET_OF_THE_RUNNER"]


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A file that every user may read and write."""
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    file = tmp_path / "outside"
    file.write_text("kept\n")
    file.chmod(0o666)
    return file


@pytest.mark.parametrize(
    "program", ["cat < {0}", "echo changed > {0}", "cp /dev/null {0}", "rm -f {0}"]
)
def test_a_program_reaches_no_file(own: Server, outside: Path, program: str) -> None:
    hidden = f"DO $do$ BEGIN EXECUTE 'COPY (SELECT 1) TO ' || 'PROGRAM ''{program}'''; END $do$"
    with pytest.raises(errors.ExternalRoutineException):
        execute(own.url, hidden.format(outside))
    assert outside.read_text() == "kept\n"


def test_no_file_is_read_or_written(own: Server, outside: Path) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        execute(own.url, f"COPY (SELECT 1) TO '{outside}'")
    for call in (
        f"pg_read_file('{outside}')",
        f"lo_import('{outside}')",
        f"pg_ls_dir('{outside.parent}')",
        "pg_read_file('/proc/self/environ')",
    ):
        with pytest.raises(errors.InsufficientPrivilege):
            execute(own.url, f"SELECT {call}")


def test_its_own_files_are_the_servers(own: Server) -> None:
    assert rows(own.url, "SELECT pg_read_file('PG_VERSION')::int") == [(MAJOR,)]


def test_the_server_knows_no_secret_of_the_environment(own: Server) -> None:
    execute(
        own.url,
        "CREATE TABLE said (line text);"
        """COPY said FROM PROGRAM 'echo "<$A_SECRET_OF_THE_RUNNER>"';""",
    )
    assert rows(own.url, "SELECT line FROM said") == [("<>",)]


def test_it_reaches_no_network(own: Server) -> None:
    execute(own.url, "CREATE EXTENSION IF NOT EXISTS dblink")
    for host in ("127.0.0.1", "::1"):
        with pytest.raises(errors.SqlclientUnableToEstablishSqlconnection):
            execute(own.url, f"SELECT dblink_connect('host={host} port=9 user=x password=y')")


def test_it_reaches_no_other_server_of_its_user(own: Server, server: Server) -> None:
    """By a Unix socket the user of the operating system may be enough (peer authentication)."""
    execute(own.url, "CREATE EXTENSION IF NOT EXISTS dblink")
    other = server.url.conninfo.replace("'", "''")
    with pytest.raises(errors.SqlclientUnableToEstablishSqlconnection):
        execute(own.url, f"SELECT dblink_connect('{other} application_name=dblink')")
    reached = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'dblink'"
    assert rows(server.url, reached) == [(0,)]


def test_statistics_are_collected(own: Server) -> None:
    """PostgreSQL 14 switches this off where it does not find "localhost", and each query waits."""
    assert rows(own.url, "SHOW track_counts") == [("on",)]
