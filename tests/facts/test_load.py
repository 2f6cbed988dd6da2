"""A schema from wherever it is, and what is said about one that cannot be had."""

import gzip
import os
from pathlib import Path

import pytest

from gnkmigrate.errors import GnkMigrateError, SchemaError
from gnkmigrate.facts.document import write_document
from gnkmigrate.facts.fact import Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.facts.source import load_schema, load_schemas, load_sql
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.servers import Server
from gnkmigrate.settings import ServerSettings, Settings
from tests.support import execute

SETTINGS = Settings()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "target.sql"


def tables(snapshot: Snapshot) -> set[str]:
    return {fact.identity.name for fact in snapshot.of_kind("table")}


def refused(path: Path, server: Server, settings: Settings = SETTINGS) -> SchemaError:
    with pytest.raises(SchemaError) as caught:
        load_sql(path, server, settings)
    assert caught.value.hint
    return caught.value


def test_a_file(file: Path, server: Server) -> None:
    file.write_text("CREATE TABLE users (id int);\nCREATE TABLE nodes (id int);\n")
    assert tables(load_schema(str(file), SETTINGS, server=server)) == {"users", "nodes"}


def test_a_folder_in_the_order_of_its_names(tmp_path: Path, server: Server) -> None:
    (tmp_path / "20_more").mkdir()
    (tmp_path / "20_more" / "b.sql").write_text("CREATE TABLE b (id int REFERENCES a)")
    (tmp_path / "10.sql").write_text(
        "CREATE TABLE a (id int PRIMARY KEY); SET search_path = pg_catalog"
    )
    (tmp_path / "README.md").write_text("not SQL")
    assert tables(load_schema(str(tmp_path), SETTINGS, server=server)) == {"a", "b"}


def test_files_are_run_with_row_security(tmp_path: Path, server: Server) -> None:
    """As psql does: a materialized view is filled with what the owner of a view sees."""
    (tmp_path / "1.sql").write_text("SET row_security = off; CREATE TABLE t (a int)")
    (tmp_path / "2.sql").write_text(
        """ALTER TABLE t ENABLE ROW LEVEL SECURITY; ALTER TABLE t FORCE ROW LEVEL SECURITY;
        CREATE POLICY p ON t TO pg_monitor USING (a > 1); GRANT SELECT ON t TO pg_monitor;
        CREATE VIEW v AS SELECT * FROM t; GRANT CREATE ON SCHEMA public TO pg_monitor;
        ALTER VIEW v OWNER TO pg_monitor; CREATE MATERIALIZED VIEW m AS SELECT * FROM v;"""
    )
    loaded = load_schema(str(tmp_path), SETTINGS, server=server)
    assert loaded.facts[Identity("materialized view", ("public", "m"))].payload["populated"]


def test_a_snapshot(tmp_path: Path, file: Path, server: Server) -> None:
    file.write_text("CREATE TABLE users (id int)")
    loaded = load_sql(file, server, SETTINGS)
    kept = tmp_path / "kept.json"
    kept.write_text(write_document(loaded))
    assert load_schema(str(kept), SETTINGS).ordered == loaded.ordered


def test_a_database(database: DatabaseUrl) -> None:
    execute(database, "CREATE TABLE users (id int); CREATE SCHEMA app; CREATE TABLE app.t (a int)")
    assert tables(load_schema(database.conninfo, SETTINGS)) == {"users", "t"}
    public = Settings(schemas=("public",))
    assert tables(load_schema(database.conninfo, public)) == {"users"}
    both = Settings(schemas=("app", "public"), ignore=("public.u*",))
    assert tables(load_schema(database.conninfo, both)) == {"t"}


def test_two_files_share_a_server_of_the_version_that_the_settings_say(
    file: Path, server: Server
) -> None:
    file.write_text("CREATE TABLE users (id int)")
    settings = Settings(
        server=ServerSettings.model_validate({"provider": "url", "url": server.url.conninfo})
    )
    one, other = load_schemas((str(file), str(file)), settings)
    assert [*one] == [*other]
    assert one.server_version == server.version


