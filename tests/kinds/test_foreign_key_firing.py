"""A foreign key that is switched off is so in the target as well, and stays so."""

import pytest

from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.servers import Server
from tests.kinds.converge import converge
from tests.support import execute

TABLES = """
CREATE TABLE t (a integer PRIMARY KEY);
CREATE TABLE u (a integer, CONSTRAINT f FOREIGN KEY (a) REFERENCES t);
"""
PARTITIONED = """
CREATE TABLE t (a integer PRIMARY KEY) PARTITION BY LIST (a);
CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1);
CREATE TABLE u (a integer) PARTITION BY LIST (a);
CREATE TABLE u1 PARTITION OF u FOR VALUES IN (1);
ALTER TABLE u ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES t;
"""


@pytest.mark.parametrize(
    "switched",
    [
        "ALTER TABLE u DISABLE TRIGGER ALL;",
        "ALTER TABLE t DISABLE TRIGGER ALL;",
        "ALTER TABLE t DISABLE TRIGGER ALL; ALTER TABLE u DISABLE TRIGGER ALL;",
    ],
)
@pytest.mark.parametrize("tables", [TABLES, PARTITIONED], ids=["plain", "partitioned"])
def test_it_is_switched_off_and_on(server: Server, tables: str, switched: str) -> None:
    converge(server, "", switched, shared=tables)
    converge(server, "", tables + switched)


def test_it_is_off_when_it_is_defined_anew(server: Server) -> None:
    off = "ALTER TABLE u DISABLE TRIGGER ALL; COMMENT ON CONSTRAINT f ON u IS 'off';"
    converge(server, TABLES + off, TABLES.replace("t)", "t ON DELETE CASCADE)") + off)


def test_it_is_off_when_the_type_of_its_column_changes(server: Server) -> None:
    off = "ALTER TABLE u DISABLE TRIGGER ALL;"
    converge(server, TABLES + off, TABLES.replace("integer", "bigint") + off)


def test_a_partition_that_differs_from_the_whole_is_told(database: DatabaseUrl) -> None:
    execute(database, f"{PARTITIONED} ALTER TABLE u1 DISABLE TRIGGER ALL;")
    with connect(database, read_only=True) as session:
        (left_out,) = read_snapshot(session).unread
    assert left_out.counted == "1 share of a foreign key"
