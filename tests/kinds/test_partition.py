"""Partitions: attached when they and their parents have all that the other wants."""

from gnkmigrate.servers import Server
from tests.kinds.converge import converge

PARENT = "CREATE TABLE p (day date NOT NULL, size integer) PARTITION BY RANGE (day);"
PARTITION = "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');"


def test_a_new_one_waits_until_its_parent_has_lost_a_column(server: Server) -> None:
    wider = PARENT.replace("size integer", "size integer, weight integer")
    there = converge(server, wider, PARENT + PARTITION).there
    assert [each.split(" p")[0] for each in there] == [
        "CREATE TABLE",
        "ALTER TABLE",
        "ALTER TABLE",
    ]
    assert there[1] == "ALTER TABLE public.p DROP COLUMN weight"


def test_a_new_one_waits_until_its_parent_has_another_column(server: Server) -> None:
    function = "CREATE FUNCTION one() RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';"
    computed = "size integer, weight integer GENERATED ALWAYS AS (one()) STORED"
    converge(server, PARENT, function + PARENT.replace("size integer", computed) + PARTITION)


def test_settings_of_its_own_come_after_the_parent_s_column(server: Server) -> None:
    tables = "CREATE TABLE a (x integer); CREATE TABLE b () INHERITS (a);"
    column = """ALTER TABLE a ADD y text; ALTER TABLE a ALTER y SET COMPRESSION pglz;
        ALTER TABLE b ALTER y SET STATISTICS 9;"""
    function = "CREATE FUNCTION f(r a) RETURNS integer LANGUAGE sql RETURN (r).x;"
    converge(server, tables + function, tables + column)


def test_it_stays_while_its_parent_is_made_again(server: Server) -> None:
    partition = "CREATE TABLE p1 PARTITION OF p DEFAULT; COMMENT ON TABLE p1 IS 'kept';"
    ways = converge(server, PARENT + partition, PARENT.replace("RANGE", "LIST") + partition)
    for there in ways:
        assert there[:2] == [
            "ALTER TABLE public.p DETACH PARTITION public.p1",
            "DROP TABLE public.p",
        ]


def test_it_is_attached_though_its_parent_has_checks_and_foreign_keys(server: Server) -> None:
    keyed = PARENT.replace("integer", "integer REFERENCES t (a) CHECK (size > 0)")
    parents = f"CREATE TABLE t (a integer PRIMARY KEY); {keyed}"
    converge(server, parents, f"{parents} {PARTITION}")
    converge(server, parents, f"{parents} {PARTITION[:-1]} PARTITION BY LIST (size);")


def test_a_new_one_waits_for_what_its_parent_s_parts_use(server: Server) -> None:
    """The command that makes it writes the parent's defaults and checks down."""
    first = "CREATE TABLE a PARTITION OF p DEFAULT;"
    serial = "CREATE TABLE p (n serial, k text)"
    converge(server, f"{serial};", f"{serial} PARTITION BY LIST (k); {first}")
    function = "CREATE FUNCTION one() RETURNS {0} LANGUAGE sql IMMUTABLE AS 'SELECT 1::{0}';"
    calling = "CREATE TABLE p (n integer DEFAULT one() CHECK (n > one())) PARTITION BY LIST (n);"
    old, new = function.format("integer"), function.format("smallint")
    converge(server, old + calling, new + calling + first)
