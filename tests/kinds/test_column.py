"""Columns: their types, nulls, identity and expressions."""

import pytest

from gnkmigrate.kinds.change import Unplannable
from gnkmigrate.servers import Server
from tests.kinds.converge import converge, omitted, planned
from tests.plan.support import Case, arrive, case, pair

TABLE = "CREATE TABLE item (id integer);"

LONG = "c" * 60

CASES = {
    "added with a default, fixed or not": case(
        TABLE,
        "CREATE TABLE item (id integer, name text DEFAULT 'x' NOT NULL,"
        " key uuid DEFAULT gen_random_uuid() NOT NULL);",
        "ALTER TABLE public.item ADD COLUMN key uuid DEFAULT gen_random_uuid() NOT NULL",
        "ALTER TABLE public.item ADD COLUMN name text DEFAULT 'x'::text NOT NULL",
        rows="INSERT INTO item VALUES (1)",
    ),
    "nulls are forbidden in four short steps": case(
        TABLE,
        "CREATE TABLE item (id integer NOT NULL);",
        "ALTER TABLE public.item ADD CONSTRAINT item_id_not_null_check "
        "CHECK (id IS NOT NULL) NOT VALID",
        "ALTER TABLE public.item VALIDATE CONSTRAINT item_id_not_null_check",
        "ALTER TABLE public.item ALTER COLUMN id SET NOT NULL",
        "ALTER TABLE public.item DROP CONSTRAINT item_id_not_null_check",
        rows="INSERT INTO item VALUES (1)",
    ),
    "or in one long one": case(
        TABLE,
        "CREATE TABLE item (id integer NOT NULL);",
        "ALTER TABLE public.item ALTER COLUMN id SET NOT NULL",
        online=False,
    ),
    "allowed again once no primary key forbids them": case(
        "CREATE TABLE item (id integer PRIMARY KEY);",
        TABLE,
        "ALTER TABLE public.item DROP CONSTRAINT item_pkey",
        "ALTER TABLE public.item ALTER COLUMN id DROP NOT NULL",
    ),
    "renamed by its spelling, and a view keeps the names of its own": case(
        'CREATE TABLE item ("isActive" boolean DEFAULT true);'
        'CREATE INDEX active ON item ("isActive"); CREATE VIEW v AS SELECT "isActive" FROM item;',
        "CREATE TABLE item (is_active boolean DEFAULT true);"
        "CREATE INDEX active ON item (is_active);"
        'CREATE VIEW v AS SELECT is_active AS "isActive" FROM item;',
        'ALTER TABLE public.item RENAME COLUMN "isActive" TO is_active',
        'CREATE OR REPLACE VIEW public.v AS\nSELECT is_active AS "isActive"\n   FROM public.item',
        since=160000,
    ),
    "what forbids NULL is renamed with it": case(
        'CREATE TABLE item ("isActive" boolean NOT NULL);',
        "CREATE TABLE item (is_active boolean NOT NULL);",
        'ALTER TABLE public.item RENAME COLUMN "isActive" TO is_active',
        "ALTER TABLE public.item RENAME CONSTRAINT "
        '"item_isActive_not_null" TO item_is_active_not_null',
        since=180000,
    ),
    "the check that stands in for NOT NULL takes no name that is taken": case(
        "CREATE TABLE item (id integer CONSTRAINT item_id_not_null_check CHECK (id > 0));",
        "CREATE TABLE item (id integer NOT NULL CONSTRAINT item_id_not_null_check CHECK (id > 0));",
        "ALTER TABLE public.item ADD CONSTRAINT item_id_not_null_check_ "
        "CHECK (id IS NOT NULL) NOT VALID",
        "ALTER TABLE public.item VALIDATE CONSTRAINT item_id_not_null_check_",
        "ALTER TABLE public.item ALTER COLUMN id SET NOT NULL",
        "ALTER TABLE public.item DROP CONSTRAINT item_id_not_null_check_",
    ),
    "NOT NULL whose name is cut, or another's, is made under its own": case(
        "CREATE TABLE item (id integer CONSTRAINT item_id_not_null CHECK (id > 0), "
        f"{LONG} integer);",
        "CREATE TABLE item (id integer NOT NULL CONSTRAINT item_id_not_null CHECK (id > 0), "
        f"{LONG} integer NOT NULL);",
        f"ALTER TABLE public.item ADD CONSTRAINT item_{LONG[:49]}_not_null NOT NULL {LONG}",
        "ALTER TABLE public.item ADD CONSTRAINT item_id_not_null1 NOT NULL id",
        online=False,
        since=180000,
    ),
    "a NOT NULL whose name will be cut is renamed to that": case(
        f'CREATE TABLE item ("isActiveNow{LONG[:37]}" integer NOT NULL);',
        f"CREATE TABLE item (is_active_now{LONG[:37]} integer NOT NULL);",
        f'ALTER TABLE public.item RENAME COLUMN "isActiveNow{LONG[:37]}" '
        f"TO is_active_now{LONG[:37]}",
        f'ALTER TABLE public.item RENAME CONSTRAINT "item_isActiveNow{LONG[:37]}_not_null" '
        f"TO item_is_active_now{LONG[:36]}_not_null",
        since=180000,
    ),
    "renamed and altered": case(
        'CREATE TABLE item ("createdAt" timestamp DEFAULT now() NOT NULL);',
        "CREATE TABLE item (created_at timestamptz DEFAULT now());",
        'ALTER TABLE public.item RENAME COLUMN "createdAt" TO created_at',
        "ALTER TABLE public.item ALTER COLUMN created_at DROP NOT NULL",
        "DO $$BEGIN SET LOCAL TimeZone = 'UTC'; "
        "ALTER TABLE public.item ALTER COLUMN created_at TYPE timestamp with time zone; END$$",
    ),
    "a serial becomes an identity, and goes on counting": case(
        "CREATE TABLE item (id serial);",
        "CREATE TABLE item (id integer GENERATED BY DEFAULT AS IDENTITY);",
        "ALTER TABLE public.item ALTER COLUMN id DROP DEFAULT",
        "CREATE SEQUENCE public.item_id_seq_kept AS integer MINVALUE 1 MAXVALUE 2147483647 "
        "START WITH 1",
        "DO $$BEGIN LOCK TABLE public.item IN ACCESS EXCLUSIVE MODE; "
        "PERFORM pg_catalog.setval('public.item_id_seq_kept', last_value, is_called) "
        "FROM public.item_id_seq; DROP SEQUENCE public.item_id_seq; END$$",
        "ALTER TABLE public.item ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY",
        "SELECT pg_catalog.setval('public.item_id_seq', last_value, is_called) "
        "FROM public.item_id_seq_kept",
        "DROP SEQUENCE public.item_id_seq_kept",
        rows="INSERT INTO item DEFAULT VALUES",
    ),
    "identity for the column itself alone, or not at all": case(
        "CREATE TABLE item (a integer GENERATED BY DEFAULT AS IDENTITY,"
        " b integer GENERATED ALWAYS AS IDENTITY);",
        "CREATE TABLE item (a integer GENERATED ALWAYS AS IDENTITY, b integer NOT NULL);",
        "ALTER TABLE public.item ALTER COLUMN a SET GENERATED ALWAYS",
        "ALTER TABLE public.item ALTER COLUMN b DROP IDENTITY",
    ),
    "computed no longer": case(
        "CREATE TABLE item (id integer, twice integer GENERATED ALWAYS AS (id * 2) STORED);",
        "CREATE TABLE item (id integer, twice integer);",
        "ALTER TABLE public.item ALTER COLUMN twice DROP EXPRESSION",
    ),
    "a foreign key makes way for types of both its ends": case(
        "CREATE TABLE a (id integer PRIMARY KEY); CREATE TABLE b (a integer REFERENCES a);",
        "CREATE TABLE a (id text PRIMARY KEY); CREATE TABLE b (a text REFERENCES a);",
        "ALTER TABLE public.b DROP CONSTRAINT b_a_fkey",
        "ALTER TABLE public.a ALTER COLUMN id TYPE text",
        "ALTER TABLE public.b ALTER COLUMN a TYPE text",
        "ALTER TABLE public.b ADD CONSTRAINT b_a_fkey FOREIGN KEY (a) "
        "REFERENCES public.a(id) NOT VALID",
        "ALTER TABLE public.b VALIDATE CONSTRAINT b_a_fkey",
        rows="INSERT INTO a VALUES (7); INSERT INTO b VALUES (7)",
    ),
    "a longer varchar disturbs nobody but views": case(
        "CREATE TABLE item (name varchar(5) CHECK (name <> '')); CREATE INDEX n ON item (name);",
        "CREATE TABLE item (name varchar(9) CHECK (name <> '')); CREATE INDEX n ON item (name);",
        "ALTER TABLE public.item ALTER COLUMN name TYPE character varying(9)",
    ),
}


