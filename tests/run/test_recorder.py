"""A revision's op.* calls become steps, ordinary Alembic operations among them."""

import pytest
import sqlalchemy as sa
from alembic import op

from gnkmigrate.errors import PhaseFailed, RevisionError
from gnkmigrate.run.recorder import record
from gnkmigrate.run.revision import load_operations
from tests.small import Small

load_operations()


def test_steps_come_in_the_order_of_the_calls() -> None:
    def upgrade() -> None:
        op.step("one", "SELECT 1")  # type: ignore[attr-defined]
        op.execute("SELECT 2")
        op.step("three", "SELECT 3")  # type: ignore[attr-defined]

    assert [step.script({}) for step in record(upgrade)] == [
        ("SELECT 1",),
        ("SELECT 2",),
        ("SELECT 3",),
    ]


def test_an_operation_of_alembics_name_takes_tables_with_their_schema() -> None:
    def upgrade() -> None:
        op.rename_table("picture", "photo", schema="public")
        op.rename_table("public.mark", "grade")

    alembics, ours = record(upgrade)
    assert alembics.script({}) == ("ALTER TABLE public.picture RENAME TO photo",)
    assert ours.name == "name of public.mark: public.grade"


def test_two_steps_of_one_name_are_refused() -> None:
    def upgrade() -> None:
        op.step("same", "SELECT 1")  # type: ignore[attr-defined]
        op.step("same", "SELECT 2")  # type: ignore[attr-defined]

    with pytest.raises(RevisionError, match='two steps called "same"'):
        record(upgrade)


def test_a_revision_that_fails_is_an_error_of_the_revision() -> None:
    def needs_a_connection() -> None:
        op.get_bind().execute(sa.text("SELECT 1")).scalar()

    def misspelt() -> None:
        op.stepp("one", "SELECT 1")  # type: ignore[attr-defined]

    def with_wrong_arguments() -> None:
        op.step("one")  # type: ignore[attr-defined]

    for function in (needs_a_connection, misspelt, with_wrong_arguments):
        with pytest.raises(RevisionError) as error:
            record(function)
        assert f"{function.__name__}() in test_recorder.py fails" in error.value.message


def test_what_a_statement_says_is_not_touched() -> None:
    statement = "SELECT 'a\tb', '100 %', '%s', '12:30:00', 'x'::text, E'\\n;', '{}' AS \"a:b\""

    def upgrade() -> None:
        op.execute(statement)

    (step,) = record(upgrade)
    assert step.script({}) == (statement,)


def test_a_checksum_changes_with_anything_in_the_step() -> None:
    def steps(sql: str, *touches: str) -> str:
        def upgrade() -> None:
            op.step("s", sql, touches=touches)  # type: ignore[attr-defined]

        (step,) = record(upgrade)
        return step.checksum

    assert steps("SELECT 1") == steps("SELECT 1")
    assert len({steps("SELECT 1"), steps("SELECT  1"), steps("SELECT 1", "public.t")}) == 3


ORDINARY = """
op.create_table(
    "things",
    sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
    sa.Column("name", sa.String(50), nullable=False, server_default="it's 100 %"),
    sa.Column("made", sa.DateTime(timezone=True), server_default=sa.func.now()),
    sa.CheckConstraint("name <> ''", name="named"),
    comment="things: all of them",
)
op.add_column("things", sa.Column("size", sa.Numeric(10, 2)))
op.create_index("by_name", "things", ["name"], unique=True)
op.execute("INSERT INTO things (name) VALUES ('50 % off: now'), ('at 12:30:00'), ('a\\tb')")
op.execute(
    sa.text("UPDATE things SET size = 1.5 WHERE name = :name").bindparams(name="at 12:30:00")
)
op.bulk_insert(
    sa.table("things", sa.column("name", sa.String)), [{"name": "bulk"}, {"name": "o'clock"}]
)
op.alter_column("things", "size", new_column_name="weight", existing_type=sa.Numeric(10, 2))
"""


@pytest.mark.parametrize("atomic", [False, True])
def test_a_revision_of_ordinary_operations_goes_up_and_down(small: Small, atomic: bool) -> None:
    small.revision(1, ORDINARY, 'op.drop_table("things")')
    project = small.project()
    before = project.state

    project.up(atomic=atomic)
    assert project.rows("SELECT name, weight::text FROM things ORDER BY id") == [
        ("50 % off: now", None),
        ("at 12:30:00", "1.50"),
        ("a\tb", None),
        ("bulk", None),
        ("o'clock", None),
    ]

    project.down(atomic=atomic)
    assert project.state == before


def test_an_interrupted_revision_of_ordinary_operations_goes_on_or_back(small: Small) -> None:
    up = """
        op.create_table("a")
        op.step("between", "CREATE TABLE public.between ()")
        op.create_table("b")
        op.execute("SELECT 1 / {}")
        op.create_table("c")
        """
    down = """
        op.drop_table("c")
        op.drop_table("b")
        op.step("between", "DROP TABLE public.between")
        op.drop_table("a")
        """
    small.revision(1, up.format(0), down)
    project = small.project()
    before = project.state

    with pytest.raises(PhaseFailed, match="division by zero"):
        project.up()
    project.down()
    assert project.state == before

    with pytest.raises(PhaseFailed, match="division by zero"):
        project.up()
    small.revision(1, up.format(1), down)
    small.project().up()
    assert small.project().states == ("done",)
    small.project().down()
    assert project.state == before


def test_an_autocommit_block_stands_outside_of_transactions(small: Small) -> None:
    small.revision(
        1,
        """
        op.execute("CREATE TABLE t (n int)")
        with op.get_context().autocommit_block():
            op.execute("CREATE INDEX CONCURRENTLY by_n ON t (n)")
        op.execute("INSERT INTO t VALUES (1)")
        """,
        'op.drop_table("t")',
    )
    project = small.project()

    project.up()
    assert project.value("SELECT count(*) FROM pg_indexes WHERE indexname = 'by_n'") == 1
    project.down()
    assert project.states == ("pending",)


def test_a_name_with_quotes_around_it_is_refused() -> None:
    def upgrade() -> None:
        op.drop_columns('public."Order Line"', ("note",))  # type: ignore[attr-defined]

    with pytest.raises(RevisionError, match="with quotes around a name") as refused:
        record(upgrade)
    assert '"public.Order Line"' in refused.value.hint


def test_names_of_one_index_in_two_schemas_are_told_apart(small: Small) -> None:
    small.reversible(
        1,
        """
op.build_index("by_n", "public.t", "(n)")
op.build_index("by_n", "other.t", "(n)")
op.add_constraint("public.t", "positive", "CHECK (n > 0)")
op.add_constraint("other.t", "positive", "CHECK (n > 0)")
op.retire_index("old", "public.t")
op.retire_index("old", "other.t")
""",
    )
    project = small.project()
    project.execute(
        "CREATE SCHEMA other; CREATE TABLE t (n int); CREATE TABLE other.t (n int);"
        "CREATE INDEX old ON t (n); CREATE INDEX old ON other.t (n)"
    )
    before = project.dump
    project.up()
    made = project.rows("SELECT indexname FROM pg_indexes WHERE tablename = 't'")
    assert [row[0] for row in made] == ["by_n", "by_n"]
    project.down()
    assert project.dump == before
