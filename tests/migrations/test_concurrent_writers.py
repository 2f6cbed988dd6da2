"""The old application writes all through upgrade, downgrade and upgrade; nothing differs after it.

Every write goes to the application's tables and, in the same transaction, to plain copies of them
that no migration touches. GNKMIGRATE_WRITES sets how many rows there are at the start.
"""

import os
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
import pytest

from gnkmigrate.connection import Connection, DatabaseUrl, connect
from gnkmigrate.phases.revision import load_phases
from gnkmigrate.servers import Server
from tests.migrations.project import Project, minegnk_settings
from tests.support import ROOT

ROWS = int(os.environ.get("GNKMIGRATE_WRITES", "300"))
TABLES = {
    "users": 'id, email, password, name, role::text, "isActive", "createdAt", "updatedAt"',
    "user_nodes": "id, user_id, node_address, label, gpu_type, gcore_instance_id, notes,"
    " is_active, created_at, updated_at",
    "node_requests": "id, user_id, gpu_type::text, gpu_count, region, message, status::text,"
    " admin_notes, processed_by, processed_at, created_at, updated_at",
}
TEXTS = ("plain", "O'Reilly", "", "日本語", "\U0001f680", "x" * 40, None)


@dataclass
class Writer:
    """One seeded client of the old application.

    Attributes:
        done: how many statements of each kind it has made.
        repeated: transactions that PostgreSQL asked it to repeat (SQLSTATE 40001).
    """

    url: DatabaseUrl
    seed: int
    over: threading.Event
    done: Counter[str] = field(default_factory=Counter)
    repeated: int = 0
    failure: BaseException | None = None

    def __call__(self) -> None:
        chance = random.Random(self.seed)  # noqa: S311 - repeatable on purpose
        try:
            with connect(self.url, search_path=["legacy", "public"]) as session:
                while not self.over.is_set():
                    self._write(session, chance)
        except BaseException as error:  # noqa: BLE001 - told by the test that joins the thread
            self.failure = error

    def _write(self, session: Connection, chance: random.Random) -> None:
        kind, statement = chance.choice(WRITES)(chance, session)
        while True:
            try:
                with session.transaction():
                    count = session.execute(statement.format(schema="").encode()).rowcount
                    copied = session.execute(statement.format(schema="copy.").encode()).rowcount
                    assert count == copied, statement
                break
            except psycopg.errors.SerializationFailure:
                self.repeated += 1
        self.done[kind] += 1


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


def insert_node(chance: random.Random, session: Connection) -> tuple[str, str]:
    identity, user = UUID(int=chance.getrandbits(128)), some_id(session, chance, "users")
    label, notes = quoted(chance.choice(TEXTS)), quoted(chance.choice(TEXTS))
    return "insert", (
        "INSERT INTO {schema}user_nodes (id, user_id, node_address, label, notes, is_active)"
        f" SELECT '{identity}', id, 'gonka{identity.hex}', {label}, {notes},"
        f" {chance.random() < 0.7} FROM copy.users WHERE id = {quoted(str(user or UUID(int=0)))}"
    )


def update_node(chance: random.Random, session: Connection) -> tuple[str, str]:
    row = some_id(session, chance, "user_nodes") or UUID(int=0)
    change = chance.choice(
        (
            f"label = {quoted(chance.choice(TEXTS))}",
            f"notes = {quoted(chance.choice(TEXTS))}, updated_at = now()",
            f"is_active = {chance.random() < 0.5}",
            f"node_address = 'moved{chance.getrandbits(64):x}'",
            f"gpu_type = {quoted(chance.choice(TEXTS))}",
        )
    )
    return "update", f"UPDATE {{schema}}user_nodes SET {change} WHERE id = '{row}'"


def delete_node(chance: random.Random, session: Connection) -> tuple[str, str]:
    row = some_id(session, chance, "user_nodes") or UUID(int=0)
    return "delete", f"DELETE FROM {{schema}}user_nodes WHERE id = '{row}'"


def insert_user(chance: random.Random, session: Connection) -> tuple[str, str]:
    del session
    identity = UUID(int=chance.getrandbits(128))
    role = chance.choice(("user", "admin"))
    return "insert", (
        "INSERT INTO {schema}users (id, email, password, name, role) VALUES"
        f" ('{identity}', '{identity.hex}@x.org', 'p', {quoted(chance.choice(TEXTS))}, '{role}')"
    )


def update_user(chance: random.Random, session: Connection) -> tuple[str, str]:
    row = some_id(session, chance, "users") or UUID(int=0)
    change = chance.choice(
        (
            f"name = {quoted(chance.choice(TEXTS))}",
            f"role = '{chance.choice(('user', 'admin'))}'",
            f'"isActive" = {chance.random() < 0.5}, "updatedAt" = now()',
        )
    )
    return "update", f"UPDATE {{schema}}users SET {change} WHERE id = '{row}'"