@pytest.mark.parametrize("given", CASES.values(), ids=CASES)
def test_case(server: Server, given: Case) -> None:
    assert given.migrate(server) == given.expected


def test_a_new_type_leaves_how_values_are_kept(server: Server) -> None:
    table = "CREATE TABLE t (a varchar(9)); ALTER TABLE t ALTER a SET STORAGE EXTERNAL;"
    table += "ALTER TABLE t ALTER a SET COMPRESSION pglz; ALTER TABLE t ALTER a SET STATISTICS 9;"
    assert converge(server, table, table.replace("varchar(9)", "text")).there == [
        "ALTER TABLE public.t ALTER COLUMN a TYPE text",
        "ALTER TABLE public.t ALTER COLUMN a SET STORAGE EXTERNAL",
        "ALTER TABLE public.t ALTER COLUMN a SET COMPRESSION pglz",
    ]


def test_children_s_values_are_compressed_like_their_parent_s(server: Server) -> None:
    tables = "CREATE TABLE t (); CREATE TABLE u () INHERITS (t);"
    column = "ALTER TABLE t ADD a text COMPRESSION pglz;"
    converge(server, tables, tables + column)
    converge(server, tables + column, tables + column.replace("text", "varchar(9)"))
    converge(server, tables + column, tables + column.replace(" COMPRESSION pglz", ""))


