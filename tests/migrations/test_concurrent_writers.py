"""Both applications write all through upgrade, downgrade and upgrade; nothing differs after it.

Every write goes to the application's tables and, in the same transaction, to plain copies of them
in the old shape that no migration touches. GNKMIGRATE_WRITES sets how many rows there are at the
start, GNKMIGRATE_OPERATIONS how many writes there are to be in all.
"""

import os
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest

from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.run.revision import load_phases
from gnkmigrate.servers import Server
from tests.migrations.project import Project, minegnk_settings
from tests.migrations.writers import TEXTS, Write, Writer, at_work, both, quoted, some_id
from tests.support import ROOT

ROWS = int(os.environ.get("GNKMIGRATE_WRITES", "300"))
OPERATIONS = int(os.environ.get("GNKMIGRATE_OPERATIONS", "0"))
TABLES = {
    "users": 'id, email, password, name, role::text, "isActive", "createdAt", "updatedAt"',
    "user_nodes": "id, user_id, node_address, label, gpu_type, gcore_instance_id, notes,"
    " is_active, created_at, updated_at",
    "node_requests": "id, user_id, gpu_type::text, gpu_count, region, message, status::text,"
    " admin_notes, processed_by, processed_at, created_at, updated_at",
}


def insert_node(chance: random.Random, session: Connection) -> tuple[str, str, str]:
    identity, user = UUID(int=chance.getrandbits(128)), some_id(session, chance, "users")
    label, notes = quoted(chance.choice(TEXTS)), quoted(chance.choice(TEXTS))
    return both(
        "insert",
        "INSERT INTO {schema}user_nodes (id, user_id, node_address, label, notes, is_active)"
        f" SELECT '{identity}', id, 'gonka{identity.hex}', {label}, {notes},"
        f" {chance.random() < 0.7} FROM copy.users"
        f" WHERE id = {quoted(str(user or UUID(int=0)))}",
    )


def update_node(chance: random.Random, session: Connection) -> tuple[str, str, str]:
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
    return both("update", f"UPDATE {{schema}}user_nodes SET {change} WHERE id = '{row}'")


def delete_node(chance: random.Random, session: Connection) -> tuple[str, str, str]:
    row = some_id(session, chance, "user_nodes") or UUID(int=0)
    return both("delete", f"DELETE FROM {{schema}}user_nodes WHERE id = '{row}'")


def insert_user(chance: random.Random, session: Connection) -> tuple[str, str, str]:
    del session
    identity = UUID(int=chance.getrandbits(128))
    role = chance.choice(("user", "admin"))
    return both(
        "insert",
        "INSERT INTO {schema}users (id, email, password, name, role) VALUES"
        f" ('{identity}', '{identity.hex}@x.org', 'p',"
        f" {quoted(chance.choice(TEXTS))}, '{role}')",
    )


def update_user(chance: random.Random, session: Connection) -> tuple[str, str, str]:
    row = some_id(session, chance, "users") or UUID(int=0)
    change = chance.choice(
        (
            f"name = {quoted(chance.choice(TEXTS))}",
            f"role = '{chance.choice(('user', 'admin'))}'",
            f'"isActive" = {chance.random() < 0.5}, "updatedAt" = now()',
        )
    )
    return both("update", f"UPDATE {{schema}}users SET {change} WHERE id = '{row}'")


def insert_request(chance: random.Random, session: Connection) -> tuple[str, str, str]:
    identity, user = UUID(int=chance.getrandbits(128)), some_id(session, chance, "users")
    gpu, text = chance.choice(("3080", "4090", "H100", "H200")), quoted(chance.choice(TEXTS))
    return both(
        "insert",
        "INSERT INTO {schema}node_requests (id, user_id, gpu_type, message, processed_by)"
        f" SELECT '{identity}', id, '{gpu}', {text}, {chance.choice(('email', 'NULL', text))}"
        f" FROM copy.users WHERE id = {quoted(str(user or UUID(int=0)))}",
    )


def update_request(chance: random.Random, session: Connection) -> tuple[str, str, str]:
    row = some_id(session, chance, "node_requests") or UUID(int=0)
    change = chance.choice(
        (
            f"status = '{chance.choice(('pending', 'approved', 'rejected', 'completed'))}'",
            f"processed_by = {quoted(chance.choice(TEXTS))}, processed_at = now()",
            f"gpu_type = '{chance.choice(('3080', '4090', 'H100'))}', gpu_count = gpu_count + 1",
        )
    )
    return both("update", f"UPDATE {{schema}}node_requests SET {change} WHERE id = '{row}'")


