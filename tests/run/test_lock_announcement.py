"""Which locks a phase takes is said before it runs, on tables that are there."""

import pytest

from gnkmigrate.operations.parts.constraint import referenced
from gnkmigrate.run import events
from gnkmigrate.settings import LimitSettings
from tests.migrations.project import Project
from tests.small import Small

MOMENT, SCAN = "for a moment", "while the table is read"
SQL = "while its SQL runs, 7 s a statement"
SET = "UPDATE public.filled SET n = 1 WHERE :batch"


@pytest.fixture
def shop(small: Small) -> Project:
    small.revision(
        1,
        f"""
        op.step("new", "CREATE TABLE public.new (id int)", touches=("public.new", "public.old"))
        op.backfill("fill", "public.filled", sql={SET!r}, irreversible="-")
        op.build_index("by_n", "public.filled", "(n)")
        op.add_constraint(
            "public.Order", "to customer",
            'FOREIGN KEY (customer) REFERENCES public."A ""Customer" (id)',
        )
        """,
        """
        op.drop_added_constraint("public.Order", "to customer")
        op.drop_built_index("by_n", "public.filled")
        op.step("new", "DROP TABLE public.new", touches=("public.new", "public.old"))
        """,
    )
    project = small.project(limits=LimitSettings(batch_ms=33, statement_timeout_s=7))
    project.execute(
        """
        CREATE TABLE old (); CREATE TABLE filled (id int PRIMARY KEY, n int);
        CREATE TABLE "A ""Customer" (id int PRIMARY KEY);
        CREATE TABLE "Order" (customer int)
        """
    )
    return project


def test_each_table_is_announced_with_its_strongest_lock(shop: Project) -> None:
    told: list[events.Event] = []
    shop.up(told.append, dry_run=True)
    shop.up(told.append)
    shop.down(told.append)

    tried, up, down = (event for event in told if isinstance(event, events.LocksAnnounced))
    assert tried == up
    assert up.locks == (
        ('public.A "Customer', "SHARE ROW EXCLUSIVE", MOMENT),
        ("public.Order", "ACCESS EXCLUSIVE", MOMENT),
        ("public.filled", "SHARE UPDATE EXCLUSIVE", SCAN),
        ("public.old", "ACCESS EXCLUSIVE", SQL),
    )
    assert ('public.A "Customer', "ACCESS EXCLUSIVE", MOMENT) in down.locks
    assert ("public.new", "ACCESS EXCLUSIVE", SQL) in down.locks
    (fill,) = [step for step in shop.phases[0].up_steps if step.name == "fill"]
    assert [lock.lasts(shop.settings.limits) for lock in fill.locks] == [
        "about 33 ms, batch after batch"
    ]
    assert told.index(up) < told.index(events.PhaseStarted("phase1", "up", 4, 0))


@pytest.mark.parametrize(
    ("definition", "table"),
    [
        ("FOREIGN KEY (a, b) references Public.Users(x, y) ON DELETE CASCADE", "public.users"),
        ('FOREIGN KEY ("references x.y") REFERENCES "A b" . "C""d" (id)', 'A b.C"d'),
        ("CHECK (a > 0)", ""),
    ],
)
def test_the_table_that_a_foreign_key_refers_to(definition: str, table: str) -> None:
    assert referenced(definition) == table
