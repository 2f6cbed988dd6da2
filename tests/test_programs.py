import pytest

from gnkmigrate.connection import DatabaseUrl
from gnkmigrate.errors import GnkMigrateError
from gnkmigrate.programs import dump_schema
from gnkmigrate.servers import Server
from tests.support import execute


def test_a_schema_dump_leaves_gnkmigrates_own_schemas_out(
    server: Server, database: DatabaseUrl
) -> None:
    execute(
        database,
        "CREATE TABLE kept (id integer); CREATE SCHEMA gnkmigrate; CREATE TABLE gnkmigrate.run ();",
    )

    dump = dump_schema(database, server.major)

    assert "CREATE TABLE public.kept" in dump
    assert "gnkmigrate" not in dump


def test_a_dump_that_fails_says_where_and_keeps_the_password(
    server: Server, database: DatabaseUrl
) -> None:
    nowhere = DatabaseUrl.parse(f"{database.with_database('nowhere').conninfo} password=hunter2")

    with pytest.raises(GnkMigrateError) as failed:
        dump_schema(nowhere, server.major)

    message = "\n".join([str(failed.value), *failed.value.details])
    assert "nowhere" in message
    assert "hunter2" not in message
