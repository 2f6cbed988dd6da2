"""Values are told apart by their type's operator where that tells apart all that differs."""

from collections.abc import Iterator
from itertools import product

import pytest

from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.run.blockers import BlockerWatch
from gnkmigrate.run.sync import bitwise_types
from gnkmigrate.run.work import Work
from gnkmigrate.settings import LimitSettings

SETUP = """
CREATE TYPE public.mood AS ENUM ('calm', 'merry');
CREATE DOMAIN public.title AS varchar(20);
CREATE DOMAIN public.headline AS public.title;
CREATE DOMAIN public.share AS numeric;
CREATE EXTENSION citext SCHEMA public;
"""
# For each type, values that its operator or a collation may hold for equal.
VALUES: dict[str, list[str | None]] = {
    "integer": ["1", "2", None],
    "bigint": ["1", "-1", None],
    "boolean": ["t", "f", None],
    "uuid": ["0" * 32, "1" * 32],
    "timestamp(3) without time zone": ["2020-01-01", "2020-01-01 00:00:00.001"],
    "timestamp with time zone": ["2020-01-01 00:00+00", "2020-01-01 01:00+01"],
    "date": ["2020-01-01", "infinity"],
    "text": ["a", "A", "a ", None],
    "varchar(9)": ["a", "A", ""],
    'text COLLATE "C"': ["a", "A"],
    "public.mood": ["calm", "merry", None],
    "public.headline": ["a", "A", "a "],
    "bytea": ["\\x00", "\\x0000"],
}
# Equal values may differ: 1.0 and 1.00, 0 and -0, a and A, "a" and "a ".
OTHERS = (
    *("numeric", "numeric(9,2)", "public.share", "double precision", "real", "public.citext"),
    *("character(3)", "bpchar", "interval", "jsonb", "json", "text[]", "point"),
)


@pytest.fixture
def work(database: DatabaseUrl) -> Iterator[Work]:
    with connect(database) as session, BlockerWatch(session) as watch:
        session.execute(SETUP.encode())
        yield Work(session, "", {}, False, LimitSettings(), watch)


@pytest.mark.parametrize("type_", VALUES)
def test_values_that_an_operator_holds_for_equal_are_the_same(work: Work, type_: str) -> None:
    found = bitwise_types.among(work, [type_])
    assert list(found) == [type_]
    work.connection.execute(f"CREATE TEMP TABLE pair (one {type_}, other {type_})".encode())
    for pair in product(VALUES[type_], repeat=2):
        work.connection.execute("INSERT INTO pair VALUES (%s, %s)", pair)
    told_apart = bitwise_types.differ("one", "other", type_, found)
    wrong = f"({told_apart}) IS DISTINCT FROM NOT record_image_eq(ROW(one), ROW(other))"
    assert work.connection.execute(f"SELECT * FROM pair WHERE {wrong}".encode()).fetchall() == []


@pytest.mark.parametrize("type_", OTHERS)
def test_other_types_are_compared_byte_by_byte(work: Work, type_: str) -> None:
    found = bitwise_types.among(work, [type_])
    assert found == {}
    assert "record_image_eq" in bitwise_types.differ("one", "other", type_, found)


def test_a_type_that_is_not_found_is_compared_byte_by_byte(work: Work) -> None:
    assert bitwise_types.among(work, ["unknown_type"]) == {}
