"""Reshapes that are declared: lookup tables, references, other names."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from psycopg import errors

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.postgres.connection import Connection, connect
from gnkmigrate.run import events
from tests.migrations.project import Project
from tests.operations.cut_off import cut_off_after
from tests.small import Small

ORDERS = """
CREATE TYPE state AS ENUM ('new', 'paid');
CREATE SCHEMA "Shop";
CREATE TABLE "Shop"."Order" (
    id bigint, line int, "State" state DEFAULT 'new', colour varchar(9), PRIMARY KEY (id, line)
);
INSERT INTO "Shop"."Order"
VALUES (1, 1, 'new', 'red'), (1, 2, 'paid', 'green'), (2, 1, NULL, NULL), (3, 1, 'new', 'red')
"""
# The columns of a table change once in a revision.
REVISIONS = (
    """
op.keep_shape("Shop.Order")
op.extract_lookup("Shop.Order", "State", "Shop.state", rename="state_id", enum="public.state")
    """,
    """
op.extract_lookup("Shop.Order", "colour", "Shop.Colour", label="The Name", key="nr",
                  type="smallint", label_type="varchar(20)")
    """,
    'op.rename_columns("Shop.Order", {"line": "line_no"})',
)
OLD = 'SELECT id, line, "State"::text, colour FROM "Order" ORDER BY 1, 2'
NEW = """
SELECT "Order".id, line_no, state.name, "The Name" FROM "Shop"."Order"
LEFT JOIN "Shop".state ON state.id = state_id LEFT JOIN "Shop"."Colour" ON nr = colour
ORDER BY 1, 2
"""
ROWS = [(1, 1, "new", "red"), (1, 2, "paid", "green"), (2, 1, None, None), (3, 1, "new", "red")]


@pytest.fixture
def shop(small: Small) -> Project:
    for number, up in enumerate(REVISIONS, start=1):
        small.reversible(number, up)
    project = small.project(schemas=["public", "Shop"], limits={"batch_rows": 1})
    project.execute(ORDERS)
    return project


@contextmanager
def old_application(project: Project) -> Iterator[Connection]:
    with connect(project.url, search_path=["gnkmigrate_legacy", "Shop"]) as session:
        yield session


def old_rows(project: Project) -> list[tuple[object, ...]]:
    with old_application(project) as session:
        return session.execute(OLD).fetchall()


def test_values_become_rows_and_come_back(shop: Project) -> None:
    before = shop.dump
    shop.up(dry_run=True)
    shop.up()
    assert shop.rows(NEW) == ROWS
    assert old_rows(shop) == ROWS
    assert shop.rows('SELECT name FROM "Shop".state ORDER BY 1') == [("new",), ("paid",)]
    shop.down()
    assert shop.dump == before
    assert old_rows(shop) == ROWS


def test_each_application_sees_what_the_other_writes(shop: Project) -> None:
    shop.up()
    with old_application(shop) as session:
        session.execute("""INSERT INTO "Order" VALUES (4, 1, DEFAULT, 'blue')""")
        session.execute("""UPDATE "Order" SET colour = 'green' WHERE id = 3""")
    shop.execute("""
        UPDATE "Shop"."Colour" SET "The Name" = 'dark green' WHERE "The Name" = 'green';
        UPDATE "Shop"."Order" SET state_id = (SELECT id FROM "Shop".state WHERE name = 'paid')
        WHERE id = 2
    """)
    expected = [
        (1, 1, "new", "red"),
        (1, 2, "paid", "dark gree"),
        (2, 1, "paid", None),
        (3, 1, "new", "dark gree"),
        (4, 1, "new", "blue"),
    ]
    assert old_rows(shop) == expected
    new = [(*row[:3], "dark green" if row[3] == "dark gree" else row[3]) for row in expected]
    assert shop.rows(NEW) == new
    shop.execute("""UPDATE "Shop"."Colour" SET "The Name" = 'lime' WHERE "The Name" <> 'blue'
                    AND "The Name" <> 'red'""")
    shop.down()
    assert old_rows(shop) == [(*row[:3], "lime" if row[3] == "dark gree" else row[3])
                              for row in expected]  # fmt: skip


def test_a_row_that_nobody_uses_has_no_place_in_the_old_shape(shop: Project) -> None:
    shop.up()
    shop.execute("""INSERT INTO "Shop".state (name) VALUES ('sent')""")
    with pytest.raises(PhaseRefused) as refused:
        shop.down()
    assert "rows of Shop.state that Shop.Order does not use. (1)" in refused.value.details[0]
    shop.down(parameters={"spill": "yes"})
    assert old_rows(shop) == ROWS
    shop.up()
    assert shop.rows('SELECT name FROM "Shop".state ORDER BY 1') == [
        ("new",), ("paid",), ("sent",)
    ]  # fmt: skip
    assert shop.value("SELECT count(*) FROM gnkmigrate.overflow") == 0


def test_a_label_that_the_enum_lacks_is_refused_on_the_way_back(shop: Project) -> None:
    shop.up()
    shop.execute("""UPDATE "Shop".state SET name = 'settled' WHERE name = 'paid'""")
    assert [row[2] for row in old_rows(shop)] == ["new", None, None, "new"]
    with pytest.raises(PhaseRefused) as refused:
        shop.down()
    assert (
        "Shop.state.name: values that the old column cannot hold. (1)" in refused.value.details[0]
    )


def test_what_is_written_meanwhile_is_looked_up(shop: Project) -> None:
    numbers = iter(range(10, 100))

    def write(event: events.Event) -> None:
        if isinstance(event, events.StepStarted):
            number = next(numbers)
            with old_application(shop) as session:
                session.execute(
                    f"""INSERT INTO "Order" VALUES ({number}, 1, 'paid', 'c{number}')"""
                )

    shop.up(write)
    shop.down(write)
    written = [row for row in old_rows(shop) if int(str(row[0])) >= 10]
    assert written == [(n, 1, "paid", f"c{n}") for n in range(10, next(numbers))]


SPLIT = """
op.keep_shape("public.customer")
op.split_table(
    "public.customer", "public.address", {"Street": "street", "zip": "zip", "city": "town"},
    reference="address_id",
)
"""
CUSTOMERS = """
CREATE TABLE customer (
    id int PRIMARY KEY, "Street" text, zip varchar(9), name text, city text COLLATE "C"
);
CREATE INDEX ON customer (zip, name);
INSERT INTO customer VALUES
    (1, 'High St 1', '100', 'Ada', 'York'), (2, 'High St 1', '100', 'Bob', 'York'),
    (3, 'Low St 2', '200', 'Cy', 'Hull'), (4, NULL, NULL, 'Dee', NULL)
