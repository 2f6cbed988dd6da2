"""What data checks propose to do with rows: it touches those alone that break a rule."""

import pytest

from gnkmigrate.postgres.connection import DatabaseUrl, connect
from tests.audit.conftest import Read
from tests.audit.support import audited, of_check
from tests.support import execute


@pytest.mark.parametrize(
    ("table", "more", "left"),
    [
        ("a (id int, name text)", "", "1 2 3 4"),
        # What inherits a table has rows of its own, which no key of that table concerns.
        ("a (id int, name text)", "CREATE TABLE b () INHERITS (a)", "1 2 3 4 4 5"),
        (
            "a (id int, name text, part int DEFAULT 1) PARTITION BY LIST (part)",
            """CREATE TABLE a_1 PARTITION OF a FOR VALUES IN (1);
            CREATE TABLE a_2 PARTITION OF a FOR VALUES IN (2)""",
            "1 2 3 4",
        ),
    ],
)
def test_the_repair_of_duplicates_deletes_no_row_that_breaks_no_rule(
    table: str, more: str, left: str, database: DatabaseUrl, read: Read
) -> None:
    key = "name, part" if "part" in table else "name"
    execute(database, f"CREATE TABLE {table}; {more}")
    execute(
        database, "INSERT INTO a VALUES (1, NULL), (2, NULL), (3, 'Ada'), (4, 'Ben'), (5, 'Ben')"
    )
    if "INHERITS" in more:
        execute(database, "INSERT INTO b VALUES (4, 'Ben'), (5, 'Ben')")
    target = read(f"CREATE TABLE {table}; {more}; ALTER TABLE a ADD UNIQUE ({key})")
    (finding,) = of_check(audited(database, target), "GNK-D005")
    assert finding.evidence["rows"] == 2
    execute(database, finding.evidence["proposed repair"])
    with connect(database) as connection:
        ids = connection.execute("SELECT id FROM public.a ORDER BY id").fetchall()
    assert " ".join(str(row[0]) for row in ids) == left
    assert of_check(audited(database, target), "GNK-D005") == []


def test_the_repair_of_orphans_forgets_nothing_that_another_key_needs(
    database: DatabaseUrl, read: Read
) -> None:
    schema = """CREATE TABLE tenants (id int PRIMARY KEY);
    CREATE TABLE users (tenant int, id int, PRIMARY KEY (tenant, id));
    CREATE TABLE tasks (id int PRIMARY KEY, tenant int REFERENCES tenants, user_id int);"""
    execute(
        database, f"{schema} INSERT INTO tenants VALUES (1); INSERT INTO tasks VALUES (1, 1, 7)"
    )
    key = "ALTER TABLE tasks ADD FOREIGN KEY (tenant, user_id) REFERENCES users"
    (finding,) = of_check(audited(database, read(schema + key)), "GNK-D004")
    execute(database, finding.evidence["proposed repair"])
    with connect(database) as connection:
        assert connection.execute("SELECT * FROM public.tasks").fetchall() == [(1, 1, None)]
