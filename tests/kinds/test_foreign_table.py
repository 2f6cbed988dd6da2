"""Foreign tables: what is read of them, and how each property gets another value."""

from gnkmigrate.servers import Server
from tests.kinds.converge import converge, planned
from tests.plan.support import migrate

SERVER = """CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
    CREATE SERVER other FOREIGN DATA WRAPPER w;"""
TABLE = "CREATE FOREIGN TABLE f (a integer, b text) SERVER s;"


def test_a_foreign_table_comes_and_goes(server: Server) -> None:
    new = """CREATE FOREIGN TABLE "F" (a integer OPTIONS (place '1') NOT NULL, b text DEFAULT 'x',
            c integer GENERATED ALWAYS AS (a + 1) STORED, CONSTRAINT k CHECK (a > 0))
            SERVER s OPTIONS (name 'it''s');
        COMMENT ON FOREIGN TABLE "F" IS 'there'; ALTER FOREIGN TABLE "F" OWNER TO reader;
        GRANT SELECT ON "F" TO PUBLIC; GRANT SELECT (a) ON "F" TO reader;"""
    there, back = converge(server, "", new, shared=SERVER, roles=["reader"])
    assert there[0].partition(";\n")[0] == (
        'CREATE FOREIGN TABLE public."F" (\n'
        "    a integer NOT NULL,\n"
        "    b text DEFAULT 'x'::text,\n"
        "    c integer GENERATED ALWAYS AS ((a + 1)) STORED,\n"
        "    CONSTRAINT k CHECK ((a > 0))\n"
        ") SERVER s OPTIONS (name 'it''s')"
    )
    assert back == ['DROP FOREIGN TABLE public."F"']


def test_it_comes_with_its_server_and_goes_with_it(server: Server) -> None:
    converge(server, "", SERVER + TABLE)


def test_options_change_in_place(server: Server) -> None:
    old = TABLE.replace("s;", "s OPTIONS (a 'b', c 'd');")
    new = TABLE.replace("s;", "s OPTIONS (a 'e', f 'g');")
    assert converge(server, old, new, shared=SERVER).there == [
        "ALTER FOREIGN TABLE public.f OPTIONS (DROP c, SET a 'e', ADD f 'g')"
    ]


def test_options_of_columns_change_in_place(server: Server) -> None:
    old = TABLE.replace("integer", "integer OPTIONS (x '1', y '2')")
    new = TABLE.replace("integer", "integer OPTIONS (y '3', z '2')")
    assert converge(server, old, new, shared=SERVER).there == [
        "ALTER TABLE public.f ALTER COLUMN a OPTIONS (DROP x, SET y '3', ADD z '2')"
    ]


def test_columns_and_checks_change_in_place(server: Server) -> None:
    new = "CREATE FOREIGN TABLE f (a bigint NOT NULL, c text, CONSTRAINT k CHECK (a > 0)) SERVER s;"
    converge(server, TABLE, new, shared=SERVER)


def test_no_row_of_ours_is_read_or_lost(server: Server) -> None:
    new = "CREATE FOREIGN TABLE f (a bigint NOT NULL) SERVER s;"
    made = planned(server, SERVER + TABLE, SERVER + new)
    assert len(made) == 3  # the type, NOT NULL, and the column that goes
    assert not any(each.rewrites or each.scans or each.loses_data for each in made)


def test_one_of_another_server_is_made_again_with_what_uses_it(server: Server) -> None:
    users = "CREATE VIEW seen AS SELECT a FROM f; GRANT SELECT ON f TO reader;"
    moved = TABLE.replace("SERVER s", "SERVER other")
    converge(server, TABLE + users, moved + users, shared=SERVER, roles=["reader"])


def test_it_gets_other_parents(server: Server) -> None:
    shared = f"{SERVER} CREATE TABLE p (a integer); CREATE TABLE q (b text);"
    child = TABLE.replace(" SERVER", " INHERITS (p) SERVER")
    converge(server, TABLE, child, shared=shared)
    converge(server, child, child.replace("(p)", "(q)"), shared=shared)
    merged = "CREATE FOREIGN TABLE f () INHERITS (p, q) SERVER s;"
    converge(server, child, merged, shared=shared)


def test_it_becomes_a_partition(server: Server) -> None:
    shared = f"{SERVER} CREATE TABLE p (a integer, b text) PARTITION BY LIST (a);"
    partition = "CREATE FOREIGN TABLE f PARTITION OF p{} FOR VALUES IN (1) SERVER s;"
    converge(server, "", partition.format(""), shared=shared)
    own = partition.format(" (b DEFAULT 'x' NOT NULL)")
    converge(server, partition.format(""), own, shared=shared)


def test_a_table_becomes_a_foreign_one(server: Server) -> None:
    converge(server, "CREATE TABLE f (a integer, b text);", TABLE, shared=SERVER)


def test_triggers_come_and_go(server: Server) -> None:
    function = (
        """CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"""
    )
    trigger = "CREATE TRIGGER t BEFORE INSERT ON f FOR EACH ROW EXECUTE FUNCTION g();"
    converge(server, TABLE, TABLE + trigger, shared=SERVER + function)


def test_with_a_wrapper_that_reads_files(server: Server) -> None:
    files = "CREATE EXTENSION file_fdw; CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;"
    table = "CREATE FOREIGN TABLE f (a integer) SERVER files OPTIONS (filename '/x', format 'csv');"
    converge(server, "", files + table)
    converge(server, table, table.replace("csv", "text"), shared=files)


def test_a_renamed_server_is_no_difference_of_its_tables(server: Server) -> None:
    old = SERVER.replace(" s ", ' "myServer" ') + TABLE.replace(" s;", ' "myServer";')
    new = old.replace('"myServer"', "my_server")
    assert [each.sql for each in planned(server, old, new)] == [
        'ALTER SERVER "myServer" RENAME TO my_server'
    ]


def test_every_statement_says_which_lock_it_takes(server: Server) -> None:
    """`migrate` holds it against pg_locks."""
    options = TABLE.replace("s;", "s OPTIONS (a 'b');").replace(
        "integer", "integer OPTIONS (c 'd')"
    )
    assert len(migrate(server, SERVER + TABLE, SERVER + options)) == 2
    migrate(server, SERVER + TABLE, SERVER)
    migrate(server, SERVER, SERVER + TABLE)
    migrate(server, SERVER + TABLE, SERVER + TABLE.replace(" f ", ' "F" '))
    narrow = "CREATE FOREIGN TABLE f (a bigint NOT NULL) SERVER s;"
    migrate(server, SERVER + TABLE, SERVER + narrow)
