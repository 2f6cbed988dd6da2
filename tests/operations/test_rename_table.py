"""op.rename_table: another name, or another schema, while both applications write."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from gnkmigrate.errors import PhaseRefused, RevisionError
from gnkmigrate.postgres.connection import Connection, connect
from gnkmigrate.run import events
from gnkmigrate.run.kept import contract
from gnkmigrate.run.phase import read_steps
from tests.migrations.project import Project
from tests.small import Small

LONG = "Große Bestellung " + "x" * 45  # 63 bytes
PICTURES = """
CREATE SCHEMA media;
CREATE TABLE picture (
    album uuid, no serial, title text DEFAULT 'untitled', size int,
    half int GENERATED ALWAYS AS (size / 2) STORED, number int GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (album, no)
);
COMMENT ON TABLE picture IS 'what hangs here';
CREATE TABLE "Mark" (album uuid, no int, mark text,
    FOREIGN KEY (album, no) REFERENCES picture ON UPDATE CASCADE ON DELETE CASCADE);
INSERT INTO picture (album, title, size)
SELECT '00000000-0000-0000-0000-000000000000', 'no. ' || n, n FROM generate_series(1, 3) n;
INSERT INTO "Mark" SELECT album, no, 'good' FROM picture
"""
GALLERY = f"""{PICTURES};
CREATE VIEW titles AS SELECT title FROM picture;
CREATE PUBLICATION pictures FOR TABLE picture;
CREATE RULE none AS ON DELETE TO picture WHERE old.title = 'kept' DO INSTEAD NOTHING
"""
NIL = "'00000000-0000-0000-0000-000000000000'"
ASKS = """
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql
AS 'BEGIN PERFORM TG_TABLE_NAME; RETURN NULL; END'
"""
KEEP = 'op.keep_shape("public.picture")\n'
RENAME = 'op.rename_table("public.picture", "photo")'
MOVE = 'op.rename_table("public.picture", "picture", schema="media")'
BOTH = f'op.rename_table("public.picture", "{LONG}", schema="media")'
ROWS = "SELECT album, no, title, size, half, number FROM picture ORDER BY album, no"


def gallery(small: Small, revision: str = KEEP + RENAME) -> Project:
    small.reversible(1, revision)
    project = small.project(schemas=["public", "media"])
    project.execute(GALLERY)
    return project


@contextmanager
def old_application(project: Project, role: str = "") -> Iterator[Connection]:
    with connect(project.url, search_path=["gnkmigrate_legacy", "public"]) as session:
        if role:
            session.execute(f"SET row_security = on; SET SESSION AUTHORIZATION {role}".encode())
        yield session


def old(project: Project, sql: str) -> list[tuple[Any, ...]]:
    with old_application(project) as session:
        cursor = session.execute(sql.encode())
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def role(small: Small) -> Iterator[str]:
    name = f"gnk_{uuid.uuid4().hex}"
    with connect(small.url) as session:
        session.execute(f"CREATE ROLE {name}".encode())
        yield name
        session.execute(f"DROP OWNED BY {name}; DROP ROLE {name}".encode())


@pytest.mark.parametrize(
    ("rename", "schema", "name"),
    [(RENAME, "public", "photo"), (MOVE, "media", "picture"), (BOTH, "media", LONG)],
    ids=["name", "schema", "both"],
)
def test_up_and_down_and_up_again(small: Small, rename: str, schema: str, name: str) -> None:
    project, new = gallery(small, KEEP + rename), f'{schema}."{name}"'
    project.execute("CREATE TABLE kept AS TABLE picture")
    if name == LONG:  # on its way to media it meets neither
        project.execute(f'CREATE TABLE "{LONG}" (); CREATE TABLE media.picture ()')
    before, facts = project.state, project.facts
    project.up(dry_run=True)
    assert project.state == before
    project.up(atomic=name == "photo")
    assert old(project, ROWS) == project.rows(ROWS.replace("picture", new))
    assert len(project.rows("SELECT title FROM titles")) == 3
    published = project.rows("SELECT schemaname, tablename FROM pg_publication_tables")
    assert published == [(schema, name)]
    assert project.value(f"SELECT obj_description('{new}'::regclass)") == "what hangs here"
    project.down(atomic=name == "photo")
    assert project.rows("TABLE picture EXCEPT ALL TABLE kept") == []
    assert project.rows("TABLE kept EXCEPT ALL TABLE picture") == []
    assert project.facts == facts
    assert project.state == before

    project.up()
    with project.session() as session:
        contract.contract(session, project.phases, project.settings)
    assert "gnkmigrate" not in project.dump
    assert project.value(f"SELECT count(*) FROM {new}") == 3


# What no view takes, as docs/zero-downtime.md says.
UNTAKEN = {
    "SELECT album, no, title FROM picture GROUP BY album, no": "42803",
    "INSERT INTO picture DEFAULT VALUES ON CONFLICT ON CONSTRAINT picture_pkey DO NOTHING": "42704",
    "SELECT xmin FROM picture": "42703",
    "DECLARE c CURSOR FOR SELECT no FROM picture FOR UPDATE; FETCH c;"
    "DELETE FROM picture WHERE CURRENT OF c": "0A000",
    "SELECT no FROM picture TABLESAMPLE SYSTEM (100)": "0A000",
}


def test_the_old_application_works_as_on_the_table(small: Small) -> None:
    project = gallery(small)
    project.up()
    assert old(
        project, f"INSERT INTO picture (album) VALUES ({NIL}) RETURNING no, title, half, number"
    ) == [(4, "untitled", None, 4)]
    upsert = (
        f"INSERT INTO picture (album, no, size) VALUES ({NIL}, {{}}, 8)"
        " ON CONFLICT (album, no) DO UPDATE SET size = excluded.size RETURNING no, title, half"
    )
    assert old(project, upsert.format(1)) == [(1, "no. 1", 4)]
    assert old(project, upsert.format(9)) == [(9, "untitled", 4)]
    assert old(project, "UPDATE picture SET no = 20 WHERE no = 2 RETURNING half") == [(1,)]
    assert project.value('SELECT count(*) FROM "Mark" WHERE no = 20') == 1
    old(project, "DELETE FROM picture WHERE no = 3")
    assert project.value('SELECT count(*) FROM "Mark"') == 2
    old(project, "UPDATE picture SET title = 'kept' WHERE no = 9")
    old(project, "DELETE FROM picture WHERE no = 9")
    with pytest.raises(psycopg.errors.GeneratedAlways):
        old(project, f"INSERT INTO picture (album, half) VALUES ({NIL}, 1)")
    with old_application(project) as session, session.cursor() as cursor:
        with cursor.copy("COPY (SELECT no, title FROM picture ORDER BY no) TO STDOUT") as copy:
            assert b"1\tno. 1\n" in map(bytes, list(copy))
        with (
            pytest.raises(psycopg.errors.WrongObjectType),
            cursor.copy("COPY picture (album) FROM STDIN") as copy,
        ):
            copy.write_row([NIL])
    for statement, sqlstate in UNTAKEN.items():
        with pytest.raises(psycopg.Error) as refused:
            old(project, statement)
        assert refused.value.sqlstate == sqlstate, statement
    project.execute(f"INSERT INTO photo (album, title) VALUES ({NIL}, 'new') RETURNING no")
    seen = old(project, ROWS)
    assert [row[2] for row in seen] == ["no. 1", "untitled", "new", "kept", "no. 2"]
    project.down()
    assert project.rows(ROWS) == seen


def test_roles_may_do_what_they_could(small: Small, role: str) -> None:
    with connect(small.url) as session:
        secured = session.info.server_version >= 150000
    project = gallery(small)
    project.execute(
        f"GRANT SELECT, INSERT, UPDATE ON picture TO {role}; GRANT USAGE ON SEQUENCE picture_no_seq"
        f" TO {role}; GRANT SELECT ON picture TO PUBLIC;"
        f'GRANT SELECT (mark), UPDATE (mark) ON "Mark" TO {role}'
    )
    if secured:
        project.execute(
            "ALTER TABLE picture ENABLE ROW LEVEL SECURITY;"
            "CREATE POLICY few ON picture USING (size < 3)"
        )

    def answers() -> list[Any]:
        found: list[Any] = []
        for statement in (
            ROWS,
            f"INSERT INTO picture (album, size) VALUES ({NIL}, 1) RETURNING title",
            f"INSERT INTO picture (album, size) VALUES ({NIL}, 7) RETURNING title",
            "UPDATE picture SET size = 0 RETURNING half",
            "DELETE FROM picture",
        ):
            with old_application(project, role) as session:
                try:
                    with session.transaction(force_rollback=True):
                        found.append(session.execute(statement.encode()).fetchall())
                except psycopg.Error as error:
                    found.append(error.sqlstate)
        return found

    before = answers()
    assert before[-1] == "42501"
    project.up()
    assert answers() == before
    project.down()
    assert answers() == before


def test_clients_write_at_every_step_and_a_run_is_cut_off(small: Small) -> None:
    project = gallery(small)
    made: list[int] = []

    def write(event: events.Event) -> None:
        if isinstance(event, events.StepStarted | events.StepFinished):
            number = len(made) + 10
            old(project, f"INSERT INTO picture (album, size) VALUES ({NIL}, {number})")
            made.append(number)

    class Killed(BaseException):
        """As a process that is killed."""

    def killed(event: events.Event) -> None:
        write(event)
        if isinstance(event, events.StepFinished) and event.step.startswith("name of"):
            raise Killed

    for run in (project.up, project.down):
        with pytest.raises(Killed):
            run(killed)
        run(write)
    assert [row[3] for row in project.rows(ROWS)][3:] == made


def test_columns_that_changed_before_are_shown_as_well(small: Small) -> None:
    """And those that change afterwards, in a revision that keeps the shape anew."""
    small.reversible(1, KEEP + 'op.rename_columns("public.picture", {"title": "name"})')
    small.reversible(2, 'op.rename_table("public.picture", "photo")')
    small.reversible(
        3,
        'op.keep_shape("public.photo")\n'
        'op.convert_columns("public.photo", conversions=(op.cast("taken", "bigint"),))',
    )
    project = small.project()
    project.execute(f"{PICTURES}; ALTER TABLE picture ADD taken int DEFAULT 7")
    before, rows = project.state, project.rows(ROWS)
    for level in (1, 2, 3, 2, 3):
        project.go_to(level)
        assert old(project, ROWS) == rows
        assert old(project, "SELECT DISTINCT pg_typeof(taken)::text FROM picture") == [("integer",)]
    assert project.rows("SELECT viewname FROM pg_views WHERE schemaname ~ '^gnk'") == [("picture",)]
    assert project.value("SELECT name FROM photo WHERE no = 1") == "no. 1"
    project.go_to(0)
    assert project.state == before


def test_two_tables_exchange_their_names(small: Small) -> None:
    for number, (table, name) in enumerate(
        [("picture", "aside"), ("Mark", "picture"), ("aside", "Mark")], start=1
    ):
        keep = f'op.keep_shape("public.{table}")\n' if number < 3 else ""
        small.reversible(number, f'{keep}op.rename_table("public.{table}", "{name}")')
    project = small.project(policies={"functions": "checked"})
    project.execute(GALLERY)
    before, rows = project.state, project.rows(ROWS)
    project.up()
    assert old(project, ROWS) == rows
    assert old(project, 'SELECT DISTINCT mark FROM "Mark"') == [("good",)]
    assert project.rows("SELECT DISTINCT mark FROM picture") == [("good",)]
    project.down()
    assert project.state == before


@pytest.mark.parametrize(
    ("change", "revision", "message"),
    [
        ("CREATE INDEX photo ON picture (title)", RENAME, "index public.photo"),
        ("CREATE TYPE photo AS ENUM ('a')", RENAME, "type public.photo"),
        (
            "CREATE SEQUENCE media.picture_no_seq",
            MOVE,
            "sequence media.picture_no_seq",
        ),
        (
            "CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM picture'",
            RENAME,
            "function public.f()",
        ),
        (f"{ASKS}; CREATE TRIGGER t BEFORE INSERT ON picture EXECUTE FUNCTION f()", RENAME, "f()"),
        ("SELECT", 'op.rename_table("public.titles", "t")', "public.titles is not a table"),
        ("SELECT", RENAME.replace(")", ', schema="none")'), "There is no schema none"),
        (
            "SELECT",
            RENAME + '\nop.build_index("t", "public.picture", "(title)")',
            "index t",
        ),
        (
            "CREATE ROLE {role}; GRANT SELECT (title) ON picture TO {role}",
            MOVE,
            'GRANT USAGE ON SCHEMA "media" TO "{role}";',
        ),
    ],
    ids=["index", "type", "sequence", "function", "trigger", "view", "schema", "beside", "role"],
)
def test_what_speaks_against_it_is_said_before(
    small: Small, change: str, revision: str, message: str
) -> None:
    role = f"gnk_{uuid.uuid4().hex}"
    project = gallery(small, revision)
    project.execute(change.format(role=role))
    before = project.dump
    with pytest.raises(PhaseRefused, match="nothing was changed") as refused:
        project.up()
    assert message.format(role=role) in "\n".join(refused.value.details)
    assert project.dump == before
    if "{role}" in change:
        project.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")


def test_an_old_name_that_is_taken_is_in_the_way_back(small: Small) -> None:
    project = gallery(small)
    project.up()
    project.execute("CREATE TABLE picture ()")
    with pytest.raises(PhaseRefused) as refused:
        project.down()
    assert "table public.picture" in "\n".join(refused.value.details)


def test_what_an_earlier_phase_keeps_in_step_is_contracted_first(small: Small) -> None:
    small.reversible(
        1, 'op.convert_columns("public.picture", conversions=(op.cast("title", "varchar"),))'
    )
    small.reversible(2, RENAME)
    project = small.project()
    project.execute(PICTURES)
    with pytest.raises(PhaseRefused) as refused:
        project.up()
    assert "Do it after gnkmigrate contract." in "\n".join(refused.value.details)
    assert project.states == ("done", "pending")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ('"picture"', "public.picture is what it is called already"),
        (f'"{LONG}x"', f"{LONG}x: PostgreSQL cuts names after 63 bytes"),
    ],
)
def test_a_name_that_is_none_is_refused_when_the_revision_is_read(
    small: Small, arguments: str, said: str
) -> None:
    small.reversible(1, f'op.rename_table("public.picture", {arguments})')
    with pytest.raises(RevisionError, match="no other name") as refused:
        read_steps(small.phases)
    assert refused.value.details == (said,)


def test_a_publication_of_one_schema_is_named(small: Small) -> None:
    project = gallery(small, MOVE)
    with project.session() as session:
        if session.info.server_version < 150000:
            pytest.skip("PostgreSQL 15 publishes whole schemas")
    project.execute("CREATE PUBLICATION of_media FOR TABLES IN SCHEMA media")
    with pytest.raises(PhaseRefused) as refused:
        project.up()
    assert "of_media" in "\n".join(refused.value.details)
