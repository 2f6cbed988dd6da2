"""The fixtures that all other tests stand on."""

from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.servers import Server
from tests.support import execute, pg_dump, rows

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"


def test_a_new_database_is_empty(database: DatabaseUrl) -> None:
    assert rows(database, TABLES) == []


def test_minegnk_is_as_the_report_found_it(minegnk: DatabaseUrl) -> None:
    assert rows(minegnk, TABLES) == [
        ("migrations",),
        ("node_requests",),
        ("user_nodes",),
        ("users",),
    ]


def test_the_target_has_what_the_report_asks_for(minegnk_target: DatabaseUrl) -> None:
    assert {("nodes",), ("node_stats_cache",), ("earnings_history",)} <= set(
        rows(minegnk_target, TABLES)
    )


def test_dumps_of_equal_schemas_are_equal(
    minegnk: DatabaseUrl, server: Server, minegnk_template: str
) -> None:
    with server.database(template=minegnk_template) as other:
        assert pg_dump(minegnk, server) == pg_dump(other, server)
        execute(other, "ALTER TABLE users ADD COLUMN telegram text")
        assert pg_dump(minegnk, server) != pg_dump(other, server)


def test_a_dump_does_not_depend_on_the_order_of_columns(server: Server) -> None:
    with server.database() as one, server.database() as other:
        execute(one, "CREATE TABLE t (a int NOT NULL, b numeric(20, 8))")
        execute(other, "CREATE TABLE t (b numeric(20, 8), a int NOT NULL)")
        assert pg_dump(one, server) == pg_dump(other, server)
