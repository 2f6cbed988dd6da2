"""Rows are written through tables and views, and nothing of it stays."""

from collections.abc import Sequence

import pytest

from gnkmigrate import own_objects
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.rehearsal.shapes import Written, read_shapes, write_through
from gnkmigrate.run.fingerprint import fingerprint
from gnkmigrate.settings import Settings
from tests.support import execute

PRODUCT = """
CREATE TABLE product (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name varchar(8) UNIQUE NOT NULL,
    price numeric CHECK (price > 0),
    twice numeric GENERATED ALWAYS AS (price * 2) STORED
);
INSERT INTO product (name, price) VALUES ('armchair', 1), ('sofa', 2);
CREATE TABLE stock (product integer PRIMARY KEY REFERENCES product, pieces integer);
INSERT INTO stock VALUES (1, 5);
"""
LEGACY = f"CREATE SCHEMA legacy; COMMENT ON SCHEMA legacy IS '{own_objects.LEGACY_COMMENT}';"
VIEW = f"{LEGACY} CREATE VIEW legacy.product AS SELECT id, name, price FROM product;"


def written(url: DatabaseUrl, after: str = "") -> Written:
    """Writes through what `after` has made of the tables, and looks that nothing stays."""
    settings = Settings()
    with connect(url, search_path=["public"]) as session:
        old = read_shapes(session, settings)
        session.execute(after.encode())
        before = fingerprint(session, ["public"])
        found = write_through(session, old, settings)
        assert fingerprint(session, ["public"]) == before
    return found


def test_every_table_and_every_view_takes_a_row(database: DatabaseUrl) -> None:
    execute(database, PRODUCT)
    assert written(database, VIEW) == Written(tables=2, views=1, untried=(), problems=())


@pytest.mark.parametrize(
    ("after", "problems"),
    [
        (
            (
                f"{LEGACY}"
                "CREATE VIEW legacy.product AS SELECT id, name, price + 1 - 1 AS price FROM product"
            ),
            ['legacy.product: cannot insert into column "price" of view "product"'],
        ),
        (
            VIEW + "CREATE RULE forgetful AS ON DELETE TO legacy.product DO INSTEAD NOTHING",
            ["legacy.product: a row that was deleted is still there"],
        ),
        (
            VIEW + "CREATE RULE careless AS ON UPDATE TO legacy.product DO INSTEAD"
            " UPDATE product SET price = 9 WHERE id = NEW.id",
            ["legacy.product: a row that was updated is read otherwise in price"],
        ),
        (
            "ALTER TABLE product ADD CHECK (price > 5) NOT VALID",
            [
                (
                    'public.product: new row for relation "product" violates check constraint'
                    ' "product_price_check1"'
                )
            ],
        ),
    ],
)
def test_what_is_not_taken_is_told(
    database: DatabaseUrl, after: str, problems: Sequence[str]
) -> None:
    execute(database, PRODUCT)
    execute(database, "DELETE FROM stock")
    assert list(written(database, after).problems) == problems


def test_what_cannot_be_tried_is_named(database: DatabaseUrl) -> None:
    execute(
        database,
        f"""
        CREATE TABLE empty (id integer PRIMARY KEY);
        CREATE TABLE keyless (number integer); INSERT INTO keyless VALUES (1);
        CREATE TABLE flag (value boolean PRIMARY KEY); INSERT INTO flag VALUES (true);
        CREATE TABLE use (id uuid PRIMARY KEY, flag boolean REFERENCES flag);
        INSERT INTO use VALUES (gen_random_uuid(), true);
        {LEGACY} CREATE VIEW legacy.strange AS SELECT 1;
        """,
    )
    found = written(database)
    assert (found.tables, found.problems) == (1, ())
    assert found.untried == (
        "public.empty: it has no rows",
        "public.flag: no new key can be made, and other rows need the old",
        "public.keyless: it has no key",
        "legacy.strange: it was no table before these phases",
    )
