"""A role that may not do all of a phase hears so before its first step."""

from collections.abc import Iterator

import pytest
from psycopg import sql

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.run import runner
from gnkmigrate.run.events import Direction
from gnkmigrate.run.status import Request
from gnkmigrate.servers import Server
from tests.migrations.project import Project
from tests.small import Small
from tests.support import execute

ROLE = "gnk Migrator"
TABLES = """
CREATE SCHEMA "My Shop"; CREATE SCHEMA closed;
CREATE TABLE mine (id uuid PRIMARY KEY, n text); ALTER TABLE mine OWNER TO "gnk Migrator";
CREATE TABLE "My Shop"."Line" (shop bigint, no int, n text, PRIMARY KEY (shop, no));
CREATE TABLE closed.away (id text PRIMARY KEY);
ALTER TABLE "My Shop"."Line" OWNER TO "gnk Owner"; ALTER TABLE closed.away OWNER TO "gnk Owner";
INSERT INTO mine VALUES (gen_random_uuid(), '1'), (gen_random_uuid(), '2');
GRANT CREATE ON SCHEMA public TO "gnk Migrator";
"""
UP = """
op.guard("Rows.", 'SELECT * FROM "My Shop"."Line" WHERE false')
op.step("mine", "UPDATE public.mine SET n = n || '!'", touches=("public.mine",))
op.step(
    "line",
    '''ALTER TABLE "My Shop"."Line" ADD COLUMN m int; ALTER TABLE closed.away ADD COLUMN m int''',
    touches=("My Shop.Line", "closed.away", "public.not_yet"),
)
"""
LACKING = """
It is no member of gnk Owner, who owns: TABLE "My Shop"."Line", TABLE closed.away. \
Run: GRANT "gnk Owner" TO "gnk Migrator"; \
or ALTER TABLE "My Shop"."Line" OWNER TO "gnk Migrator"; \
ALTER TABLE closed.away OWNER TO "gnk Migrator";
It may create nothing in schema "My Shop". Run: GRANT CREATE ON SCHEMA "My Shop" TO "gnk Migrator";
It may create nothing in schema closed. Run: GRANT CREATE ON SCHEMA closed TO "gnk Migrator";
It may not use schema "My Shop". Run: GRANT USAGE ON SCHEMA "My Shop" TO "gnk Migrator";
It may not use schema closed. Run: GRANT USAGE ON SCHEMA closed TO "gnk Migrator";
-> Have it granted what is missing, or connect as a role that may.
""".strip().splitlines()
CONVERT = """
number = Conversion("n", "int", "left(:column, 1)::int", "(:column)::text")
op.convert_columns("public.mine", "id", (number,))
"""


@pytest.fixture
def roles(server: Server) -> Iterator[None]:
    with server.database() as url:
        execute(url, 'CREATE ROLE "gnk Migrator"; CREATE ROLE "gnk Owner"')
        yield
        execute(url, 'DROP ROLE "gnk Migrator", "gnk Owner"')


@pytest.fixture
def project(small: Small, roles: None) -> Iterator[Project]:
    del roles
    small.revision(1, UP, irreversible="-")
    project = small.project()
    project.execute(TABLES)
    database = project.value("SELECT quote_ident(current_database())")
    # Whose journal a superuser reads, too.
    project.execute(f'ALTER DATABASE {database} OWNER TO "gnk Migrator"')
    yield project
    project.execute(f"ALTER DATABASE {database} OWNER TO CURRENT_USER")
    project.execute('DROP OWNED BY "gnk Migrator", "gnk Owner" CASCADE')


def up(project: Project, direction: Direction = "up", *, dry_run: bool = False) -> None:
    with project.session() as session:
        session.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(ROLE)))
        request = Request(dry_run=dry_run)
        runner.run(session, project.phases, direction, request, project.settings)


def test_all_that_is_missing_is_listed_with_what_to_run(project: Project) -> None:
    before = project.state
    with pytest.raises(PhaseRefused, match="cannot upgrade; nothing was changed") as refused:
        up(project)
    lines = [line.strip() for line in refused.value.details]
    assert lines[0] == f"Role {ROLE} may not do all that the phase does."
    assert lines[1:7] == LACKING
    assert lines[7].startswith('The check of "Rows." may not look: permission denied for schema')
    assert refused.value.hint.startswith("Fix what is listed")
    assert project.state == before

    # What it says is what is to be run.
    for text in refused.value.details:
        if "Run: " in text:
            project.execute(text.split("Run: ")[1].split("; or ")[0])
    up(project, dry_run=True)
    up(project)
    assert project.states == ("done",)


