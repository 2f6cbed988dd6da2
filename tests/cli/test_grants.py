"""`grants` makes a role that may migrate, and may do nothing that a superuser may."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from psycopg import conninfo

from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.servers import Server
from tests.cli.conftest import Command
from tests.support import CLOSE_PUBLIC, ROOT, execute, execute_file, pg_dump, rows

REPORT = ROOT / "src" / "gnkmigrate" / "demo" / "report.sql"


@dataclass(frozen=True)
class Owned:
    """A database in which all belongs to one role, and the name of the role that is to migrate."""

    url: DatabaseUrl
    owner: str
    migrator: str

    @property
    def as_migrator(self) -> DatabaseUrl:
        return self.as_role(self.migrator)

    def as_role(self, role: str) -> DatabaseUrl:
        return DatabaseUrl(conninfo.make_conninfo(self.url.conninfo, user=role, password="sesame"))


@pytest.fixture
def owned(database: DatabaseUrl) -> Iterator[Owned]:
    """MineGNK's report, in the hands of a role that may not even create a schema."""
    tag = secrets.token_hex(4)
    ((name,),) = rows(database, "SELECT quote_ident(current_database())")
    found = Owned(database, f"gnk Owner {tag}", f"gnk Migrator {tag}")
    execute(
        database,
        f"""{CLOSE_PUBLIC}; CREATE ROLE "{found.owner}" LOGIN PASSWORD 'sesame';
            GRANT USAGE, CREATE ON SCHEMA public TO "{found.owner}";
            GRANT CREATE ON DATABASE {name} TO "{found.owner}"; """,
    )
    as_owner = found.as_role(found.owner)
    execute_file(as_owner, ROOT / "schema" / "baseline.sql")
    execute_file(as_owner, REPORT)
    execute(database, f'REVOKE CREATE ON DATABASE {name} FROM "{found.owner}"')
    yield found
    for role in (found.migrator, found.owner):
        if rows(database, f"SELECT FROM pg_roles WHERE rolname = '{role}'"):
            execute(database, f'DROP OWNED BY "{role}" CASCADE; DROP ROLE "{role}"')


def test_its_role_migrates_and_back(gnkmigrate: Command, owned: Owned, server: Server) -> None:
    shown = gnkmigrate(owned.url, "grants", "--role", owned.migrator)
    assert shown.exit_code == 0, shown.output
    execute(owned.url, shown.stdout)
    execute(owned.url, f"ALTER ROLE \"{owned.migrator}\" PASSWORD 'sesame'")
    # What it says a second time is the same, and does no harm.
    again = gnkmigrate(owned.url, "grants", "--role", owned.migrator).stdout
    assert "CREATE ROLE" not in again
    execute(owned.url, again)
    before = pg_dump(owned.url, server)

    assert rows(
        owned.as_migrator,
        "SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls FROM pg_roles"
        " WHERE rolname = current_user",
    ) == [(False,) * 5]
    doctor = gnkmigrate(owned.as_migrator, "doctor")
    assert f"privileges  {owned.migrator} may audit, upgrade and downgrade" in doctor.stdout
    assert "warning privileges" not in doctor.stdout

    up = gnkmigrate(owned.as_migrator, "upgrade", "--yes")
    assert up.exit_code == 0, up.stderr
    assert gnkmigrate(owned.as_migrator, "verify").exit_code == 0
    owners = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
    assert rows(owned.url, owners) == [(owned.owner,)]
    # The application, which owns its tables, goes on in its old shape.
    with connect(
        owned.as_role(owned.owner), search_path=["gnkmigrate_legacy", "public"]
    ) as application:
        application.execute("UPDATE node_requests SET processed_by = NULL")
        application.execute("UPDATE user_nodes SET label = 'another'")
        application.execute("DELETE FROM user_nodes")
    down = gnkmigrate(owned.as_migrator, "downgrade", "--all", "--yes")
    assert down.exit_code == 0, down.stderr
    assert pg_dump(owned.url, server) == before


def test_what_a_superuser_owns_is_left_to_somebody(
    gnkmigrate: Command, report: DatabaseUrl
) -> None:
    shown = gnkmigrate(report, "grants")
    assert shown.exit_code == 1
    assert "CREATE ROLE gnkmigrate_" in shown.stdout
    assert "_migrator LOGIN;" in shown.stdout
    assert "-- ALTER TABLE public.users OWNER TO ...;" in shown.stdout
    assert "belong to a superuser" in shown.stderr


def test_a_superuser_is_no_role_to_recommend(gnkmigrate: Command, report: DatabaseUrl) -> None:
    ((me,),) = rows(report, "SELECT current_user")
    refused = gnkmigrate(report, "grants", "--role", me)
    assert refused.exit_code == 2
    assert f"Role {me} is a superuser." in refused.stderr