def test_the_search_path_is_that_of_the_settings(file: Path, server: Server) -> None:
    file.write_text("CREATE SCHEMA app; CREATE TABLE t (a int)")
    snapshot = load_sql(file, server, Settings(schemas=("app",)))
    assert snapshot.get("table", "app", "t")
    assert [fact.identity.name for fact in snapshot.of_kind("schema")] == ["app"]


def test_objects_outside_of_the_projects_schemas_are_refused(file: Path, server: Server) -> None:
    file.write_text("CREATE SCHEMA app; CREATE TABLE app.t (a int)")
    assert refused(file, server, Settings(schemas=("public",))).details == ("schema app",)
    assert load_schema(str(file), Settings(schemas=("public", "app")), server=server)


@pytest.mark.parametrize(
    ("sql", "line", "words"),
    [
        (
            "CREATE TABLE a (id int);\nCREATE TABEL b (id int);",
            2,
            'syntax error at or near "TABEL"',
        ),
        ("-- é\nCREATE TABLE a (\n  id nope\n);", 3, 'type "nope" does not exist'),
        ("CREATE TABLE a (id int);\n\nCREATE TABLE a (id int);", 3, 'relation "a" already exists'),
        ("SELECT 1;\nDO $$ BEGIN\n RAISE 'no; never'; END $$;", 2, "no; never"),
        (
            "SELECT 1;\n\\connect other\n\\connect third\n",
            2,
            r"\connect goes to another database",
        ),
        ("\\i more.sql\n", 1, r"\i is a command of psql, not SQL"),
        ("CREATE TABLE a (id int);\nCOPY a FROM stdin;\n1\n\\.\n", 2, "COPY ... FROM stdin"),
        ("CREATE TABLE a (id int);\nCOPY a FROM stdin;\n\\.\n", 2, "COPY ... FROM stdin"),
        ("CREATE DATABASE shop;\n\\connect shop\n", 1, "CREATE DATABASE is about a database"),
        ("BEGIN;\nCREATE TABLE a (id int);\nROLLBACK;", 3, "ROLLBACK undoes"),
        ("CREATE TABLE a (id int);\nABORT WORK;", 2, "ABORT undoes"),
        ("BEGIN;\nPREPARE TRANSACTION 'one';", 2, "PREPARE TRANSACTION takes"),
        ("SELECT 1;\nCOPY (SELECT 1) TO PROGRAM 'cat > /tmp/there';", 2, "runs a program"),
        ("CREATE TABLE a (id int);\nCOPY a (id) FROM '/etc/passwd';", 2, "a file on the server"),
    ],
)
def test_an_error_has_file_and_line(
    file: Path, server: Server, sql: str, line: int, words: str
) -> None:
    file.write_text(sql)
    error = refused(file, server)
    assert error.message.startswith(f"{file}, line {line}: ")
    assert words in error.message


def test_an_error_names_the_file_of_a_folder(tmp_path: Path, server: Server) -> None:
    (tmp_path / "1.sql").write_text("CREATE TABLE a (id int)")
    (tmp_path / "2.sql").write_text("\nCREATE TABLE b (id int REFERENCES c)")
    assert f"{tmp_path / '2.sql'}, line 2: relation" in refused(tmp_path, server).message


DETACHED = """
CREATE TABLE a (id int) PARTITION BY LIST (id);
CREATE TABLE b PARTITION OF a FOR VALUES IN (1);
ALTER TABLE a DETACH PARTITION b CONCURRENTLY;
"""
COMPUTED = """
CREATE TABLE t (x v);
DO $$ BEGIN EXECUTE format('ALTER TYPE v ADD VALUE %L', 'b'); INSERT INTO t VALUES ('b'); END $$;
"""


