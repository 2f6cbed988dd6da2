"""op.encrypt_columns: nobody reads without the key, and every value comes back with it."""

import logging
from collections.abc import Iterator

import psycopg
import pytest

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.postgres.connection import connect
from gnkmigrate.run.encryption_key import VARIABLE
from tests.migrations.project import Project
from tests.small import Small
from tests.support import execute

OWNER, APP = "crypt_owner", "crypt_app"
KEY, OTHER = "a key that nobody guesses", "another key that is as good"
TABLES = f"""
    CREATE ROLE {OWNER}; CREATE ROLE {APP}; CREATE EXTENSION pgcrypto;
    GRANT CREATE ON SCHEMA public TO {OWNER};
    CREATE TABLE "Person" (shop int, "No" int, "Phone" varchar(40), mail text, name text,
                           PRIMARY KEY (shop, "No"));
    ALTER TABLE "Person" OWNER TO {OWNER};
    GRANT SELECT, INSERT, UPDATE ON "Person" TO {APP};
    INSERT INTO "Person" SELECT 1, n, '+43 ' || n, CASE WHEN n % 3 > 0 THEN n || '@x' END, 'n' || n
    FROM generate_series(1, 300) AS n;
"""
UP = """
op.create_schema("private", like="public.Person")
op.encrypt_columns("public.Person", {"Phone": "Phone crypt", "mail": "mail_crypt"},
                   view="private.Person", rotate="private.rotate")
"""
FILLING = """
    CREATE FUNCTION fills() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TRIGGER zzz BEFORE INSERT ON "Person" FOR EACH ROW EXECUTE FUNCTION fills()
"""
ROWS = 'SELECT shop, "No", "Phone", mail, name FROM {} ORDER BY 2'


@pytest.fixture
def people(small: Small, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    monkeypatch.setenv(VARIABLE, KEY)
    execute(small.url, TABLES)
    small.reversible(1, UP)
    yield small.project()
    execute(small.url, f"DROP OWNED BY {OWNER}, {APP} CASCADE; DROP ROLE {OWNER}, {APP}")


def asked(project: Project, statement: str, key: str = KEY) -> list[tuple[object, ...]]:
    """What the application gets, with a key in its session."""
    with connect(project.url, search_path=["public"]) as session:
        session.execute(f"SET ROLE {APP}".encode())
        session.execute("SELECT set_config('app.encryption_key', %s, false)", (key,))
        cursor = session.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def refused(project: Project, direction: str = "up") -> str:
    with pytest.raises(PhaseRefused) as found:
        project.up() if direction == "up" else project.down()
    return " ".join([found.value.message, *found.value.details])


def test_there_and_back_with_every_value(people: Project, caplog: pytest.LogCaptureFixture) -> None:
    before, rows = people.dump, people.rows(ROWS.format('"Person"'))
    with caplog.at_level(logging.DEBUG):
        people.up()
    assert people.value('SELECT count(*) FROM "Person" WHERE "Phone" || mail IS NOT NULL') == 0
    assert asked(people, ROWS.format('private."Person"')) == rows
    everything = str(people.rows("SELECT * FROM gnkmigrate.run, gnkmigrate.step"))
    everything += str(people.rows("SELECT * FROM gnkmigrate.memory")) + people.dump + caplog.text
    assert KEY not in everything

    asked(people, """INSERT INTO "Person" VALUES (2, 400, '+1', NULL, 'new')""")
    asked(people, """UPDATE "Person" SET "Phone" = '+2', name = 'x' WHERE "No" = 1""")
    written = asked(people, ROWS.format('private."Person"'))
    assert (written[0][2], written[-1][2]) == ("+2", "+1")
    people.down()
    assert people.rows(ROWS.format('"Person"')) == written
    assert people.dump == before
    people.up()
    assert asked(people, ROWS.format('private."Person"')) == written
    assert len(rows) == len(written) - 1


def test_nothing_is_written_or_read_without_the_right_key(people: Project) -> None:
    people.up()
    insert = """INSERT INTO "Person" VALUES (3, 1, '+3', NULL, 'x')"""
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="nothing is stored"):
        asked(people, insert, key="")
    for statement in (insert, ROWS.format('private."Person"')):
        with pytest.raises(psycopg.errors.ExternalRoutineInvocationException, match="Wrong key"):
            asked(people, statement, key=OTHER)
    asked(people, """UPDATE "Person" SET name = 'y' WHERE "No" = 2""", key="")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        asked(people, 'SELECT * FROM private."Person_key"')


def test_what_is_no_value_of_this_key_is_not_written(people: Project) -> None:
    """Neither by who knows no key, nor by who says that his own is the next one."""
    people.up()
    insert = """INSERT INTO "Person" ("No", shop, "mail_crypt") VALUES (1, 4, {})"""
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="nothing is stored"):
        asked(people, insert.format("'garbage'"), key="")
    own = f"SET app.encryption_key_new = '{OTHER}'"
    theirs = f"public.pgp_sym_encrypt('x', '{OTHER}')"
    for value, key in (("'garbage'", KEY), (theirs, OTHER), (theirs, KEY)):
        with pytest.raises(psycopg.errors.ExternalRoutineInvocationException):
            asked(people, f"{own}; {insert.format(value)}", key=key)
    asked(people, insert.format(f"public.pgp_sym_encrypt('x', '{KEY}')"))
    assert asked(people, 'SELECT mail FROM private."Person" WHERE shop = 4') == [("x",)]


