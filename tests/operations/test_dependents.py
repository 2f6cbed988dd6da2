"""What hangs on a column or a table that changes is named before anything changes."""

import pytest

from gnkmigrate.errors import PhaseRefused
from tests.migrations.project import Project
from tests.operations.swapping import Swapping
from tests.small import Small

ARGUMENTS = """
    "public.t", "id", (Conversion("n", "text", using=":column::text", back=":column::int"),)
"""
TABLES = """
CREATE TABLE t (id int PRIMARY KEY, n int UNIQUE, other int);
CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'
"""


@pytest.fixture
def converting(small: Small) -> Project:
    small.revision(1, f"op.convert_columns({ARGUMENTS})", f"op.revert_columns({ARGUMENTS})")
    project = small.project()
    project.execute(TABLES)
    project.execute("INSERT INTO t SELECT g, g, g FROM generate_series(1, 20) AS g")
    return project


ON_COLUMN = [
    ("CREATE VIEW v AS SELECT n FROM t", "view public.v"),
    ("CREATE MATERIALIZED VIEW v AS SELECT n FROM t", "materialized view public.v"),
    ("CREATE RULE r AS ON UPDATE TO t WHERE NEW.n = 1 DO INSTEAD NOTHING", "rule r on table"),
    ("CREATE TABLE c (m int); CREATE POLICY p ON c USING (EXISTS (SELECT FROM t WHERE n = m))",
     "policy p on table public.c"),
    ("CREATE TRIGGER g AFTER UPDATE OF n ON t FOR EACH ROW EXECUTE FUNCTION nothing()",
     "trigger g on table public.t"),
    ("ALTER TABLE t ADD COLUMN twice int GENERATED ALWAYS AS (n * 2) STORED",
     "default value for column twice"),
    ("CREATE PUBLICATION p FOR TABLE t WHERE (n > 0)", "publication of table public.t"),
    ("CREATE TABLE child (n int CONSTRAINT of_t REFERENCES t (n))", "constraint of_t on table"),
    ("CREATE FUNCTION f() RETURNS bigint BEGIN ATOMIC SELECT sum(n) FROM t; END",
     "function public.f()"),
    ("CREATE STATISTICS s ON n, other FROM t", "statistics object public.s"),
    ("ALTER TABLE t ALTER n SET NOT NULL, REPLICA IDENTITY USING INDEX t_n_key",
     "constraint t_n_key on table"),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "named"), ON_COLUMN, ids=[row[1] for row in ON_COLUMN])
def test_what_hangs_on_a_converted_column(converting: Project, statement: str, named: str) -> None:
    if "PUBLICATION" in statement and converting.server.version < 150000:
        pytest.skip("row filters came with PostgreSQL 15")
    converting.execute(statement)
    before = converting.state
    with pytest.raises(PhaseRefused) as refused:
        converting.up()
    assert any(line.strip().startswith(named) for line in refused.value.details)
    assert any(line.startswith("  -> Drop") for line in refused.value.details)
    assert converting.state == before
    assert converting.states == ("pending",)


BODIES = [
    ("RETURNS int LANGUAGE plpgsql", "BEGIN RETURN (SELECT max(N) FROM T); END", ""),
    ("RETURNS int LANGUAGE sql", "SELECT max(n) FROM public.t", ""),
    (
        "RETURNS trigger LANGUAGE plpgsql",
        "BEGIN NEW.n := 1; RETURN NEW; END",
        "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
    ),
]


@pytest.mark.parametrize(("returns", "body", "more"), BODIES, ids=["plpgsql", "sql", "trigger"])
def test_functions_that_may_use_it_are_named_until_somebody_has_looked(
    converting: Project, returns: str, body: str, more: str
) -> None:
    converting.execute(f"CREATE FUNCTION f() {returns} AS '{body}'; {more}")
    with pytest.raises(PhaseRefused) as refused:
        converting.up()
    said = refused.value.details
    assert said[0].startswith("Functions may use columns of public.t that change")
    assert said[1].strip() == "function public.f()"
    assert "functions = " in said[2]

    converting.up(parameters={"functions": "checked"})
    assert converting.states == ("done",)


@pytest.mark.parametrize(
    "body",
    ["BEGIN RETURN (SELECT max(nn) FROM t); END", "BEGIN RETURN (SELECT n FROM tt); END"],
)
def test_a_function_with_other_words_is_nobodys_business(converting: Project, body: str) -> None:
    converting.execute(f"CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS '{body}'")
    converting.up()
    assert converting.states == ("done",)


