"""What a phase costs: locks, rewritten tables, room."""

import time

import pytest

from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.rehearsal.measure import Cost, WatchedSession, measured
from tests.support import execute

TABLE = "CREATE TABLE product (id integer, name text); CREATE TABLE shelf (id integer)"


def cost(url: DatabaseUrl, *transactions: str, pause: float = 0) -> Cost:
    with connect(url, search_path=["public"], session_class=WatchedSession) as session:
        assert isinstance(session, WatchedSession)
        with measured(session) as measurement:
            for statements in transactions:
                with session.transaction():
                    session.execute(statements.encode())
                    time.sleep(pause)
            return measurement.cost()


def test_the_strongest_lock_of_each_table_and_its_longest_hold(database: DatabaseUrl) -> None:
    execute(database, TABLE)
    found = cost(
        database,
        "INSERT INTO shelf VALUES (1); SELECT FROM product",
        "LOCK TABLE product IN SHARE MODE",
        "ALTER TABLE product ADD COLUMN weight integer",
        pause=0.1,
    )
    assert [(lock.relation, lock.mode) for lock in found.locks] == [
        ("public.product", "AccessExclusiveLock"),
        ("public.shelf", "RowExclusiveLock"),
    ]
    assert all(lock.longest >= 0.1 for lock in found.locks)


@pytest.mark.parametrize(
    ("statement", "rewritten"),
    [
        ("ALTER TABLE product ALTER COLUMN id TYPE bigint", ("public.product",)),
        ("ALTER TABLE product ADD COLUMN weight integer DEFAULT 1", ()),
        ("CREATE TABLE another AS SELECT FROM product", ()),
    ],
)
def test_rewritten_tables(
    database: DatabaseUrl, statement: str, rewritten: tuple[str, ...]
) -> None:
    execute(database, TABLE)
    assert cost(database, statement).rewritten == rewritten


def test_room_and_log(database: DatabaseUrl) -> None:
    execute(database, TABLE)
    found = cost(
        database, "INSERT INTO product SELECT n, repeat('x', 100) FROM generate_series(1, 10000) n"
    )
    assert found.grown > 1_000_000
    assert found.wal > 1_000_000