@pytest.mark.parametrize(
    ("sql", "advice"),
    [
        ("CREATE EXTENSION nobody_has_this", "the extension nobody_has_this"),
        ("SET a_setting_of_the_future = 1; SELECT 1", "`major`"),
        (DETACHED, "CONCURRENTLY"),
        ("CREATE TYPE v AS ENUM ('a');" + COMPUTED, "ALTER TYPE ... ADD VALUE"),
        # SQLSTATE class 55: what is wrong is in the file, and in no server's log.
        ("CREATE SEQUENCE s; SELECT currval('s')", "Correct the file"),
        ("SET statement_timeout = 10; SELECT pg_sleep(9)", "its log may tell more"),
        ("CREATE TABLE app.a (id int)", "`schemas`"),
        ("CREATE TABLE a (id int); COPY a FROM stdin", "--schema-only"),
        ("CREATE TABEL a", "Correct the file"),
    ],
)
def test_an_error_says_what_to_do(file: Path, server: Server, sql: str, advice: str) -> None:
    file.write_text(sql)
    assert advice in refused(file, server).hint


@pytest.mark.parametrize(
    "sql",
    [
        "BEGIN; CREATE TABLE a (id int); COMMIT;",
        "start transaction isolation level serializable;\nCREATE TABLE a (id int);\nend;",
        "CREATE TABLE a (id int); COMMIT AND CHAIN; COMMIT WORK",
        "BEGIN; SAVEPOINT s; CREATE TABLE a (id int); RELEASE s; COMMIT;",
        "BEGIN; CREATE TABLE a (id int); SAVEPOINT s; CREATE TABLE b (); ROLLBACK TO s; COMMIT;",
    ],
)
def test_the_transactions_of_a_script_are_read_past(file: Path, server: Server, sql: str) -> None:
    file.write_text(sql)
    assert tables(load_sql(file, server, SETTINGS)) == {"a"}


def test_an_error_after_a_transaction_has_its_line(file: Path, server: Server) -> None:
    file.write_text("BEGIN\n;\nCREATE TABLE a (id int);\nCOMMIT;\nCREATE TABLE a (id int);")
    assert refused(file, server).message.startswith(f"{file}, line 5: ")


def test_migrations_each_with_a_transaction_of_its_own(tmp_path: Path, server: Server) -> None:
    (tmp_path / "0001.sql").write_text("BEGIN;\nCREATE TABLE a (id int PRIMARY KEY);\nCOMMIT;\n")
    (tmp_path / "0002.SQL").write_text("BEGIN;\nCREATE TABLE b (id int REFERENCES a);\nCOMMIT;\n")
    (tmp_path / ".0003.sql").write_text("not yet")
    assert tables(load_sql(tmp_path, server, SETTINGS)) == {"a", "b"}


def test_what_is_temporary_is_told_to_be_left_out(file: Path, server: Server) -> None:
    file.write_text(
        "CREATE TABLE a (id int, temp int);\nCREATE TEMP TABLE b (id int);\n"
        "CREATE LOCAL TEMPORARY SEQUENCE s;\nCREATE OR REPLACE TEMP VIEW v AS SELECT 1 AS id;\n"
        "CREATE TABLE pg_temp.c (id int);\nCREATE VIEW w AS SELECT temp FROM a;\n"
    )
    found = load_sql(file, server, SETTINGS).unread
    assert [str(each) for each in found] == [
        "4 CREATE TEMPORARY statements (target.sql:2, target.sql:3, target.sql:4, target.sql:5)"
    ]


@pytest.mark.parametrize(
    ("sql", "said", "hint"),
    [
        ("ALTER SYSTEM SET work_mem = '5MB';", "ALTER SYSTEM is about the server", "Leave it out"),
        ("alter system reset all;", "ALTER SYSTEM is about the server", "Leave it out"),
        ("SET client_encoding='LATIN1';", "to be read as 'LATIN1'", "iconv"),
        ("SET client_encoding TO win1252;", "to be read as win1252", "iconv"),
        ("SET SESSION client_encoding = 'EUC_JP';", "to be read as 'EUC_JP'", "iconv"),
        ("SET NAMES 'LATIN1';", "to be read as 'LATIN1'", "iconv"),
    ],
)
def test_what_a_schema_cannot_say(
    file: Path, server: Server, sql: str, said: str, hint: str
) -> None:
    file.write_text(f'{sql}\nCREATE TABLE "\u00f6" (id int);', encoding="utf-8")
    with pytest.raises(SchemaError, match=said) as refused:
        load_sql(file, server, SETTINGS)
    assert "target.sql, line 1: " in str(refused.value)
    assert hint in refused.value.hint


