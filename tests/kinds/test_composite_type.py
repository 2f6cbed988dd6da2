"""Composite types: attributes come and go in place; a new type is made where values are kept."""

import pytest

from gnkmigrate.diff.rename_options import read_renames
from gnkmigrate.kinds.change import Unplannable
from gnkmigrate.servers import Server
from tests.kinds.converge import converge, planned
from tests.plan.support import arrive, pair
from tests.support import execute, rows

TABLE = "CREATE TABLE t (home address);"


def test_a_type_comes_and_goes(server: Server) -> None:
    new = """
        CREATE TYPE address AS (street text COLLATE "C", "post Code" varchar(10));
        COMMENT ON TYPE address IS 'where'; COMMENT ON COLUMN address.street IS 'and number';
        GRANT USAGE ON TYPE address TO clerk; ALTER TYPE address OWNER TO clerk;
    """
    there, back = converge(server, "", new, roles=["clerk"])
    assert there[0] == (
        'CREATE TYPE public.address AS (street text COLLATE "C", "post Code" character varying(10))'
    )
    assert back == ["DROP TYPE public.address"]


def test_an_attribute_is_added_and_dropped_in_place(server: Server) -> None:
    old, new = "(street text, number integer)", "(street text, number integer, zip text)"
    there, back = converge(
        server, f"CREATE TYPE address AS {old}; {TABLE}", f"CREATE TYPE address AS {new}; {TABLE}"
    )
    assert there == ["ALTER TYPE public.address ADD ATTRIBUTE zip text CASCADE"]
    assert back == ["ALTER TYPE public.address DROP ATTRIBUTE zip CASCADE"]


def test_an_attribute_has_another_name(server: Server) -> None:
    old = """
        CREATE TYPE address AS (street text, town text);
        CREATE TABLE person (id integer, home address, others address[], CHECK ((home).town <> ''));
        INSERT INTO person VALUES (1, ('High Street', 'Oxford'), '{"(a,b)"}');
        CREATE VIEW v AS SELECT id, (home).town AS t FROM person;
        CREATE INDEX ON person (((home).town));
        COMMENT ON COLUMN address.town IS 'as it is written there';
    """
    renames = read_renames(['attribute public.address.town = "post town"'])
    there, back = converge(server, old, old.replace("town", '"post town"'), renames=renames)
    named = "ALTER TYPE public.address RENAME ATTRIBUTE"
    assert f'{named} town TO "post town" CASCADE' in there
    assert f'{named} "post town" TO town CASCADE' in back
    assert not [each for each in (*there, *back) if " DROP ATTRIBUTE " in each]


def test_attributes_trade_names_while_others_come_and_go(server: Server) -> None:
    old, new = (
        "CREATE TYPE t AS (a integer, b text, c text);",
        "CREATE TYPE t AS (b integer, a text, d text);",
    )
    renames = read_renames(["attribute public.t.a = b", "attribute public.t.b = a"])
    there, _ = converge(server, old, new, renames=renames)
    alter = "ALTER TYPE public.t"
    assert there == [
        f"{alter} RENAME ATTRIBUTE a TO a_renamed CASCADE",
        f"{alter} RENAME ATTRIBUTE b TO a CASCADE",
        f"{alter} RENAME ATTRIBUTE a_renamed TO b CASCADE",
        f"{alter} DROP ATTRIBUTE c CASCADE",
        f"{alter} ADD ATTRIBUTE d text CASCADE",
    ]


def test_tables_of_a_type_follow_an_attribute_that_has_another_name(server: Server) -> None:
    old = "CREATE TYPE t AS (a integer, b text); CREATE TABLE x OF t (CONSTRAINT u UNIQUE (a));"
    new = "CREATE TYPE t AS (z integer, b text); CREATE TABLE x OF t (CONSTRAINT u UNIQUE (z));"
    renames = read_renames(["attribute public.t.a = z", "column public.x.a = z"])
    there, _ = converge(server, old, new, renames=renames)
    assert there == ["ALTER TYPE public.t RENAME ATTRIBUTE a TO z CASCADE"]


def test_another_name_and_another_place_are_two_plans(server: Server) -> None:
    old, new = (f"CREATE TYPE t AS ({each}); CREATE TABLE x (t t);" for each in (
        "a integer, b text", "b text, z integer"))  # fmt: skip
    with pytest.raises(Unplannable, match=r"get other names \(a\), and the type has to be made"):
        planned(server, old, new, renames=read_renames(["attribute public.t.a = z"]))


