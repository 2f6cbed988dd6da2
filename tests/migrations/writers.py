"""Seeded clients of an application, whose every write also goes to plain copies of its tables."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

import psycopg

from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect

TEXTS = ("plain", "O'Reilly", "", "日本語", "\U0001f680", "x" * 40, None)

# What a client of either application has to expect, and repeats (docs/zero-downtime.md).
REPEATED = (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected)

LEVELS = ("read committed", "repeatable read", "serializable")

# So many times a write may be repeated.
PATIENCE = 100

# A write: what kind it is, and the statement that makes it on the tables and on their copies.
Write = Callable[[random.Random, Connection], tuple[str, str, str]]


@dataclass
class Writer:
    """One seeded client of one of the applications.

    Attributes:
        before: what it says to its session first.
        pause_s: how long it rests after each write.
        done: how many statements of each kind it has made.
        repeated: transactions that PostgreSQL asked it to repeat, by their error.
    """

    url: DatabaseUrl
    seed: int
    over: threading.Event
    path: Sequence[str]
    writes: Sequence[Write]
    before: str = "SELECT"
    pause_s: float = 0
    done: Counter[str] = field(default_factory=Counter)
    repeated: Counter[str] = field(default_factory=Counter)
    failure: BaseException | None = None

    def __call__(self) -> None:
        chance = random.Random(self.seed)  # noqa: S311 - repeatable on purpose
        try:
            with connect(self.url, search_path=self.path) as session:
                session.execute(self.before.encode())
                session.execute("SET deadlock_timeout = '20ms'")
                level = LEVELS[self.seed % len(LEVELS)]
                session.execute(f"SET default_transaction_isolation = '{level}'".encode())
                while not self.over.is_set():
                    self._write(session, chance)
                    self.over.wait(self.pause_s)
        except BaseException as error:  # noqa: BLE001 - told by the test that joins the thread
            self.failure = error

    def _write(self, session: Connection, chance: random.Random) -> None:
        kind, statement, copied = chance.choice(self.writes)(chance, session)
        for _ in range(PATIENCE):
            try:
                with session.transaction():
                    count = session.execute(statement.encode()).rowcount
                    if count != session.execute(copied.encode()).rowcount:
                        # Another one came between two statements that each see a moment of theirs.
                        self.repeated["between"] += 1
                        raise psycopg.Rollback
                    self.done[kind] += 1
                    return
            except REPEATED as error:
                self.repeated[type(error).__name__] += 1
            except psycopg.errors.WrongObjectType:
                assert kind == "truncate", statement  # a view since a moment ago
                return
        raise AssertionError((statement, copied))


def both(kind: str, statement: str) -> tuple[str, str, str]:
    """A write that is the same on the copies, whose schema is {schema}."""
    return kind, statement.format(schema=""), statement.format(schema="copy.")


def quoted(value: str | None) -> str:
    text = psycopg.sql.Literal(value).as_string()
    return text.replace("{", "{{").replace("}", "}}")


def some_id(session: Connection, chance: random.Random, table: str) -> UUID | None:
    """An id of this table, chosen by chance and without reading it whole."""
    at = UUID(int=chance.getrandbits(128))
    row = session.execute(
        f"SELECT id FROM copy.{table} WHERE id >= %s ORDER BY id LIMIT 1".encode(), (at,)
    ).fetchone()
    return row[0] if row else None


@contextmanager
def at_work(writers: Sequence[Writer], over: threading.Event, operations: float) -> Iterator[None]:
    """They write while the block lasts, and until there have been so many operations."""
    threads = [threading.Thread(target=writer) for writer in writers]
    for thread in threads:
        thread.start()
    try:
        yield
        while sum(writer.done.total() for writer in writers) < operations and not any(
            writer.failure for writer in writers
        ):
            time.sleep(0.1)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    for writer in writers:
        if writer.failure is not None:
            raise writer.failure
