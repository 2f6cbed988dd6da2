from collections.abc import Mapping

import pytest

from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.run.fingerprint import Fingerprint, divergences, fingerprint
from tests.support import execute


def taken(url: DatabaseUrl) -> Mapping[str, Fingerprint]:
    with connect(url) as connection:
        return fingerprint(connection, None)


def test_the_order_of_rows_and_of_columns_makes_no_difference(database: DatabaseUrl) -> None:
    execute(database, "CREATE TABLE a (x int, y text); INSERT INTO a VALUES (1, 'b'), (2, 'c')")
    before = taken(database)
    execute(
        database,
        "DROP TABLE a; CREATE TABLE a (y text, x int); INSERT INTO a VALUES ('c', 2), ('b', 1)",
    )
    assert divergences(before, taken(database)) == ()
    assert before["public.a"].rows == 2


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE a SET y = '' WHERE y IS NULL",
        "UPDATE a SET y = 'b ' WHERE y = 'b'",
        "UPDATE a SET x = x + 1",
        "UPDATE a SET x = CASE y WHEN 'b' THEN 2 ELSE 1 END WHERE y IN ('b', 'c')",
        "INSERT INTO a SELECT * FROM a",
        "DELETE FROM a WHERE x = 3",
        "ALTER TABLE a RENAME y TO z",
        "DROP TABLE a",
    ],
)
def test_whatever_changes_in_a_table_is_seen(database: DatabaseUrl, change: str) -> None:
    execute(
        database,
        "CREATE TABLE a (x int, y text); INSERT INTO a VALUES (1, 'b'), (2, 'c'), (3, NULL);"
        " CREATE TABLE untouched (x int)",
    )
    before = taken(database)
    execute(database, change)
    assert [found.relation for found in divergences(before, taken(database))] == ["public.a"]


def test_two_rows_that_are_alike_do_not_cancel_each_other(database: DatabaseUrl) -> None:
    execute(database, "CREATE TABLE a (x int); INSERT INTO a VALUES (1), (1), (2), (2)")
    before = taken(database)
    execute(database, "UPDATE a SET x = 3")
    assert [found.relation for found in divergences(before, taken(database))] == ["public.a"]


def test_a_sequence_is_its_next_value(database: DatabaseUrl) -> None:
    execute(database, "CREATE TABLE a (x serial); INSERT INTO a DEFAULT VALUES")
    before = taken(database)
    execute(database, "CHECKPOINT")
    assert divergences(before, taken(database)) == ()
    execute(database, "SELECT nextval('a_x_seq')")
    assert [found.relation for found in divergences(before, taken(database))] == ["public.a_x_seq"]


def test_odd_names_empty_tables_and_partitions(database: DatabaseUrl) -> None:
    execute(
        database,
        """
        CREATE TABLE "a ""%s"" 'b'" ("c ""%s"" 'd'" int);
        CREATE TABLE nothing ();
        INSERT INTO nothing DEFAULT VALUES;
        CREATE TABLE days (day date) PARTITION BY RANGE (day);
        CREATE TABLE days_2025 PARTITION OF days FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
        INSERT INTO days VALUES ('2025-03-30')
        """,
    )
    counted = {relation: found.rows for relation, found in taken(database).items()}
    assert counted == {
        """public."a ""%s"" 'b'\"""": 0,
        "public.days_2025": 1,
        "public.nothing": 1,
    }


def test_columns_that_are_left_out_do_not_count_nor_do_their_heirs(database: DatabaseUrl) -> None:
    execute(
        database,
        """
        CREATE TABLE days (day date, "A note" text) PARTITION BY RANGE (day);
        CREATE TABLE days_2025 PARTITION OF days FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
        CREATE TABLE others ("A note" text);
        INSERT INTO days VALUES ('2025-03-30', 'x');
        INSERT INTO others VALUES ('x')
        """,
    )
    left_out = [("public", "days", "A note"), ("public", "nowhere", "x")]

    def found() -> Mapping[str, Fingerprint]:
        with connect(database) as connection:
            return fingerprint(connection, ["public"], left_out)

    before = found()
    execute(database, 'ALTER TABLE days DROP COLUMN "A note"; UPDATE others SET "A note" = \'y\'')
    assert [each.relation for each in divergences(before, found())] == ["public.others"]
    execute(database, "UPDATE days SET day = '2025-03-31'")
    assert len(divergences(before, found())) == 2


def test_more_tables_than_one_statement_asks(database: DatabaseUrl) -> None:
    execute(
        database,
        "DO $$ BEGIN FOR i IN 1..250 LOOP EXECUTE format('CREATE TABLE t%s AS SELECT %s', i, i);"
        " END LOOP; END $$",
    )
    found = taken(database)
    assert len(found) == 250
    assert len({fingerprint.hash for fingerprint in found.values()}) == 250


def test_every_schema_of_the_user_counts_unless_some_are_named(database: DatabaseUrl) -> None:
    execute(
        database,
        "CREATE TABLE a (x int); CREATE SCHEMA app; CREATE TABLE app.b (x int);"
        "CREATE SCHEMA gnkmigrate; CREATE TABLE gnkmigrate.step (x int)",
    )
    assert list(taken(database)) == ["app.b", "public.a"]
    with connect(database) as connection:
        assert list(fingerprint(connection, ["app"])) == ["app.b"]
