"""Settings of the database and of roles in it; secrets among them."""

import pytest

from gnkmigrate.facts.catalog import MASK
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.kinds.change import Unplannable
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.servers import Server
from tests.kinds.converge import converge, planned

SET = (
    "DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET {}', current_database());"
    " EXECUTE format('ALTER ROLE app IN DATABASE %I SET {}', current_database()); END$$;"
)
SECRET = SET.format("app.jwt_secret = ''x''", "work_mem = ''8MB''")


def test_settings_come_and_go(server: Server) -> None:
    lists = SET.format("search_path = ''$user'', ''A b'', public", "work_mem = ''8MB''")
    assert converge(server, "", lists, roles=["app"]).there == [
        (
            "DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = "
            "''$user'', ''A b'', ''public''', current_database()); END$$"
        ),
        (
            "DO $$BEGIN EXECUTE format('ALTER ROLE app IN DATABASE %I SET work_mem = ''8MB''', "
            "current_database()); END$$"
        ),
    ]


def test_settings_change(server: Server) -> None:
    old = SET.format("app.tenant = ''5%%''", "work_mem = ''8MB''")
    converge(server, old, SET.format("app.tenant = ''6%%''", "timezone = ''UTC''"), roles=["app"])


def test_settings_of_the_database_do_not_change_what_a_plan_means(server: Server) -> None:
    """Neither what a text says, nor how a table is stored, nor whether anything is written."""
    set_ = "DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET {}', current_database()); END$$;"
    shared = "CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler;" + "".join(
        set_.format(each)
        for each in (
            "default_table_access_method = heap2",
            "standard_conforming_strings = off",
            "default_transaction_read_only = on",
        )
    )
    converge(server, "", "CREATE TABLE t (a text DEFAULT E'\\\\y') USING heap", shared=shared)


def test_the_value_of_a_secret_is_not_read(database: DatabaseUrl, server: Server) -> None:
    with connect(database) as connection:
        connection.execute("CREATE ROLE app")
        connection.execute(SECRET.encode())
        snapshot = read_snapshot(connection)
        connection.execute("DROP OWNED BY app; DROP ROLE app")
    fact = snapshot.get("database setting", "app.jwt_secret")
    assert fact is not None
    assert fact.payload["value"] == MASK
    told = [str(each) for each in snapshot.unread]
    assert told == ["1 database setting (app.jwt_secret)"]
    with pytest.raises(Unplannable, match="looks like a secret"):
        planned(server, "", SECRET, roles=["app"])