@pytest.mark.parametrize(("type_", "tried"), [("d", 1), ("e", 1), ("f", 0), ("d[]", 0)])
def test_a_domain_that_refuses_values_is_tried_on_every_row(
    server: Server, type_: str, tried: bool
) -> None:
    table = """CREATE DOMAIN d AS int CHECK (VALUE > 0); CREATE DOMAIN e AS d;
        CREATE DOMAIN f AS int; CREATE TABLE t ();"""
    with pair(server, table, f"{table} ALTER TABLE t ADD a {type_} DEFAULT NULL") as given:
        assert [each.rewrites for each in arrive(given)] == [tried]


def test_a_foreign_key_makes_way_for_the_type_of_a_column_that_its_key_includes(
    server: Server,
) -> None:
    tables = """CREATE TABLE a (x integer, y varchar(9), UNIQUE (x) INCLUDE (y));
        CREATE TABLE b (x integer REFERENCES a (x));"""
    converge(server, tables, tables.replace("varchar(9)", "char(9)"))


def test_a_child_s_own_storage_stays_when_its_parent_gets_another_type(server: Server) -> None:
    tables = """CREATE TABLE t (a text COMPRESSION pglz); CREATE TABLE u () INHERITS (t);
        ALTER TABLE u ALTER a SET STORAGE MAIN; ALTER TABLE u ALTER a SET COMPRESSION default;"""
    converge(server, tables, tables.replace("text", "varchar(9)"))


def test_a_generated_column_is_computed_anew_for_its_new_type(server: Server) -> None:
    table = "CREATE TABLE t (b numeric, a {} GENERATED ALWAYS AS ({}) STORED);"
    ways = converge(server, table.format("numeric(9,2)", "b"), table.format("real", "b"))
    assert ways.there == [
        "ALTER TABLE public.t DROP COLUMN a",
        "ALTER TABLE public.t ADD COLUMN a real GENERATED ALWAYS AS (b) STORED",
    ]
    converge(server, table.format("text", "b::text"), table.format("boolean", "b > 3"))
    converge(server, table.format("integer", "b"), table.format("bigint", "b"))


@pytest.mark.parametrize(("added", "scanned"), [("", False), (" NOT NULL", True)])
def test_a_virtual_column_is_added_without_a_rewrite(
    server: Server, added: str, scanned: bool
) -> None:
    if server.version < 180000:
        pytest.skip("this version has no virtual columns")
    table = "CREATE TABLE t (a integer NOT NULL);"
    column = f"ALTER TABLE t ADD b integer GENERATED ALWAYS AS (a + 1) VIRTUAL{added};"
    with pair(server, table, table + column) as given:
        assert [(each.rewrites, each.scans) for each in arrive(given)] == [(False, scanned)]


@pytest.mark.parametrize(("generation", "since"), [("STORED", 170000), ("VIRTUAL", 180000)])
def test_tables_below_keep_an_expression_of_their_own(
    server: Server, generation: str, since: int
) -> None:
    if server.version < since:
        pytest.skip("this version does not set expressions")
    computed = f"c integer GENERATED ALWAYS AS (a + {{}}) {generation}"
    tables = f"""CREATE TABLE p (k integer, a integer, {computed}) PARTITION BY LIST (k);
        CREATE TABLE p1 PARTITION OF p ({computed.replace(" integer", "")}) FOR VALUES IN (1);
        CREATE TABLE p2 PARTITION OF p ({computed.replace(" integer", "")}) FOR VALUES IN (2);
        CREATE TABLE q (a integer, {computed});
        CREATE TABLE q1 ({computed}) INHERITS (q);"""
    converge(server, tables.format(1, 2, 1, 1, 2), tables.format(3, 2, 4, 3, 2))
    converge(server, tables.format(1, 2, 3, 1, 1), tables.format(3, 4, 3, 3, 5))
    converge(server, "", tables.format(1, 2, 1, 1, 2))


