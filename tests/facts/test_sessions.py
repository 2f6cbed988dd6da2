"""Queries of one moment, asked by one session or by several."""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
import pytest

from gnkmigrate.facts.sessions import Query, Table, answers
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.servers import Server

QUERIES = {
    "numbers": Query("SELECT number, 'x' || number AS text FROM generate_series(1, 3) AS number"),
    "given": Query("SELECT %(names)s::text[] AS names, 100 %% 7 AS rest", {"names": ["a", None]}),
    "nothing": Query("SELECT oid FROM pg_class WHERE false"),
    "things": Query("SELECT name FROM public.things"),
}
EXPECTED: Mapping[str, tuple[tuple[str, ...], Sequence[tuple[Any, ...]]]] = {
    "numbers": (("number", "text"), [(1, "x1"), (2, "x2"), (3, "x3")]),
    "given": (("names", "rest"), [(["a", None], 2)]),
    "nothing": (("oid",), []),
    "things": (("name",), [("before",)]),
}


@pytest.fixture
def url(server: Server) -> Any:
    with server.database() as url:
        with connect(url) as session:
            session.execute("CREATE TABLE public.things AS SELECT 'before' AS name")
        yield url


def asked(
    session: Connection, url: DatabaseUrl, queries: Mapping[str, Query], *, several: bool
) -> Mapping[str, Table]:
    """What the queries return in a transaction after whose beginning somebody has written."""
    with session.transaction(force_rollback=True):
        session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        session.execute("SELECT FROM public.things")
        with connect(url) as other:
            other.execute("INSERT INTO public.things VALUES ('later')")
        with answers(session, queries, several=several) as tables:
            pass
    return tables


@pytest.mark.parametrize("several", [False, True])
def test_all_of_them_see_the_same_moment(url: DatabaseUrl, several: bool) -> None:
    with connect(url) as session:
        tables = asked(session, url, QUERIES, several=several)
    # Rows are there when nobody is connected any more.
    assert {name: (table.fields, [*table.rows]) for name, table in tables.items()} == EXPECTED
    assert tables["numbers"].rows is tables["numbers"].rows


@pytest.mark.parametrize("several", [False, True])
def test_whether_something_is_asked_is_known_before_it_is_answered(
    url: DatabaseUrl, several: bool
) -> None:
    locked = Query("SELECT pg_advisory_xact_lock(1)")
    with connect(url) as session, connect(url) as other, session.transaction(force_rollback=True):
        session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        session.execute("SET LOCAL lock_timeout = '2s'")
        other.execute("SELECT pg_advisory_lock(1)")
        with answers(session, {"locked": locked}, several=several) as tables:
            assert "locked" in tables
            assert "unlocked" not in tables
            other.execute("SELECT pg_advisory_unlock(1)")


@pytest.mark.parametrize("several", [False, True])
def test_an_error_is_postgresqls_own(url: DatabaseUrl, several: bool) -> None:
    queries = {**QUERIES, "wrong": Query("SELECT 1 / 0")}
    with connect(url) as session, pytest.raises(psycopg.errors.DivisionByZero, match="by zero"):
        asked(session, url, queries, several=several)


def test_a_session_that_ends_meanwhile_is_an_error(url: DatabaseUrl) -> None:
    queries = {"end": Query("SELECT pg_terminate_backend(pg_backend_pid())")}
    with pytest.raises(psycopg.OperationalError), connect(url) as session:
        asked(session, url, queries, several=True)
