"""What a step leaves in our schemas belongs to whom it should, and is open to nobody else."""

import secrets
from collections.abc import Iterator

import pytest

from gnkmigrate.connection import connect
from gnkmigrate.errors import PhaseFailed, PhaseRefused
from gnkmigrate.run import runner
from gnkmigrate.run.status import Request
from tests.migrations.project import Project
from tests.small import Small
from tests.support import execute

FUNCTIONS = """
SELECT pg_proc.oid::regprocedure::text, pg_get_userbyid(proowner)::text,
       ARRAY(SELECT coalesce(rolname, 'PUBLIC')::text
             FROM aclexplode(coalesce(proacl, acldefault('f', proowner)))
             LEFT JOIN pg_roles ON pg_roles.oid = grantee WHERE grantee <> proowner ORDER BY 1)
FROM pg_proc WHERE pronamespace = to_regnamespace('gnkmigrate') ORDER BY 1
"""


@pytest.fixture
def owners(small: Small) -> Iterator[tuple[str, str]]:
    """Two roles that may make tables."""
    made = tuple(f"gnk_owner_{secrets.token_hex(4)}" for _ in range(2))
    for role in made:
        execute(small.url, f"CREATE ROLE {role}; GRANT USAGE, CREATE ON SCHEMA public TO {role}")
    yield made[0], made[1]
    for role in made:
        execute(small.url, f"DROP OWNED BY {role} CASCADE; DROP ROLE {role}")


def as_role(project: Project, role: str, statements: str) -> None:
    with connect(project.url, search_path=["public"]) as session:
        session.execute(f"SET SESSION AUTHORIZATION {role}; {statements}".encode())


UP = """
op.step("functions", '''
    CREATE FUNCTION gnkmigrate.low(text) RETURNS text IMMUTABLE LANGUAGE sql RETURN lower($1);
    CREATE FUNCTION gnkmigrate.help(text) RETURNS text LANGUAGE plpgsql AS 'BEGIN RETURN $1; END';
    CREATE FUNCTION gnkmigrate.deep(text) RETURNS text SECURITY DEFINER LANGUAGE plpgsql
    AS 'BEGIN RETURN gnkmigrate.help($1); END';
    CREATE FUNCTION gnkmigrate.acts() RETURNS trigger SECURITY DEFINER LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    AS 'BEGIN NEW.n := gnkmigrate.deep(NEW.n) || current_user; RETURN NEW; END';
    CREATE FUNCTION gnkmigrate.stands() RETURNS trigger LANGUAGE plpgsql
    AS 'BEGIN RETURN NEW; END'
''')
op.step("trigger", '''
    CREATE TRIGGER a BEFORE INSERT ON public.item FOR EACH ROW EXECUTE FUNCTION gnkmigrate.acts();
    CREATE TRIGGER b BEFORE INSERT ON public.item FOR EACH ROW EXECUTE FUNCTION gnkmigrate.stands();
''', touches=("public.item",))
"""
DOWN = """
op.step("trigger", "DROP TRIGGER a ON public.item; DROP TRIGGER b ON public.item")
op.step("functions", '''DROP FUNCTION gnkmigrate.acts(); DROP FUNCTION gnkmigrate.stands();
    DROP FUNCTION gnkmigrate.deep(text); DROP FUNCTION gnkmigrate.help(text);
    DROP FUNCTION gnkmigrate.low(text)''')
"""


def test_what_a_trigger_calls_belongs_to_its_tables_owner(
    small: Small, owners: tuple[str, str]
) -> None:
    owner, other = owners
    small.revision(1, UP, DOWN)
    project = small.project()
    me = project.value("SELECT current_user::text")
    as_role(project, owner, f"CREATE TABLE item (n text); GRANT INSERT ON item TO {other}")
    project.up()
    assert project.rows(FUNCTIONS) == [
        ("gnkmigrate.acts()", owner, []),
        ("gnkmigrate.deep(text)", owner, []),
        ("gnkmigrate.help(text)", me, [owner]),
        # An index may name it, and calls it as whoever writes.
        ("gnkmigrate.low(text)", me, ["PUBLIC"]),
        ("gnkmigrate.stands()", me, []),
    ]
    assert project.value("SELECT proconfig FROM pg_proc WHERE proname = 'deep'") == [
        "search_path=pg_catalog, pg_temp"
    ]
    as_role(project, other, "INSERT INTO item VALUES ('by ')")
    assert project.rows("SELECT n FROM item") == [(f"by {owner}",)]
    project.down()
    assert project.value(f"SELECT has_schema_privilege('{owner}', 'gnkmigrate', 'USAGE')") is False


