"""Access methods that no extension brings: what is read of them, and how each is changed."""

import pytest

from gnkmigrate.servers import Server
from tests.kinds.converge import converge

INDEX = "CREATE ACCESS METHOD mine TYPE INDEX HANDLER bthandler;"
TABLE = "CREATE ACCESS METHOD mine TYPE TABLE HANDLER heap_tableam_handler;"


def test_an_access_method_comes_and_goes(server: Server) -> None:
    assert converge(server, "", INDEX) == (
        ["CREATE ACCESS METHOD mine TYPE INDEX HANDLER bthandler"],
        ["DROP ACCESS METHOD mine"],
    )


def test_type_and_handler_make_it_anew(server: Server) -> None:
    assert converge(server, INDEX, TABLE).there == [
        "DROP ACCESS METHOD mine",
        "CREATE ACCESS METHOD mine TYPE TABLE HANDLER heap_tableam_handler",
    ]
    converge(server, INDEX, INDEX.replace("bthandler", "hashhandler"))


def test_its_comment_comes_and_goes(server: Server) -> None:
    converge(server, INDEX, f"{INDEX} COMMENT ON ACCESS METHOD mine IS 'ours';")


def test_it_comes_before_a_table_that_is_stored_by_it(server: Server) -> None:
    converge(server, "", f"{TABLE} CREATE TABLE t (a integer) USING mine;")


def test_it_comes_before_its_operator_classes(server: Server) -> None:
    class_ = """CREATE OPERATOR CLASS int_ops DEFAULT FOR TYPE integer USING mine AS
        OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
        FUNCTION 1 btint4cmp(integer, integer);"""
    converge(server, "", f"{INDEX} {class_}")


def test_a_partitioned_table_that_names_none_any_more(server: Server) -> None:
    if server.major < 17:
        pytest.skip("Before PostgreSQL 17 a partitioned table has none.")
    method = "CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler;"
    table = "CREATE TABLE p (a int) PARTITION BY LIST (a){};"
    converge(server, method + table.format(" USING heap2"), method + table.format(""))
