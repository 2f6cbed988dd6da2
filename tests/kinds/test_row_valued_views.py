"""Materialized views that keep rows of a table: they make way for what writes it anew."""

from gnkmigrate.servers import Server
from tests.kinds.converge import converge

TABLE = "CREATE TABLE t (a integer); INSERT INTO t VALUES (1);"
KEPT = (
    "CREATE VIEW v AS SELECT t AS whole FROM t;"
    "CREATE MATERIALIZED VIEW m AS SELECT array_agg(t) AS whole FROM t;"
    "CREATE MATERIALIZED VIEW n AS SELECT v AS row_of_v, m AS row_of_m FROM v, m;"
    "COMMENT ON MATERIALIZED VIEW m IS 'why'; CREATE INDEX ON m (whole);"
)


def test_those_that_keep_its_rows_make_way_and_come_back(server: Server) -> None:
    for new in (
        TABLE.replace("integer", "bigint"),
        TABLE.replace("integer", "integer, b integer DEFAULT 3"),
        TABLE.replace("integer", "integer, b integer GENERATED ALWAYS AS (a) STORED"),
        TABLE.replace("CREATE", "CREATE UNLOGGED"),
    ):
        converge(server, TABLE + KEPT, new + KEPT)


def test_those_that_keep_rows_of_a_table_below_do(server: Server) -> None:
    new = "CREATE TABLE p (a integer, b timestamptz DEFAULT clock_timestamp())"
    old = "CREATE TABLE p (a integer)"
    below = " PARTITION BY LIST (a); CREATE TABLE t PARTITION OF p DEFAULT;"
    converge(server, old + below + KEPT, new + below + KEPT)
    heir = "; CREATE TABLE t () INHERITS (p);"
    converge(server, old + heir + KEPT, new + heir + KEPT)


def test_others_stay(server: Server) -> None:
    kept = "CREATE MATERIALIZED VIEW m AS SELECT count(*) FROM t;"
    new = TABLE.replace("integer", "integer, b integer DEFAULT 3")
    there, _ = converge(server, TABLE + kept, new + kept)
    assert there == ["ALTER TABLE public.t ADD COLUMN b integer DEFAULT 3"]
