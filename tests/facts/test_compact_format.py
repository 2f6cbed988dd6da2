"""Snapshots as the cache keeps them."""

from collections.abc import Iterator
from dataclasses import replace

import orjson
import pytest

from gnkmigrate.errors import SchemaError
from gnkmigrate.facts.compact_format import packed, unpacked
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot, Unread
from gnkmigrate.postgres.connection import connect
from gnkmigrate.servers import Server

SCHEMA = """
CREATE TYPE mood AS ENUM ('sad', 'glad');
CREATE TABLE users (id serial PRIMARY KEY, "Name" text NOT NULL DEFAULT 'x', mood mood);
CREATE TABLE orders (id integer, buyer integer REFERENCES users, CHECK (id > 0));
CREATE INDEX ON orders (buyer DESC, id) WHERE id > 1;
CREATE VIEW buyers AS SELECT buyer FROM orders;
COMMENT ON COLUMN users."Name" IS 'what they are called';
GRANT SELECT ON users TO PUBLIC;
"""


@pytest.fixture
def snapshot(server: Server) -> Iterator[Snapshot]:
    with server.database() as url, connect(url, search_path=["public"]) as session:
        session.execute(SCHEMA)
        yield read_snapshot(session)


def test_a_snapshot_comes_back_as_it_was(snapshot: Snapshot) -> None:
    kept = replace(
        snapshot,
        unstated=frozenset({"owner", "role"}),
        unread=(Unread("large object", ("1", "2"), 2, "no kind reads it"),),
    )
    found = unpacked(packed(kept))
    assert found == kept
    assert found.unread == kept.unread
    assert any(fact.depends_on for fact in found)
    for fact in kept:
        other = found.facts[fact.identity]
        assert other.depends_on == fact.depends_on
        assert other.position == fact.position
        assert other.payload == fact.payload


def test_what_is_no_fact_itself_is_named_all_the_same() -> None:
    table, role = Identity("table", ("public", "t")), Identity("role", ("admin",))
    column = Fact(
        Identity("column", ("public", "t", "a")), table, {"type": "text"}, frozenset({role}), 3
    )
    found = unpacked(packed(Snapshot.of([column], 160004, "shop")))
    (other,) = found
    assert (other.parent, {*other.depends_on}, other.position) == (table, {role}, 3)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"null", b'{"format": "rows 0"}'])
def test_what_is_something_else_is_refused(content: bytes) -> None:
    with pytest.raises(SchemaError):
        unpacked(content)


def test_a_damaged_one_is_refused(snapshot: Snapshot) -> None:
    content = orjson.loads(packed(snapshot))
    del content["rows"][0][2][0][-1]
    content["rows"][1][2][0][1] = -7
    with pytest.raises(SchemaError):
        unpacked(orjson.dumps(content))