SINCE = [
    ("CREATE VIEW since AS SELECT n FROM t", "view public.since", "DROP VIEW since"),
    ("ALTER TABLE t ADD CONSTRAINT since CHECK (n <> '')", "constraint since on table public.t",
     "ALTER TABLE t DROP CONSTRAINT since"),
    ("CREATE STATISTICS since ON n, other FROM t", "statistics object public.since",
     "DROP STATISTICS since"),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "named", "gone"), SINCE, ids=[row[1] for row in SINCE])
def test_what_has_come_since_is_named_before_the_way_back(
    converting: Project, statement: str, named: str, gone: str
) -> None:
    converting.up()
    converting.execute(statement)
    before = converting.state
    with pytest.raises(PhaseRefused) as refused:
        converting.down()
    assert [line.strip() for line in refused.value.details][1:-1] == [named]
    assert converting.state == before
    assert converting.states == ("done",)

    converting.execute(gone)
    converting.down()
    assert converting.states == ("pending",)


def test_what_the_phase_itself_has_made_goes_before(small: Small) -> None:
    small.reversible(
        1,
        """
        op.convert_columns("public.t", "id", (op.cast("n", "text"),))
        op.add_constraint("public.t", "said", "CHECK (n <> '')")
        op.search_column("public.t", "found", {"n": "A"}, "found_idx")
        op.create_view("public.v", "SELECT n, other FROM public.t")
        """,
    )
    project = small.project()
    project.execute(TABLES)
    before = project.state
    project.up()
    project.down()
    assert project.state == before


def test_names_that_come_back_are_asked_for(small: Small) -> None:
    small.reversible(
        1,
        """
        op.rename_columns("public.t", {"n": "m"})
        op.drop_columns("public.t", ("other",))
        """,
    )
    project = small.project()
    project.execute(f"{TABLES}; CREATE INDEX by_other ON t (other)")
    project.up()
    project.execute("ALTER TABLE t ADD n text; CREATE INDEX by_other ON t (id)")
    project.execute("ALTER TABLE t ADD other text")
    before = project.state
    with pytest.raises(PhaseRefused) as refused:
        project.down()
    said = {line.strip() for line in refused.value.details}
    assert {
        "column n of table public.t", "column other of table public.t", "index public.by_other"
    } <= said  # fmt: skip
    assert project.state == before


ON_TABLE = [
    ("CREATE VIEW v AS SELECT other FROM t", "view public.v"),
    ("CREATE TABLE child (n int CONSTRAINT of_t REFERENCES t (n))", "constraint of_t on table"),
    ("CREATE POLICY p ON t USING (true)", "policy p on table public.t"),
    ("CREATE PUBLICATION p FOR TABLE t", "publication of table public.t"),
    ("CREATE TABLE heir () INHERITS (t)", "table public.heir"),
]


@pytest.mark.parametrize(("statement", "named"), ON_TABLE, ids=[row[1] for row in ON_TABLE])
def test_what_hangs_on_a_table_that_is_swapped(small: Small, statement: str, named: str) -> None:
    small.revision(
        1,
        """
        op.step("new", "CREATE TABLE gnkmigrate_staging.t (id int PRIMARY KEY)")
        op.swap_table("swap", "public.t")
        """,
    )
    project = small.project()
    project.execute(TABLES)
    project.execute(statement)
    with pytest.raises(PhaseRefused) as refused:
        project.up()
    assert any(line.strip().startswith(named) for line in refused.value.details)


def test_functions_that_name_a_swapped_table(small: Small) -> None:
    swapping = Swapping("t", ("id",), ("id",), "id int PRIMARY KEY")
    small.revision(1, swapping.up, swapping.down)
    project = small.project()
    project.execute(TABLES)
    project.execute(
        "CREATE FUNCTION f() RETURNS bigint LANGUAGE plpgsql AS"
        " 'BEGIN RETURN (SELECT count(*) FROM T); END'"
    )
    with pytest.raises(PhaseRefused) as refused:
        project.up()
    said = refused.value.details
    assert said[0].startswith("Functions may use public.t, whose shape changes")
    assert said[1].strip() == "function public.f()"

    project.up(parameters={"functions": "checked"})
    assert project.states == ("done",)
