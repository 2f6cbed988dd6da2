"""A managed service: no superuser, no CREATEDB, a list of allowed extensions, pg_monitor at most.

The role owns its database, as the one that such a service hands out does, and nothing else.
"""

import json
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg import conninfo, sql

from gnkmigrate.doctor.probes.extensions import lacking
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.servers import Server
from tests.cli.conftest import Command
from tests.support import ROOT, execute, execute_file, pg_dump, rows

REPORT = ROOT / "src" / "gnkmigrate" / "demo" / "report.sql"
RIGHTS = (
    "SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls,"
    " pg_has_role('pg_monitor', 'USAGE') FROM pg_roles WHERE rolname = current_user"
)


@pytest.fixture
def managed(database: DatabaseUrl) -> Iterator[DatabaseUrl]:
    """The report's database, made and owned by a role that may do nothing else on its server."""
    role = f"owner_{secrets.token_hex(6)}"
    name = conninfo.conninfo_to_dict(database.conninfo)["dbname"]
    make = sql.SQL(
        "CREATE ROLE {0} LOGIN PASSWORD 'sesame' NOSUPERUSER NOCREATEDB NOCREATEROLE;"
        " GRANT pg_monitor TO {0}; ALTER DATABASE {1} OWNER TO {0};"
        " ALTER SCHEMA public OWNER TO {0}"
    )
    execute(database, make.format(sql.Identifier(role), sql.Identifier(str(name))).as_string())
    url = DatabaseUrl(conninfo.make_conninfo(database.conninfo, user=role, password="sesame"))
    execute_file(url, ROOT / "schema" / "baseline.sql")
    execute_file(url, REPORT)
    yield url
    give_back = sql.SQL(
        "ALTER DATABASE {1} OWNER TO CURRENT_USER; DROP OWNED BY {0} CASCADE; DROP ROLE {0}"
    )
    execute(database, give_back.format(*map(sql.Identifier, (role, str(name)))).as_string())


def test_it_has_those_rights_alone(managed: DatabaseUrl) -> None:
    assert rows(managed, RIGHTS) == [(False, False, False, False, False, True)]


def test_doctor_says_that_all_commands_will_work(gnkmigrate: Command, managed: DatabaseUrl) -> None:
    found = gnkmigrate(managed, "doctor")
    assert found.exit_code == 0
    assert "FAILED" not in found.stdout
    assert "ok      commands    will work: audit, plan, rehearse, upgrade" in found.stdout


def test_the_whole_way_and_back(
    gnkmigrate: Command, managed: DatabaseUrl, server: Server, tmp_path: Path
) -> None:
    before = pg_dump(managed, server)
    assert gnkmigrate(managed, "audit", "--fail-on", "never").exit_code == 0
    assert gnkmigrate(managed, "plan").exit_code == 1
    backup = gnkmigrate(managed, "backup", "--output", str(tmp_path / "before.dump"))
    assert backup.exit_code == 0, backup.stderr

    assert gnkmigrate(managed, "upgrade", "--dry-run").exit_code == 0
    up = gnkmigrate(managed, "upgrade", "--yes")
    assert up.exit_code == 0, up.stderr
    assert gnkmigrate(managed, "verify").exit_code == 0
    document = json.loads(
        gnkmigrate(managed, "audit", "--format", "json", "--fail-on", "never").stdout
    )
    assert [each for each in document["findings"] if each["kind"] != "check"] == []

    down = gnkmigrate(managed, "downgrade", "--all", "--yes")
    assert down.exit_code == 0, down.stderr
    assert pg_dump(managed, server) == before


def test_it_cannot_serve_as_a_throwaway_server(
    gnkmigrate: Command, managed: DatabaseUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GNKMIGRATE_SERVER__PROVIDER", "url")
    monkeypatch.setenv("GNKMIGRATE_SERVER__URL", managed.conninfo)
    found = gnkmigrate(managed, "doctor", "--format", "json")
    probes = {probe["title"]: probe for probe in json.loads(found.stdout)["probes"]}
    assert found.exit_code == 1
    assert "may not create databases" in probes["throwaway"]["message"]
    assert "CREATEDB" in probes["throwaway"]["hint"]
    commands = probes["commands"]
    assert commands["message"].startswith("Will work: upgrade, downgrade, contract, status,")
    assert commands["details"] == [
        "audit, plan, rehearse, check: see target, throwaway",
        "demo: see throwaway",
    ]


@pytest.mark.parametrize(
    ("allowed", "message"),
    [
        ("azure.extensions = 'PGCRYPTO, uuid-ossp'", "service does not allow: citext."),
        ("rds.allowed_extensions = 'pgcrypto,uuid-ossp'", "service does not allow: citext."),
        ("rds.allowed_extensions = '*'", None),
        ("rds.allowed_extensions = ''", None),
    ],
)
def test_a_list_of_allowed_extensions(
    managed: DatabaseUrl, allowed: str, message: str | None
) -> None:
    with connect(managed, read_only=True) as session:
        session.execute(f"SET {allowed}".encode())
        found = [each.message for each in lacking(session, ["citext", "pgcrypto"])]
    assert found == ([f"The managed {message}"] if message else [])


def test_an_extension_that_is_not_trusted(managed: DatabaseUrl) -> None:
    with connect(managed, read_only=True) as session:
        (found,) = lacking(session, ["pgcrypto", "pg_stat_statements"])
    assert found.message == "This role may not create pg_stat_statements."
    assert found.hint == 'Ask a superuser for: CREATE EXTENSION "pg_stat_statements"'


def test_the_role_that_a_service_gives_instead_of_a_superuser(
    managed: DatabaseUrl, database: DatabaseUrl
) -> None:
    user = sql.Identifier(str(conninfo.conninfo_to_dict(managed.conninfo)["user"]))
    become = sql.SQL("CREATE ROLE rds_superuser; GRANT rds_superuser TO {0}; SET LOCAL ROLE {0}")
    with connect(database) as session, session.transaction(force_rollback=True):
        session.execute(become.format(user))
        assert list(lacking(session, ["pg_stat_statements"])) == []
