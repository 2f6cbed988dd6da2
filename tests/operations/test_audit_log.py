"""op.audit_log: every change, by whom, and never a secret; nobody changes the log."""

from collections.abc import Iterator

import psycopg
import pytest

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.postgres.connection import connect
from tests.migrations.project import Project
from tests.small import Small
from tests.support import execute

OWNER, APP = "log_owner", "log_app"
TABLES = f"""
    CREATE ROLE {OWNER}; CREATE ROLE {APP};
    CREATE SCHEMA "My Shop" AUTHORIZATION {OWNER}; GRANT USAGE ON SCHEMA "My Shop" TO {APP};
    CREATE TABLE "My Shop"."Account" (
        shop int, "No" int, name text, password text, api_token text, pin text, "key" text,
        PRIMARY KEY (shop, "No"));
    ALTER TABLE "My Shop"."Account" OWNER TO {OWNER};
    GRANT SELECT, INSERT, UPDATE, DELETE ON "My Shop"."Account" TO {APP};
"""
UP = """
op.audit_log(("My Shop.Account",), "My Shop.Log", secret={"My Shop.Account": ("pin",)},
             shown={"My Shop.Account": ("key",)})
"""
SEEN = """
    SELECT action, row_key, columns, before, after, app_user, db_role, session_role
    FROM "My Shop"."Log" ORDER BY at
"""
SECRETS = ("hunter2", "t0ken", "4711")


@pytest.fixture
def logged(small: Small) -> Iterator[Project]:
    execute(small.url, TABLES)
    small.reversible(1, UP)
    yield small.project()
    execute(small.url, f'DROP SCHEMA "My Shop" CASCADE; DROP ROLE {OWNER}, {APP}')


def written(project: Project, *statements: str, user: str = "ann", role: str = APP) -> None:
    """What the application writes, for one of its users."""
    with connect(project.url, search_path=["public"]) as session:
        session.execute(f"SET ROLE {role}; SET app.user_id = '{user}'".encode())
        for statement in statements:
            session.execute(statement.encode())


def test_it_says_who_changed_what_and_never_a_secret(logged: Project) -> None:
    logged.up()
    written(
        logged,
        """INSERT INTO "My Shop"."Account"
           VALUES (1, 7, 'Ann', 'hunter2', 't0ken', '4711', 'a')""",
        """UPDATE "My Shop"."Account" SET name = 'Anna', pin = '4711 '""",
        """UPDATE "My Shop"."Account" SET password = 'hunter2!'""",
        """UPDATE "My Shop"."Account" SET name = name""",
        """DELETE FROM "My Shop"."Account" """,
    )
    logged.execute("""TRUNCATE "My Shop"."Account" """)
    row = {"shop": 1, "No": 7}
    found = logged.rows(SEEN)
    assert found[0][7] != APP  # who has connected
    assert [(each[0], each[1], each[5], each[6]) for each in found[:4]] == [
        ("INSERT", row, "ann", APP),
        ("UPDATE", row, "ann", APP),
        ("UPDATE", row, "ann", APP),
        ("DELETE", row, "ann", APP),
    ]
    assert found[0][4] == {"shop": 1, "No": 7, "name": "Ann", "key": "a"}
    assert found[1][2:5] == (["name", "pin"], {"name": "Ann"}, {"name": "Anna"})
    assert found[2][2:5] == (["password"], None, None)
    assert (found[4][0], found[4][1], found[4][5]) == ("TRUNCATE", None, None)
    assert len(found) == 5
    everything = str(logged.rows('SELECT * FROM "My Shop"."Log"'))
    assert not any(secret in everything for secret in SECRETS)


def test_what_is_computed_of_a_secret_is_one(logged: Project) -> None:
    logged.execute("""ALTER TABLE "My Shop"."Account"
        ADD loud text GENERATED ALWAYS AS (upper(pin)) STORED,
        ADD louder text GENERATED ALWAYS AS (upper(name)) STORED""")
    logged.up()
    written(logged, """INSERT INTO "My Shop"."Account" VALUES (1, 7, 'Ann', '', '', 'hunter2')""")
    ((after,),) = logged.rows('SELECT after FROM "My Shop"."Log"')
    assert after == {"shop": 1, "No": 7, "name": "Ann", "louder": "ANN", "key": None}