def delete_request(chance: random.Random, session: Connection) -> tuple[str, str, str]:
    row = some_id(session, chance, "node_requests") or UUID(int=0)
    return both("delete", f"DELETE FROM {{schema}}node_requests WHERE id = '{row}'")


def upsert_node(chance: random.Random, session: Connection) -> tuple[str, str, str]:
    row, label = some_id(session, chance, "user_nodes"), quoted(chance.choice(TEXTS))
    found = session.execute(
        "SELECT user_id, node_address FROM copy.user_nodes WHERE id = %s", (row,)
    ).fetchone()
    if found is None:
        return insert_node(chance, session)
    user, address = found
    return both(
        "upsert",
        "INSERT INTO {schema}user_nodes (id, user_id, node_address, label)"
        f" VALUES ('{UUID(int=chance.getrandbits(128))}', '{user}', {quoted(address)}, {label})"
        " ON CONFLICT (node_address) DO UPDATE SET label = excluded.label",
    )


def truncate_nodes(chance: random.Random, session: Connection) -> tuple[str, str, str]:
    """Once in a long while, and only where there is a table: a view cannot be truncated."""
    kind = session.execute(
        "SELECT relkind FROM pg_class WHERE oid = 'user_nodes'::regclass"
    ).fetchone()
    if chance.random() > 0.02 or kind != ("r",):
        return update_node(chance, session)
    return both("truncate", "TRUNCATE {schema}user_nodes")


OLD: Sequence[Write] = (
    insert_node,
    insert_node,
    update_node,
    update_node,
    upsert_node,
    delete_node,
    truncate_nodes,
    insert_user,
    update_user,
    insert_request,
    update_request,
    delete_request,
)


def of_a_node(session: Connection, chance: random.Random) -> str:
    """The address of a node, as a literal."""
    row = some_id(session, chance, "user_nodes") or UUID(int=0)
    found = session.execute(
        "SELECT node_address FROM copy.user_nodes WHERE id = %s", (row,)
    ).fetchone()
    return quoted(found[0] if found else None)


def change_new_node(chance: random.Random, session: Connection) -> tuple[str, str, str]:
    node, text = of_a_node(session, chance), quoted(chance.choice(TEXTS))
    new, old = chance.choice((("display_name", "label"), ("gpu_type", "gpu_type")))
    return (
        "new update",
        f"UPDATE nodes SET {new} = {text} WHERE identifier = {node}",
        f"UPDATE copy.user_nodes SET {old} = {text} WHERE node_address = {node}",
    )


def rename_new_node(chance: random.Random, session: Connection) -> tuple[str, str, str]:
    node, name = of_a_node(session, chance), f"'renamed{chance.getrandbits(64):x}'"
    return (
        "new update",
        f"UPDATE nodes SET identifier = {name} WHERE identifier = {node}",
        f"UPDATE copy.user_nodes SET node_address = {name} WHERE node_address = {node}",
    )


def add_new_node(chance: random.Random, session: Connection) -> tuple[str, str, str]:
    identity, user = UUID(int=chance.getrandbits(128)), some_id(session, chance, "users")
    text, owner = quoted(chance.choice(TEXTS)), quoted(str(user or UUID(int=0)))
    return (
        "new insert",
        (
            "WITH node AS (INSERT INTO nodes (id, identifier, identifier_type, display_name)"
            f" SELECT '{identity}', '{identity.hex}', 'wallet', {text} FROM copy.users"
            f" WHERE id = {owner} RETURNING id)"
            f" INSERT INTO user_nodes (user_id, node_id, assigned_at) SELECT {owner}, id, now()"
            " FROM node"
        ),
        (
            "INSERT INTO copy.user_nodes (id, user_id, node_address, label)"
            f" SELECT '{identity}', id, '{identity.hex}', {text} FROM copy.users WHERE id = {owner}"
        ),
    )


def upsert_new_node(chance: random.Random, session: Connection) -> tuple[str, str, str]:
    node, text = of_a_node(session, chance), quoted(chance.choice(TEXTS))
    return (
        "new upsert",
        (
            "INSERT INTO nodes (identifier, identifier_type, display_name)"
            f" SELECT identifier, 'wallet', {text} FROM nodes WHERE identifier = {node} FOR UPDATE"
            " ON CONFLICT (identifier) DO UPDATE SET display_name = excluded.display_name"
        ),
        f"UPDATE copy.user_nodes SET label = {text} WHERE node_address = {node}",
    )


