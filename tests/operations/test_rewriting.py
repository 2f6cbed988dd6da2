"""A domain with a constraint would rewrite a large table under its strongest lock."""

import pytest

from gnkmigrate.errors import PhaseRefused
from tests.small import Small

SETUP = """
CREATE DOMAIN positive AS int CHECK (value > 0);
CREATE DOMAIN plain AS int;
CREATE TABLE person (id int PRIMARY KEY, name text, age int);
CREATE TABLE profile (person_id int PRIMARY KEY REFERENCES person ON DELETE CASCADE, v positive);
INSERT INTO person SELECT n, repeat('x', 100), n FROM generate_series(1, {rows}) AS n;
INSERT INTO profile SELECT n, n FROM generate_series(1, 10) AS n
"""
LARGE, SMALL = 40_000, 1_000
OPERATIONS = {
    "conversion": 'op.convert_columns("public.person", "id", (op.cast("age", "public.positive"),))',
    "new column": 'op.add_columns("public.person", (op.new("height", "positive"),))',
    "default of each row": 'op.add_columns("public.person",'
    ' (op.new("mark", "uuid", default="gen_random_uuid()"),))',
    "merge": 'op.merge_tables("public.profile", into="public.person", on={"person_id": "id"},'
    ' columns={"v": "v"})',
}


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_it_is_refused_for_a_large_table(small: Small, operation: str) -> None:
    small.reversible(1, operation)
    project = small.project()
    project.execute(SETUP.format(rows=LARGE))
    before = project.state
    with pytest.raises(PhaseRefused) as refused:
        project.up()
    assert "writes the whole table anew" in refused.value.details[0] or (
        "writes all of public.person anew" in refused.value.details[0]
    )
    assert project.state == before


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_a_small_one_gets_it_in_a_moment(small: Small, operation: str) -> None:
    small.reversible(1, operation)
    project = small.project()
    project.execute(SETUP.format(rows=SMALL))
    before = project.state
    project.up()
    project.down(parameters={"spill": "yes"})
    assert project.state == before


def test_a_column_with_a_sequence_of_the_target_is_refused(small: Small) -> None:
    small.reversible(1, 'op.add_columns("public.person", ("number",))')
    target = small.folder / "target.sql"
    target.write_text("CREATE TABLE person (id int PRIMARY KEY, name text, age int, number serial)")
    project = small.project(target=target)
    project.execute(SETUP.format(rows=LARGE))
    with pytest.raises(PhaseRefused) as refused:
        project.up()
    said, column = refused.value.details[:2]
    assert said.startswith("PostgreSQL writes all of public.person anew for new columns")
    assert column == "  number"


@pytest.mark.parametrize(
    "column", ['"height", "plain"', '"since", "timestamptz", default="now()"'], ids=str
)
def test_one_value_for_all_rows_rewrites_nothing(small: Small, column: str) -> None:
    small.reversible(1, f'op.add_columns("public.person", (op.new({column}),))')
    project = small.project()
    project.execute(SETUP.format(rows=LARGE))
    file = project.value("SELECT pg_relation_filenode('person')")
    project.up()
    assert project.value("SELECT pg_relation_filenode('person')") == file