@pytest.mark.parametrize("step", [UP.splitlines()[2], CONVERT], ids=["fill", "conversion"])
def test_rows_that_are_hidden_are_not_left_out(small: Small, project: Project, step: str) -> None:
    small.revision(1, step, irreversible="-")
    project = small.project()
    project.execute(
        "ALTER TABLE mine ENABLE ROW LEVEL SECURITY; ALTER TABLE mine FORCE ROW LEVEL SECURITY;"
        "CREATE POLICY part ON mine USING (id IS NULL)"
    )
    before = project.state
    with pytest.raises(PhaseRefused, match="cannot upgrade; nothing was changed") as refused:
        up(project)
    assert refused.value.details[0] == f"Role {ROLE} may not do all that the phase does."
    assert refused.value.details[1].strip() == (
        "Row security hides rows of table public.mine from it. Run: ALTER ROLE "
        '"gnk Migrator" BYPASSRLS; or, where it owns the table, '
        "ALTER TABLE public.mine NO FORCE ROW LEVEL SECURITY;"
    )
    assert project.state == before

    project.execute("ALTER TABLE mine NO FORCE ROW LEVEL SECURITY")
    up(project)
    assert project.states == ("done",)
    assert project.value("SELECT bool_and(n IS NOT NULL) FROM mine")


def test_a_session_of_a_phase_hides_no_row(small: Small) -> None:
    small.revision(
        1,
        """op.step("look", "SELECT 1 / (current_setting('row_security') = 'off')::int",
                   irreversible="-")""",
    )
    project = small.project()
    database = project.value("SELECT quote_ident(current_database())")
    project.execute(f"ALTER DATABASE {database} SET row_security = on")
    project.up()
    assert project.states == ("done",)


def test_texts_are_looked_up_in_the_table_of_another_role(small: Small, project: Project) -> None:
    small.reversible(
        1,
        'op.resolve_reference("public.mine", "n", "public.theirs", "name", type="int", fold=True)',
    )
    project = small.project()
    project.execute(
        "CREATE TABLE theirs (id int PRIMARY KEY, name text); ALTER TABLE theirs OWNER TO"
        f""" "gnk Owner"; GRANT SELECT, REFERENCES ON theirs TO "{ROLE}";"""
        "INSERT INTO theirs VALUES (7, 'Seven'); UPDATE mine SET n = 'SEVEN'"
    )
    up(project)
    assert project.rows("SELECT DISTINCT n FROM mine") == [(7,)]
    indexed = project.value("SELECT indexname FROM pg_indexes WHERE tablename = 'theirs'")
    assert indexed == "theirs_pkey"  # where it is another's it is not indexed
    up(project, "down")
    assert project.rows("SELECT DISTINCT n FROM mine") == [("SEVEN",)]


def test_new_tables_and_their_references_are_asked_for(small: Small, roles: None) -> None:
    del roles
    create = 'op.create_tables("My Shop.fresh", references=("public.mine",))'
    small.revision(1, create, irreversible="-")
    target = small.folder / "target.sql"
    target.write_text(
        'CREATE SCHEMA "My Shop"; CREATE TABLE public.mine (id int PRIMARY KEY);'
        'CREATE TABLE "My Shop".fresh (id int REFERENCES public.mine)'
    )
    project = small.project(target=target, schemas=("public", "My Shop"))
    project.execute('CREATE SCHEMA "My Shop"; CREATE TABLE public.mine (id int PRIMARY KEY)')
    database = project.value("SELECT quote_ident(current_database())")
    project.execute(f'GRANT CREATE ON DATABASE {database} TO "{ROLE}"')
    with pytest.raises(PhaseRefused) as refused:
        up(project)
    to_run = [line.partition("Run: ")[2] for line in refused.value.details[1:3]]
    assert to_run == [
        f'GRANT CREATE ON SCHEMA "My Shop" TO "{ROLE}";',
        f'GRANT REFERENCES ON TABLE public.mine TO "{ROLE}";',
    ]
    project.execute(f'DROP OWNED BY "{ROLE}" CASCADE')


def test_an_owner_who_has_no_rights_on_the_rows_is_told(small: Small, project: Project) -> None:
    small.revision(1, CONVERT, irreversible="-")
    project = small.project()
    project.execute('REVOKE UPDATE ON mine FROM "gnk Migrator"')
    before = project.state
    with pytest.raises(PhaseRefused) as refused:
        up(project)
    given = 'GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE public.mine TO "gnk Migrator";'
    assert any(given in line for line in refused.value.details)
    assert project.state == before


def test_nobody_is_told_to_become_a_superuser(small: Small, project: Project) -> None:
    small.revision(1, 'op.step("m", "ALTER TABLE ruled ADD m int", touches=("public.ruled",))')
    project = small.project()
    project.execute("CREATE TABLE ruled (id int); GRANT CREATE ON SCHEMA public TO PUBLIC")
    owner = project.value("SELECT tableowner FROM pg_tables WHERE tablename = 'ruled'")
    with pytest.raises(PhaseRefused) as refused:
        up(project)
    (said,) = [line for line in refused.value.details if "is no member" in line]
    assert said.strip() == (
        f"It is no member of {owner}, who owns: TABLE public.ruled. "
        f'Run: ALTER TABLE public.ruled OWNER TO "{ROLE}";'
    )
