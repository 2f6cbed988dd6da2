"""op.move_columns: columns of a table become rows of a side table with the same key."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from gnkmigrate.errors import PhaseRefused, RevisionError
from gnkmigrate.postgres.connection import Connection, connect
from gnkmigrate.run import events
from gnkmigrate.run.kept import contract
from gnkmigrate.run.phase import read_steps
from tests.migrations.project import Project
from tests.operations.cut_off import cut_off_after
from tests.small import Small

SHOP = """
CREATE SCHEMA "Shop";
CREATE TABLE "Shop"."Order" (
    shop text, "No" int, total int, bill_street text, bill_city text DEFAULT 'Ulm',
    "größe" text, ship_city text, stamp timestamp NOT NULL DEFAULT '2024-10-27 02:30',
    PRIMARY KEY (shop, "No")
);
CREATE INDEX "by city" ON "Shop"."Order" (ship_city, total);
INSERT INTO "Shop"."Order" VALUES
    ('a', 1, 10, 'Elm 1', 'Ulm', 'Oak 2', 'Bonn'), ('a', 2, 20, NULL, NULL, 'Oak 2', NULL),
    ('b', 1, 30, NULL, NULL, NULL, NULL)
"""
PARTS = """
op.keep_shape("Shop.Order")
op.move_columns(
    "Shop.Order", "Shop.address",
    key={"shop": "shop", "No": "order_no"},
    part="kind",
    parts={
        "bill": {"bill_street": "street", "bill_city": "city"},
        "ship": {"größe": "street", "ship_city": "city"},
    },
    new=(op.new("floor", "int"),),
)
"""
ONE = """
op.move_columns("Shop.Order", "Shop.Times", (op.zoned("stamp", "at", not_null=True),),
                key={"shop": "shop", "No": "No"})
