"""The audit of databases that do not make it easy: it goes on, and says what it left out."""

import json
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from psycopg import conninfo, sql
from typer.testing import CliRunner, Result

from gnkmigrate.audit.check import Check
from gnkmigrate.audit.checks import discover
from gnkmigrate.audit.options import AuditOptions
from gnkmigrate.audit.policy import Policy
from gnkmigrate.audit.row_query import Bounds
from gnkmigrate.audit.session import audit_project
from gnkmigrate.cli import application
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.render import renderer
from gnkmigrate.render.parts.view import View
from gnkmigrate.settings import LimitSettings, Settings
from tests.audit.conftest import Read
from tests.audit.support import PLAIN, TIME, audited, audited_on
from tests.support import execute, rows

USERS = "CREATE TABLE users (id serial PRIMARY KEY, name text, password text);"
TARGET = "CREATE TABLE users (id serial PRIMARY KEY, name text NOT NULL, password text);"


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(application(), ["audit", *arguments])


@contextmanager
def role(url: DatabaseUrl, name: str) -> Iterator[DatabaseUrl]:
    """The address of a new role that may do nothing that it has not been granted."""
    quoted = sql.Identifier(name)
    with connect(url) as chief:
        chief.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'x'").format(quoted))
        try:
            yield DatabaseUrl(conninfo.make_conninfo(url.conninfo, user=name, password="x"))
        finally:
            chief.execute(sql.SQL("DROP OWNED BY {}").format(quoted))
            chief.execute(sql.SQL("DROP ROLE {}").format(quoted))


class TestPrivileges:
    def test_a_table_that_may_not_be_read(self, database: DatabaseUrl, read: Read) -> None:
        execute(database, f"{USERS} INSERT INTO users VALUES (1, NULL, 'hunter22')")
        with role(database, "corpus_stranger") as stranger:
            result = audited(stranger, read(TARGET))
        reasons = {missed.check: missed.reason for missed in result.not_run}
        assert reasons["GNK-D002"] == "permission denied for table users"
        assert reasons["GNK-A020"] == "the role may not read all of public.users"
        assert reasons["GNK-O011"] == "the role may not read all of public.users"
        passed = {each.check for each in result.passed}
        assert not passed & {"GNK-D002", "GNK-A020", "GNK-O011"}

    def test_what_needs_more_than_the_role_has_does_not_pass(self, database: DatabaseUrl) -> None:
        execute(database, USERS)
        with role(database, "corpus_stranger") as stranger:
            result = audited(stranger)
        passed = {each.check for each in result.passed}
        for check in discover():
            if needed := getattr(check, "roles", ()):
                assert check.id not in passed
                assert _reason(result.not_run, check) == (
                    f"the role is no member of {', '.join(needed)}"
                )

    def test_what_is_hidden_from_the_role_has_not_passed(self, database: DatabaseUrl) -> None:
        execute(database, f"{USERS} INSERT INTO users (name) VALUES ('Ada'); ANALYZE users")
        with role(database, "corpus_stranger") as stranger:
            reasons = {each.check: each.reason for each in audited(stranger).not_run}
        assert reasons["GNK-O010"] == "the role may not read public.users_id_seq"

    def test_a_schema_that_may_not_be_entered(self, database: DatabaseUrl) -> None:
        execute(database, f"{USERS} REVOKE ALL ON SCHEMA public FROM PUBLIC")
        with role(database, "corpus_stranger") as stranger:
            result = audited(stranger)
        assert result.live.get("table", "public", "users") is not None
        assert _reason(result.not_run, "GNK-A020") == "the role may not read all of public.users"


def _reason(not_run: tuple[object, ...], check: Check | str) -> str:
    id_ = check.id if isinstance(check, Check) else check
    (reason,) = [
        getattr(each, "reason", "") for each in not_run if getattr(each, "check", "") == id_
    ]
    return str(reason)


