"""What is counted and hashed, and what counts as a difference."""

from dataclasses import replace

import pytest

from gnkmigrate.backup.contents import (
    Contents,
    SequenceContent,
    TableContent,
    differences,
    read_contents,
)
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from tests.support import execute


def contents(url: DatabaseUrl, *, hashed: bool = True) -> Contents:
    with connect(url, read_only=True) as connection:
        return read_contents(connection, hashed=hashed)


def test_each_table_counts_its_own_rows(lived_in: DatabaseUrl) -> None:
    found = contents(lived_in, hashed=False)
    rows = {f"{table.schema}.{table.name}": table.rows for table in found.tables}
    assert rows['odd "schema".%I.odd "table";\n-- %s'] == 4
    assert rows["public.nothing"] == 3
    assert rows["public.animal"] == 1
    assert rows["public.beaver"] == 2
    assert rows["public.measured_2025"] == 2
    assert "public.measured" not in rows
    assert rows["gnkmigrate.run"] == 1
    assert not found.hashed


def test_a_sequence_gives_its_next_value(lived_in: DatabaseUrl) -> None:
    stands = {found.name: found.lowest for found in contents(lived_in).sequences}
    assert stands["untouched"] == 5
    assert stands["drawn"] == 3
    assert stands["downwards"] == 96
    assert stands["numbered_id_seq"] == 8


def test_tables_and_large_objects_of_an_empty_database(database: DatabaseUrl) -> None:
    assert contents(database) == Contents((), (), 0)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE t SET a = 'x' WHERE id = 1",
        "UPDATE t SET a = '' WHERE id = 2",
        "UPDATE t SET id = id + 1",
        "DELETE FROM t WHERE id = 3; INSERT INTO t VALUES (1, 'one')",
        # A hash by exclusive or would not see these go.
        "DELETE FROM t WHERE id = 4; INSERT INTO t VALUES (5, 'five'), (5, 'five')",
    ],
)
def test_no_change_of_a_value_is_overlooked(database: DatabaseUrl, change: str) -> None:
    execute(
        database,
        "CREATE TABLE t (id int, a text);"
        "INSERT INTO t VALUES (1, 'one'), (2, NULL), (3, 'three'), (4, 'four'), (4, 'four')",
    )
    before = contents(database)
    execute(database, change)
    assert differences(before, contents(database)) == (
        "table public.t: as many rows, but not the same values",
    )


def test_the_order_of_rows_does_not_matter(database: DatabaseUrl) -> None:
    execute(
        database,
        "CREATE TABLE t (id int, a text); INSERT INTO t VALUES (1, 'one'), (2, 'two');"
        "CREATE TABLE u (id int, a text); INSERT INTO u VALUES (2, 'two'), (1, 'one')",
    )
    t, u = contents(database).tables
    assert t.hash == u.hash


def test_the_settings_of_a_database_do_not_matter(lived_in: DatabaseUrl) -> None:
    before = contents(lived_in)
    with connect(lived_in) as connection:
        name = connection.info.dbname
        for setting in ("TimeZone = 'Asia/Tokyo'", "lc_monetary = 'C.UTF-8'", "DateStyle = German"):
            connection.execute(f'ALTER DATABASE "{name}" SET {setting}'.encode())
    assert contents(lived_in) == before


def test_what_is_not_the_same_is_said() -> None:
    saved = Contents(
        (
            TableContent("public", "gone", 1),
            TableContent("public", "shorter", 1234),
            TableContent("public", "same", 3),
        ),
        (SequenceContent("public", "ids", 5, 7), SequenceContent("public", "lost", 1, 1)),
        large_objects=2,
    )
    restored = Contents(
        (
            TableContent("public", "new", 0),
            TableContent("public", "shorter", 1233),
            TableContent("public", "same", 3, "hashed only here"),
        ),
        (SequenceContent("public", "ids", 8, 8),),
        large_objects=1,
    )
    assert differences(saved, restored) == (
        "table public.gone was not restored",
        "table public.new is not in the backup",
        "table public.shorter: 1,234 rows saved, 1,233 restored",
        "sequence public.ids: next value 5 saved, 8 restored",
        "sequence public.lost was not restored",
        "large objects: 2 saved, 1 restored",
    )


def test_a_sequence_may_stand_anywhere_between_before_and_after() -> None:
    saved = Contents((), (SequenceContent("public", "ids", 5, 7),))
    for value in (5, 6, 7):
        restored = replace(saved, sequences=(SequenceContent("public", "ids", value, value),))
        assert differences(saved, restored) == ()
