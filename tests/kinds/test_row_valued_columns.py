"""Tables whose rows are values in columns of others: PostgreSQL does not write them anew."""

import pytest

from gnkmigrate.kinds.change import Unplannable
from gnkmigrate.servers import Server
from tests.kinds.converge import converge, planned

TABLE = "CREATE TABLE t (id integer, x integer);"
DOMAINS = (
    "CREATE DOMAIN usual AS integer DEFAULT 3; CREATE DOMAIN tried AS integer CHECK (VALUE > 0);"
)
HOLDERS = {
    "an array": "CREATE TABLE u (held t[]);",
    "rows": "CREATE TABLE u (held t);",
    "a type of them": "CREATE TYPE two AS (a t, b t); CREATE TABLE u (held two);",
    "a domain over them": "CREATE DOMAIN one AS t; CREATE TABLE u (held one);",
}
CHANGES = {
    "another type": TABLE.replace("x integer", "x bigint"),
    "a longer row, with a default": TABLE.replace(")", ", y integer DEFAULT 5)"),
    "with a computed column": TABLE.replace(")", ", y integer GENERATED ALWAYS AS (x) STORED)"),
    "with an identity": TABLE.replace(")", ", y integer GENERATED ALWAYS AS IDENTITY)"),
    "with the default of a domain": TABLE.replace(")", ", y usual)"),
    "with a domain that is tried": TABLE.replace(")", ", y tried)"),
    "not logged": TABLE.replace("CREATE", "CREATE UNLOGGED"),
}


@pytest.mark.parametrize("new", CHANGES.values(), ids=CHANGES)
def test_its_row_type_is_in_use(server: Server, new: str) -> None:
    held = HOLDERS["an array"]
    with pytest.raises(Unplannable, match=r"column public\.u\.held uses the row type of public\.t"):
        planned(server, DOMAINS + TABLE + held, DOMAINS + new + held)


@pytest.mark.parametrize("held", HOLDERS.values(), ids=HOLDERS)
def test_however_it_is_used(server: Server, held: str) -> None:
    with pytest.raises(
        Unplannable, match=r"Column public\.t\.x changes, and column public\.u\.held"
    ):
        planned(server, TABLE + held, CHANGES["another type"] + held)


def test_that_of_a_partition_is(server: Server) -> None:
    old = "CREATE TABLE t (id integer, x integer) PARTITION BY LIST (id);"
    held = "CREATE TABLE t1 PARTITION OF t DEFAULT; CREATE TABLE u (held t1);"
    for change in (("x integer", "x bigint"), (") P", ", y integer DEFAULT 5) P")):
        with pytest.raises(Unplannable, match=r"public\.u\.held uses the row type of public\.t1"):
            planned(server, old + held, old.replace(*change) + held)


def test_what_writes_no_row_is_done(server: Server) -> None:
    held = HOLDERS["an array"]
    converge(server, TABLE + held, TABLE.replace(")", ", y integer)") + held)
    old = "CREATE TABLE t (id integer, x integer) PARTITION BY LIST (id);"
    converge(server, old + held, old.replace(") P", ", y integer DEFAULT 5) P") + held)


def test_rows_of_it_are_held_only_afterwards(server: Server) -> None:
    new = CHANGES["another type"]
    with pytest.raises(Unplannable, match=r"public\.u\.held uses the row type of public\.t"):
        planned(server, TABLE, new + HOLDERS["an array"])
    table = "CREATE TABLE u ();"
    converge(server, TABLE + table, new + HOLDERS["an array"], back=False)


def test_what_reads_the_table_does_not_hold_its_rows(server: Server) -> None:
    view = (
        "CREATE VIEW v AS SELECT t FROM t; CREATE FUNCTION f() RETURNS t LANGUAGE sql AS 'TABLE t';"
    )
    converge(server, TABLE + view, CHANGES["not logged"] + view)
