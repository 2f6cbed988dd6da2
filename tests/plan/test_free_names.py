"""Names that a plan makes up for a while are nobody's, whatever name space they are in."""

import pytest

from gnkmigrate.servers import Server
from tests.kinds.converge import converge

DOMAIN = ("CREATE DOMAIN d AS integer;", "CREATE DOMAIN d AS bigint;")
ENUM = ("CREATE TYPE d AS ENUM ('a', 'b');", "CREATE TYPE d AS ENUM ('a');")
COMPOSITE = (
    "CREATE TYPE inner_d AS ENUM ('a', 'b'); CREATE TYPE d AS (a inner_d);",
    "CREATE TYPE inner_d AS ENUM ('a'); CREATE TYPE d AS (a inner_d);",
)
RANGE = (
    "CREATE TYPE d AS RANGE (SUBTYPE = integer, MULTIRANGE_TYPE_NAME = many);",
    "CREATE TYPE d AS RANGE (SUBTYPE = bigint, MULTIRANGE_TYPE_NAME = many);",
)
# Relations with a type of their name and an array of that, relations without, and types.
TAKERS = [
    "CREATE TABLE d_replaced (a integer);",
    "CREATE TABLE d_replaced (a integer) PARTITION BY LIST (a);",
    "CREATE VIEW d_replaced AS SELECT 1 AS a;",
    "CREATE MATERIALIZED VIEW d_replaced AS SELECT 1 AS a;",
    "CREATE SEQUENCE d_replaced;",
    "CREATE TYPE d_replaced AS (a integer);",
    "CREATE TYPE d_replaced AS ENUM ('z');",
    "CREATE TYPE d_replaced;",
    "CREATE TYPE d_replaced AS RANGE (SUBTYPE = integer);",
    "CREATE TYPE other AS RANGE (SUBTYPE = integer, MULTIRANGE_TYPE_NAME = d_replaced);",
    "CREATE TABLE d_replaced (a integer); CREATE VIEW d_replaced_ AS SELECT 1 AS a;",
]
FOREIGN = """
    CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
    CREATE FOREIGN TABLE d_replaced (a integer) SERVER s;
"""
USER = "CREATE TABLE t (a d);"


@pytest.mark.parametrize("taker", TAKERS)
@pytest.mark.parametrize("kind", [DOMAIN, ENUM], ids=["domain", "enum"])
def test_a_type_is_set_aside(server: Server, kind: tuple[str, str], taker: str) -> None:
    old, new = kind
    converge(server, old + USER + taker, new + USER + taker)


@pytest.mark.parametrize(
    ("old", "new", "taker"),
    [
        (*DOMAIN, FOREIGN),
        (*COMPOSITE, "CREATE TABLE inner_d_replaced (a integer);"),
        (*RANGE, "CREATE TABLE d_replaced (a integer);"),
        (*RANGE, "CREATE TABLE many_replaced (a integer);"),
        (*RANGE, "CREATE TABLE many_replaced (a integer); CREATE DOMAIN d_replaced_ AS text;"),
        (*DOMAIN, "CREATE TABLE q (a integer, CONSTRAINT d_replaced UNIQUE (a));"),
    ],
)  # fmt: skip
def test_another_type_is_set_aside(server: Server, old: str, new: str, taker: str) -> None:
    converge(server, old + USER + taker, new + USER + taker)


def test_an_array_of_a_type_has_the_name(server: Server) -> None:
    user, taker = 'CREATE TABLE t (a "_d");', "CREATE TABLE d_replaced (a integer);"
    old, new = (each.replace("d AS", '"_d" AS') for each in DOMAIN)
    converge(server, old + user + taker, new + user + taker)


def test_it_comes_and_goes_in_the_same_plan(server: Server) -> None:
    taker = "CREATE TABLE d_replaced (a integer);"
    converge(server, DOMAIN[0] + USER, DOMAIN[1] + USER + taker)


@pytest.mark.parametrize(
    "taker",
    [
        "CREATE TABLE i_replaced (a integer);",
        "CREATE VIEW i_replaced AS SELECT 1 AS a;",
        "CREATE SEQUENCE i_replaced;",
        "CREATE TYPE i_replaced AS (a integer);",
        "CREATE TABLE q (a integer, CONSTRAINT i_replaced PRIMARY KEY (a));",
        "CREATE TABLE q (a integer); CREATE INDEX i_replaced ON q (a);",
    ],
)
def test_an_index_is_set_aside(server: Server, taker: str) -> None:
    table = "CREATE TABLE t (a integer, b integer); CREATE INDEX i ON t (a, b);" + taker
    converge(server, table, table.replace("(a, b)", "(b, a)"))


@pytest.mark.parametrize(
    "taker", ["CREATE TABLE t_id_seq_kept (a integer);", "CREATE DOMAIN t_id_seq_kept AS text;"]
)
def test_a_sequence_stands_in_for_another(server: Server, taker: str) -> None:
    serial = "CREATE TABLE t (id serial); INSERT INTO t DEFAULT VALUES;" + taker
    identity = serial.replace("serial", "integer GENERATED ALWAYS AS IDENTITY")
    converge(server, serial, identity)


def test_a_check_stands_in_for_not_null(server: Server) -> None:
    check = "CONSTRAINT t_a_not_null_check CHECK (b > 0)"
    table = (
        f"CREATE TABLE t (a integer, b integer); CREATE TABLE c (b integer, {check}, a integer);"
    )
    family = table + "ALTER TABLE c INHERIT t;"
    converge(server, family, family + "ALTER TABLE t ALTER a SET NOT NULL;")