class TestLocks:
    def test_rows_that_somebody_has_locked_are_left_out_and_said_so(
        self, database: DatabaseUrl, read: Read
    ) -> None:
        execute(database, f"{USERS} CREATE TABLE dogs (id int PRIMARY KEY, name text);")
        execute(database, "INSERT INTO users VALUES (1, NULL, NULL); INSERT INTO dogs VALUES (1)")
        target = read(f"{TARGET} CREATE TABLE dogs (id int PRIMARY KEY, name text NOT NULL);")
        policy = replace(PLAIN, bounds=Bounds(lock_timeout_ms=100))
        with (
            connect(database, read_only=True, search_path=["public"]) as session,
            connect(database, search_path=["public"]) as writer,
            writer.transaction(),
        ):
            live = audited_on(session, target, policy).live
            writer.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
            start = time.monotonic()
            result = audited_on(session, target, policy, live)
            seconds = time.monotonic() - start
        left_out = [missed for missed in result.not_run if "holds a lock" in missed.reason]
        titles = {missed.title for missed in left_out}
        assert "No NULL where the target says NOT NULL: users.name" in titles
        assert seconds < 0.2 * len(left_out) + 10
        found = {finding.object.table for finding in result.findings if finding.check == "GNK-D002"}
        assert found == {"dogs"}

    def test_a_table_that_is_being_changed_is_left_out_and_said_so(
        self, database: DatabaseUrl, tmp_path: Path
    ) -> None:
        dogs = "CREATE TABLE dogs (id int, name text);"
        users = f"{USERS} CREATE INDEX ON users (lower(name));"
        execute(database, users + dogs)
        target = tmp_path / "target.sql"
        target.write_text(
            f"{users}{dogs} ALTER TABLE dogs ADD age int; ALTER TABLE users ADD age int"
        )
        settings = Settings(limits=LimitSettings(lock_timeout_ms=100))
        with connect(database, search_path=["public"]) as writer, writer.transaction():
            writer.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
            result = audit_project(
                settings, database, AuditOptions(str(target)), TIME, lambda _: None
            )
        reason = _reason(result.not_run, "locked")
        assert "keeps even readers away" in reason
        gaps = [finding for finding in result.findings if finding.kind != "check"]
        assert {finding.object.table for finding in gaps} == {"dogs"}


class TestTime:
    def test_a_table_too_large_to_be_read_in_time(self, database: DatabaseUrl, read: Read) -> None:
        execute(
            database,
            "CREATE TABLE users (id int, name text);"
            " INSERT INTO users SELECT n, repeat('x', 200) FROM generate_series(1, 200000) AS n",
        )
        target = read("CREATE TABLE users (id int, name text CHECK (md5(md5(name)) <> ''))")
        policy = Policy(bounds=Bounds(statement_timeout_ms=20))
        result = audited(database, target, policy)
        assert _reason(result.not_run, "GNK-D003") == (
            "it took too long and was stopped (statement_timeout)"
        )
        assert "GNK-D003" not in {each.check for each in result.passed}

    def test_a_view_that_fails_when_read_is_not_read(self, database: DatabaseUrl) -> None:
        execute(
            database,
            f"{USERS} CREATE VIEW broken AS SELECT 1 / (id - id) AS nothing FROM users;"
            " INSERT INTO users VALUES (1, 'Ada', NULL);"
            " SELECT setval('users_id_seq', 1)",
        )
        with_view = audited(database)
        assert with_view.live.get("view", "public", "broken") is not None
        assert [missed for missed in with_view.not_run if "division" in missed.reason] == []

    def test_statistics_that_were_never_collected(self, database: DatabaseUrl) -> None:
        execute(
            database, f"{USERS} INSERT INTO users (name) SELECT 'Ada' FROM generate_series(1, 9)"
        )
        rows(database, "SELECT pg_stat_reset()")
        result = audited(database)
        assert _reason(result.not_run, "GNK-P010").startswith("the statistics have been collected")
        assert result.sizes["public", "users"].rows == 9

    def test_what_has_no_statistics_has_not_passed(self, database: DatabaseUrl) -> None:
        execute(
            database,
            """CREATE TABLE logs (id int, email text) WITH (autovacuum_enabled = false);
            INSERT INTO logs SELECT n, repeat('x', 200) FROM generate_series(1, 60000) AS n""",
        )
        why = "there are no statistics of public.logs yet: ANALYZE collects them"
        reasons = {each.check: each.reason for each in audited(database).not_run}
        assert [reasons[check] for check in ("GNK-P011", "GNK-P013", "GNK-S052")] == [why] * 3
        execute(database, "ANALYZE logs")
        assert why not in {each.reason for each in audited(database).not_run}


class TestWhatIsSomebodyElses:
    def test_a_foreign_server_that_does_not_answer(self, database: DatabaseUrl) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            execute(
                database,
                "CREATE EXTENSION postgres_fdw; CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw"
                f" OPTIONS (host '127.0.0.1', port '{port}');"
                "CREATE USER MAPPING FOR CURRENT_USER SERVER far OPTIONS (user 'x', password 'y');"
                "CREATE TABLE users (id int PRIMARY KEY);"
                "CREATE FOREIGN TABLE there (id int, user_id int, password text) SERVER far;"
                "CREATE VIEW seen AS SELECT * FROM there",
            )
            result = audited(database)
        assert not [each for each in result.not_run if "far" in each.reason]
        assert [str(each) for each in result.not_compared if each.kind == "user mapping"]

    def test_a_database_where_every_schema_is_an_extensions(self, database: DatabaseUrl) -> None:
        execute(
            database,
            "CREATE EXTENSION citext; CREATE SCHEMA own; CREATE TABLE own.parts (id int);"
            "ALTER EXTENSION citext ADD SCHEMA own; ALTER EXTENSION citext ADD TABLE own.parts",
        )
        result = audited(database)
        assert {each.check for each in result.findings} <= {"GNK-A013"}
        assert "own" not in result.schemas