@pytest.mark.parametrize("encoding", ["'UTF8'", "'utf-8'", "UNICODE", "'SQL_ASCII'", "DEFAULT"])
def test_a_file_may_say_that_it_is_as_it_is_read(file: Path, server: Server, encoding: str) -> None:
    table = 'CREATE TABLE "a\u00e4" (id int);'
    file.write_text(f"SET client_encoding TO {encoding};\n{table}", encoding="utf-8")
    assert tables(load_sql(file, server, SETTINGS)) == {"a\u00e4"}
    file.write_text(f"SET client_encoding = {encoding};\n{table}", encoding="utf-8")
    assert tables(load_sql(file, server, SETTINGS)) == {"a\u00e4"}
    file.write_text("SET client_encoding = 'LATIN1';\nCREATE TABLE a (id int);")
    assert tables(load_sql(file, server, SETTINGS)) == {"a"}


def test_who_changes_rows_is_told_that_they_are_not_compared(file: Path, server: Server) -> None:
    file.write_text(
        "CREATE TABLE a (id int);\nINSERT INTO a VALUES (1);\nINSERT INTO a VALUES (2);\n"
        "WITH two AS (SELECT 2 AS id)\nUPDATE a SET id = 3 FROM two WHERE a.id = two.id;\n"
        "SELECT 1 FROM a FOR UPDATE;\nTRUNCATE a;\n"
    )
    found = load_sql(file, server, SETTINGS).unread
    assert [str(each) for each in found] == [
        "2 INSERT statements (target.sql:2, target.sql:3)",
        "1 UPDATE statement (target.sql:4)",
        "1 TRUNCATE statement (target.sql:7)",
    ]


@pytest.mark.parametrize(
    ("sql", "there"),
    [
        ("CREATE INDEX CONCURRENTLY i ON a (id);", {"i"}),
        ("create unique index concurrently\nif not exists i\non a (id);", {"i"}),
        ("CREATE /* online */ INDEX -- slow\n CONCURRENTLY i ON a (id);", {"i"}),
        ('CREATE INDEX CONCURRENTLY"i j" ON a (id)', {"i j"}),
        ("CREATE INDEX i ON a (id); DROP INDEX CONCURRENTLY i;", set()),
        ("CREATE INDEX i ON a (id); DROP INDEX CONCURRENTLY IF EXISTS i, j;", set()),
        ("CREATE INDEX i ON a (id); REINDEX INDEX CONCURRENTLY i;", {"i"}),
        ("CREATE INDEX i ON a (id); REINDEX (CONCURRENTLY, VERBOSE) TABLE a;", {"i"}),
        ("CREATE INDEX i ON a (id); REINDEX SCHEMA public; VACUUM ANALYZE a;", {"i"}),
    ],
)
def test_what_runs_in_no_transaction_is_made_in_one(
    file: Path, server: Server, sql: str, there: set[str]
) -> None:
    file.write_text(f"CREATE TABLE a (id int);\n{sql}")
    indexes = load_sql(file, server, SETTINGS).of_kind("index")
    assert {fact.identity.name for fact in indexes} == there


def test_an_error_after_an_index_has_its_line(file: Path, server: Server) -> None:
    file.write_text(
        "CREATE TABLE a (id int);\nCREATE INDEX CONCURRENTLY\ni\nON a (id);\nSELECT nope;"
    )
    assert refused(file, server).message.startswith(f"{file}, line 5: ")


def test_a_label_may_be_used_after_it_was_added(tmp_path: Path, server: Server) -> None:
    for name, sql in {
        "0": "CREATE TABLE before (x int REFERENCES other)",  # another file makes it
        "1": "CREATE TYPE v AS ENUM ('Public'); CREATE TABLE other (id int PRIMARY KEY)",
        "2": "ALTER TYPE v ADD VALUE 'Private'",
        "3": "CREATE TABLE t (x v DEFAULT 'Private', y late)",
        "4": "CREATE DOMAIN late AS int",
    }.items():
        (tmp_path / f"{name}.sql").write_text(sql)
    loaded = load_sql(tmp_path, server, SETTINGS)
    assert tables(loaded) == {"before", "other", "t"}
    (enum,) = loaded.of_kind("enum")
    assert list(enum.payload["labels"]) == ["Public", "Private"]


