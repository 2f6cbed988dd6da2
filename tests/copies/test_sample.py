"""A sample holds what it refers to, and nothing of it was written on the way."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from gnkmigrate.backup.progress import Observer, ignore
from gnkmigrate.copies.clone import Clone, clone
from gnkmigrate.copies.sample import Selection
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.settings import Settings
from tests.support import execute, rows

SHOP = """
CREATE TYPE colour AS ENUM ('red', 'blue');
CREATE TABLE customer (
    id integer PRIMARY KEY,
    name text UNIQUE NOT NULL,
    recommended_by integer REFERENCES customer,
    password_hash varchar(60) CHECK (length(password_hash) = 60),
    shout text GENERATED ALWAYS AS (upper(name)) STORED
);
CREATE TABLE place (region text, number integer, PRIMARY KEY (region, number))
    PARTITION BY LIST (region);
CREATE TABLE place_north PARTITION OF place FOR VALUES IN ('north');
CREATE TABLE place_south PARTITION OF place FOR VALUES IN ('south');
CREATE TABLE sale (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer text NOT NULL REFERENCES customer (name),
    region text,
    place integer,
    colour colour,
    FOREIGN KEY (region, place) REFERENCES place
);
INSERT INTO customer (id, name, recommended_by, password_hash)
    SELECT n, 'customer ' || n, nullif(n + 1, 2001), rpad('secret ' || n, 60, '.')
    FROM generate_series(2000, 1, -1) AS n;
INSERT INTO place SELECT region, n
    FROM unnest(ARRAY['north', 'south']) AS region, generate_series(1, 1000) AS n;
INSERT INTO sale (customer, region, place, colour)
    SELECT 'customer ' || 1990 + n % 10, CASE n % 2 WHEN 0 THEN 'north' ELSE 'south' END, n, 'blue'
    FROM generate_series(1, 1000) AS n;
"""


@contextmanager
def untold() -> Iterator[Observer]:
    yield ignore


@pytest.fixture
def shop(database: DatabaseUrl) -> DatabaseUrl:
    execute(database, SHOP)
    execute(database, "ANALYZE")
    return database


@contextmanager
def copied(live: DatabaseUrl, selection: Selection) -> Iterator[Clone]:
    with clone(Settings(), live, untold, selection) as copy:
        yield copy


def count(copy: Clone, table: str) -> int:
    return int(rows(copy.url, f"SELECT count(*) FROM {table}")[0][0])


def test_a_sample_holds_every_row_that_it_refers_to(shop: DatabaseUrl) -> None:
    with copied(shop, Selection(rows=20)) as copy:
        assert 0 < count(copy, "sale") <= 20
        assert 20 <= count(copy, "place") <= 60
        assert count(copy, "customer") < 2000
        # Every foreign key was made and checked after the rows were there.
        made = "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND convalidated"
        assert rows(copy.url, made) == rows(shop, made)
        assert rows(copy.url, "SELECT count(*) FROM customer WHERE shout = upper(name)") == [
            (count(copy, "customer"),)
        ]
        assert (copy.live_rows, copy.differences, copy.masked) == (5000, (), ())
        next_id = "SELECT nextval('sale_id_seq')"
        assert rows(copy.url, next_id) == [(1001,)]


def test_what_looks_secret_can_be_masked(shop: DatabaseUrl) -> None:
    with copied(shop, Selection(mask=True)) as copy:
        assert copy.masked == ("public.customer.password_hash",)
        assert (copy.rows, copy.differences) == (5000, ())
        assert rows(copy.url, "SELECT count(*) FROM customer WHERE password_hash ~ 'secret'") == [
            (0,)
        ]
        assert rows(copy.url, "SELECT count(DISTINCT password_hash) FROM customer") == [(2000,)]
        assert count(copy, "customer WHERE name = 'customer 7'") == 1


def test_a_reference_that_the_live_database_does_not_keep(shop: DatabaseUrl) -> None:
    execute(
        shop,
        "CREATE TABLE claim (customer integer); INSERT INTO claim VALUES (-1);"
        "ALTER TABLE claim ADD FOREIGN KEY (customer) REFERENCES customer NOT VALID",
    )
    with copied(shop, Selection(rows=5)) as copy:
        assert count(copy, "claim") == 1
