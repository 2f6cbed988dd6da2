"""op.resolve_reference: whom a text names, what is refused, and what a later phase may change."""

import pytest

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.run import journal_schema
from gnkmigrate.run.kept.contract import contract
from tests.migrations.project import Project
from tests.small import Small

OF_ITEM = 'fold=True, by_key=True, unless=("unmapped", "archive")'
ITEM = f"""
op.resolve_reference("public.item", "email", "public.person", "email", type="integer", {OF_ITEM})
op.resolve_reference("public.task", "done_by", "public.person", "email", type="integer", fold=True)
"""
PERSON = """
op.convert_columns("public.person", conversions=(
    op.shortened("email", 9), op.renamed("name", "called")))
"""
TABLES = """
CREATE TABLE person (id int PRIMARY KEY, email varchar, name text);
CREATE TABLE item (id int PRIMARY KEY, email varchar);
CREATE TABLE task (id int PRIMARY KEY, done_by text);
INSERT INTO person VALUES (1, 'Ada@x'), (2, 'Bob@x'), (3, 'bob@X'), (4, '7'), (7, 'cleo@x');
INSERT INTO item VALUES (1, 'ADA@x'), (2, 'Bob@x'), (3, 'BOB@x'), (4, '7'), (5, '3'), (6, 'who');
INSERT INTO task VALUES (1, 'ada@x')
"""
ARCHIVE = {"policies": {"unmapped": "archive"}}
LOOKUP = "gnkmigrate_folded_"


@pytest.fixture
def small_tables(small: Small) -> Small:
    small.reversible(1, ITEM)
    small.project().execute(TABLES)
    return small


def lookups(project: Project) -> set[str]:
    query = f"SELECT indexname FROM pg_indexes WHERE indexname LIKE '%{LOOKUP}%'"
    return {str(name) for (name,) in project.rows(query)}


def test_texts_that_name_nobody_or_several_are_listed(small_tables: Small) -> None:
    with pytest.raises(PhaseRefused) as refused:
        small_tables.project(policies={"unmapped": "fail"}).up()
    first, *rows, hint = refused.value.details
    assert first == "public.item.email: texts that name no row, or several. (2)"
    assert rows == ["  id: 3, email: BOB@x, rows: 2", "  id: 6, email: who, rows: 0"]
    assert 'by the policy unmapped = "archive"' in hint


def test_a_text_is_an_exact_name_then_one_in_any_case_then_a_key(small_tables: Small) -> None:
    project = small_tables.project(**ARCHIVE)
    before = project.state
    project.up()
    found = "SELECT id, email FROM item ORDER BY id"
    assert project.rows(found) == [(1, 1), (2, 2), (3, None), (4, 4), (5, 3), (6, None)]
    assert lookups(project) == {f"{LOOKUP}public.item.email", f"{LOOKUP}public.task.done_by"}
    with project.session() as session:
        session.execute("SET enable_seqscan = off")
        query = "EXPLAIN SELECT FROM person WHERE lower(email::text) = lower('ada@x')"
        plan = session.execute(query.encode()).fetchall()
    assert LOOKUP in str(plan)
    project.down()
    assert project.state == before


def test_the_column_that_is_looked_up_may_change_later(small_tables: Small) -> None:
    small_tables.reversible(2, PERSON)
    project = small_tables.project(**ARCHIVE)
    before = project.state
    project.up()
    assert len(lookups(project)) == 4  # those of the old column go with it
    project.execute("UPDATE item SET email = 7 WHERE id = 6")
    project.down()
    assert project.rows("SELECT email FROM item WHERE id = 6") == [("cleo@x",)]
    project.execute("UPDATE item SET email = 'who' WHERE id = 6")
    assert project.state == before

    project.up()
    with project.session() as session:
        contract(session, project.phases, project.settings)
        assert journal_schema.exists(session)
    assert lookups(project) == set()


def test_names_that_change_later_are_given_back_as_they_are_then(small: Small) -> None:
    small.reversible(
        1,
        'op.keep_shape("public.task")\nop.resolve_reference('
        '"public.task", "done_by", "public.person", "email", type="integer", fold=True)',
    )
    project = small.project()
    project.execute(
        "CREATE TABLE person (id int PRIMARY KEY, email text);"
        "CREATE TABLE task (id int PRIMARY KEY, done_by text);"
        "INSERT INTO person VALUES (1, 'ada@x'), (2, 'bob@x'), (3, 'cleo@x'), (4, 'dan@x');"
        "INSERT INTO task SELECT id, initcap(email) FROM person"
    )
    project.up()
    project.execute(
        "UPDATE person SET email = CASE id WHEN 1 THEN 'bob@x' WHEN 2 THEN 'ada@x'"
        " WHEN 3 THEN 'new@x' ELSE 'DAN@X' END"
    )
    old = "SELECT done_by FROM gnkmigrate_legacy.task ORDER BY id"
    assert project.rows(old) == [("Ada@X",), ("Bob@X",), ("Cleo@X",), ("Dan@X",)]
    project.execute("INSERT INTO gnkmigrate_legacy.task VALUES (5, 'ada@x')")
    means = "SELECT done_by FROM task ORDER BY id"
    assert project.rows(means) == [(1,), (2,), (3,), (4,), (2,)]

    project.down()
    assert project.rows(means) == [("bob@x",), ("ada@x",), ("new@x",), ("Dan@X",), ("ada@x",)]
    project.up()
    assert project.rows(means) == [(1,), (2,), (3,), (4,), (2,)]


def test_it_keeps_its_name_until_contract(small_tables: Small) -> None:
    small_tables.reversible(2, 'op.rename_columns("public.person", {"email": "mail"})')
    with pytest.raises(PhaseRefused) as refused:
        small_tables.project(**ARCHIVE).up()
    assert "Other objects use columns of public.person" in refused.value.details[0]


def test_each_text_is_not_compared_with_each_row(small_tables: Small) -> None:
    project = small_tables.project(policies={"unmapped": "fail"})
    project.execute(
        "INSERT INTO person SELECT n, n || '@y' FROM generate_series(1001, 2000) AS n;"
        "INSERT INTO item SELECT n, n || '@Y' FROM generate_series(1001, 2000) AS n"
    )
    with pytest.raises(PhaseRefused) as refused:
        project.up()
    assert "public.item.email: texts that name no row, or several. (2)" in refused.value.details
    read = "SELECT seq_tup_read FROM pg_stat_user_tables WHERE relname = 'person'"
    assert int(project.rows(read)[0][0]) < 10_000  # and not a million


@pytest.mark.parametrize("reversible", [True, False])
def test_a_reference_among_other_conversions_has_an_index_as_well(
    small: Small, *, reversible: bool
) -> None:
    folded = 'reference("done_by", "public.person", "email", type="integer", fold=True)'
    if reversible:
        small.reversible(1, f'op.convert_columns("public.task", (), (op.{folded},))')
    else:
        imported = "from gnkmigrate.run.sync.reference import reference"
        up, down = (
            f'{imported}\nop.{way}("public.task", (), ({folded},))'
            for way in ("convert_columns", "revert_columns")
        )
        small.revision(1, up, down)
    project = small.project()
    project.execute(TABLES)
    before = project.state
    project.up()
    assert lookups(project) == {f"{LOOKUP}public.task.done_by"}
    project.down()
    assert project.state == before
