"""uuid-ossp, which on most machines is the stand-in, gives what the original gives."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gnkmigrate.postgres.connection import Connection, connect
from gnkmigrate.servers import Server

EPOCH_OF_VERSION_1 = datetime(1582, 10, 15, tzinfo=UTC)

# PostgreSQL's text holds every character but zero; the rest of UTF-8 has no surrogates.
NAMES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


@pytest.fixture(scope="module")
def session(server: Server) -> Iterator[Connection]:
    with server.database() as url, connect(url, search_path=["public"]) as connection:
        connection.execute('CREATE EXTENSION "uuid-ossp" SCHEMA public')
        yield connection


def value(session: Connection, expression: str, *arguments: Any) -> Any:
    row = session.execute(f"SELECT {expression}".encode(), arguments).fetchone()
    assert row is not None
    return row[0]


@given(namespace=st.uuids(), name=NAMES)
@example(namespace=uuid.NAMESPACE_DNS, name="")
@example(namespace=uuid.NAMESPACE_DNS, name="a" * 39)  # one block: 55 bytes with the namespace
@example(namespace=uuid.NAMESPACE_DNS, name="a" * 40)  # and two, by one byte
@example(namespace=uuid.NAMESPACE_DNS, name="é🦆" * 100)
def test_names_give_the_uuids_of_rfc_4122(
    session: Connection, namespace: uuid.UUID, name: str
) -> None:
    assert value(session, "uuid_generate_v3(%s, %s)", namespace, name) == uuid.uuid3(
        namespace, name
    )
    assert value(session, "uuid_generate_v5(%s, %s)", namespace, name) == uuid.uuid5(
        namespace, name
    )


def test_constants(session: Connection) -> None:
    assert value(session, "uuid_nil()") == uuid.UUID(int=0)
    assert value(session, "uuid_ns_dns()") == uuid.NAMESPACE_DNS
    assert value(session, "uuid_ns_url()") == uuid.NAMESPACE_URL
    assert value(session, "uuid_ns_oid()") == uuid.NAMESPACE_OID
    assert value(session, "uuid_ns_x500()") == uuid.NAMESPACE_X500


def test_version_4_is_random(session: Connection) -> None:
    values = session.execute("SELECT uuid_generate_v4() FROM generate_series(1, 1000)").fetchall()
    assert len(set(values)) == 1000
    assert {(each.version, each.variant) for (each,) in values} == {(4, uuid.RFC_4122)}


@pytest.mark.parametrize("function", ["uuid_generate_v1()", "uuid_generate_v1mc()"])
def test_version_1_tells_the_time(session: Connection, function: str) -> None:
    one, other = value(session, function), value(session, function)
    assert one != other
    assert (one.version, one.variant) == (1, uuid.RFC_4122)
    told = EPOCH_OF_VERSION_1 + timedelta(microseconds=one.time // 10)
    assert abs(datetime.now(UTC) - told) < timedelta(minutes=1)


def test_the_node_of_version_1mc_is_nobodys_address(session: Connection) -> None:
    assert value(session, "uuid_generate_v1mc()").node >> 40 & 1


def test_nothing_comes_of_null(session: Connection) -> None:
    assert value(session, "uuid_generate_v5(NULL, 'a')") is None
    assert value(session, "uuid_generate_v3(uuid_nil(), NULL)") is None


def test_markings_and_comment_are_those_of_the_original(session: Connection) -> None:
    functions = session.execute("""
        SELECT p.proname, p.provolatile, p.proisstrict, p.proparallel, p.prorettype::regtype::text
        FROM pg_depend AS d JOIN pg_proc AS p ON p.oid = d.objid AND d.classid = 'pg_proc'::regclass
        WHERE d.deptype = 'e'
          AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'uuid-ossp')
        ORDER BY p.proname
    """).fetchall()
    constants = ["uuid_nil", "uuid_ns_dns", "uuid_ns_oid", "uuid_ns_url", "uuid_ns_x500"]
    assert functions == [
        ("uuid_generate_v1", "v", True, "s", "uuid"),
        ("uuid_generate_v1mc", "v", True, "s", "uuid"),
        ("uuid_generate_v3", "i", True, "s", "uuid"),
        ("uuid_generate_v4", "v", True, "s", "uuid"),
        ("uuid_generate_v5", "i", True, "s", "uuid"),
        *((name, "i", True, "s", "uuid") for name in constants),
    ]
    row = session.execute("""
        SELECT extversion, extrelocatable, obj_description(oid, 'pg_extension')
        FROM pg_extension WHERE extname = 'uuid-ossp'
    """).fetchone()
    assert row == ("1.1", True, "generate universally unique identifiers (UUIDs)")


def test_it_can_move_to_another_schema(session: Connection) -> None:
    session.execute('CREATE SCHEMA tools; ALTER EXTENSION "uuid-ossp" SET SCHEMA tools')
    try:
        expected = uuid.uuid5(uuid.NAMESPACE_DNS, "a")
        assert value(session, "tools.uuid_generate_v5(tools.uuid_ns_dns(), 'a')") == expected
        assert value(session, "tools.uuid_generate_v1()").version == 1
    finally:
        session.execute('ALTER EXTENSION "uuid-ossp" SET SCHEMA public; DROP SCHEMA tools')
