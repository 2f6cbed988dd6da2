"""op.create_view, op.create_routine and op.search_column, on tables of any name and owner."""

from collections.abc import Iterator

import pytest

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.settings import LimitSettings
from tests.migrations.project import Project
from tests.small import Small
from tests.support import execute

OWNER = "odd_view_owner"
READER = "odd_view_reader"
STRANGER = "odd_view_stranger"

TABLES = f"""
    CREATE ROLE {OWNER}; CREATE ROLE {READER}; CREATE ROLE {STRANGER};
    CREATE SCHEMA "My Shop"; GRANT USAGE ON SCHEMA "My Shop" TO PUBLIC;
    GRANT CREATE ON SCHEMA "My Shop" TO {OWNER};
    CREATE TABLE "My Shop"."Order Line" (
        "order" int, line int, "Note" varchar(50), remark text, PRIMARY KEY ("order", line));
    ALTER TABLE "My Shop"."Order Line" OWNER TO {OWNER};
    GRANT SELECT ON "My Shop"."Order Line" TO {READER};
    INSERT INTO "My Shop"."Order Line" VALUES (1, 1, 'green tea', 'for Ann'), (1, 2, NULL, 'tea');
"""
VIEW = (
    'op.create_view("My Shop.Latest Lines", \'SELECT "order", line FROM "My Shop"."Order Line"\')'
)
ROUTINE = """
op.create_routine(
    "My Shop.count(integer)",
    "(which integer) RETURNS bigint LANGUAGE sql STABLE AS"
    " 'SELECT count(*) FROM \\"My Shop\\".\\"Order Line\\" WHERE \\"order\\" = which'",
    like="My Shop.Order Line",
)
"""
SEARCH = """
op.search_column("My Shop.Order Line", "found by", {"Note": "A", "remark": "B"}, index="by words")
"""


DEFINER = """
op.create_routine(
    "public.f()", "() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'", like="public.t"
)
"""


@pytest.fixture
def shop(small: Small) -> Iterator[Small]:
    execute(small.url, TABLES)
    yield small
    execute(small.url, 'DROP SCHEMA "My Shop" CASCADE')
    for role in (OWNER, READER, STRANGER):
        execute(small.url, f"DROP OWNED BY {role}; DROP ROLE {role}")


def refusal(project: Project) -> str:
    with pytest.raises(PhaseRefused) as refused:
        project.up()
    return " ".join([refused.value.message, *refused.value.details])


def test_all_three_come_and_go(shop: Small) -> None:
    shop.reversible(1, VIEW + ROUTINE + SEARCH)
    project = shop.project()
    before = project.dump
    project.up()

    assert project.rows('SELECT * FROM "My Shop"."Latest Lines" ORDER BY line') == [(1, 1), (1, 2)]
    assert project.value('SELECT "My Shop".count(1)') == 2
    found = """
        SELECT line FROM "My Shop"."Order Line" WHERE "found by" @@ to_tsquery('simple', '{}')
        ORDER BY ts_rank("found by", to_tsquery('simple', '{}')) DESC"""
    assert project.rows(found.format("tea", "tea")) == [(1,), (2,)]
    project.execute('UPDATE "My Shop"."Order Line" SET remark = \'coffee\' WHERE line = 2')
    assert project.rows(found.format("coffee", "coffee")) == [(2,)]

    project.down()
    assert project.dump == before


def test_they_belong_to_the_owner_and_are_open_to_whom_the_table_is(shop: Small) -> None:
    shop.reversible(1, VIEW + ROUTINE)
    project = shop.project()
    project.up()

    owners = """SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = 'Latest Lines'
        UNION ALL SELECT pg_get_userbyid(proowner) FROM pg_proc WHERE proname = 'count'
          AND pronamespace = '"My Shop"'::regnamespace"""
    assert project.rows(owners) == [(OWNER,), (OWNER,)]
    may = """SELECT has_table_privilege('{}', '"My Shop"."Latest Lines"', '{}')"""
    assert project.value(may.format(READER, "SELECT"))
    assert not project.value(may.format(READER, "INSERT"))
    assert not project.value(may.format(STRANGER, "SELECT"))


def test_row_security_holds_through_a_view(shop: Small) -> None:
    shop.reversible(1, VIEW)
    project = shop.project()
    project.execute(f"""
        ALTER TABLE "My Shop"."Order Line" ENABLE ROW LEVEL SECURITY;
        CREATE POLICY first ON "My Shop"."Order Line" TO {READER} USING (line = 1)""")
    if project.value("SELECT current_setting('server_version_num')::int") < 150_000:
        assert "would show rows that policies hide" in refusal(project)
        return
    project.up()
    with project.session() as session:
        session.execute(f"SET row_security = on; SET ROLE {READER}".encode())
        assert session.execute('SELECT line FROM "My Shop"."Latest Lines"').fetchall() == [(1,)]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ('op.create_view("public.v", "SELECT nothing FROM public.t")', "does not exist"),
        ('op.create_view("public.t", "SELECT 1 AS a")', "already exists"),
        (
            'op.create_view("public.v", "SELECT a FROM public.t JOIN public.u USING (a)")',
            "several owners",
        ),
        (
            DEFINER,
            "SECURITY DEFINER",
        ),
        (
            'op.search_column("public.t", "s", {"b": "A"}, index="i")',
            'column "b" does not exist',
        ),
        (
            'op.search_column("public.t", "s", {"a": "A"}, index="i", configuration="public.no")',
            "does not exist",
        ),
        ('op.search_column("public.t", "s", {"a": "A"}, index="i")', "about 200,000 rows"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_changes(
    small: Small, call: str, said: str
) -> None:
    small.reversible(1, call)
    project = small.project(limits=LimitSettings(dry_run_rows=100_000))
    project.execute("CREATE TABLE t (a text); CREATE TABLE u (a text)")
    if "owners" in said:
        project.execute("ALTER TABLE u OWNER TO pg_read_all_data")
    if "200,000" in said:
        project.execute("UPDATE pg_class SET reltuples = 200000 WHERE oid = 't'::regclass")
    before = project.dump
    assert said in refusal(project)
    assert project.dump == before


def test_what_others_use_does_not_go(small: Small) -> None:
    small.reversible(
        1,
        'op.create_view("public.v", "SELECT a FROM public.t")\n'
        'op.search_column("public.t", "s", {"a": "A"}, index="i")',
    )
    project = small.project()
    project.execute("CREATE TABLE t (a text)")
    project.up()
    project.execute("CREATE VIEW mine AS SELECT * FROM v; CREATE VIEW other AS SELECT s FROM t")
    with pytest.raises(PhaseRefused) as refused:
        project.down()
    assert "view public.mine" in " ".join(refused.value.details)
    assert "view public.other" in " ".join(refused.value.details)
    project.execute("DROP VIEW mine, other")
    project.down()
