"""A live database that is written to all the while it is copied: the copy is of one moment."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from gnkmigrate.backup.progress import Observer, TransferProgress
from gnkmigrate.copies.clone import Clone, clone
from gnkmigrate.copies.sample import Selection
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.settings import Settings
from tests.support import execute, rows

# Whatever moment it is: the balances make nothing, and each order has as many lines as it says.
SCHEMA = """
CREATE TABLE account (id integer PRIMARY KEY, balance bigint NOT NULL);
CREATE TABLE line (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id bigint NOT NULL, note text
);
CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account integer NOT NULL REFERENCES account,
    lines integer NOT NULL
);
ALTER TABLE line ADD FOREIGN KEY (order_id) REFERENCES orders;
INSERT INTO account SELECT n, 0 FROM generate_series(1, 2000) AS n;
INSERT INTO orders (account, lines) SELECT 1 + n % 2000, 3 FROM generate_series(1, 20000) AS n;
INSERT INTO line (order_id, note)
    SELECT 1 + n % 20000, repeat('x', 100) FROM generate_series(1, 60000) AS n;
CREATE INDEX ON line (order_id);
"""
# A new account with an order, some orders that go, and money from one account to another.
BUSINESS = """
WITH client AS (
    INSERT INTO account SELECT max(id) + 1, 0 FROM account RETURNING id
), ordered AS (
    INSERT INTO orders (account, lines) SELECT id, 2 FROM client RETURNING id
)
INSERT INTO line (order_id) SELECT id FROM ordered, generate_series(1, 2);
WITH gone AS (
    DELETE FROM line WHERE order_id IN (SELECT id FROM orders ORDER BY id LIMIT 10)
    RETURNING order_id
)
DELETE FROM orders WHERE id IN (SELECT order_id FROM gone);
UPDATE account SET balance = balance + 5 WHERE id = 1;
UPDATE account SET balance = balance - 5 WHERE id = (SELECT max(id) FROM account);
"""
ORPHANS = """
SELECT count(*) FROM line WHERE NOT EXISTS (SELECT FROM orders WHERE id = order_id)
UNION ALL
SELECT count(*) FROM orders WHERE NOT EXISTS (SELECT FROM account WHERE id = account)
"""
UNEQUAL = """
SELECT count(*) FROM orders
WHERE lines <> (SELECT count(*) FROM line WHERE order_id = orders.id)
"""


@dataclass
class Application:
    """Does its business again and again, until it is told to stop.

    Attributes:
        done: how often it has committed.
        seen: how often it had when each part of the copying began.
    """

    url: DatabaseUrl
    done: int = 0
    seen: list[int] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        thread = threading.Thread(target=self._work)
        thread.start()
        try:
            yield
        finally:
            self.over.set()
            thread.join()

    def _work(self) -> None:
        with connect(self.url, search_path=["public"]) as session:
            while not self.over.is_set():
                with session.transaction():
                    session.execute(BUSINESS)
                self.done += 1

    @contextmanager
    def watching(self) -> Iterator[Observer]:
        """An observer of the copying; nothing goes on before some business has been done."""

        def observe(event: TransferProgress) -> None:
            del event
            self.seen.append(self.done)
            self._wait_for(self.done + 2)

        yield observe

    def _wait_for(self, number: int) -> None:
        while self.done < number and not self.over.wait(0.001):
            pass


@pytest.fixture
def application(database: DatabaseUrl) -> Application:
    execute(database, SCHEMA)
    execute(database, "ANALYZE")
    return Application(database)


@contextmanager
def copied(application: Application, selection: Selection) -> Iterator[Clone]:
    with (
        application.at_work(),
        clone(Settings(), application.url, application.watching, selection) as copy,
    ):
        yield copy
        assert application.seen[-1] > application.seen[0]


def numbers(copy: Clone, query: str) -> list[int]:
    return [number for (number,) in rows(copy.url, query)]


@pytest.mark.parametrize("mask", [False, True], ids=["dumped", "copied"])
def test_all_rows_are_of_one_moment(application: Application, mask: bool) -> None:
    with copied(application, Selection(mask=mask)) as copy:
        assert copy.differences == ()
        assert copy.rows == copy.live_rows
        assert numbers(copy, ORPHANS) == [0, 0]
        assert numbers(copy, UNEQUAL) == [0]
        assert numbers(copy, "SELECT sum(balance)::bigint FROM account") == [0]
        last = "SELECT nextval('orders_id_seq') > (SELECT max(id) FROM orders)"
        assert rows(copy.url, last) == [(True,)]


def test_a_sample_holds_what_it_refers_to(application: Application) -> None:
    with copied(application, Selection(rows=5000)) as copy:
        assert copy.rows < copy.live_rows
        assert numbers(copy, "SELECT count(*) FROM line")[0] > 2500
        assert numbers(copy, ORPHANS) == [0, 0]
        valid = "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND convalidated"
        assert numbers(copy, valid) == [2]
        last = "SELECT nextval('orders_id_seq') > (SELECT max(id) FROM orders)"
        assert rows(copy.url, last) == [(True,)]
