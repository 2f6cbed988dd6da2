"""An autocommit_block that was cut off goes on, or back, where it stopped."""

import pytest

from gnkmigrate.errors import PhaseFailed, RevisionError
from gnkmigrate.run import events
from gnkmigrate.run.phase import read_steps
from tests.migrations.project import Project
from tests.small import Small

TABLES = """
CREATE SCHEMA "My Shop";
CREATE TABLE "My Shop"."Line" (
    "order id" uuid, line_no int, code text, PRIMARY KEY ("order id", line_no)
);
INSERT INTO "My Shop"."Line" VALUES
    (gen_random_uuid(), 1, 'a'), (gen_random_uuid(), 1, 'b'), (gen_random_uuid(), 2, 'a');
CREATE TYPE mood AS ENUM ('calm');
"""
UP = """
op.execute('ALTER TABLE "My Shop"."Line" ADD COLUMN n int')
with op.get_context().autocommit_block():
    op.execute("ALTER TYPE mood ADD VALUE 'merry'")
    op.create_index("By Number", "Line", ["n"], schema="My Shop", postgresql_concurrently=True)
    op.execute('''create unique index  concurrently if not exists
                  "By ""Code"" now" on only "My Shop" . "Line" (code)''')
op.execute('''INSERT INTO "My Shop"."Line" VALUES (gen_random_uuid(), 9, 'z')''')
"""
DOWN = """
op.execute('''DELETE FROM "My Shop"."Line" WHERE line_no = 9''')
with op.get_context().autocommit_block():
    op.execute('''DROP INDEX CONCURRENTLY "My Shop"."By ""Code"" now"''')
    op.drop_index("By Number", "Line", schema="My Shop", postgresql_concurrently=True)
    op.execute("SELECT 'a label stays'")
op.execute('ALTER TABLE "My Shop"."Line" DROP COLUMN n')
"""
STEPS = "SELECT name, state FROM gnkmigrate.step WHERE direction = '{}' ORDER BY started_at, name"
INDEXES = """
SELECT relname, indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
WHERE indrelid = '"My Shop"."Line"'::regclass AND NOT indisprimary ORDER BY 1
"""
BLOCK = "ordinary operations 2, statement {}"
BUILT = [('By "Code" now', True), ("By Number", True)]


@pytest.fixture
def cut_off(small: Small) -> Project:
    """The last statement of the block has left an index that is not valid."""
    small.revision(1, UP, DOWN)
    read_steps(small.phases)
    project = small.project()
    project.execute(TABLES)
    with pytest.raises(PhaseFailed, match="could not create unique index"):
        project.up()
    assert project.rows(INDEXES) == [('By "Code" now', False), ("By Number", True)]
    assert project.rows(STEPS.format("up")) == [
        ("ordinary operations 1", "applied"),
        (BLOCK.format(1), "applied"),
        (BLOCK.format(2), "applied"),
        (BLOCK.format(3), "partial"),
    ]
    return project


def test_it_goes_on_and_builds_the_index_again(cut_off: Project) -> None:
    cut_off.execute("""DELETE FROM "My Shop"."Line" WHERE line_no = 2""")
    started: list[str] = []

    def note(event: events.Event) -> None:
        if isinstance(event, events.StepStarted):
            started.append(event.step)

    cut_off.up(note)

    assert started == [BLOCK.format(3), "ordinary operations 3"]
    assert cut_off.rows(INDEXES) == BUILT
    cut_off.down()
    assert cut_off.rows(INDEXES) == []
    assert cut_off.states == ("pending",)


def test_it_goes_back_by_those_that_stand(cut_off: Project) -> None:
    cut_off.down()
    assert cut_off.rows(INDEXES) == []
    assert cut_off.states == ("pending",)


