"""A phase stops before its cutover with all in step, and goes on, or back, when it is told to."""

import pytest

from gnkmigrate.errors import PhaseFailed, PhaseRefused
from gnkmigrate.run import events
from gnkmigrate.run.selection import select_cutover
from gnkmigrate.run.status import PhaseStatus, status
from tests.migrations.project import Project
from tests.operations.swapping import Swapping
from tests.small import Small

LINES = Swapping(
    "Order Line",
    ("Order", "line no", "text"),
    ("Order", "line no"),
    '"Order" uuid, "line no" int, text varchar(9), PRIMARY KEY ("Order", "line no")',
)
OLD_LINES = """
CREATE TABLE "Order Line" ("Order" uuid, "line no" int, text text);
ALTER TABLE "Order Line" ADD PRIMARY KEY ("Order", "line no");
INSERT INTO "Order Line" SELECT md5(n::text)::uuid, m, 'line'
FROM generate_series(1, 3) AS n, generate_series(1, 2) AS m;
CREATE TABLE product (id int PRIMARY KEY, price text);
INSERT INTO product SELECT n, n::text FROM generate_series(1, 9) AS n
"""
PRICES = """
CENTS = (Conversion(column="price", type="bigint", using="round(:column::numeric * 100)::bigint",
                    back="trim_scale(:column / 100.0)::text", rename="Price in cents"),)
"""


@pytest.fixture
def shop(small: Small) -> Project:
    """Two phases: a swap with a step after it, and a conversion."""
    after = "op.step('after', 'CREATE TABLE public.after ()')"
    back = "op.step('after', 'DROP TABLE public.after')"
    small.revision(1, f"{LINES.up}\n{after}", f"{back}\n{LINES.down}", phase="lines")
    convert = 'op.convert_columns("public.product", "id", CENTS)'
    small.revision(
        2, f"{PRICES}{convert}", f"{PRICES}{convert.replace('convert', 'revert')}", phase="prices"
    )
    project = small.project()
    project.execute(OLD_LINES)
    return project


def found(project: Project) -> tuple[PhaseStatus, ...]:
    with project.session() as session:
        return status(session, project.phases)


def cut_over(project: Project) -> None:
    project.up(phase=select_cutover(found(project)).name)


def test_both_applications_go_on_until_somebody_says_so(shop: Project) -> None:
    told: list[events.Event] = []
    shop.up(told.append, defer_cutover=True)

    assert told[-1] == events.CutoverDeferred("lines", "swap")
    ready, pending = found(shop)
    assert (ready.state, pending.state) == ("ready", "pending")
    assert ready.waiting is not None
    assert ready.waiting.step == "swap"
    assert (ready.steps, ready.done_steps) == (5, 3)

    # What is written meanwhile is followed, and asking again changes nothing.
    shop.execute('UPDATE "Order Line" SET text = \'changed\' WHERE "line no" = 2')
    shop.execute('DELETE FROM "Order Line" WHERE "Order" = md5(\'1\')::uuid')
    shop.up(defer_cutover=True)
    assert found(shop)[0].waiting == ready.waiting
    rows = shop.content['public."Order Line"']

    cut_over(shop)
    assert [each.state for each in found(shop)] == ["done", "pending"]
    assert found(shop)[0].waiting is None
    assert shop.content['public."Order Line"'] == rows
    assert shop.value("SELECT to_regclass('public.after') IS NOT NULL")
    with pytest.raises(PhaseRefused, match="No phase waits for its cutover") as refused:
        cut_over(shop)
    assert refused.value.details == ("prices is pending",)

    shop.up(defer_cutover=True)
    shop.execute(
        "INSERT INTO product VALUES (10, '12.5'); UPDATE product SET price = 7 WHERE id = 1"
    )
    cut_over(shop)
    cents = 'SELECT id, "Price in cents" FROM product WHERE id IN (1, 10) ORDER BY id'
    assert shop.rows(cents) == [(1, 700), (10, 1250)]
    assert [each.state for each in found(shop)] == ["done", "done"]


@pytest.mark.parametrize("phases", [1, 2])
def test_the_way_back_begins_there_as_well(shop: Project, phases: int) -> None:
    before = shop.dump, shop.content
    if phases == 2:
        shop.up(phase="lines")
    shop.up(defer_cutover=True)
    shop.down()
    assert [each.state for each in found(shop)] == ["pending", "pending"]
    assert (shop.dump, shop.content) == before
    assert shop.value("SELECT count(*) FROM gnkmigrate.memory") == 0


def test_upgrade_without_deferring_cuts_over(shop: Project) -> None:
    shop.up(phase="lines", defer_cutover=True)
    shop.up(phase="lines")
    assert [each.state for each in found(shop)] == ["done", "pending"]


@pytest.mark.parametrize(("phases", "view"), [(1, '"Order Line"'), (2, "product")])
def test_what_has_come_in_its_way_meanwhile_is_refused(
    shop: Project, phases: int, view: str
) -> None:
    if phases == 2:
        shop.up(phase="lines")
    shop.up(defer_cutover=True)
    shop.execute(f"CREATE VIEW hotfix AS SELECT * FROM {view}")
    with pytest.raises(PhaseRefused, match="cannot upgrade; nothing was changed") as refused:
        cut_over(shop)
    assert "  view public.hotfix" in refused.value.details
    assert found(shop)[phases - 1].state == "ready"

    shop.execute("DROP VIEW hotfix")
    cut_over(shop)
    assert found(shop)[phases - 1].state == "done"


def test_what_is_expected_of_the_beginning_is_not_asked_again(small: Small) -> None:
    small.reversible(
        1,
        """
        op.split_table("public.product", "public.price", {"price": "price"}, reference="price_id")
        op.expect_absent(("public.price",))
        op.guard("No prices.", "SELECT FROM product WHERE price = 'none'")
        """,
    )
    project = small.project()
    project.execute(OLD_LINES)
    project.up(defer_cutover=True)
    project.execute("UPDATE product SET price = 'none' WHERE id = 1")
    project.up()
    assert project.states == ("done",)


def test_a_cutover_that_stopped_is_gone_on_with(shop: Project) -> None:
    shop.up(defer_cutover=True)
    shop.execute("CREATE TABLE after ()")
    with pytest.raises(PhaseFailed, match="already exists"):
        cut_over(shop)
    assert found(shop)[0].state == "failed"
    shop.execute("DROP TABLE after")
    cut_over(shop)
    assert found(shop)[0].state == "done"


def test_an_index_that_has_come_meanwhile_is_named(shop: Project) -> None:
    shop.up(phase="lines")
    shop.up(defer_cutover=True)
    shop.execute("CREATE INDEX late ON product (price)")
    with pytest.raises(PhaseFailed, match="indexes have come") as refused:
        shop.up(parameters={"drift": "checked"})
    assert list(refused.value.details) == ["late"]
    shop.execute("DROP INDEX late")
    shop.up()
    assert shop.states == ("done", "done")


MADE = {
    "split": 'op.split_table("public.product", "public.made", {"price": "price"}, reference="m")',
    "move": 'op.move_columns("public.product", "public.made", {"price": "price"}, key={"id": "p"})',
}


@pytest.mark.parametrize("revision", MADE.values(), ids=MADE)
def test_the_way_back_needs_no_table_that_somebody_has_dropped(small: Small, revision: str) -> None:
    small.reversible(1, revision)
    project = small.project()
    project.execute(OLD_LINES)
    before = project.dump, project.content
    project.up(defer_cutover=True)
    project.execute("DROP TABLE made CASCADE")
    project.down()
    assert (project.dump, project.content) == before