def test_a_function_that_somebody_plants_is_not_called(people: Project) -> None:
    """Whoever may create something in pgcrypto's schema learns neither a value nor the key."""
    people.execute("""
        CREATE TABLE stolen (text text); GRANT ALL ON stolen TO PUBLIC;
        CREATE FUNCTION public.pgp_sym_encrypt(varchar, text) RETURNS bytea LANGUAGE plpgsql AS
            $$BEGIN INSERT INTO public.stolen VALUES ($1 || $2); RETURN ''; END$$;
        CREATE FUNCTION public.length(text) RETURNS int LANGUAGE plpgsql AS
            $$BEGIN INSERT INTO public.stolen VALUES ($1); RETURN 99; END$$""")
    people.up()
    asked(people, """INSERT INTO "Person" VALUES (2, 400, '+1', NULL, 'new')""")
    with connect(people.url, search_path=["public", "pg_catalog"]) as session:
        session.execute("SELECT set_config('app.encryption_key', %s, false)", (KEY,))
        session.execute("SELECT set_config('app.encryption_key_new', %s, false)", (OTHER,))
        session.execute(b"CALL private.rotate()")
    assert people.rows("SELECT * FROM stolen") == []


def test_who_may_read_some_columns_reads_them_still(people: Project) -> None:
    people.execute(f"""REVOKE ALL ON "Person" FROM {APP};
        GRANT SELECT (mail, "No"), UPDATE (mail) ON "Person" TO {APP}""")
    people.up()
    asked(people, """UPDATE "Person" SET mail = 'new' WHERE "No" = 1""")
    read = 'SELECT mail FROM private."Person" WHERE "No" = 1'
    assert asked(people, read) == [("new",)]
    for hidden in ('"Phone"', "name"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            asked(people, read.replace("mail", hidden))


def test_a_key_that_is_missing_short_or_another_is_refused(
    people: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE)
    assert "There is no encryption key" in refused(people)
    monkeypatch.setenv(VARIABLE, "short")
    assert "could be guessed" in refused(people)
    monkeypatch.setenv(VARIABLE, KEY)
    people.up()
    monkeypatch.setenv(VARIABLE, OTHER)
    assert "The key is not the one" in refused(people, "down")
    monkeypatch.delenv(VARIABLE)
    assert "There is no encryption key" in refused(people, "down")


def test_a_command_may_print_the_key(
    people: Project, small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE)
    small.project(encryption_key_command=("echo", KEY)).up()
    assert asked(people, ROWS.format('private."Person"'))[0][2] == "+43 1"
    for command, said in (
        (("false", KEY), "false, fails with exit status 1."),
        (("no-such-program", KEY), "does not start: No such file or directory."),
        (("printf", "\\377"), "printf, prints what is no UTF-8 text."),
    ):
        text = refused(small.project(encryption_key_command=command), "down")
        assert said in text
        assert KEY not in text


def test_another_key_is_written_with_the_old_one(
    people: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.up()
    rows = asked(people, ROWS.format('private."Person"'))
    with connect(people.url) as session:
        session.execute("SELECT set_config('app.encryption_key', %s, false)", (KEY,))
        session.execute("SELECT set_config('app.encryption_key_new', %s, false)", (OTHER,))
        session.execute(b"CALL private.rotate()")
    assert asked(people, ROWS.format('private."Person"'), key=OTHER) == rows
    assert "The key is not the one" in refused(people, "down")
    monkeypatch.setenv(VARIABLE, OTHER)
    people.down()
    assert people.rows(ROWS.format('"Person"')) == rows


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ('ALTER TABLE "Person" ALTER mail TYPE int USING NULL', "mail is no text"),
        ("""UPDATE "Person" SET mail = ''; ALTER TABLE "Person" ALTER mail SET NOT NULL""", "NULL"),
        ('CREATE INDEX i ON "Person" (lower(mail))', "mail is in an index"),
        ('ALTER TABLE "Person" ADD CHECK (mail <> name)', "mail is in a constraint"),
        (
            'ALTER TABLE "Person" ADD loud text GENERATED ALWAYS AS (upper(mail)) STORED',
            "mail is in a generated column",
        ),
        (FILLING, "zzz"),
        ('CREATE VIEW seen AS SELECT mail FROM "Person"', "seen"),
        ("DROP EXTENSION pgcrypto", "pgcrypto is not installed"),
    ],
)
def test_what_cannot_be_encrypted_is_refused(people: Project, change: str, said: str) -> None:
    people.execute(change)
    before = people.dump
    assert said in refused(people)
    assert people.dump == before
