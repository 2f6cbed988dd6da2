"""The old application goes on at every phase, with search_path = gnkmigrate_legacy, public."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from gnkmigrate.postgres.connection import Connection, connect
from tests.migrations.project import Home, Project

USER = "00000000-0000-0000-0000-00000000000a"
ROW = "00000000-0000-0000-0000-0000000000c1"
REQUEST = "00000000-0000-0000-0000-0000000000b1"


@contextmanager
def old_application(project: Project) -> Iterator[Connection]:
    with connect(project.url, search_path=["gnkmigrate_legacy", "public"]) as session:
        yield session


def one(session: Connection, query: str) -> tuple[Any, ...]:
    row = session.execute(query.encode()).fetchone()
    assert row is not None
    return row


@pytest.fixture(params=range(7), ids=lambda level: f"after phase {level}")
def at_level(request: pytest.FixtureRequest, home: Home) -> Iterator[Project]:
    with home.project() as project:
        project.execute(
            f"INSERT INTO users (id, email, password) VALUES ('{USER}', 'Ann@x.org', 'secret');"
            "INSERT INTO node_requests (id, user_id, gpu_type, processed_by)"
            f" VALUES ('{REQUEST}', '{USER}', 'H100', 'ann@X.org');"
            "INSERT INTO user_nodes (id, user_id, node_address, label, notes, is_active) VALUES"
            f" ('{ROW}', '{USER}', 'gonka1', 'mine', 'keep me', false)"
        )
        project.go_to(request.param)
        yield project


def test_the_old_application_casts_to_its_types(at_level: Project) -> None:
    with old_application(at_level) as session:
        assert one(
            session,
            "UPDATE users SET role = 'admin'::users_role_enum"
            f" WHERE role = 'user'::users_role_enum AND id = '{USER}'"
            " RETURNING role::users_role_enum::text",
        ) == ("admin",)


def test_the_old_application_reads_what_it_wrote_before(at_level: Project) -> None:
    with old_application(at_level) as session:
        assert one(session, 'SELECT email, role::text, "isActive" FROM users') == (
            "Ann@x.org",
            "user",
            True,
        )
        assert one(
            session, "SELECT gpu_type::text, status::text, processed_by FROM node_requests"
        ) == (
            "H100",
            "pending",
            "ann@X.org",
        )
        assert one(
            session, "SELECT id::text, node_address, label, notes, is_active FROM user_nodes"
        ) == (
            ROW,
            "gonka1",
            "mine",
            "keep me",
            False,
        )


def test_the_old_application_inserts_with_its_defaults_and_gets_them_back(
    at_level: Project,
) -> None:
    with old_application(at_level) as session:
        identity, active, created, role = one(
            session,
            "INSERT INTO users (email, password) VALUES ('b@x.org', 'p')"
            ' RETURNING id, "isActive", "createdAt", role::text',
        )
        assert (active, role) == (True, "user")
        found = one(
            session, f"""SELECT "createdAt", role::text FROM users WHERE id = '{identity}'"""
        )
        assert found == (created, "user")


def test_the_old_application_updates_and_deletes(at_level: Project) -> None:
    with old_application(at_level) as session:
        session.execute("""UPDATE users SET role = 'admin', name = 'Ann', "isActive" = false""")
        session.execute("UPDATE node_requests SET status = 'approved', processed_by = 'nobody'")
        assert one(session, 'SELECT role::text, name, "isActive", email FROM users') == (
            "admin",
            "Ann",
            False,
            "Ann@x.org",
        )
        assert one(session, "SELECT status::text, processed_by FROM node_requests") == (
            "approved",
            "nobody",
        )
        assert session.execute("DELETE FROM node_requests").rowcount == 1
        assert session.execute("DELETE FROM user_nodes").rowcount == 1
        assert session.execute("DELETE FROM users").rowcount == 1


def test_what_the_old_application_wrote_is_there_after_the_way_back(at_level: Project) -> None:
    with old_application(at_level) as session:
        session.execute("UPDATE node_requests SET processed_by = 'somebody else', region = 'x'")
        session.execute("INSERT INTO users (email, password, role) VALUES ('c@x', 'p', 'admin')")

    at_level.go_to(0)

    assert at_level.rows("SELECT processed_by, region FROM node_requests") == [
        ("somebody else", "x")
    ]
    assert at_level.value("SELECT role::text FROM users WHERE email = 'c@x'") == "admin"
    with pytest.raises(psycopg.errors.InvalidSchemaName):
        at_level.execute("CREATE TABLE gnkmigrate_legacy.probe ()")


def test_old_and_new_application_see_each_others_writes(home: Home) -> None:
    with home.project() as project:
        project.go_to(6)
        with old_application(project) as old:
            old.execute("INSERT INTO users (id, email, password) VALUES (%s, 'a@x', 'p')", (USER,))
            project.execute(
                f"UPDATE users SET is_active = false, role = 'admin' WHERE id = '{USER}'"
            )
            assert one(old, 'SELECT "isActive", role::text FROM users') == (False, "admin")
            old.execute("""UPDATE users SET "isActive" = true""")
        assert project.rows("SELECT is_active, role FROM users") == [(True, "admin")]


def test_an_update_through_the_view_does_not_overwrite_a_newer_one(home: Home) -> None:
    with home.project() as project:
        project.execute("INSERT INTO users (email, password, name) VALUES ('a@x', 'p', 'one')")
        project.go_to(6)
        with old_application(project) as old, old.transaction():
            old.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            assert one(old, "SELECT name FROM users") == ("one",)
            project.execute("UPDATE users SET name = 'two'")
            with pytest.raises(psycopg.errors.SerializationFailure):
                old.execute("UPDATE users SET name = name || ' and a half'")


def test_the_old_application_assigns_changes_and_removes_nodes(at_level: Project) -> None:
    with old_application(at_level) as session:
        identity, active = one(
            session,
            "INSERT INTO user_nodes (user_id, node_address, label)"
            f" VALUES ('{USER}', 'gonka2', 'second') RETURNING id, is_active",
        )
        assert active is True
        session.execute(
            "UPDATE user_nodes SET label = 'two', notes = 'n' WHERE id = %s", (identity,)
        )
        session.execute("UPDATE user_nodes SET node_address = 'gonka3' WHERE id = %s", (identity,))
        assert session.execute(
            "SELECT node_address, label, notes FROM user_nodes ORDER BY 1"
        ).fetchall() == [
            ("gonka1", "mine", "keep me"),
            ("gonka3", "two", "n"),
        ]
        with pytest.raises(psycopg.errors.UniqueViolation):
            session.execute(
                f"INSERT INTO user_nodes (user_id, node_address) VALUES ('{USER}', 'gonka3')"
            )
        assert session.execute("DELETE FROM user_nodes WHERE id = %s", (ROW,)).rowcount == 1

    at_level.go_to(0)

    assert at_level.rows("SELECT id, node_address, label, notes FROM user_nodes") == [
        (identity, "gonka3", "two", "n")
    ]


def test_both_applications_work_on_the_same_assignments(home: Home) -> None:
    with home.project() as project:
        project.execute(f"INSERT INTO users (id, email, password) VALUES ('{USER}', 'a@x', 'p')")
        project.go_to(6)
        with old_application(project) as old:
            old.execute(
                "INSERT INTO user_nodes (user_id, node_address, label)"
                f" VALUES ('{USER}', 'n1', 'l')"
            )
            assert project.rows(
                "SELECT identifier, display_name FROM nodes JOIN user_nodes ON node_id = nodes.id"
            ) == [("n1", "l")]
            project.execute("UPDATE nodes SET display_name = 'renamed'")
            assert one(old, "SELECT label FROM user_nodes") == ("renamed",)
            old.execute("UPDATE user_nodes SET notes = 'seen', gpu_type = 'H100'")
            assert project.rows("SELECT display_name, gpu_type FROM nodes") == [("renamed", "H100")]
            project.execute(
                "INSERT INTO nodes (identifier, identifier_type) VALUES ('n2', 'wallet');"
                "INSERT INTO user_nodes (user_id, node_id)"
                f" SELECT '{USER}', id FROM nodes WHERE identifier = 'n2'"
            )
            old.execute("UPDATE user_nodes SET label = 'old knows' WHERE node_address = 'n2'")
            assert project.rows("SELECT display_name FROM nodes WHERE identifier = 'n2'") == [
                ("old knows",)
            ]
            assert old.execute("DELETE FROM user_nodes").rowcount == 2
        assert project.value("SELECT count(*) FROM nodes") == 0


def test_a_view_lets_nobody_see_what_row_security_hides(home: Home) -> None:
    with home.project() as project:
        guest = f"guest_{uuid4().hex}"
        project.execute(
            f"CREATE ROLE {guest}; GRANT SELECT ON users TO {guest};"
            f"INSERT INTO users (id, email, password) VALUES ('{USER}', 'a@x', 'p')"
        )
        project.go_to(1)
        # Before that phase it would be refused.
        project.execute("ALTER TABLE users ENABLE ROW LEVEL SECURITY")
        project.go_to(6)
        with old_application(project) as session:
            session.execute(f"SET ROLE {guest}; SET row_security = on".encode())
            assert one(session, "SELECT count(*) FROM public.users") == (0,)
            assert one(session, "SELECT count(*) FROM users") == (0,)
        project.execute(f"DROP OWNED BY {guest}; DROP ROLE {guest}")