def test_a_dropped_attribute_loses_what_columns_keep(server: Server) -> None:
    old, new = "CREATE TYPE address AS (a text, b text);", "CREATE TYPE address AS (b text);"
    (kept,) = planned(server, old + TABLE, new + TABLE)
    (free,) = planned(server, old, new)
    assert (kept.loses_data, free.loses_data) == (
        "the values of a wherever type public.address is used",
        "",
    )


def test_types_and_collations_change_in_place_while_no_table_keeps_values(server: Server) -> None:
    uses = """
        CREATE FUNCTION home() RETURNS address LANGUAGE sql AS 'SELECT NULL::address';
        CREATE VIEW v AS SELECT (home()).street;
    """
    there, _ = converge(
        server,
        "CREATE TYPE address AS (street text, number integer);" + uses,
        'CREATE TYPE address AS (street text COLLATE "C", number bigint);' + uses,
    )
    assert there == [
        "DROP VIEW public.v",
        'ALTER TYPE public.address ALTER ATTRIBUTE street TYPE text COLLATE "C" CASCADE',
        "ALTER TYPE public.address ALTER ATTRIBUTE number TYPE bigint CASCADE",
        "CREATE VIEW public.v AS\nSELECT (public.home()).street AS street",
    ]


def test_columns_go_over_to_a_new_type(server: Server) -> None:
    there, _ = converge(
        server,
        "CREATE TYPE address AS (street text, number integer);" + TABLE,
        "CREATE TYPE address AS (street text, number bigint);" + TABLE,
    )
    name = "public.address"
    assert there == [
        "ALTER TYPE public.address RENAME TO address_replaced",
        "CREATE TYPE public.address AS (street text, number bigint)",
        f"ALTER TABLE public.t ALTER COLUMN home TYPE {name} USING home::text::{name}",
        "DROP TYPE public.address_replaced",
    ]


@pytest.mark.parametrize(
    ("old", "new", "lost"),
    [
        ("z AS (a numeric)", "z AS (a numeric(5,1))", "the last digits of a of"),
        ("z AS (a numeric)", "z AS (a integer)", ""),
        ("d AS text; {} z AS (a d)", "d AS varchar(5); {} z AS (a d)", "trailing spaces of a of"),
        ("y AS (a int, b int); {} z AS (y y)", "y AS (a bigint); {} z AS (y y)",
         "the attributes y.b of"),
        ("z AS RANGE (SUBTYPE = timestamptz)", "z AS RANGE (SUBTYPE = date)",
         "the time of day of the bounds of"),
    ],
)  # fmt: skip
def test_what_values_lose_inside_of_others_is_said(
    server: Server, old: str, new: str, lost: str
) -> None:
    old, new = (
        f"CREATE {'DOMAIN' if each.startswith('d ') else 'TYPE'} {each.format('CREATE TYPE')};"
        "CREATE TABLE t (v z);"
        for each in (old, new)
    )
    assert [each.loses_data for each in planned(server, old, new) if each.loses_data] == (
        [f"{lost} public.t.v"] if lost else []
    )


def test_what_is_read_in_a_time_zone_is_read_in_that_of_the_plan(server: Server) -> None:
    old = "CREATE TYPE seen AS (at timestamp); CREATE TABLE t (v seen, w timestamp[]);"
    with pair(server, old, old.replace("timestamp", "timestamptz")) as given:
        execute(given.url, "INSERT INTO t VALUES (ROW('2025-07-01 12:00'), '{2025-07-01 12:00}')")
        arrive(given, source_timezone="Europe/Berlin")
        assert rows(given.url, "SELECT v::text, w::text FROM t") == [
            ('("2025-07-01 10:00:00+00")', '{"2025-07-01 10:00:00+00"}')
        ]


def test_values_keep_their_attributes_when_the_order_changes(server: Server) -> None:
    shared = "CREATE TYPE person AS (name text, home address); CREATE TABLE t (p person);"
    old = f"CREATE TYPE address AS (street text, number integer); {shared}"
    new = f"CREATE TYPE address AS (zip text, number integer, street text); {shared}"
    with pair(server, old, new) as given:
        execute(
            given.url,
            "INSERT INTO t VALUES (ROW('Ann', ROW('High, Street', 7))), (ROW('Bob', NULL)),"
            " (ROW(NULL, ROW(NULL, NULL))), (NULL)",
        )
        arrive(given)
        assert rows(given.url, "SELECT p::text FROM t ORDER BY 1") == [
            ('(,"(,,)")',),
            ('(Ann,"(,7,""High, Street"")")',),
            ("(Bob,)",),
            (None,),
        ]