LABELS = """
CREATE SCHEMA "My app";
SET search_path = "My app";
CREATE TYPE "V" AS ENUM ('a');
BEGIN;
ALTER TYPE "My app"."V" ADD VALUE IF NOT EXISTS 'b' AFTER 'a';
COMMIT;
CREATE TABLE one (x "V" DEFAULT 'b');
SET ROLE app;
RESET ROLE;
GRANT ALL ON SCHEMA "My app" TO app;
ALTER TYPE "V" OWNER TO app;
SET ROLE app;
ALTER TYPE "V" ADD VALUE 'c';
CREATE TABLE two (x "V" DEFAULT 'c');
GRANT SELECT ON two TO another;
"""


def test_a_file_goes_on_as_it_was_after_a_label(file: Path, server: Server) -> None:
    """With its search path, and as whoever it has become, also where a role is made for it."""
    file.write_text(LABELS)
    loaded = load_sql(file, server, SETTINGS)
    assert loaded.get("table", "My app", "one")
    assert loaded.get("table", "My app", "two")
    owners = {
        fact.parent.name: fact.payload["owner"]
        for fact in loaded.of_kind("owner")
        if fact.parent is not None
    }
    assert owners == {"two": "app", "V": "app"}
    file.write_text(f"{LABELS}SELECT nope;")
    assert refused(file, server).message.startswith(f"{file}, line 17: ")


EVENT_TRIGGER = """
CREATE FUNCTION public.f() RETURNS event_trigger LANGUAGE plpgsql AS 'begin end';
ALTER FUNCTION public.f() OWNER TO "Admin of all";
CREATE EVENT TRIGGER watch ON ddl_command_start EXECUTE FUNCTION public.f();
ALTER EVENT TRIGGER watch OWNER TO "Admin of all";
CREATE FOREIGN DATA WRAPPER files;
ALTER FOREIGN DATA WRAPPER files OWNER TO app;
"""


def test_who_owns_what_is_a_superusers_is_one(file: Path, server: Server) -> None:
    file.write_text(EVENT_TRIGGER)
    loaded = load_sql(file, server, SETTINGS)
    assert loaded.get("event trigger", "watch")
    owners = {fact.payload["owner"] for fact in loaded.of_kind("owner")}
    assert owners == {"Admin of all", "app"}


@pytest.mark.parametrize("becomes", ["SET ROLE app", "SET SESSION AUTHORIZATION 'app'"])
def test_a_script_may_take_on_a_role(tmp_path: Path, server: Server, becomes: str) -> None:
    (tmp_path / "1.sql").write_text(f"{becomes}; CREATE TABLE public.a (id int);")
    (tmp_path / "2.sql").write_text("CREATE TABLE b (id int);")
    loaded = load_sql(tmp_path, server, SETTINGS)
    owners = {
        fact.parent.path[-1]: fact.payload["owner"]
        for fact in loaded.of_kind("owner")
        if fact.parent is not None
    }
    assert owners == {"a": "app"}


@pytest.mark.parametrize("sql", ["", "-- nothing yet\n", "CREATE EXTENSION pgcrypto"])
def test_a_schema_without_anything_in_it_is_refused(file: Path, server: Server, sql: str) -> None:
    file.write_text(sql)
    with pytest.raises(SchemaError, match="declares no table"):
        load_schema(str(file), SETTINGS, server=server)


def test_a_dump_of_pg_dump_is_read(file: Path, server: Server) -> None:
    file.write_text(
        "\\restrict AbC123\n"
        "SET statement_timeout = 0;\n"
        "SELECT pg_catalog.set_config('search_path', '', false);\n"
        "CREATE TABLE public.users (id int);\n"
        "\\unrestrict AbC123\n"
    )
    assert tables(load_sql(file, server, SETTINGS)) == {"users"}