def test_its_arguments_are_seen_by_who_would_rename_a_column(logged: Project, small: Small) -> None:
    """Else a secret would have another name, and be logged."""
    logged.up()
    small.reversible(2, 'op.rename_columns("My Shop.Account", {"pin": "code"})')
    with pytest.raises(PhaseRefused) as refused:
        small.project().up()
    assert 'function "My Shop"."Log_write"()' in " ".join(refused.value.details)


def test_it_is_only_added_to(logged: Project) -> None:
    logged.up()
    written(logged, """INSERT INTO "My Shop"."Account" VALUES (1, 1)""")
    for role in (APP, OWNER):
        for statement in ("SELECT * FROM", "DELETE FROM", "TRUNCATE"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                written(logged, f'{statement} "My Shop"."Log"', role=role)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        written(logged, """INSERT INTO "My Shop"."Log" (table_name) VALUES ('x')""")
    for statement in ("DELETE FROM", "TRUNCATE"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="only added to"):
            logged.execute(f'{statement} "My Shop"."Log"')
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        written(logged, 'SELECT "My Shop"."Log_write"()')


def test_it_is_kept_on_the_way_back_and_comes_again(logged: Project) -> None:
    before = logged.dump
    logged.up()
    written(logged, """INSERT INTO "My Shop"."Account" VALUES (1, 1, 'Ann')""")
    kept = logged.rows('SELECT * FROM "My Shop"."Log"')
    with pytest.raises(PhaseRefused):
        logged.down()
    logged.down(parameters={"spill": "yes"})
    assert logged.dump == before
    logged.up()
    assert logged.rows('SELECT * FROM "My Shop"."Log"') == kept


def test_its_partitions_are_made_ahead(logged: Project) -> None:
    logged.up()
    partitions = """SELECT count(*) FROM pg_inherits
        WHERE inhparent = '"My Shop"."Log"'::regclass"""
    assert logged.value(partitions) == 5
    logged.execute("""INSERT INTO "My Shop"."Log" (at, table_name, action, db_role)
        VALUES (now() + interval '5 months', 'x', 'INSERT', 'y')""")
    logged.execute('CALL "My Shop"."Log_ahead"(6)')
    assert logged.value(partitions) == 7  # the month that has rows already has none


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ('CREATE TABLE heir () INHERITS ("My Shop"."Account")', "heir"),
        (
            f"""CREATE SCHEMA theirs AUTHORIZATION {APP};
            CREATE TYPE theirs.mood AS ENUM ('good'); ALTER TYPE theirs.mood OWNER TO {APP};
            ALTER TABLE "My Shop"."Account" ADD moods theirs.mood[]""",
            f"type theirs.mood of {APP}",
        ),
    ],
)
def test_what_is_written_elsewhere_or_with_somebody_s_cast_is_refused(
    logged: Project, change: str, said: str
) -> None:
    logged.execute(change)
    with pytest.raises(PhaseRefused) as refused:
        logged.up()
    assert said in " ".join(refused.value.details)
    logged.execute("DROP SCHEMA IF EXISTS theirs CASCADE")


@pytest.mark.parametrize(
    ("up", "said"),
    [
        (UP.replace('("pin",)', '("pim",)'), "My Shop.Account.pim"),
        (UP.replace('("My Shop.Account",)', '("My Shop.Account", "public.none")'), "public.none"),
        (UP.replace('("My Shop.Account",)', '("My Shop.Account", "public.bare")'), "no key"),
        (UP.replace('("My Shop.Account",)', '("My Shop.Account", "public.mine")'), "several roles"),
    ],
)
def test_what_cannot_be_logged_is_refused(
    logged: Project, small: Small, up: str, said: str
) -> None:
    logged.execute("CREATE TABLE bare (a int); CREATE TABLE mine (a int PRIMARY KEY)")
    small.reversible(1, up)
    before = logged.dump
    with pytest.raises(PhaseRefused) as refused:
        small.project().up()
    assert said in " ".join(refused.value.details)
    assert logged.dump == before