"""
OLD_CUSTOMERS = 'SELECT id, "Street", zip, name, city FROM customer ORDER BY id'
NEW_CUSTOMERS = """
SELECT customer.id, street, zip, name, town FROM customer
LEFT JOIN address ON address.id = address_id ORDER BY 1
"""


@pytest.fixture
def customers(small: Small) -> Project:
    small.reversible(1, SPLIT)
    project = small.project(limits={"batch_rows": 1})
    project.execute(CUSTOMERS)
    return project


def customers_of_the_old_application(project: Project) -> list[tuple[object, ...]]:
    with connect(project.url, search_path=["gnkmigrate_legacy", "public"]) as session:
        return session.execute(OLD_CUSTOMERS).fetchall()


def test_a_table_is_split_and_comes_back(customers: Project) -> None:
    before = customers.state
    rows = customers_of_the_old_application(customers)
    customers.up(dry_run=True)
    customers.up()
    assert customers.rows(NEW_CUSTOMERS) == rows
    assert customers_of_the_old_application(customers) == rows
    assert customers.value("SELECT count(*) FROM address") == 2
    customers.down()
    assert customers.state == before


def test_a_split_is_begun_anew_after_a_rollback_that_is_cut_off(customers: Project) -> None:
    customers.up(defer_cutover=True)
    cut_off_after(customers, "public.address follows public.customer")
    customers.execute(
        """UPDATE customer SET "Street" = NULL, zip = NULL, city = NULL WHERE id = 1"""
    )
    customers.up()
    assert customers.rows(NEW_CUSTOMERS) == customers_of_the_old_application(customers)
    assert customers.value("SELECT count(*) FROM address") == 2


def test_both_shapes_of_a_split_table_are_written(customers: Project) -> None:
    customers.up()
    with connect(customers.url, search_path=["gnkmigrate_legacy", "public"]) as session:
        session.execute("INSERT INTO customer VALUES (5, 'Low St 2', '200', 'Eve', 'Hull')")
        session.execute("UPDATE customer SET city = 'Leeds' WHERE id = 1")
        session.execute("UPDATE customer SET name = 'Bo' WHERE id = 2")
    customers.execute("""
        UPDATE address SET street = 'Low Street 2' WHERE zip = '200';
        INSERT INTO address (street, zip, town) VALUES ('New Rd', '300', 'Bath');
        INSERT INTO customer (id, name, address_id)
        SELECT 6, 'Fay', id FROM address WHERE town = 'Bath';
        UPDATE customer SET address_id = NULL WHERE id = 2;
        UPDATE customer SET address_id = (SELECT id FROM address WHERE town = 'Bath') WHERE id = 4
    """)
    expected = [
        (1, "High St 1", "100", "Ada", "Leeds"),
        (2, None, None, "Bo", None),
        (3, "Low Street 2", "200", "Cy", "Hull"),
        (4, "New Rd", "300", "Dee", "Bath"),
        (5, "Low Street 2", "200", "Eve", "Hull"),
        (6, "New Rd", "300", "Fay", "Bath"),
    ]
    assert customers_of_the_old_application(customers) == expected
    assert customers.rows(NEW_CUSTOMERS) == expected
    with pytest.raises(PhaseRefused) as refused:
        customers.down()  # nobody lives at High St 1 in York any more
    assert "public.address that public.customer does not use. (1)" in refused.value.details[0]
    customers.down(parameters={"spill": "yes"})
    assert customers_of_the_old_application(customers) == expected
    customers.up()
    assert customers.rows(NEW_CUSTOMERS) == expected
    assert customers.value("SELECT count(*) FROM address") == 4


def test_a_part_of_an_address_is_none(customers: Project) -> None:
    customers.execute("UPDATE customer SET zip = NULL WHERE id = 1")
    with pytest.raises(PhaseRefused) as refused:
        customers.up()
    assert (
        "Rows of public.customer say something, but not which row of public.address"
        in (refused.value.details[0])
    )
    customers.execute("UPDATE customer SET zip = '100' WHERE id = 1")
    customers.up()
    with (
        connect(customers.url, search_path=["gnkmigrate_legacy", "public"]) as session,
        pytest.raises(errors.NotNullViolation, match="needs a value in each of: Street, zip"),
    ):
        session.execute("UPDATE customer SET zip = NULL WHERE id = 1")
    assert customers.rows(NEW_CUSTOMERS)[0] == (1, "High St 1", "100", "Ada", "York")


def test_a_reference_is_resolved(small: Small) -> None:
    small.reversible(
        1, 'op.resolve_reference("public.item", "owner", "public.person", "email", type="integer",'
        ' fold=True, actions="ON DELETE SET NULL")',
    )  # fmt: skip
    project = small.project()
    project.execute(
        "CREATE TABLE person (id int PRIMARY KEY, email text);"
        "CREATE TABLE item (id int PRIMARY KEY, owner text);"
        "INSERT INTO person VALUES (1, 'Ada@x'); INSERT INTO item VALUES (1, 'ada@x'), (2, NULL)"
    )
    before = project.state
    project.up()
    assert project.rows("SELECT id, owner FROM item ORDER BY id") == [(1, 1), (2, None)]
    assert "ADD CONSTRAINT item_owner_fkey FOREIGN KEY (owner) REFERENCES" in project.dump
    assert "CREATE INDEX item_owner_idx ON public.item" in project.dump
    project.down()
    assert project.state == before