# Names that would do harm if they were taken for what they look like.
NAMES = {
    "html": "<script>alert(1)</script>",
    "markdown": "[x](javascript:y)|**b**`c`",
    "escape": "\x1b[31mred\x1b[0m",
    "sql": "'; DROP TABLE users; --",
    "quoted": 'a"b""c',
    "format": "{0} %s %(name)s {table}",
    "line": "two\nlines",
    "long": "ä" * 31,
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
class TestNames:
    @pytest.fixture
    def odd(self, name: str, database: DatabaseUrl) -> DatabaseUrl:
        """A database in which all that can be wrong has an odd name."""
        identifier = sql.Identifier(name)
        script = sql.SQL("""
            CREATE TABLE users (id int PRIMARY KEY);
            CREATE TABLE {name} (
                {name} serial PRIMARY KEY, "user password" text, boss int REFERENCES users
            );
            INSERT INTO {name} SELECT n, 'hunter22' FROM generate_series(1, 10) AS n;
            GRANT ALL ON {name} TO PUBLIC;
            CREATE POLICY {name} ON {name} USING (true);
            CREATE INDEX ON {name} (boss);
            CREATE INDEX {other} ON {name} (boss);
            ALTER TABLE {name} SET (autovacuum_enabled = false);
            CREATE FUNCTION {name}() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
        """).format(name=identifier, other=sql.Identifier(f"{name[:20]}2"))
        with connect(database, search_path=["public"]) as connection:
            connection.execute(script)
        return database

    def test_every_check_works(self, odd: DatabaseUrl, name: str) -> None:
        result = audited(odd)
        expected = {"GNK-A002", "GNK-A007", "GNK-A010", "GNK-A020", "GNK-O011", "GNK-P006"}
        found = {each.check for each in result.findings if name in str(each.object)}
        assert expected <= found
        assert {missed.check for missed in result.not_run if missed.check[4] in "AOP"} <= {
            "GNK-O008",
            "GNK-P008",
            "GNK-P010",
            "GNK-P012",
        }
        assert rows(odd, "SELECT count(*) FROM users") == [(0,)]

    def test_what_mends_it_can_be_run(self, odd: DatabaseUrl, name: str) -> None:
        wanted = ("GNK-A002", "GNK-A007", "GNK-A010", "GNK-O011", "GNK-P006")
        for finding in audited(odd).findings:
            if finding.check in wanted and name in str(finding.object):
                with connect(odd, search_path=["public"]) as connection:
                    for statement in (*finding.fix, *finding.undo, *finding.fix):
                        connection.execute(statement.encode())
        left = {finding.check for finding in audited(odd).findings}
        assert not left & set(wanted)

    def test_no_report_takes_it_for_something_else(self, odd: DatabaseUrl, name: str) -> None:
        result = audited(odd)
        terminal = renderer("audit", "terminal")(result, View(details=True))
        assert "\x1b" not in terminal
        html = renderer("audit", "html")(result, View(details=True))
        assert "<script>alert(1)" not in html
        assert "\x1b" not in html
        markdown = renderer("audit", "markdown")(result, View(details=True))
        assert "<script>alert(1)" not in re.sub(r"(?s)```.*?```|`[^`\n]*`", "", markdown)
        document = json.loads(renderer("audit", "json")(result, View()))
        assert any(name in (found["object"]["table"] or "") for found in document["findings"])


class TestFiles:
    @pytest.fixture(autouse=True)
    def project(
        self, tmp_path: Path, database: DatabaseUrl, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "gnkmigrate.toml").touch()
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("DATABASE_URL", database.conninfo)

    def test_a_folder_that_does_not_exist(self) -> None:
        result = _run("--write", "json=nowhere/report.json")
        assert result.exit_code == 2
        assert "does not exist" in result.stderr

    def test_a_folder_in_the_place_of_the_report(self, tmp_path: Path) -> None:
        (tmp_path / "report.json").mkdir()
        result = _run("--write", "json=report.json")
        assert result.exit_code == 2
        assert "Traceback" not in result.output
        assert "report.json" in result.stderr

    def test_a_folder_where_nothing_may_be_written(self) -> None:
        result = _run("--write", "json=/proc/report.json")
        assert result.exit_code == 2
        assert "Traceback" not in result.output
        assert "/proc" in result.stderr
