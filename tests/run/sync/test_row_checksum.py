"""Before a cutover every new row is compared with what the old ones say that it is to be."""

from typing import Any

import pytest
from psycopg import Cursor

from gnkmigrate.errors import PhaseFailed
from gnkmigrate.run import cursors, events
from gnkmigrate.run.status import status
from gnkmigrate.run.sync import row_checksum
from gnkmigrate.settings import LimitSettings
from tests.migrations.project import Project
from tests.operations.swapping import Swapping
from tests.small import Small

# Three rows a range, so that there are many of them.
LIMITS = LimitSettings(batch_rows=3, throttle=0)
LINES = Swapping(
    "Order Line",
    ("Order", "line no", "password", "text"),
    ("Order", "line no"),
    '"Order" text, "line no" numeric(5, 2), password text, text varchar(9),'
    ' PRIMARY KEY ("Order", "line no")',
)
OLD_LINES = """
CREATE TABLE "Order Line" ("Order" varchar(60) NOT NULL, "line no" numeric NOT NULL,
                           password text, text text, UNIQUE ("Order", "line no"));
INSERT INTO "Order Line"
SELECT 'it''s :''spill'' ' || n, m, 'secret', nullif('line', CASE WHEN n = 2 THEN 'line' END)
FROM generate_series(1, 5) AS n, generate_series(1, 4) AS m
"""
STAGED = 'gnkmigrate_staging."Order Line"'
SECOND = """("Order", "line no") = ('it''s :''spill'' 2', 2)"""

NEIGHBOURS = """("Order" ~ ' 1$' AND "line no" = 4 OR "Order" ~ ' 2$' AND "line no" = 1)"""


@pytest.fixture
def ready(small: Small) -> Project:
    """A swap that waits for its cutover; a whole comparison has gone before."""
    small.revision(1, LINES.up, LINES.down, phase="lines")
    project = small.project(limits=LIMITS)
    project.execute(OLD_LINES)
    told: list[events.Event] = []
    project.up(told.append, defer_cutover=True)
    (compared,) = [event for event in told if isinstance(event, events.Compared)]
    assert (compared.step, compared.rows) == ("swap", 20)
    return project


@pytest.mark.parametrize(
    ("spoilt", "said"),
    [
        (
            f"UPDATE {STAGED} SET password = 'x' WHERE {SECOND}",
            "Order: it's :'spill' 2, line no: 2.00: password is (not shown), expected (not shown)",
        ),
        (
            f"DELETE FROM {STAGED} WHERE {SECOND}",
            "missing: Order: it's :'spill' 2, line no: 2.00, password: (not shown), text: NULL",
        ),
        (
            f"INSERT INTO {STAGED} VALUES ('zz', 1)",
            "surplus: Order: zz, line no: 1.00, password: NULL, text: NULL",
        ),
        (
            f"INSERT INTO {STAGED} VALUES ('', -1)",
            "surplus: Order: , line no: -1.00, password: NULL, text: NULL",
        ),
        (
            # Two mistakes that a sum of the values would not see.
            f"UPDATE {STAGED} SET text = CASE WHEN text IS NULL THEN 'line' END WHERE {NEIGHBOURS}",
            "Order: it's :'spill' 2, line no: 1.00: text is line, expected NULL",
        ),
    ],
)
def test_a_row_that_disagrees_stops_the_phase_before_the_swap(
    ready: Project, spoilt: str, said: str
) -> None:
    rows = ready.content
    ready.execute(f"SET session_replication_role = replica; {spoilt}")
    with pytest.raises(PhaseFailed, match="are not what the old ones say") as stopped:
        ready.up()
    assert said in stopped.value.details
    assert "secret" not in str(stopped.value.details)
    assert 'compare="SELECT ..." of op.swap_table' in stopped.value.hint
    assert ready.content == rows
    assert ready.states == ("failed",)

    ready.execute(
        f"SET session_replication_role = replica; DELETE FROM {STAGED};"
        f'INSERT INTO {STAGED} SELECT * FROM "Order Line"'
    )
    ready.up()
    assert ready.states == ("done",)
    assert ready.value("SELECT count(*) FROM gnkmigrate.memory WHERE key = 'comparison'") == 0