def test_no_expression_reorders_rows_in_an_array(server: Server) -> None:
    table = "CREATE TABLE t (homes address[]);"
    with pytest.raises(Unplannable, match="composite values in the array homes cannot"):
        planned(
            server,
            "CREATE TYPE address AS (a text, b text);" + table,
            "CREATE TYPE address AS (b text, a text);" + table,
        )


def test_tables_of_the_type_follow(server: Server) -> None:
    table = "CREATE TABLE t OF address;"
    there, back = converge(
        server,
        "CREATE TYPE address AS (street text, number integer);" + table,
        "CREATE TYPE address AS (street text, number bigint, zip text);" + table,
    )
    assert there == [
        "ALTER TYPE public.address ALTER ATTRIBUTE number TYPE bigint CASCADE",
        "ALTER TYPE public.address ADD ATTRIBUTE zip text CASCADE",
    ]
    assert back[0] == "ALTER TYPE public.address DROP ATTRIBUTE zip CASCADE"


def test_a_table_of_the_type_says_more_of_its_columns(server: Server) -> None:
    type_ = "CREATE TYPE address AS (street text, number integer);"
    table = "CREATE TABLE t OF address (street WITH OPTIONS DEFAULT 'x', PRIMARY KEY (number));"
    (there,) = converge(server, type_, type_ + table).there
    assert there.split(",\n") == [
        "CREATE TABLE public.t OF public.address (\n    street WITH OPTIONS DEFAULT 'x'::text",
        "    number WITH OPTIONS NOT NULL",
        "    CONSTRAINT t_pkey PRIMARY KEY (number)\n)",
    ]


def test_views_make_way_for_columns_that_follow_a_type(server: Server) -> None:
    type_ = "CREATE TYPE address AS (street text, number integer);"
    uses = "CREATE TABLE t OF address; CREATE VIEW v AS SELECT number FROM t;"
    converge(server, type_ + uses, type_.replace("integer", "bigint") + uses)


def test_what_tables_of_the_type_lose_is_said(server: Server) -> None:
    old = "CREATE TYPE address AS (street text, number integer); CREATE TABLE t OF address;"
    (cut,) = planned(server, old, old.replace("text", "varchar(5)"))
    assert cut.loses_data == "trailing spaces of street wherever type public.address is used"
    (dropped,) = planned(server, old, old.replace(", number integer", ""))
    assert dropped.loses_data == "the values of number wherever type public.address is used"
    assert (dropped.lock, dropped.relation) == ("ACCESS EXCLUSIVE", "public.t")
    (retyped,) = planned(server, old, old.replace("integer", "bigint"))
    assert retyped.rewrites


@pytest.mark.parametrize("more", ["CHECK (number > 0)", "number WITH OPTIONS NOT NULL"])
@pytest.mark.parametrize("comes", [True, False])
def test_a_column_that_comes_with_an_attribute_has_nothing_of_its_own(
    server: Server, more: str, comes: bool
) -> None:
    old = "CREATE TYPE address AS (street text); CREATE TABLE t OF address;"
    new = (
        f"CREATE TYPE address AS (street text, number integer); CREATE TABLE t OF address ({more});"
    )
    with pytest.raises(Unplannable, match="is more than the type says"):
        planned(server, *((old, new) if comes else (new, old)))


def test_columns_of_a_type_follow_it_to_another_collation(server: Server) -> None:
    collation = "CREATE COLLATION c (LC_COLLATE = 'C', LC_CTYPE = 'POSIX');"
    uses = "CREATE TYPE address AS (street text COLLATE c); CREATE TABLE t OF address;"
    converge(server, collation + uses, collation.replace("POSIX", "C") + uses)


def test_a_table_takes_the_name_of_a_type(server: Server) -> None:
    there, _ = converge(server, "CREATE TYPE x AS (a integer);", "CREATE TABLE x (a integer);")
    assert there == ["DROP TYPE public.x", "CREATE TABLE public.x (\n    a integer\n)"]


@pytest.mark.parametrize("column", ["amount cents", "amount integer", "amount cents, size text"])
def test_a_table_comes_to_be_of_a_type_that_changes(server: Server, column: str) -> None:
    type_ = "CREATE DOMAIN cents AS bigint; CREATE TYPE m AS (amount cents);"
    converge(
        server,
        type_.replace("bigint", "integer") + f"CREATE TABLE t ({column});",
        type_ + "CREATE TABLE t OF m;",
    )
