"""Foreign-data wrappers, servers and user mappings, and the secrets that none of them tells."""

import re
from pathlib import Path

import psycopg
import pytest

import gnkmigrate.kinds
from gnkmigrate.diff.compare import compare
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.change import Unplannable
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.servers import Server
from tests.kinds.converge import converge, planned

WRAPPER = "CREATE FOREIGN DATA WRAPPER w;"
SERVER = f"{WRAPPER} CREATE SERVER s FOREIGN DATA WRAPPER w;"
MAPPING = "CREATE USER MAPPING FOR reader SERVER s"


def test_a_wrapper_comes_and_goes(server: Server) -> None:
    new = """CREATE FOREIGN DATA WRAPPER "W" OPTIONS (a 'it''s ADD x');
        COMMENT ON FOREIGN DATA WRAPPER "W" IS 'mine';
        GRANT USAGE ON FOREIGN DATA WRAPPER "W" TO reader;"""
    there, back = converge(server, "", new, roles=["reader"])
    assert there[0] == "CREATE FOREIGN DATA WRAPPER \"W\" OPTIONS (a 'it''s ADD x')"
    assert back == ['DROP FOREIGN DATA WRAPPER "W"']


def test_a_wrapper_changes_in_place(server: Server) -> None:
    options = "CREATE FOREIGN DATA WRAPPER w OPTIONS (a '1', \"B\" 'x=y');"
    others = "CREATE FOREIGN DATA WRAPPER w OPTIONS (c '3', \"B\" '2');"
    assert converge(server, options, others).there == [
        "ALTER FOREIGN DATA WRAPPER w OPTIONS (DROP a, SET \"B\" '2', ADD c '3')"
    ]
    validated = WRAPPER.replace(";", " VALIDATOR postgresql_fdw_validator;")
    assert converge(server, WRAPPER, validated) == (
        ["ALTER FOREIGN DATA WRAPPER w VALIDATOR postgresql_fdw_validator"],
        ["ALTER FOREIGN DATA WRAPPER w NO VALIDATOR"],
    )


def test_a_wrapper_gets_another_handler_in_place(server: Server) -> None:
    handler = """CREATE FUNCTION handle() RETURNS fdw_handler LANGUAGE c
        AS '$libdir/file_fdw', 'file_fdw_handler';"""
    handled = WRAPPER.replace(";", " HANDLER handle;")
    assert converge(server, WRAPPER, handled, shared=handler) == (
        ["ALTER FOREIGN DATA WRAPPER w HANDLER public.handle"],
        ["ALTER FOREIGN DATA WRAPPER w NO HANDLER"],
    )


def test_a_server_comes_and_goes(server: Server) -> None:
    new = """CREATE SERVER "S" TYPE 't' VERSION '1' FOREIGN DATA WRAPPER w OPTIONS (host 'h');
        COMMENT ON SERVER "S" IS 'there'; GRANT USAGE ON FOREIGN SERVER "S" TO reader;"""
    there, back = converge(server, "", new, shared=WRAPPER, roles=["reader"])
    assert there[0] == (
        "CREATE SERVER \"S\" TYPE 't' VERSION '1' FOREIGN DATA WRAPPER w OPTIONS (host 'h')"
    )
    assert back == ['DROP SERVER "S"']


def test_version_and_options_of_a_server_change_in_place(server: Server) -> None:
    old = SERVER.replace("s FOREIGN", "s VERSION '1' FOREIGN")
    new = SERVER.replace("w;", "w OPTIONS (host 'h');").replace(" OPTIONS (host 'h');", ";", 1)
    assert converge(server, old, new) == (
        ["ALTER SERVER s VERSION NULL OPTIONS (ADD host 'h')"],
        ["ALTER SERVER s VERSION '1' OPTIONS (DROP host)"],
    )


@pytest.mark.parametrize(
    "changed", ["s TYPE 't' FOREIGN DATA WRAPPER w", "s FOREIGN DATA WRAPPER v"]
)
def test_a_server_of_another_type_or_wrapper_is_made_again(server: Server, changed: str) -> None:
    shared = f"{WRAPPER} CREATE FOREIGN DATA WRAPPER v;"
    users = """CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS ("user" 'u');
        CREATE FOREIGN TABLE f (a integer) SERVER s; COMMENT ON COLUMN f.a IS 'it';
        CREATE VIEW seen AS SELECT * FROM f; GRANT SELECT ON f TO reader;"""
    old = f"CREATE SERVER s FOREIGN DATA WRAPPER w; {users}"
    converge(server, old, f"CREATE SERVER {changed}; {users}", shared=shared, roles=["reader"])


def test_user_mappings_come_and_go(server: Server) -> None:
    new = f"""{MAPPING} OPTIONS ("user" 'u'); CREATE USER MAPPING FOR PUBLIC SERVER s;
        CREATE USER MAPPING FOR "PUBLIC" SERVER s;"""
    there, back = converge(server, "", new, shared=SERVER, roles=["reader", "PUBLIC"])
    assert sorted(there) == [
        'CREATE USER MAPPING FOR "PUBLIC" SERVER s',
        "CREATE USER MAPPING FOR PUBLIC SERVER s",
        "CREATE USER MAPPING FOR reader SERVER s OPTIONS (\"user\" 'u')",
    ]
    assert "DROP USER MAPPING FOR PUBLIC SERVER s" in back


