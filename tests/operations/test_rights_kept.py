"""A new shape gives nobody a right that he had not in the old one."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.postgres.connection import Connection, connect
from tests.migrations.project import Project
from tests.small import Small

MOVE = """
op.keep_shape("public.o")
op.move_columns("public.o", "public.oa", {"bs": "s", "bc": "c"}, key={"id": "oid"})"""
MERGE = """
op.keep_shape("public.profile")
op.merge_tables("public.profile", into="public.person", on={"person_id": "id"},
                columns={"bio": "bio"})"""
SPLIT = """
op.split_table("public.cust", "public.addr", (op.renamed("street", not_null=True),
               op.renamed("city")), reference="addr_id", identity=("street",), disagree="last")"""
LINK = """
op.link_table(op.Linking("public.cust", "public.addr", columns=(op.renamed("street"),
    op.renamed("city")), identity=("street",), reference="addr_id", links=(op.renamed("id"),
    op.renamed("name")), owner=("id",)))"""
TABLES = {
    MOVE: "CREATE TABLE o (id int PRIMARY KEY, bs text, bc text, x text);"
    "INSERT INTO o VALUES (1, 'a', 'b', 'x'), (2, NULL, NULL, 'x')",
    MERGE: "CREATE TABLE person (id int PRIMARY KEY, name text DEFAULT 'x');"
    "CREATE TABLE profile (person_id int PRIMARY KEY REFERENCES person ON DELETE CASCADE,"
    " bio text); INSERT INTO person VALUES (1), (2); INSERT INTO profile VALUES (1, 'b')",
    SPLIT: "CREATE TABLE cust (id int PRIMARY KEY, name text, street text, city text);"
    "INSERT INTO cust VALUES (1, 'a', 's1', 'c1'), (2, 'b', 's1', 'c1')",
}
TABLES[LINK] = TABLES[SPLIT]


@pytest.fixture
def role() -> str:
    return f"gnk_app_{secrets.token_hex(4)}"


@contextmanager
def staged(small: Small, operation: str, role: str, grants: str) -> Iterator[Project]:
    small.reversible(1, operation)
    project = small.project()
    project.execute(f"CREATE ROLE {role}; {TABLES[operation]}; {grants.format(role=role)}")
    try:
        yield project
    finally:
        project.execute(f"DROP OWNED BY {role} CASCADE; DROP ROLE {role}")


@contextmanager
def acting(project: Project, role: str) -> Iterator[Connection]:
    with connect(project.url, search_path=["public"]) as session:
        session.execute(f"SET ROLE {role}".encode())
        yield session


UNEVEN = {
    "moved columns that are inserted": (MOVE, "GRANT SELECT, INSERT ON o TO {role}"),
    "side rows that are made": (
        MERGE,
        "GRANT SELECT ON person TO {role}; GRANT SELECT, INSERT ON profile TO {role}",
    ),
    "side rows that are changed": (
        MERGE,
        "GRANT SELECT ON person TO {role}; GRANT SELECT, UPDATE ON profile TO {role}",
    ),
    "rows that share an address": (SPLIT, "GRANT SELECT, INSERT ON cust TO {role}"),
    "rows that go to another address": (
        SPLIT,
        "GRANT SELECT, UPDATE (street) ON cust TO {role}",
    ),
    "links that share an address": (LINK, "GRANT SELECT, INSERT ON cust TO {role}"),
}


@pytest.mark.parametrize(("operation", "grants"), UNEVEN.values(), ids=UNEVEN)
def test_what_would_be_a_right_more_is_refused(
    small: Small, role: str, operation: str, grants: str
) -> None:
    with staged(small, operation, role, grants) as project:
        before = project.state
        with pytest.raises(PhaseRefused) as refused:
            project.up()
        assert refused.value.details[0].startswith("Roles may ")
        assert project.state == before
        # What it says is what is to be granted.
        for line in refused.value.details:
            if line.strip().startswith("GRANT "):
                project.execute(line)
        project.up()


def test_a_side_table_is_written_by_whoever_may_update_its_columns(small: Small, role: str) -> None:
    grants = "GRANT SELECT, UPDATE (bs, bc), DELETE ON o TO {role}"
    with staged(small, MOVE, role, grants) as project:
        project.up()
        with acting(project, role) as session:
            session.execute("INSERT INTO oa VALUES (2, 'made', NULL)")
            session.execute("UPDATE oa SET s = 'other' WHERE oid = 2")
            session.execute("DELETE FROM oa WHERE oid = 1")
        assert project.rows("SELECT * FROM gnkmigrate_legacy.o ORDER BY id") == [
            (1, None, None, "x"),
            (2, "other", None, "x"),
        ]


def test_who_may_only_delete_rows_empties_none(small: Small, role: str) -> None:
    with staged(small, MOVE, role, "GRANT SELECT, DELETE ON o TO {role}") as project:
        project.up()
        with (
            acting(project, role) as session,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            session.execute("DELETE FROM oa WHERE oid = 1")
        with acting(project, role) as session:
            session.execute("DELETE FROM o WHERE id = 1")
        assert project.value("SELECT count(*) FROM oa") == 0


def test_who_makes_side_rows_makes_no_rows_of_the_table(small: Small, role: str) -> None:
    grants = "GRANT SELECT ON person TO {role}; GRANT SELECT, INSERT, UPDATE ON profile TO {role}"
    with staged(small, MERGE, role, grants) as project:
        project.up()
        with (
            acting(project, role) as session,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            session.execute("INSERT INTO person (bio) VALUES ('made')")
        with acting(project, role) as session:
            session.execute("UPDATE person SET bio = 'made' WHERE id = 2")
        assert project.value("SELECT bio FROM gnkmigrate_legacy.profile WHERE person_id = 2") == (
            "made"
        )


@pytest.mark.parametrize(("operation", "made"), [(MOVE, "oa"), (SPLIT, "addr"), (LINK, "addr")])
def test_a_new_table_is_nobody_s_until_the_cutover(
    small: Small, role: str, operation: str, made: str
) -> None:
    other = f"{role}_b"
    table = "o" if operation == MOVE else "cust"
    grants = f"GRANT ALL ON {table} TO {{role}}, {other}; ALTER DEFAULT PRIVILEGES GRANT ALL ON"
    grants = f"CREATE ROLE {other}; {grants} TABLES TO {{role}}"
    write = f"UPDATE {made} SET {'c' if made == 'oa' else 'city'} = 'x'"
    with staged(small, operation, role, grants) as project:
        project.up(defer_cutover=True)
        with acting(project, role) as session:
            for statement in (f"SELECT * FROM {made}", write):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    session.execute(statement.encode())
        project.execute(f"REVOKE ALL ON {table} FROM {other}")
        project.up(parameters={"drift": "checked"})
        with acting(project, role) as session:
            session.execute(write.encode())
            assert session.execute(f"SELECT count(*) FROM {made}".encode()).fetchall() == [(1,)]
        with (
            acting(project, other) as session,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            session.execute(f"SELECT * FROM {made}".encode())
        project.execute(f"DROP OWNED BY {other}; DROP ROLE {other}")


REFERENCE = """
op.resolve_reference("public.cust", "name", "public.login", "name", type="int",
                     rename="login_id")"""
LOGINS = """
CREATE TABLE login (id int PRIMARY KEY, name text UNIQUE);
INSERT INTO login VALUES (1, 'a'), (2, 'b')"""
# What is done while a cutover waits, and what is said to it then.
MEANWHILE = {
    "a policy": (SPLIT, "ALTER TABLE cust ENABLE ROW LEVEL SECURITY", "Row security is on for"),
    "a policy of links": (LINK, "ALTER TABLE cust ENABLE ROW LEVEL SECURITY", "Row security is on"),
    "a right of less": (SPLIT, "REVOKE UPDATE ON cust FROM {role}", "Roles may make rows of"),
    "a right to move": (MOVE, "REVOKE UPDATE ON o FROM {role}", "Roles may insert what public.oa"),
    "a view": (SPLIT, "CREATE VIEW v AS SELECT city FROM cust", "Other objects use columns"),
    "a merged side": (
        MERGE,
        "ALTER TABLE profile ENABLE ROW LEVEL SECURITY",
        "Row security is on for public.profile",
    ),
    "a step that is still to come": (
        SPLIT + REFERENCE,
        "REVOKE ALL ON login FROM {role}",
        "Roles may write to name of public.cust, and not read id, name of public.login",
    ),
}


@pytest.mark.parametrize(("operation", "done", "said"), MEANWHILE.values(), ids=MEANWHILE)
def test_what_has_come_while_the_cutover_waited_is_asked_for(
    small: Small, role: str, operation: str, done: str, said: str
) -> None:
    tables = TABLES.get(operation, f"{TABLES[SPLIT]}; {LOGINS}")
    small.reversible(1, operation)
    project = small.project(policies={"unmapped": "fail", "drift": "checked"})
    project.execute(f"CREATE ROLE {role}; {tables}")
    try:
        project.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}")
        project.up(defer_cutover=True)
        project.execute(done.format(role=role))
        with pytest.raises(PhaseRefused, match="nothing was changed") as refused:
            project.up()
        assert said in "\n".join(refused.value.details)
        assert project.states == ("ready",)
    finally:
        project.execute(f"DROP OWNED BY {role} CASCADE; DROP ROLE {role}")
