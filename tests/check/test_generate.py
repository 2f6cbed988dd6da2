"""The rows that a check makes where a project has none."""

import pytest

from gnkmigrate.check.generate import Generated, generate
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from tests.support import execute, rows

EVERYTHING = """
CREATE DOMAIN short AS varchar(4);
CREATE TYPE mood AS ENUM ('sad', 'glad');
CREATE TABLE everything (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, number serial, small int2 NOT NULL,
    amount numeric(4, 2) NOT NULL, ratio float8, text text NOT NULL UNIQUE,
    code varchar(3) UNIQUE, s short, mood mood NOT NULL, yes boolean NOT NULL, day date,
    at timestamptz NOT NULL, plain timestamp, span interval, doc jsonb NOT NULL, raw bytea,
    host inet, net cidr, list text[], point point, key uuid UNIQUE NOT NULL,
    twice int GENERATED ALWAYS AS (small * 2) STORED
);
"""


def made(database: DatabaseUrl, schema: str, number: int = 8) -> Generated:
    execute(database, schema)
    with connect(database, search_path=["public"]) as connection:
        return generate(connection, ["public"], ["public.not_ours"], number)


def test_every_type_gets_values(database: DatabaseUrl) -> None:
    assert made(database, EVERYTHING) == Generated(8, 1, ())
    ((texts, moods, null),) = rows(
        database,
        "SELECT count(DISTINCT text), count(DISTINCT mood), count(*) FILTER (WHERE plain IS NULL)"
        " FROM everything",
    )
    assert (texts, moods) == (8, 2)
    assert 0 < null < 8


def test_the_same_rows_each_time(database: DatabaseUrl) -> None:
    made(database, EVERYTHING)
    query = "SELECT to_jsonb(everything) - 'id' - 'number' FROM everything ORDER BY id"
    first = rows(database, query)
    execute(database, "DELETE FROM everything")
    with connect(database, search_path=["public"]) as connection:
        generate(connection, ["public"], [], 8)
    assert rows(database, query) == first


def test_references_are_followed_whatever_the_names(database: DatabaseUrl) -> None:
    schema = """
    CREATE TABLE z (a int, b text, PRIMARY KEY (a, b));
    CREATE TABLE a (id int PRIMARY KEY, za int NOT NULL, zb text NOT NULL,
                    parent int REFERENCES a, FOREIGN KEY (za, zb) REFERENCES z);
    CREATE TABLE not_ours (id int);
    """
    assert made(database, schema) == Generated(16, 2, ())


@pytest.mark.parametrize("number", [1, 5])
def test_so_many_as_are_asked_for(database: DatabaseUrl, number: int) -> None:
    assert made(database, "CREATE TABLE t (id int PRIMARY KEY)", number).rows == number


def test_a_value_that_a_check_refuses_is_left_out(database: DatabaseUrl) -> None:
    schema = "CREATE TABLE t (id int PRIMARY KEY, size text CHECK (size IN ('S', 'M')))"
    assert made(database, schema) == Generated(8, 1, ())


def test_a_table_that_takes_none_is_named_with_the_reason(database: DatabaseUrl) -> None:
    schema = "CREATE TABLE t (size text NOT NULL CHECK (size IN ('S', 'M')))"
    (refused,) = made(database, schema).refused
    assert refused.startswith("public.t: ")
    assert "violates check constraint" in refused