def test_how_far_it_is_and_what_it_found_is_in_the_journal(
    ready: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def noted() -> Any:
        with ready.session() as session:
            return status(session, ready.phases)[0].comparison

    monkeypatch.setattr(row_checksum, "_NOTE_EVERY_S", 0)
    monkeypatch.setattr("gnkmigrate.run.batches.progress._TELL_EVERY_S", 0)
    seen = []

    def observe(event: events.Event) -> None:
        if isinstance(event, events.StepProgress) and 3 < event.rows < 20:
            seen.append(noted())

    assert (noted().rows, noted().agreed) == (20, True)
    ready.up(observe, defer_cutover=True)
    assert len(seen) > 2
    assert all(0 < each.rows < 20 and not each.agreed for each in seen)
    assert (noted().step, noted().rows, noted().agreed) == ("swap", 20, True)


COUNTED = Swapping("t", ("id",), ("id",), "id int, label text")


@pytest.mark.parametrize("atomic", [False, True])
def test_a_revision_says_what_new_rows_are_to_be(small: Small, atomic: bool) -> None:
    """Without a key of the new table all rows are compared at once, and each as often as it is."""
    fill = "UPDATE gnkmigrate_staging.t SET label = :'prefix' || id"
    steps = COUNTED.up.splitlines()
    steps.insert(-1, f"op.step('label', {fill!r}, irreversible='-')")
    up = "\n".join(steps)
    compare = "SELECT :'prefix' || id AS label, id FROM public.t;"
    small.revision(1, up.replace("swap', ", f"swap', compare={compare!r}, table="), COUNTED.down)
    project = small.project(limits=LIMITS, policies={"prefix": "it's "})
    project.execute("CREATE TABLE t (id int); INSERT INTO t VALUES (1), (1), (2), (NULL)")
    project.up(atomic=atomic)
    assert project.states == ("done",)
    project.down()

    wrong = compare.replace("public.t", "public.t WHERE id = 1")
    small.revision(1, up.replace("swap', ", f"swap', compare={wrong!r}, table="), COUNTED.down)
    project = small.project(limits=LIMITS, policies={"prefix": "it's "})
    with pytest.raises(PhaseFailed, match="are not what the old ones say") as stopped:
        project.up(atomic=atomic)
    assert stopped.value.details == (
        "surplus: label: it's 2, id: 2",
        "surplus: label: NULL, id: NULL",
    )


def test_converted_columns_are_compared_with_the_old_ones(small: Small) -> None:
    change = """
    CENTS = (Conversion(column="price", type="bigint", using="(:column * 100)::bigint",
                        back=":column / 100.0", rename="cents"),)
    """
    convert = 'op.convert_columns("public.product", "id", CENTS)'
    small.revision(1, change + convert, change + convert.replace("convert", "revert"))
    project = small.project(limits=LIMITS)
    project.execute(
        "CREATE TABLE product (id int PRIMARY KEY, price numeric);"
        "INSERT INTO product SELECT n, n FROM generate_series(1, 10) AS n"
    )
    project.up(defer_cutover=True)
    project.execute(
        "SET session_replication_role = replica;"
        "ALTER TABLE product DISABLE TRIGGER zz_gnkmigrate_columns;"
        "UPDATE product SET price = 7.5 WHERE id = 8"
    )
    with pytest.raises(PhaseFailed, match="are not what the old ones say") as stopped:
        project.up()
    assert stopped.value.details == ("id: 8: gnkmigrate_cents is 800, expected 750",)
    project.execute("UPDATE product SET gnkmigrate_cents = 750 WHERE id = 8")
    project.execute("ALTER TABLE product ENABLE ALWAYS TRIGGER zz_gnkmigrate_columns")
    project.up()
    assert project.value("SELECT cents FROM product WHERE id = 8") == 750


def test_both_sides_have_the_order_of_the_new_key(small: Small) -> None:
    """Most servers of tests have one order alone, so that it is the query which is looked at."""
    swapping = Swapping("t", ("id",), ("id",), 'id varchar(9) COLLATE "C" PRIMARY KEY')
    small.revision(1, swapping.up, swapping.down)
    project = small.project()
    project.execute("CREATE TABLE t (id text PRIMARY KEY); INSERT INTO t VALUES ('a'), ('B')")
    asked: list[str] = []

    class Looking(Cursor[tuple[Any, ...]]):
        def execute(self, query: Any, *arguments: Any, **options: Any) -> Any:
            asked.append(query.decode() if isinstance(query, bytes) else str(query))
            return super().execute(query, *arguments, **options)

    with cursors.wanted(Looking):
        project.up()
    (compared,) = [query for query in asked if "hashtextextended" in query]
    assert 'given."id"::character varying COLLATE pg_catalog."C" AS "id"' in compared