@pytest.mark.parametrize("place", [1, 2, 3])
def test_what_was_done_but_not_yet_journalled_is_not_done_again(small: Small, place: int) -> None:
    small.revision(1, UP, DOWN)
    project = small.project()
    project.execute(TABLES + 'DELETE FROM "My Shop"."Line" WHERE line_no = 2')
    project.up()
    project.execute(
        f"UPDATE gnkmigrate.step SET state = 'partial', checkpoint = '\"begun\"'"
        f" WHERE name = '{BLOCK.format(place)}'; UPDATE gnkmigrate.run SET state = 'failed'"
    )
    assert project.states == ("failed",)

    project.up()

    assert project.states == ("done",)
    assert project.rows(INDEXES) == BUILT


def test_a_way_back_that_was_cut_off_goes_on_or_is_given_up(small: Small) -> None:
    small.revision(1, UP, DOWN)
    project = small.project()
    project.execute(TABLES + 'DELETE FROM "My Shop"."Line" WHERE line_no = 2')
    project.up()

    def stop(event: events.Event) -> None:
        if isinstance(event, events.StepStarted) and event.step == BLOCK.format(2):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        project.down(stop)
    assert project.rows(INDEXES) == BUILT[1:]
    project.up()
    assert project.rows(INDEXES) == BUILT

    with pytest.raises(KeyboardInterrupt):
        project.down(stop)
    project.down()
    assert project.rows(INDEXES) == []
    assert project.states == ("pending",)


@pytest.mark.parametrize("request_", ["dry_run", "atomic"])
def test_in_one_transaction_the_indexes_are_built_plainly(small: Small, request_: str) -> None:
    small.revision(1, UP, DOWN)
    project = small.project()
    project.execute(TABLES + 'DELETE FROM "My Shop"."Line" WHERE line_no = 2')
    project.up(**{request_: True})  # type: ignore[arg-type]
    assert project.rows(INDEXES) == ([] if request_ == "dry_run" else BUILT)


def test_what_a_build_by_hand_has_left_is_no_index(small: Small) -> None:
    small.revision(1, UP, DOWN)
    project = small.project()
    project.execute(TABLES + 'DELETE FROM "My Shop"."Line" WHERE line_no = 2')
    project.execute(
        """
        CREATE UNIQUE INDEX "By ""Code"" now" ON "My Shop"."Line" (code);
        UPDATE pg_index SET indisvalid = false
        WHERE indexrelid = '"My Shop"."By ""Code"" now"'::regclass
        """
    )
    project.up()
    assert project.rows(INDEXES) == BUILT


ONE_FOR_ALL = """
with op.get_context().autocommit_block():
    op.execute("CREATE INDEX CONCURRENTLY a ON t (n)")
    op.execute("CREATE INDEX CONCURRENTLY b ON t (n)")
"""


@pytest.mark.parametrize(
    "down",
    ["op.execute('DROP INDEX a'); op.execute('DROP INDEX b')", "op.execute('DROP INDEX a, b')"],
)
def test_one_transaction_may_take_a_whole_block_back(small: Small, down: str) -> None:
    small.revision(1, ONE_FOR_ALL, down)
    read_steps(small.phases)
    project = small.project()
    project.execute("CREATE TABLE t (n bigint PRIMARY KEY)")
    project.up()
    project.down()
    assert project.value("SELECT count(*) FROM pg_index WHERE indrelid = 't'::regclass") == 1
    assert project.states == ("pending",)


def test_a_block_of_another_length_is_refused_when_it_is_read(small: Small) -> None:
    more = "\n    op.execute('SELECT 1')"
    small.revision(1, ONE_FOR_ALL, ONE_FOR_ALL.rstrip() + more)
    with pytest.raises(RevisionError, match="takes back what upgrade") as refused:
        read_steps(small.phases)
    assert refused.value.details[0].startswith('"ordinary operations 1, statement 3"')

    small.revision(1, ONE_FOR_ALL.rstrip() + more, ONE_FOR_ALL)
    with pytest.raises(RevisionError, match="does not take back") as refused:
        read_steps(small.phases)
    assert refused.value.details == ('"ordinary operations 1, statement 3"',)