def end_assignment(chance: random.Random, session: Connection) -> tuple[str, str, str]:
    """The node goes as well: a node without a user is more than the old shape can hold."""
    node = of_a_node(session, chance)
    return (
        "new delete",
        f"DELETE FROM nodes WHERE identifier = {node}",
        f"DELETE FROM copy.user_nodes WHERE node_address = {node}",
    )


def reassign(chance: random.Random, session: Connection) -> tuple[str, str, str]:
    node, user = of_a_node(session, chance), some_id(session, chance, "users") or UUID(int=0)
    where = f"EXISTS (SELECT FROM copy.users WHERE id = '{user}')"
    return (
        "new update",
        (
            f"UPDATE user_nodes SET user_id = '{user}'"
            f" FROM (SELECT id FROM nodes WHERE identifier = {node} FOR SHARE) AS node"
            f" WHERE node.id = node_id AND {where}"
        ),
        (
            f"UPDATE copy.user_nodes SET user_id = '{user}',"
            f" is_active = CASE WHEN user_id = '{user}' THEN is_active ELSE true END,"
            f" updated_at = CASE WHEN user_id = '{user}' THEN updated_at ELSE now() END"
            f" WHERE node_address = {node} AND {where}"
        ),
    )


def truncate_new_nodes(chance: random.Random, session: Connection) -> tuple[str, str, str]:
    if chance.random() > 0.02:
        return change_new_node(chance, session)
    return "new truncate", "TRUNCATE nodes CASCADE", "TRUNCATE copy.user_nodes"


NEW: Sequence[Write] = (
    truncate_new_nodes,
    change_new_node,
    change_new_node,
    rename_new_node,
    add_new_node,
    add_new_node,
    upsert_new_node,
    end_assignment,
    reassign,
)


@pytest.fixture
def project(server: Server, minegnk: DatabaseUrl) -> Project:
    settings = minegnk_settings(
        policies={**minegnk_settings().policies, "unmapped": "archive"},
        limits={"throttle": 0.2},
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
def writing(project: Project, *seeds: int, new: bool = False) -> Iterator[Sequence[Writer]]:
    """Two clients of the old application, and with `new` two of the new one beside them.

    They go on until there has been a fair share of the operations asked for.
    """
    over = threading.Event()
    clients = [(seed, ["gnkmigrate_legacy", "public"], OLD) for seed in seeds]
    clients += [(1000 + seed, ["public"], NEW) for seed in seeds if new]
    writers = [Writer(project.url, seed, over, path, writes) for seed, path, writes in clients]
    with at_work(writers, over, OPERATIONS / STAGES):
        yield writers


def differences(project: Project) -> dict[str, list[tuple[Any, ...]]]:
    """Rows that only the application or only the copy has, by table."""
    found = {}
    with connect(project.url, search_path=["gnkmigrate_legacy", "public"]) as session:
        for table, columns in TABLES.items():
            theirs, ours = (f"SELECT {columns} FROM {schema}{table}" for schema in ("", "copy."))
            query = (
                f"(SELECT 'application', * FROM ({theirs} EXCEPT ALL {ours}) AS theirs UNION ALL"
                f" SELECT 'copy', * FROM ({ours} EXCEPT ALL {theirs}) AS ours) ORDER BY 2, 1"
            )
            found[table] = session.execute(query.encode()).fetchall()
    return found


NONE: dict[str, list[tuple[Any, ...]]] = {table: [] for table in TABLES}


STAGES = 5


def test_no_write_of_either_application_is_lost_or_doubled(project: Project) -> None:
    done: Counter[str] = Counter()

    def stage(way: Callable[[], None], *seeds: int, new: bool = False) -> None:
        with writing(project, *seeds, new=new) as writers:
            way()
        for writer in writers:
            done.update(writer.done)
        assert differences(project) == NONE

    stage(lambda: project.go_to(3), 1, 2)
    stage(lambda: project.go_to(6), 3, 4, new=True)
    stage(lambda: project.go_to(3), 5, 6, new=True)
    stage(lambda: project.go_to(0), 7, 8)
    stage(lambda: project.go_to(6), 9, 10)

    kinds = ("insert", "update", "upsert", "delete")
    assert min(done[kind] for kind in (*kinds, *(f"new {kind}" for kind in kinds))) > 0
    assert sum(done.values()) >= OPERATIONS
