from pathlib import Path

import pytest

from gnkmigrate.errors import GnkMigrateError, ServerUnavailable, SettingsError
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.proof.schema import excluded
from gnkmigrate.proof.scope import Scope
from gnkmigrate.servers import Server
from gnkmigrate.servers.client_programs import complaints, dump_schema, invocation, program
from tests.support import execute


def test_a_schema_dump_leaves_gnkmigrates_own_schemas_out(
    server: Server, database: DatabaseUrl
) -> None:
    execute(
        database,
        "CREATE TABLE kept (id integer); CREATE SCHEMA gnkmigrate; CREATE TABLE gnkmigrate.run ();",
    )

    with connect(database) as session:
        left_out = excluded(session, Scope())
    dump = dump_schema(database, server.major, left_out=left_out)

    assert "CREATE TABLE public.kept" in dump
    assert "gnkmigrate" not in dump


def test_a_dump_that_fails_says_where_and_keeps_the_password(
    server: Server, database: DatabaseUrl
) -> None:
    nowhere = DatabaseUrl.parse(f"{database.with_database('nowhere').conninfo} password=hunter2")

    with pytest.raises(GnkMigrateError) as failed:
        dump_schema(nowhere, server.major, left_out=())

    message = "\n".join([str(failed.value), *failed.value.details])
    assert "nowhere" in message
    assert "hunter2" not in message


def test_the_password_is_no_argument_and_is_not_shown() -> None:
    url = DatabaseUrl.parse("postgresql://ada:hunter2@example.org/shop")

    call = invocation(Path("pg_dump"), url, ["--verbose"])

    assert call.environment["PGPASSWORD"] == "hunter2"
    assert "hunter2" not in repr(call)
    assert not any("hunter2" in argument for argument in call.arguments)


def test_a_secret_that_could_only_be_an_argument_is_refused() -> None:
    url = DatabaseUrl.parse("host=example.org sslkey=my.key sslpassword=hunter2")

    with pytest.raises(SettingsError, match="cannot be passed sslpassword") as refused:
        invocation(Path("pg_dump"), url, [])

    assert "hunter2" not in str(refused.value)


def test_a_server_newer_than_every_program() -> None:
    with pytest.raises(ServerUnavailable, match="no pg_dump for a server of PostgreSQL 99") as none:
        program("pg_dump", 99)

    assert "Install the client programs of PostgreSQL 99" in none.value.hint


def test_a_complaint_is_told_without_the_statement_that_it_is_about() -> None:
    said = """pg_restore: creating TABLE "public.users"
pg_restore: creating EXTENSION "uuid-ossp"
pg_restore: while PROCESSING TOC:
pg_restore: from TOC entry 3360; 1418 16391 USER MAPPING far postgres
pg_restore: error: could not execute query: ERROR:  role "ada" does not exist
Command was: CREATE USER MAPPING FOR ada SERVER far OPTIONS (password 'hunter2');
"""

    assert complaints(said) == [
        "pg_restore: from TOC entry 3360; 1418 16391 USER MAPPING far postgres",
        'pg_restore: error: could not execute query: ERROR:  role "ada" does not exist',
    ]


def test_a_program_that_does_not_complain_in_the_usual_form() -> None:
    assert complaints("one\ntwo\nthree\nfour\nfive\nsix\n")[0] == "two"
