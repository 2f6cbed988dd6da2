"""`grants` makes a role that may migrate, and may do nothing that a superuser may."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

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


def test_what_the_owner_of_the_database_owns_is_left_to_somebody(
    gnkmigrate: Command, report: DatabaseUrl
) -> None:
    execute(report, "ALTER TABLE users OWNER TO pg_database_owner")
    shown = gnkmigrate(report, "grants")
    assert "GRANT pg_database_owner" not in shown.stdout
    assert "-- ALTER TABLE public.users OWNER TO ...;" in shown.stdout


def test_a_superuser_is_no_role_to_recommend(gnkmigrate: Command, report: DatabaseUrl) -> None:
    ((me,),) = rows(report, "SELECT current_user")
    refused = gnkmigrate(report, "grants", "--role", me)
    assert refused.exit_code == 2
    assert f"Role {me} is a superuser, or may become one." in refused.stderr


@dataclass(frozen=True)
class Shared:
    """A database whose schemas hold tables of several roles."""

    url: DatabaseUrl
    app: str
    guest: str
    migrator: str

    def may(self, privilege: str, role: str) -> set[str]:
        """The schemas on which a role has the privilege."""
        found = rows(
            self.url,
            "SELECT nspname FROM pg_namespace WHERE nspname IN ('clinic', 'Other', 'public')"
            f" AND has_schema_privilege('{role}', oid, '{privilege}')",
        )
        return {schema for (schema,) in found}


@pytest.fixture
def shared(database: DatabaseUrl) -> Iterator[Shared]:
    """The guest owns one table of schema clinic, and has been given no schema."""
    tag = secrets.token_hex(4)
    found = Shared(database, f"gnk app {tag}", f"gnk guest {tag}", f"gnk migrator {tag}")
    execute(
        database,
        f"""{CLOSE_PUBLIC};
            CREATE ROLE "{found.app}"; CREATE ROLE "{found.guest}" LOGIN PASSWORD 'sesame';
            CREATE SCHEMA clinic AUTHORIZATION "{found.app}";
            CREATE SCHEMA "Other" AUTHORIZATION "{found.app}";
            CREATE TABLE clinic.patient (id int); CREATE TABLE "Other".visit (id int);
            CREATE TABLE clinic.note (id int); CREATE FUNCTION public.one() RETURNS int
            LANGUAGE sql AS 'SELECT 1';
            ALTER TABLE clinic.patient OWNER TO "{found.app}";
            ALTER TABLE "Other".visit OWNER TO "{found.app}";
            ALTER FUNCTION public.one OWNER TO "{found.app}";
            ALTER TABLE clinic.note OWNER TO "{found.guest}";""",
    )
    yield found
    for role in (found.migrator, found.guest, found.app):
        if rows(database, f"SELECT FROM pg_roles WHERE rolname = '{role}'"):
            execute(database, f'DROP OWNED BY "{role}" CASCADE; DROP ROLE "{role}"')


def settings_of_three_schemas(folder: Path) -> str:
    file = folder / "three.toml"
    file.write_text('schemas = ["clinic", "Other", "public"]')
    return str(file)


def test_who_owns_nothing_in_a_schema_gets_nothing_on_it(
    gnkmigrate: Command, shared: Shared, tmp_path: Path
) -> None:
    config = settings_of_three_schemas(tmp_path)
    shown = gnkmigrate(shared.url, "--config", config, "grants", "--role", shared.migrator)
    assert shown.exit_code == 0, shown.output
    execute(shared.url, shown.stdout)
    for privilege in ("USAGE", "CREATE"):
        assert shared.may(privilege, shared.guest) - {"public"} == {"clinic"}
        assert shared.may(privilege, shared.migrator) == {"clinic", "Other", "public"}
    assert shared.may("CREATE", shared.guest) == {"clinic"}
    # It owns the function there, which phases may have to make again.
    assert "public" in shared.may("CREATE", shared.app)


def test_what_is_given_for_a_migration_can_be_taken_back(
    gnkmigrate: Command, shared: Shared, tmp_path: Path
) -> None:
    config = settings_of_three_schemas(tmp_path)
    before = {role: shared.may("CREATE", role) for role in (shared.app, shared.guest)}
    shown = gnkmigrate(shared.url, "--config", config, "grants", "--role", shared.migrator).stdout
    execute(shared.url, shown)
    taken_back = [
        line.removeprefix("-- ") for line in shown.splitlines() if line.startswith("-- REVOKE")
    ]
    execute(shared.url, "\n".join(taken_back))
    assert {role: shared.may("CREATE", role) for role in before} == before
    # Keys of its table that are there since look into its schema as their owner.
    assert "clinic" in shared.may("USAGE", shared.guest)
    # Schemas are the app's anyway.
    assert not any(f'"{shared.app}"' in line for line in taken_back if "public" not in line)


def test_without_settings_it_looks_at_all_schemas(
    gnkmigrate: Command, shared: Shared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shown = gnkmigrate(shared.url, "grants", "--role", shared.migrator).stdout
    assert f'GRANT "{shared.guest}" TO "{shared.migrator}";' in shown
    execute(shared.url, shown)
    assert shared.may("CREATE", shared.migrator) == {"clinic", "Other", "public"}


def test_who_may_become_a_superuser_is_one(
    gnkmigrate: Command, shared: Shared, tmp_path: Path
) -> None:
    ((me,),) = rows(shared.url, "SELECT quote_ident(current_user)")
    execute(shared.url, f'GRANT {me} TO "{shared.guest}"')
    config = settings_of_three_schemas(tmp_path)
    shown = gnkmigrate(shared.url, "--config", config, "grants", "--role", shared.migrator)
    assert shown.exit_code == 1
    assert f'GRANT "{shared.guest}"' not in shown.stdout
    assert "-- ALTER TABLE clinic.note OWNER TO ...;" in shown.stdout
    refused = gnkmigrate(shared.url, "--config", config, "grants", "--role", shared.guest)
    assert refused.exit_code == 2
