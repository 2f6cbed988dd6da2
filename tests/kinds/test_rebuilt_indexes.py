"""A column gets another type, and its indexes, which PostgreSQL makes anew, are what they were."""

import pytest

from gnkmigrate.servers import Server
from tests.kinds.converge import converge

PARTS = """
CREATE TABLE part_1 PARTITION OF whole FOR VALUES FROM (0) TO (10);
CREATE TABLE part_2 PARTITION OF whole DEFAULT PARTITION BY RANGE (day);
CREATE TABLE part_21 PARTITION OF part_2 FOR VALUES FROM (20) TO (30);
"""


def whole(type_: str) -> str:
    columns = f"id {type_} NOT NULL, day integer NOT NULL, note text"
    return f"CREATE TABLE whole ({columns}) PARTITION BY RANGE (day);" + PARTS


def retyped(server: Server, more: str) -> list[str]:
    """The statements that make `id` a bigint, where `more` stands on both sides."""
    return converge(server, whole("integer") + more, whole("bigint") + more).there


def test_statistics_of_an_expression(server: Server) -> None:
    index = "CREATE INDEX doubled ON t ((a * 2)); ALTER INDEX doubled ALTER 1 SET STATISTICS 56;"
    old, new = "CREATE TABLE t (a integer);", "CREATE TABLE t (a bigint);"
    assert converge(server, old + index, new + index).there == [
        "ALTER TABLE public.t ALTER COLUMN a TYPE bigint",
        "ALTER INDEX public.doubled ALTER COLUMN 1 SET STATISTICS 56",
    ]


def test_statistics_of_an_index_that_gets_another_name(server: Server) -> None:
    index = "CREATE INDEX doubled ON t ((a * 2)); ALTER INDEX doubled ALTER 1 SET STATISTICS 56;"
    old, new = "CREATE TABLE t (a integer);", "CREATE TABLE t (a bigint);"
    converge(server, old + index, new + index.replace("doubled", "twice"))


def test_statistics_on_a_column_that_is_computed_otherwise(server: Server) -> None:
    if server.version < 170000:
        pytest.skip("the column is made again")
    table = "CREATE TABLE t (a integer, b integer GENERATED ALWAYS AS (a + 1) STORED, c integer);"
    more = """CREATE INDEX doubled ON t ((b * 2)); ALTER INDEX doubled ALTER 1 SET STATISTICS 56;
        CREATE STATISTICS related ON b, c FROM t; ALTER STATISTICS related SET STATISTICS 7;
        COMMENT ON INDEX doubled IS 'twice'; COMMENT ON STATISTICS related IS 'both';"""
    converge(server, table + more, table.replace("a + 1", "a + 2") + more)


def test_partitions_that_have_them_as_postgresql_makes_them(server: Server) -> None:
    more = "CREATE UNIQUE INDEX by_id ON whole (id, day DESC) INCLUDE (note);"
    assert retyped(server, more) == ["ALTER TABLE public.whole ALTER COLUMN id TYPE bigint"]


@pytest.mark.parametrize(
    "own",
    [
        "ALTER INDEX part_1_id_day_idx RENAME TO mine;",
        "ALTER INDEX part_21_id_day_idx SET (fillfactor = 41);",
        "COMMENT ON INDEX part_1_id_day_idx IS 'mine';",
        "ALTER TABLE part_1 CLUSTER ON part_1_id_day_idx;",
        "ALTER TABLE part_21 REPLICA IDENTITY USING INDEX part_21_id_day_idx;",
    ],
)
def test_partitions_that_have_an_index_otherwise(server: Server, own: str) -> None:
    retyped(server, "CREATE UNIQUE INDEX by_id ON whole (id, day);" + own)


def test_partitions_that_have_statistics_of_an_expression(server: Server) -> None:
    index = "CREATE INDEX next ON whole ((id + 1));"
    retyped(server, index + "ALTER INDEX part_21_expr_idx ALTER 1 SET STATISTICS 44;")
    retyped(server, index + "ALTER INDEX next ALTER 1 SET STATISTICS 44;")


@pytest.mark.parametrize(
    "own",
    [
        "ALTER TABLE part_1 RENAME CONSTRAINT part_1_pkey TO mine;",
        "COMMENT ON CONSTRAINT part_1_pkey ON part_1 IS 'mine';",
        "COMMENT ON INDEX part_21_pkey IS 'mine';",
        "ALTER TABLE part_1 CLUSTER ON part_1_pkey;",
        "ALTER TABLE part_21 REPLICA IDENTITY USING INDEX part_21_pkey;",
    ],
)
def test_partitions_that_have_a_key_otherwise(server: Server, own: str) -> None:
    key = "ALTER TABLE whole ADD CONSTRAINT key PRIMARY KEY (id, day);"
    reference = "CREATE TABLE other (id {}, day integer, FOREIGN KEY (id, day) REFERENCES whole);"
    old, new = (whole(each) + key + reference.format(each) for each in ("integer", "bigint"))
    converge(server, old + own, new + own)


def test_a_partition_whose_share_of_an_index_is_a_key(server: Server) -> None:
    key = "ALTER TABLE part_1 ADD PRIMARY KEY (id, day);"
    retyped(server, key + "CREATE UNIQUE INDEX by_id ON whole (id, day);")


def test_an_index_that_only_some_partitions_have(server: Server) -> None:
    more = """CREATE INDEX by_id ON ONLY whole (id); CREATE INDEX mine ON part_1 (id);
        ALTER INDEX by_id ATTACH PARTITION mine;"""
    retyped(server, more)


@pytest.mark.parametrize("of_share", ["", "COMMENT ON INDEX p1_v_idx IS 'this';"])
@pytest.mark.parametrize("before", ["", "COMMENT ON INDEX i IS 'all';"])
def test_a_comment_is_the_parent_s_index_s_alone(
    server: Server, before: str, of_share: str
) -> None:
    table = """
        CREATE TABLE p (id integer, v {0}) PARTITION BY RANGE (id);
        CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (id);
        CREATE TABLE p11 PARTITION OF p1 FOR VALUES FROM (0) TO (10);
        CREATE INDEX i ON p (v);
    """
    after = "COMMENT ON INDEX i IS 'all';" + of_share
    converge(server, table.format("integer") + before, table.format("bigint") + after)