def test_a_function_serves_no_two_owners(small: Small, owners: tuple[str, str]) -> None:
    text = UP.replace(
        "''', touches",
        "CREATE TRIGGER a BEFORE INSERT ON public.other FOR EACH ROW"
        " EXECUTE FUNCTION gnkmigrate.acts();''', touches",
    )
    small.revision(1, text, irreversible="-")
    project = small.project()
    as_role(project, owners[0], "CREATE TABLE item (n text)")
    as_role(project, owners[1], "CREATE TABLE other (n text)")
    with pytest.raises(PhaseFailed, match="runs for tables of several owners") as failed:
        project.up()
    assert "Make one function for the tables of each owner." in failed.value.details
    assert project.value("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal") == 0


def test_the_journal_is_nobody_elses_whatever_is_given_by_default(
    small: Small, owners: tuple[str, str]
) -> None:
    other = owners[0]
    small.revision(1, 'op.step("nothing", "SELECT 1")')
    project = small.project()
    project.execute(
        f"ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO {other}, PUBLIC;"
        f"ALTER DEFAULT PRIVILEGES GRANT ALL ON SCHEMAS TO {other}"
    )
    project.up()
    assert project.rows(
        "SELECT nspname::text FROM pg_namespace WHERE starts_with(nspname, 'gnkmigrate')"
        f" AND has_schema_privilege('{other}', oid, 'USAGE, CREATE')"
    ) == []  # fmt: skip
    assert project.rows(
        "SELECT relname::text FROM pg_class WHERE relnamespace = 'gnkmigrate'::regnamespace"
        f" AND has_table_privilege('{other}', oid, 'SELECT, INSERT, UPDATE, DELETE')"
    ) == []  # fmt: skip
    project.execute(
        f"ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM {other}, PUBLIC;"
        f"ALTER DEFAULT PRIVILEGES REVOKE ALL ON SCHEMAS FROM {other}"
    )


def test_an_expression_that_the_owner_may_not_evaluate_is_refused(
    small: Small, owners: tuple[str, str]
) -> None:
    owner, other = owners
    small.reversible(
        1,
        """
        op.keep_shape("public.item")
        op.resolve_reference("public.item", "mail", "public.person", by="email",
                             type="integer", rename="person_id")
        """,
    )
    project = small.project()
    as_role(project, owner, "CREATE TABLE item (id int PRIMARY KEY, mail text)")
    as_role(
        project,
        other,
        "CREATE TABLE person (id int PRIMARY KEY, email text UNIQUE);"
        "INSERT INTO person VALUES (7, 'a@b.c')",
    )
    before = project.state
    with pytest.raises(PhaseRefused, match="nothing was changed") as refused:
        project.up()
    said = "\n".join(refused.value.details)
    assert f"with the rights of its owner, {owner}, who may not do that." in said
    assert "permission denied for table person" in said
    assert project.state == before

    as_role(project, other, f"GRANT SELECT, REFERENCES ON person TO {owner}")
    project.up()
    as_role(project, owner, "INSERT INTO item (id, person_id) VALUES (1, 7)")
    with connect(project.url, search_path=["gnkmigrate_legacy", "public"]) as session:
        assert session.execute("SELECT mail FROM item").fetchall() == [("a@b.c",)]
    project.down()
    assert project.rows("SELECT mail FROM item") == [("a@b.c",)]


def test_who_may_not_become_the_owner_hears_so(small: Small, owners: tuple[str, str]) -> None:
    """PostgreSQL 16 and later: a member that inherits all rights, and may give nothing away."""
    owner, member = owners
    small.reversible(1, 'op.rename_columns("public.item", {"n": "m"})')
    project = small.project()
    if small.server.major < 16:
        grant = f"GRANT {owner} TO {member}; ALTER ROLE {member} NOINHERIT"
    else:
        grant = f"GRANT {owner} TO {member} WITH SET FALSE, INHERIT TRUE"
    database = project.value("SELECT quote_ident(current_database())")
    project.execute(f"{grant}; GRANT CREATE ON DATABASE {database} TO {member}")
    as_role(project, owner, "CREATE TABLE item (id int PRIMARY KEY, n text)")
    before = project.state
    with connect(project.url, search_path=["public"]) as session:
        session.execute(f"SET SESSION AUTHORIZATION {member}".encode())
        with pytest.raises(PhaseRefused) as refused:
            runner.run(session, project.phases, "up", Request(), project.settings)
    assert f"It is no member of {owner}" in "\n".join(refused.value.details)
    assert project.state == before