def insert_request(chance: random.Random, session: Connection) -> tuple[str, str]:
    identity, user = UUID(int=chance.getrandbits(128)), some_id(session, chance, "users")
    gpu, text = chance.choice(("3080", "4090", "H100", "H200")), quoted(chance.choice(TEXTS))
    return "insert", (
        "INSERT INTO {schema}node_requests (id, user_id, gpu_type, message, processed_by)"
        f" SELECT '{identity}', id, '{gpu}', {text}, {chance.choice(('email', 'NULL', text))}"
        f" FROM copy.users WHERE id = {quoted(str(user or UUID(int=0)))}"
    )


def update_request(chance: random.Random, session: Connection) -> tuple[str, str]:
    row = some_id(session, chance, "node_requests") or UUID(int=0)
    change = chance.choice(
        (
            f"status = '{chance.choice(('pending', 'approved', 'rejected', 'completed'))}'",
            f"processed_by = {quoted(chance.choice(TEXTS))}, processed_at = now()",
            f"gpu_type = '{chance.choice(('3080', '4090', 'H100'))}', gpu_count = gpu_count + 1",
        )
    )
    return "update", f"UPDATE {{schema}}node_requests SET {change} WHERE id = '{row}'"


def delete_request(chance: random.Random, session: Connection) -> tuple[str, str]:
    row = some_id(session, chance, "node_requests") or UUID(int=0)
    return "delete", f"DELETE FROM {{schema}}node_requests WHERE id = '{row}'"


WRITES: Sequence[Callable[[random.Random, Connection], tuple[str, str]]] = (
    insert_node,
    update_node,
    update_node,
    delete_node,
    insert_user,
    update_user,
    insert_request,
    update_request,
    delete_request,
)


@pytest.fixture
def project(server: Server, minegnk: DatabaseUrl) -> Project:
    settings = minegnk_settings(
        policies={**minegnk_settings().policies, "unmapped": "archive"},
        limits={"rewrite_rows": 0, "throttle": 0.2},
    )
    project = Project(minegnk, server, load_phases(ROOT / "migrations"), settings)
    project.execute(f"""
        INSERT INTO users (email, password)
        SELECT 'u' || number || '@x.org', 'p' FROM generate_series(1, {ROWS}) AS number;
        INSERT INTO user_nodes (user_id, node_address, label, is_active)
        SELECT id, 'gonka' || email, 'of ' || email, email < 'u5' FROM users;
        INSERT INTO node_requests (user_id, gpu_type, processed_by)
        SELECT id, 'H100', CASE WHEN email < 'u4' THEN upper(email) END FROM users;
        CREATE SCHEMA copy;
        CREATE TABLE copy.users (LIKE users INCLUDING ALL);
        CREATE TABLE copy.user_nodes (LIKE user_nodes INCLUDING ALL);
        CREATE TABLE copy.node_requests (LIKE node_requests INCLUDING ALL);
        ALTER TABLE copy.users ALTER role DROP DEFAULT, ALTER role TYPE text,
            ALTER role SET DEFAULT 'user';
        ALTER TABLE copy.node_requests ALTER gpu_type TYPE text, ALTER status DROP DEFAULT,
            ALTER status TYPE text, ALTER status SET DEFAULT 'pending';
        INSERT INTO copy.users SELECT * FROM users;
        INSERT INTO copy.user_nodes SELECT * FROM user_nodes;
        INSERT INTO copy.node_requests SELECT * FROM node_requests;
    """)
    return project


@contextmanager
def writing(project: Project, *seeds: int) -> Iterator[Sequence[Writer]]:
    over = threading.Event()
    writers = [Writer(project.url, seed, over) for seed in seeds]
    threads = [threading.Thread(target=writer) for writer in writers]
    for thread in threads:
        thread.start()
    try:
        yield writers
    finally:
        over.set()
        for thread in threads:
            thread.join()
    for writer in writers:
        if writer.failure is not None:
            raise writer.failure


def differences(project: Project) -> dict[str, list[tuple[Any, ...]]]:
    """Rows that only the application or only the copy has, by table."""
    found = {}
    with connect(project.url, search_path=["legacy", "public"]) as session:
        for table, columns in TABLES.items():
            theirs, ours = (f"SELECT {columns} FROM {schema}{table}" for schema in ("", "copy."))
            query = (
                f"(SELECT 'application', * FROM ({theirs} EXCEPT ALL {ours}) AS theirs UNION ALL"
                f" SELECT 'copy', * FROM ({ours} EXCEPT ALL {theirs}) AS ours) ORDER BY 2, 1"
            )
            found[table] = session.execute(query.encode()).fetchall()
    return found


NONE: dict[str, list[tuple[Any, ...]]] = {table: [] for table in TABLES}


def test_no_write_of_the_old_application_is_lost_or_doubled(project: Project) -> None:
    done: Counter[str] = Counter()
    for way, seeds in ((project.up, (1, 2)), (project.down, (3, 4)), (project.up, (5, 6))):
        with writing(project, *seeds) as writers:
            way()
        for writer in writers:
            done += writer.done
        found = differences(project)
        assert found == NONE

    assert min(done["insert"], done["update"], done["delete"]) > 0