"""
OLD = """SELECT shop, "No", bill_street, bill_city, "größe", ship_city FROM "Order" ORDER BY 1, 2"""
NEW = 'SELECT shop, order_no, kind, street, city FROM "Shop".address ORDER BY 1, 2, 3'
ROWS = [
    ("a", 1, "Elm 1", "Ulm", "Oak 2", "Bonn"),
    ("a", 2, None, None, "Oak 2", None),
    ("b", 1, None, None, None, None),
]


def shop(small: Small, revision: str = PARTS) -> Project:
    small.reversible(1, revision)
    project = small.project(
        schemas=["public", "Shop"], source_timezone="Europe/Berlin", limits={"batch_rows": 1}
    )
    project.execute(SHOP)
    return project


@contextmanager
def old_application(project: Project) -> Iterator[Connection]:
    with connect(project.url, search_path=["gnkmigrate_legacy", "Shop"]) as session:
        yield session


def old_rows(project: Project) -> list[tuple[object, ...]]:
    with old_application(project) as session:
        return session.execute(OLD).fetchall()


def test_up_and_down_and_contract(small: Small) -> None:
    project = shop(small, PARTS + ONE)
    before, rows = project.dump, project.rows('SELECT * FROM "Shop"."Order" ORDER BY 1, 2')
    project.up(dry_run=True)
    project.up()
    assert project.rows(NEW) == [
        ("a", 1, "bill", "Elm 1", "Ulm"),
        ("a", 1, "ship", "Oak 2", "Bonn"),
        ("a", 2, "ship", "Oak 2", None),
    ]
    assert (
        project.value("""SELECT count(*) FROM "Shop"."Times" WHERE at = '2024-10-27 01:30Z'""") == 3
    )
    assert old_rows(project) == ROWS
    project.down()
    assert project.dump == before
    assert project.rows('SELECT * FROM "Shop"."Order" ORDER BY 1, 2') == rows

    project.up(atomic=True)
    with project.session() as session:
        contract.contract(session, project.phases, project.settings)
    assert "gnkmigrate" not in project.dump
    assert "ON UPDATE CASCADE ON DELETE CASCADE" in project.dump


def test_each_application_sees_what_the_other_writes(small: Small) -> None:
    project = shop(small, PARTS + ONE)
    project.up()
    with old_application(project) as session:
        session.execute(
            """INSERT INTO "Order" (shop, "No", bill_street) VALUES ('c', 1, 'Fir 3')"""
        )
        session.execute("""INSERT INTO "Order" (shop, "No", bill_street) VALUES ('c', 1, 'Fir 4')
                           ON CONFLICT DO NOTHING""")
        session.execute("""UPDATE "Order" SET ship_city = 'Rom' WHERE shop = 'a'""")
        session.execute("""UPDATE "Order" SET bill_street = NULL, bill_city = NULL, "No" = 7
                           WHERE shop = 'a' AND "No" = 1""")
        with pytest.raises(psycopg.errors.NotNullViolation, match='column "stamp"'):
            session.execute("""INSERT INTO "Order" (shop, "No", stamp) VALUES ('d', 1, NULL)""")
        with pytest.raises(psycopg.errors.CheckViolation, match='value of column "stamp"'):
            session.execute("""UPDATE "Order" SET stamp = '294276-12-31'""")
    assert project.rows(NEW) == [
        ("a", 2, "ship", "Oak 2", "Rom"),
        ("a", 7, "ship", "Oak 2", "Rom"),
        ("c", 1, "bill", "Fir 3", "Ulm"),
    ]
    project.execute("""
        INSERT INTO "Shop"."Order" (shop, "No") VALUES ('e', 1);
        INSERT INTO "Shop".address VALUES ('e', 1, 'ship', 'Via 1', 'Rom');
        UPDATE "Shop".address SET street = 'Oak 22' WHERE shop = 'a' AND order_no = 2;
        UPDATE "Shop".address SET kind = 'bill' WHERE shop = 'a' AND order_no = 7;
        DELETE FROM "Shop"."Order" WHERE shop = 'b';
        DELETE FROM "Shop".address WHERE shop = 'c'
    """)
    assert old_rows(project) == [
        ("a", 2, None, None, "Oak 22", "Rom"),
        ("a", 7, "Oak 2", "Rom", None, None),
        ("c", 1, None, None, None, None),
        ("e", 1, None, None, "Via 1", "Rom"),
    ]
    rows = old_rows(project)
    with pytest.raises(PhaseRefused) as refused:
        project.down()
    assert "Rows of Shop.Order have no stamp, which the old shape wants. (1)" in "\n".join(
        refused.value.details
    )
    project.execute("""INSERT INTO "Shop"."Times" VALUES ('e', 1, '2024-10-27 00:30Z')""")
    with pytest.raises(PhaseRefused) as refused:
        project.down()  # 02:30, which would mean an hour later
    assert "Shop.Times.at: values that the old column cannot hold. (1)" in "\n".join(
        refused.value.details
    )
    project.execute("""UPDATE "Shop"."Times" SET at = '2024-01-01' WHERE shop = 'e'""")
    project.down()
    assert old_rows(project) == rows


def test_what_the_old_shape_cannot_hold_is_spilled_and_comes_back(small: Small) -> None:
    project = shop(small)
    project.up()
    project.execute("""
        INSERT INTO "Shop".address VALUES ('b', 1, 'work', 'Via 1', 'Rom');
        INSERT INTO "Shop".address VALUES ('b', 1, 'ship');
        UPDATE "Shop".address SET floor = 3 WHERE kind = 'bill'
    """)
    with pytest.raises(PhaseRefused) as refused:
        project.down()
    said = "\n".join(refused.value.details)
    assert "no place for rows of Shop.address of another kind or without a value. (2)" in said
    assert "The old shape says nothing of floor in Shop.address. (1)" in said
    whole = 'SELECT * FROM "Shop".address ORDER BY 1, 2, 3'
    rows = project.rows(whole)
    project.down(parameters={"spill": "yes"})
    assert old_rows(project) == ROWS
    project.up()
    assert project.rows(whole) == rows
    project.execute('TRUNCATE "Shop".address')
    assert {row[2:] for row in old_rows(project)} == {(None, None, None, None)}


def test_what_is_written_meanwhile_gets_there(small: Small) -> None:
    project = shop(small)
    numbers = iter(range(10, 100))

    def write(event: events.Event) -> None:
        if isinstance(event, events.StepStarted):
            number = next(numbers)
            with old_application(project) as session:
                session.execute(f"""
                    INSERT INTO "Order" (shop, "No", bill_city) VALUES ('m', {number}, 'Kiel');
                    UPDATE "Order" SET "No" = -"No", bill_city = 'Bonn' WHERE "No" = {number - 1};
                    DELETE FROM "Order" WHERE "No" = {2 - number}
                """)

    project.up(write)
    rows = [row for row in old_rows(project) if row[0] == "m"]
    assert project.rows(NEW.replace("ORDER", "WHERE shop = 'm' ORDER")) == [
        (*row[:2], "bill", row[2], row[3]) for row in rows
    ]
    assert len(rows) == 2
    project.down(write)
    assert [row[3] for row in old_rows(project) if row[0] == "m"] == ["Bonn", "Kiel"]


def test_a_rollback_that_is_cut_off_before_the_cutover_is_given_up(small: Small) -> None:
    project = shop(small)
    project.up(defer_cutover=True)
    cut_off_after(project, "Shop.address follows Shop.Order")
    project.up()
    assert len(project.rows(NEW)) == 3
    assert old_rows(project) == ROWS


def test_a_client_with_an_old_snapshot_repeats_its_transaction(small: Small) -> None:
    project = shop(small)
    with project.session() as client:

        def work_on(event: events.Event) -> None:
            done = event.step if isinstance(event, events.StepFinished) else ""
            if done == "Shop.address follows Shop.Order":
                client.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
                client.execute("SELECT 1")
            if done == "rows of Shop.address":
                with pytest.raises(psycopg.errors.SerializationFailure):
                    client.execute("""DELETE FROM "Shop"."Order" WHERE shop = 'a'""")
                client.execute("ROLLBACK")

        project.up(work_on)
    assert old_rows(project) == ROWS


def test_what_does_not_fit_is_refused_before_anything_is_changed(small: Small) -> None:
    project = shop(
        small,
        """
        op.move_columns("Shop.Order", "Shop.address", key={"shop": "shop"},
                        part="kind",
                        parts={"bill": {"bill_city": "city"}, "ship": {"total": "city"}})
        """,
    )
    before = project.dump
    with pytest.raises(PhaseRefused, match="nothing was changed") as refused:
        project.up()
    said = "\n".join(refused.value.details)
    assert "(shop) is no key of Shop.Order" in said
    assert "The parts of Shop.address have other types for city." in said
    assert project.dump == before

    needed = 'op.shortened("{}", 9, rename="{}", not_null=True)'
    columns = f"({needed.format('größe', 'street')}, {needed.format('ship_city', 'city')})"
    small.reversible(1, f"""op.move_columns("Shop.Order", "Shop.address", {columns},
                            key={{"shop": "shop", "No": "no"}})""")  # fmt: skip
    with pytest.raises(PhaseRefused, match="nothing was changed") as refused:
        small.project(schemas=["public", "Shop"]).up()
    said = "\n".join(refused.value.details)
    assert "Rows of Shop.Order have no value in größe, ship_city, which Shop.address wants." in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("{'a': 'x', 'b': 'x'}, key={'id': 'id'}", "x would be given two columns"),
        ("{'a': 'id'}, key={'id': 'id'}", "id would be given two columns"),
        ("{'id': 'x'}, key={'id': 'id'}", "id is of the key, which stays"),
        ("{}, key={'id': 'id'}", "no column moves"),
        ("{'a': 'x'}, key={}", "no column of the key is named"),
        ("key={'id': 'id'}, parts={'x': {'a': 'v'}, 'y': {'b': 'v'}}", "no column says which part"),
        (
            "key={'id': 'id'}, part='p', parts={'x': {'a': 'v'}, 'y': {'b': 'w'}}",
            'the part "y" has other columns than "x"',
        ),
        (
            "key={'id': 'id'}, part='p', parts={'x': {'a': 'v'}, 'y': {'a': 'v'}}",
            "a moves twice",
        ),
    ],
)
def test_contradictions_are_refused_when_the_revision_is_read(
    small: Small, arguments: str, said: str
) -> None:
    small.reversible(1, f"op.move_columns('public.t', 'public.e', {arguments})")
    with pytest.raises(RevisionError, match="contradicts itself") as refused:
        read_steps(small.phases)
    assert said in "\n".join(refused.value.details)
