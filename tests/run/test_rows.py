"""Rows in a message: counted, a few shown, each on one line."""

from collections.abc import Iterator, Sequence

import pytest

from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.run.blockers import BlockerWatch
from gnkmigrate.run.rows import listed
from gnkmigrate.run.work import Work
from gnkmigrate.settings import LimitSettings


@pytest.fixture
def session(database: DatabaseUrl) -> Iterator[Connection]:
    with connect(database) as connection:
        yield connection


def show(session: Connection, query: str) -> tuple[int, Sequence[str]]:
    with BlockerWatch(session) as watch:
        return listed(Work(session, "", {}, False, LimitSettings(), watch), query)


def test_no_row_is_no_line(session: Connection) -> None:
    assert show(session, "SELECT 1 WHERE false;") == (0, ())


def test_columns_are_named_in_their_order(session: Connection) -> None:
    assert show(session, "SELECT 2 AS z, 'text' AS a, NULL AS m, true AS \"is it\"") == (
        1,
        ["z: 2, a: text, m: NULL, is it: true"],
    )


def test_ten_are_shown_and_the_others_counted(session: Connection) -> None:
    total, lines = show(session, "SELECT n FROM generate_series(1, 13) AS n ORDER BY n")

    assert total == 13
    assert lines == [*(f"n: {number}" for number in range(1, 11)), "... and 3 more"]


def test_what_python_does_not_know_is_shown_as_well(session: Connection) -> None:
    _, (line,) = show(
        session,
        "SELECT 'infinity'::timestamptz AS a, '0044-03-15 BC'::date AS b, 'NaN'::numeric AS c,"
        " 1e400::numeric > 0 AS d, '{1,2}'::int[] AS e, '1 day'::interval AS f",
    )

    assert line == "a: infinity, b: 0044-03-15 BC, c: NaN, d: true, e: [1,2], f: 1 day"


def test_a_line_is_one_line_and_not_too_long(session: Connection) -> None:
    _, lines = show(session, "SELECT E'a\\nb\\x1b[2J\\t' || repeat('x', 100) AS text")

    assert lines == ["text: a\ufffdb\ufffd[2J\ufffd" + "x" * 51 + "…"]
