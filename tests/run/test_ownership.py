"""What a step leaves in our schemas belongs to whom it should, and is open to nobody else."""

import secrets
from collections.abc import Iterator

import pytest
from psycopg import errors

from gnkmigrate.errors import PhaseFailed, PhaseRefused
from gnkmigrate.postgres.connection import connect
from gnkmigrate.run import as_owner, runner
from gnkmigrate.run.blockers import BlockerWatch
from gnkmigrate.run.status import Request
from gnkmigrate.run.work import Work
from gnkmigrate.settings import LimitSettings
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


RIGHTS = """
SELECT coalesce(nullif(grantee, 0)::regrole::text, 'PUBLIC'), thing, string_agg(privilege_type, ' ')
FROM (
    SELECT nspname::text, nspowner, nspacl
    FROM pg_namespace WHERE starts_with(nspname, 'gnkmigrate')
    UNION ALL
    SELECT format('%I.%I', nspname, relname), relowner, relacl
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE starts_with(nspname, 'gnkmigrate') AND relkind IN ('r', 'p', 'v', 'S')
    UNION ALL
    SELECT pg_proc.oid::regprocedure::text, proowner, coalesce(proacl, acldefault('f', proowner))
    FROM pg_proc JOIN pg_namespace ON pg_namespace.oid = pronamespace
    WHERE starts_with(nspname, 'gnkmigrate')
) AS made (thing, owner, acl) CROSS JOIN LATERAL aclexplode(acl)
WHERE grantee <> owner GROUP BY 1, 2
"""


def test_what_is_made_has_its_own_rights_whatever_is_given_by_default(
    small: Small, owners: tuple[str, str]
) -> None:
    """Nothing is open to others, in a first phase and in one that finds what it has made."""
    owner, other = owners
    small.reversible(
        1,
        """
        op.keep_shape("public.item")
        op.move_columns("public.item", "public.side", {"n": "n"}, key={"id": "item_id"})
        """,
    )
    small.reversible(
        2, 'op.keep_shape("public.more")\nop.rename_columns("public.more", {"n": "m"})'
    )
    project = small.project()
    for table in ("item", "more"):
        as_role(project, owner, f"CREATE TABLE {table} (id int PRIMARY KEY, n text)")
    as_role(project, owner, "INSERT INTO item VALUES (1, 'a')")
    kinds = ("SCHEMAS", "TABLES", "SEQUENCES", "FUNCTIONS", "TYPES")
    default = "ALTER DEFAULT PRIVILEGES GRANT ALL ON {} TO {}, PUBLIC"
    project.execute("; ".join(default.format(kind, other) for kind in kinds))
    project.up()
    assert sorted(row for row in project.rows(RIGHTS) if row[0] != owner) == [
        # Defaults call these, as whoever inserts a row.
        ("PUBLIC", "gnkmigrate.built(anyelement)", "EXECUTE"),
        ("PUBLIC", "gnkmigrate.kept(anyelement)", "EXECUTE"),
        ("PUBLIC", "gnkmigrate_legacy", "USAGE"),
    ]


def test_nobody_else_may_act_as_the_owner_whatever_is_given_by_default(
    small: Small, owners: tuple[str, str]
) -> None:
    owner, other = owners
    small.revision(1, 'op.step("nothing", "SELECT 1")')
    project = small.project()
    project.up()
    as_role(project, owner, "CREATE TABLE item (id int PRIMARY KEY, n text)")
    project.execute(f"ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO {other}")
    with project.session() as session, BlockerWatch(session) as watch:
        work = Work(session, "", {}, False, LimitSettings(), watch)
        with as_owner.as_owner(work, "public.item"):
            rights = session.execute(RIGHTS.encode()).fetchall()
    assert [row for row in rights if "gnkmigrate_acting" in row[1]] == []


def test_the_owner_cannot_change_what_acts_as_him(small: Small, owners: tuple[str, str]) -> None:
    """Seen: made SECURITY INVOKER, it ran a check of the owner's with a superuser's rights."""
    owner, _ = owners
    small.revision(1, 'op.step("nothing", "SELECT 1")')
    project = small.project()
    project.up()
    as_role(project, owner, "CREATE TABLE item (id int PRIMARY KEY, n text)")
    with project.session() as session, BlockerWatch(session) as watch:
        work = Work(session, "", {}, False, LimitSettings(), watch)
        with as_owner.as_owner(work, "public.item") as acting:
            assert acting is not None
            insert = "INSERT INTO public.item SELECT 1, current_user"
            assert as_owner.execute(work, acting, insert) == 1
            for change in ("SECURITY INVOKER", "SET search_path = public"):
                with pytest.raises(errors.InsufficientPrivilege, match="schema gnkmigrate_acting"):
                    as_role(project, owner, f"ALTER FUNCTION {acting.function}(text) {change}")
    assert project.rows("SELECT n FROM item") == [(owner,)]
    assert project.value("SELECT to_regnamespace('gnkmigrate_acting') IS NULL")


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