def test_the_options_of_a_user_mapping_change_in_place(server: Server) -> None:
    old = f"{MAPPING} OPTIONS (a '1', b '2', password 'one');"
    new = f"{MAPPING} OPTIONS (a '3', c '4', password 'one');"
    there, _ = converge(server, old, new, shared=SERVER, roles=["reader"])
    assert there == [
        "ALTER USER MAPPING FOR reader SERVER s OPTIONS (DROP b, SET a '3', ADD c '4')"
    ]


def test_a_mapping_is_made_without_its_password(server: Server) -> None:
    new = f"{SERVER} {MAPPING} OPTIONS (\"user\" 'u', password 'geheim');"
    (statement,) = planned(server, SERVER, new, roles=["reader"])
    assert statement.sql == "CREATE USER MAPPING FOR reader SERVER s OPTIONS (\"user\" 'u')"
    assert statement.reason == (
        "User mapping FOR reader SERVER s is missing. Its secrets are to be set by hand: ALTER USER"
        " MAPPING FOR reader SERVER s OPTIONS (ADD password '...')"
    )


def test_a_password_that_goes_is_named(server: Server) -> None:
    old = f"{SERVER} {MAPPING} OPTIONS (\"user\" 'u', password 'geheim');"
    (statement,) = planned(server, old, SERVER, roles=["reader"])
    assert statement.loses_data == "secrets of user mapping FOR reader SERVER s: password"


def test_a_password_is_taken_away(server: Server) -> None:
    old = f"{SERVER} {MAPPING} OPTIONS (\"user\" 'u', password 'geheim');"
    (statement,) = planned(server, old, old.replace(", password 'geheim'", ""), roles=["reader"])
    assert statement.sql == "ALTER USER MAPPING FOR reader SERVER s OPTIONS (DROP password)"


def test_a_password_alone_is_nothing_that_a_plan_could_set(server: Server) -> None:
    new = f"{SERVER} {MAPPING} OPTIONS (password 'geheim');"
    with pytest.raises(Unplannable, match="lacks a secret: password") as raised:
        planned(server, f"{SERVER} {MAPPING};", new, roles=["reader"])
    assert "OPTIONS (ADD password '...')" in str(raised.value.hint)


def test_another_password_is_no_difference_that_is_seen(server: Server) -> None:
    old = f"{SERVER} {MAPPING} OPTIONS (password 'geheim');"
    assert planned(server, old, old.replace("geheim", "secret"), roles=["reader"]) == ()


SECRETS = """
    CREATE FOREIGN DATA WRAPPER w OPTIONS (api_key 'geheim');
    CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (
        url 'jdbc:x?user=u&password=geheim', address 'http://u:geheim@h/', host 'h');
    CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS (
        "user" 'u', password 'geheim', sslpassword 'geheim', passfile 'geheim', sslkey 'geheim',
        auth_token 'geheim', password_required 'false');
    CREATE FOREIGN TABLE f (a integer) SERVER s OPTIONS (secret 'geheim', key 'id');
"""


def test_a_secret_is_never_read(database: DatabaseUrl) -> None:
    snapshot = _read(database, SECRETS)
    assert "geheim" not in repr(tuple(snapshot))
    mapping = snapshot.get("user mapping", "s", "PUBLIC")
    assert mapping is not None
    assert mapping.payload["options"] == [
        "auth_token=***",
        "passfile=***",
        "password=***",
        "password_required=false",
        "sslkey=***",
        "sslpassword=***",
        "user=u",
    ]
    table = snapshot.get("foreign table", "public", "f")
    assert table is not None
    assert table.payload["options"] == ["key=id", "secret=***"]
    assert [each.kind for each in snapshot.unread if "secrets" in each.reason] == [
        "foreign data wrapper",
        "foreign table",
        "server",
        "user mapping",
    ]


def test_options_that_the_role_may_not_see_are_no_difference(database: DatabaseUrl) -> None:
    whole = _read(database, f"{SERVER} CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS (a 'b');")
    with connect(database) as connection, connection.transaction(force_rollback=True):
        connection.execute("CREATE ROLE onlooker")
        connection.execute("SET LOCAL ROLE onlooker")
        snapshot = read_snapshot(connection)
    mapping = snapshot.get("user mapping", "s", "PUBLIC")
    assert mapping is not None
    assert mapping.payload["options"] is None
    assert "user mapping" in {each.kind for each in snapshot.unread}
    assert [each for each in _compared(snapshot, whole) if each.startswith("user mapping")] == []


_CONDITION = re.compile(r"WHEN\s+(option\..*?)\s+THEN '\*\*\*'", re.DOTALL)


def test_every_query_knows_the_same_secrets() -> None:
    folder = Path(str(gnkmigrate.kinds.__file__)).parent
    conditions = {
        re.sub(r"\s+", " ", found[1])
        for name in ("foreign_data_wrapper", "server", "user_mapping", "foreign_table")
        if (found := _CONDITION.search(_text(folder / name)))
    }
    assert len(conditions) == 1


def _text(folder: Path) -> str:
    return folder.joinpath("read.sql").read_text(encoding="utf-8")


def _read(database: DatabaseUrl, script: str) -> Snapshot:
    with psycopg.connect(database.conninfo, autocommit=True) as connection:
        connection.execute(script.encode())
    with connect(database, read_only=True) as connection:
        return read_snapshot(connection)


def _compared(source: Snapshot, target: Snapshot) -> list[str]:
    return [str(change.identity) for change in compare(source, target)]