def test_a_virtual_column_of_a_table_with_a_check_is_computed_otherwise(server: Server) -> None:
    if server.major < 18:
        pytest.skip("this version has no virtual columns")
    table = "CREATE TABLE t (a int CHECK (a > 0), v int GENERATED ALWAYS AS (a + {}) VIRTUAL);"
    converge(server, table.format(1), table.format(2))


def test_not_null_that_is_handed_on_no_more(server: Server) -> None:
    """What a child had of its parent would stay its own."""
    if server.major < 18:
        pytest.skip("NO INHERIT came to NOT NULL with PostgreSQL 18.")
    tables = (
        "CREATE TABLE t (c int CONSTRAINT cn NOT NULL{0}, d int CONSTRAINT dn NOT NULL{0});"
        "CREATE TABLE k () INHERITS (t); CREATE TABLE l (d int NOT NULL) INHERITS (k);"
    )
    old, new = tables.format(""), tables.format(" NO INHERIT")
    converge(server, old, new)


_HEIR = "CREATE TABLE t (c int {}); CREATE TABLE k ({}) INHERITS (t);"
_OWN_TOO = ("NOT NULL", "CONSTRAINT kn NOT NULL c")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (_OWN_TOO, ("", "")),
        (_OWN_TOO, ("", _OWN_TOO[1])),
        (("NOT NULL", "c int NOT NULL"), ("", "c int")),
    ],
)
def test_not_null_that_a_child_has_by_itself_too(
    server: Server, old: tuple[str, str], new: tuple[str, str]
) -> None:
    if server.major < 18:
        pytest.skip("this version gives NOT NULL no name")
    converge(server, _HEIR.format(*old), _HEIR.format(*new))


def test_a_child_s_own_name_of_not_null_is_told(server: Server) -> None:
    if server.major < 18:
        pytest.skip("this version gives NOT NULL no name")
    old, new = _HEIR.format(*_OWN_TOO), _HEIR.format("NOT NULL", "")
    converge(server, "", old)
    assert [str(each) for each in omitted(server, old, new)] == ["1 NOT NULL (public.k.c)"]


@pytest.mark.parametrize("middle", ["", "size integer NOT NULL"])
def test_a_child_keeps_its_own_not_null_when_the_parent_s_goes(server: Server, middle: str) -> None:
    """Before PostgreSQL 18, the command would take it from the child as well."""
    base = "CREATE TABLE base (size integer{0});"
    below = f"""
        CREATE TABLE middle ({middle}) INHERITS (base); CREATE TABLE other () INHERITS (base);
        CREATE TABLE leaf (size integer NOT NULL) INHERITS (middle);
    """
    converge(server, base.format(" NOT NULL") + below, base.format("") + below)


@pytest.mark.parametrize("levels", [1, 2])
def test_what_is_computed_no_more_below(server: Server, levels: int) -> None:
    computed = "size integer GENERATED ALWAYS AS (id + 1) STORED"
    below = "CREATE TABLE middle () INHERITS (base);"
    below += "CREATE TABLE leaf () INHERITS (middle);" if levels > 1 else ""
    old = f"CREATE TABLE base (id integer, {computed}); {below}"
    new = f"CREATE TABLE base (id integer, size integer); {below}"
    if levels > 1 and server.version < 150000:
        with pytest.raises(Unplannable, match="which has it of"):
            planned(server, old, new)
    else:
        converge(server, old, new, back=False)


def test_what_is_computed_no_more_in_a_table_and_by_the_same_word_below(server: Server) -> None:
    if server.major < 16:
        pytest.skip("in this version a child's column is computed by its parent's expression")
    computed = "(id integer, size integer{0}); CREATE TABLE c (size integer{0}) INHERITS (p);"
    old = "CREATE TABLE p" + computed.format(" GENERATED ALWAYS AS (id + 1) STORED")
    new = "CREATE TABLE p" + computed.format("")
    there = converge(server, old, new, back=False).there
    assert there == ["ALTER TABLE public.p ALTER COLUMN size DROP EXPRESSION"]
    with pytest.raises(Unplannable, match=r"made again|computed otherwise"):
        planned(server, new, old)
    apart = new.replace("c (size integer) INHERITS (p)", "c (id integer, size integer)")
    converge(server, old, apart, back=False)


def test_what_is_computed_when_it_is_read_is_lost_where_it_is_to_be_kept(server: Server) -> None:
    if server.major < 18:
        pytest.skip("this version keeps all that it computes")
    old = "CREATE TABLE t (a integer, b integer GENERATED ALWAYS AS (a) VIRTUAL);"
    new = old.replace("VIRTUAL", "STORED")
    lost = [each.loses_data for each in planned(server, old, "CREATE TABLE t (a int, b int);")]
    assert lost == ["the values of public.t.b", ""]
    assert not any(each.loses_data for each in planned(server, old, new))
