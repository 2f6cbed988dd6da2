"""What others change between two upgrades is shown, and refused where it is in the way."""

from collections.abc import Callable

import pytest

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.run import events
from tests.migrations.project import Project
from tests.small import Small

TABLES = """
CREATE SCHEMA "Other";
CREATE TABLE "Other"."A table" (id int PRIMARY KEY, n int);
CREATE TABLE beside (id int PRIMARY KEY, n int);
CREATE VIEW seen AS SELECT id FROM beside
"""
HOTFIX = """
ALTER TABLE "Other"."A table" ADD COLUMN "hot fix" text;
CREATE INDEX in_haste ON "Other"."A table" (n)
"""

PARTS = ("column Other.A table.hot fix is new", "index Other.in_haste is new")


@pytest.fixture
def shop(small: Small) -> Project:
    small.revision(1, "op.step('one', 'CREATE TABLE public.one ()')", "op.step('one', 'SELECT 1')")
    alter = 'ALTER TABLE "Other"."A table" {} CONSTRAINT positive'
    small.revision(
        2,
        f"op.step('two', '{alter.format('ADD')} CHECK (n > 0)', touches=('Other.A table',))",
        f"op.step('two', '{alter.format('DROP')}', touches=('Other.A table',))",
    )
    small.revision(3, "op.step('three', 'SELECT 1')", "op.step('three', 'SELECT 1')")
    project = small.project()
    project.execute(TABLES)
    return project


Told = Callable[..., tuple[str, ...]]


@pytest.fixture
def told(shop: Project) -> Told:
    """Upgrades, and gives what was told of drift."""

    def up(**request: object) -> tuple[str, ...]:
        heard: list[events.Event] = []
        shop.up(heard.append, **request)
        return tuple(
            change
            for event in heard
            if isinstance(event, events.Drifted)
            for change in event.changes
        )

    return up


def test_a_fix_made_by_hand_is_shown_and_refused_where_the_upgrade_changes_the_table(
    shop: Project, told: Told
) -> None:
    assert told(phase="phase1") == ()
    shop.execute("INSERT INTO beside VALUES (1); ANALYZE; CREATE TABLE ignored ()")
    shop.execute("DROP TABLE ignored")
    assert told(dry_run=True) == ()

    shop.execute(f"{HOTFIX}; ALTER TABLE beside ALTER n SET DEFAULT 1; DROP VIEW seen")
    changes = (
        f"table Other.A table has changed: {', '.join(PARTS)}",
        "table public.beside has changed",
        "view public.seen is gone",
    )
    assert told(dry_run=True, phase="phase2") == changes
    with pytest.raises(PhaseRefused, match="not as the last run left them") as refused:
        told(phase="phase2")
    assert refused.value.details == changes[:1]
    assert "--drift checked" in refused.value.hint
    assert shop.states == ("done", "pending", "pending")

    # What nobody minds, or somebody has looked at, is only shown, and once.
    assert told(phase="phase2", parameters={"drift": "checked"}) == changes
    assert told(phase="phase3") == ()
    assert shop.value("SELECT count(*) FROM gnkmigrate.memory") == 0


def test_what_we_have_done_ourselves_is_none(shop: Project, told: Told) -> None:
    told(through="phase2")
    shop.down(phase="phase2")
    assert told(phase="phase2") == ()
    shop.execute("CREATE TABLE another ()")
    assert told(phase="phase3") == ("table public.another is new",)


@pytest.mark.parametrize(
    "since",
    [
        "UPDATE gnkmigrate.run SET state = 'failed' WHERE number = 1",
        """
        INSERT INTO gnkmigrate.run
        SELECT 2, '(plan 0123456789ab)', '', 'up', 'done', '', 0, 0, '{}', NULL, ''
        """,
    ],
)
def test_where_nobody_knows_how_it_was_nothing_is_claimed(
    shop: Project, told: Told, since: str
) -> None:
    told(phase="phase1")
    shop.execute(HOTFIX)
    shop.execute(since)
    assert told() == ()


def test_nothing_is_claimed_of_a_copy(shop: Project) -> None:
    """What was restored is printed in another way now and then."""
    shop.up(through="phase1")
    shop.execute(HOTFIX)
    with shop.copy() as copy:
        copy.up(through="phase2")
    with pytest.raises(PhaseRefused, match="not as the last run left them"):
        shop.up(through="phase2")
