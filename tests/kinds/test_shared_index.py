"""Indexes and keys of partitioned tables in which not all partitions share: ON ONLY, ATTACH."""

import pytest

from gnkmigrate.diff.rename_options import read_renames
from gnkmigrate.kinds.change import Unplannable
from gnkmigrate.servers import Server
from tests.kinds.converge import converge, planned

TABLES = """
CREATE TABLE p (id integer, size integer) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (10);
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20) PARTITION BY LIST (id);
CREATE TABLE p21 PARTITION OF p2 DEFAULT;
"""
IN_PART = """
CREATE INDEX x ON ONLY p (size); CREATE INDEX x1 ON p1 (size); ALTER INDEX x ATTACH PARTITION x1;
"""
KEY_IN_PART = """
ALTER TABLE ONLY p ADD CONSTRAINT k UNIQUE (id); ALTER TABLE p1 ADD CONSTRAINT k1 UNIQUE (id);
ALTER INDEX k ATTACH PARTITION k1;
"""


def test_a_new_one_is_attached_in_the_same_plan(server: Server) -> None:
    assert converge(server, TABLES, TABLES + IN_PART).there == [
        "CREATE INDEX CONCURRENTLY x1 ON public.p1 USING btree (size)",
        "CREATE INDEX x ON ONLY public.p USING btree (size)",
        "ALTER INDEX public.x ATTACH PARTITION public.x1",
    ]


@pytest.mark.parametrize("index", [IN_PART, KEY_IN_PART])
def test_it_comes_after_new_partitions(server: Server, index: str) -> None:
    converge(server, "", TABLES + index)


@pytest.mark.parametrize(
    ("whole", "in_part"),
    [
        ("CREATE INDEX x ON p (size);", IN_PART),
        ("ALTER TABLE p ADD CONSTRAINT k UNIQUE (id);", KEY_IN_PART),
    ],
)
def test_a_partition_gives_up_its_share(server: Server, whole: str, in_part: str) -> None:
    converge(server, TABLES + whole, TABLES + in_part)


@pytest.mark.parametrize("only", ["", "ONLY"])
def test_one_more_partition_shares_in_it(server: Server, only: str) -> None:
    more = f"CREATE INDEX x2 ON {only} p2 (size); ALTER INDEX x ATTACH PARTITION x2;"
    converge(server, TABLES + IN_PART, TABLES + IN_PART + more)


def test_one_more_partition_shares_in_a_key(server: Server) -> None:
    more = "ALTER TABLE p2 ADD CONSTRAINT k2 UNIQUE (id); ALTER INDEX k ATTACH PARTITION k2;"
    converge(server, TABLES + KEY_IN_PART, TABLES + KEY_IN_PART + more)


def test_what_was_a_share_becomes_an_index_of_its_own(server: Server) -> None:
    apart = IN_PART.partition("ALTER INDEX")[0]
    converge(server, TABLES + IN_PART, TABLES + apart)


NEW = "CREATE TABLE p3 PARTITION OF p FOR VALUES FROM (30) TO (40);"


def test_a_new_partition_has_its_share(server: Server) -> None:
    converge(server, TABLES + IN_PART, TABLES + IN_PART + NEW)


def test_a_new_partition_is_to_have_no_share(server: Server) -> None:
    with pytest.raises(Unplannable, match=r"public\.p3 .* no share of index public\.x"):
        planned(server, TABLES + IN_PART, TABLES + NEW + IN_PART)


def test_a_share_that_differs_comes_back_after_an_index_that_not_all_share(server: Server) -> None:
    tables = """CREATE TABLE p (a integer, b integer) PARTITION BY LIST (a);
        CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
        CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2);"""
    whole = """CREATE INDEX w1 ON p1 (b) WITH (fillfactor = 33); CREATE INDEX w2 ON p2 (b);
        CREATE INDEX pi ON p (b);"""
    part = """CREATE INDEX pi ON ONLY p (b); CREATE INDEX w1 ON p1 (b);
        ALTER INDEX pi ATTACH PARTITION w1;"""
    converge(server, whole, part, shared=tables)


@pytest.mark.parametrize(
    ("said", "schema", "index"),
    [("index s.x = y", "s", "y ON s.p (size DESC)"), ("schema s = z", "z", "x ON z.p (size DESC)")],
)
def test_it_is_made_again_where_it_or_its_schema_gets_another_name(
    server: Server, said: str, schema: str, index: str
) -> None:
    script = "CREATE SCHEMA {0}; SET search_path = {0}; {1} CREATE INDEX {2};"
    old = script.format("s", TABLES, "x ON s.p (size)")
    new = script.format(schema, TABLES, index)
    converge(server, old, new, renames=read_renames([said]))