def test_a_line_that_begins_with_a_backslash_inside_of_a_text_is_text(
    file: Path, server: Server
) -> None:
    file.write_text("CREATE TABLE a (path text DEFAULT 'c:\n\\temp')")
    default = load_sql(file, server, SETTINGS).get("default", "public", "a", "path")
    assert default is not None
    assert default.payload["expression"] == "'c:\n\\temp'::text"


def test_what_copies_rows_out_is_harmless(file: Path, server: Server) -> None:
    file.write_text("CREATE TABLE a (id int); COPY a TO stdout; CREATE TABLE b (id int)")
    assert tables(load_sql(file, server, SETTINGS)) == {"a", "b"}


def test_a_file_that_is_not_text_is_refused(file: Path, server: Server) -> None:
    file.write_bytes("CREATE TABLE é (id int)".encode("latin-1"))
    assert "is not UTF-8" in refused(file, server).message
    file.write_bytes(b"SELECT 1;\x00SELECT 2")
    assert "zero byte" in refused(file, server).message


@pytest.mark.parametrize("name", ["shop.sql", "shop.dump", "shop.fc", "shop"])
@pytest.mark.parametrize(
    ("content", "format_"), [(b"PGDMP\x01\x10", "custom"), (b"\0" * 257 + b"ustar", "tar")]
)
def test_a_dump_that_is_not_sql_is_refused(
    tmp_path: Path, name: str, content: bytes, format_: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SchemaError, match=f"pg_dump's {format_} format") as caught:
        load_schema(str(tmp_path / name), SETTINGS)
    assert "pg_restore --schema-only -f FILE" in caught.value.hint


def test_a_dump_in_the_format_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "toc.dat").write_bytes(b"PGDMP")
    with pytest.raises(SchemaError, match="pg_dump's directory format"):
        load_schema(str(tmp_path), SETTINGS)


def test_a_packed_file_is_refused(tmp_path: Path) -> None:
    packed = tmp_path / "shop.sql.gz"
    packed.write_bytes(gzip.compress(b"CREATE TABLE a (id int)"))
    with pytest.raises(SchemaError, match="is compressed") as caught:
        load_schema(str(packed), SETTINGS)
    assert "gunzip" in caught.value.hint


def test_a_link_to_nowhere_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "1.sql").write_text("CREATE TABLE a (id int)")
    (tmp_path / "2.sql").symlink_to("gone.sql")
    with pytest.raises(SchemaError, match=r"2\.sql is a link to gone\.sql, which does not exist"):
        load_schema(str(tmp_path), SETTINGS)


def test_a_pipe_is_read(server: Server) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"CREATE TABLE a (id int)")
    os.close(writing)
    assert tables(load_schema(f"/dev/fd/{reading}", SETTINGS, server=server)) == {"a"}
    os.close(reading)


def test_a_file_may_begin_with_a_byte_order_mark(file: Path, server: Server) -> None:
    file.write_bytes(b"\xef\xbb\xbfCREATE TABLE a (id int)")
    assert tables(load_sql(file, server, SETTINGS)) == {"a"}


@pytest.mark.parametrize("name", ["gone.sql", "gone", "gone.json"])
def test_a_source_that_is_not_there_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(SchemaError, match=r"gone.* does not exist"):
        load_schema(str(tmp_path / name), SETTINGS)


@pytest.mark.parametrize("source", ["postgres:/me:secret@host/db", "password=secret host"])
def test_a_mistyped_url_does_not_show_its_password(source: str) -> None:
    with pytest.raises(GnkMigrateError) as caught:
        load_schema(source, SETTINGS)
    assert "secret" not in caught.value.message + caught.value.hint


def test_a_source_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "schema.txt").write_text("CREATE TABLE a (id int)")
    with pytest.raises(SchemaError, match=r"neither a \.sql file nor a snapshot"):
        load_schema(str(tmp_path / "schema.txt"), SETTINGS)
    with pytest.raises(SchemaError, match=r"holds no \.sql file"):
        load_schema(str(tmp_path), SETTINGS)
