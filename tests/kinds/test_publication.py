"""Publications, their tables and schemas: what is read, and how each property changes."""

import pytest

from gnkmigrate.diff.renames import Renames
from gnkmigrate.facts.fact import Identity
from gnkmigrate.servers import Server
from tests.kinds.converge import converge, planned
from tests.plan.support import migrate

TABLES = """CREATE TABLE t (a integer PRIMARY KEY, b text, c integer);
    CREATE TABLE u (a integer PRIMARY KEY);"""
_FILTERS = 150000
_GENERATED = 180000


@pytest.fixture
def narrowing(server: Server) -> Server:
    """A server whose publications have columns, filters and schemas."""
    if server.version < _FILTERS:
        pytest.skip("PostgreSQL 15 and later")
    return server


def test_a_publication_comes_and_goes(server: Server) -> None:
    new = """CREATE PUBLICATION "P" FOR TABLE t, u
            WITH (publish = 'insert, delete', publish_via_partition_root = true);
        COMMENT ON PUBLICATION "P" IS 'out'; ALTER PUBLICATION "P" OWNER TO publisher;"""
    there, back = converge(server, "", new, shared=TABLES, roles=["publisher"])
    assert there[0] == (
        'CREATE PUBLICATION "P" FOR TABLE ONLY public.t, ONLY public.u'
        " WITH (publish = 'insert, delete', publish_via_partition_root = true)"
    )
    assert back == ['DROP PUBLICATION "P"']


@pytest.mark.parametrize("what", ["", " FOR ALL TABLES", " WITH (publish = '')"])
def test_of_nothing_and_of_everything(server: Server, what: str) -> None:
    assert converge(server, "", f"CREATE PUBLICATION p{what};", shared=TABLES).there == [
        f"CREATE PUBLICATION p{what}"
    ]


def test_its_options_change_in_place(server: Server) -> None:
    old = "CREATE PUBLICATION p WITH (publish = 'update');"
    new = "CREATE PUBLICATION p WITH (publish = 'truncate', publish_via_partition_root = true);"
    assert converge(server, old, new) == (
        [
            "ALTER PUBLICATION p SET (publish = 'truncate', publish_via_partition_root = true)",
        ],
        [
            "ALTER PUBLICATION p SET (publish = 'update', publish_via_partition_root = false)",
        ],
    )


def test_generated_columns_are_published(server: Server) -> None:
    if server.version < _GENERATED:
        pytest.skip("PostgreSQL 18 and later")
    new = "CREATE PUBLICATION p WITH (publish_generated_columns = stored);"
    assert converge(server, "CREATE PUBLICATION p;", new).there == [
        "ALTER PUBLICATION p SET (publish_generated_columns = stored)"
    ]
    converge(server, "", new)


def test_one_of_all_tables_is_made_again(server: Server) -> None:
    marked = "COMMENT ON PUBLICATION p IS 'out';"
    old = f"CREATE PUBLICATION p FOR TABLE t; {marked}"
    new = f"CREATE PUBLICATION p FOR ALL TABLES; {marked}"
    converge(server, old, new, shared=TABLES)
    dropped = planned(server, TABLES + old, TABLES + new)[0]
    assert dropped.loses_data == "for subscribers of p, what is written until it is made again"


def test_tables_come_and_go_in_place(server: Server) -> None:
    old, new = "CREATE PUBLICATION p FOR TABLE t;", "CREATE PUBLICATION p FOR TABLE u;"
    assert converge(server, old, new, shared=TABLES).there == [
        "ALTER PUBLICATION p ADD TABLE ONLY public.u",
        "ALTER PUBLICATION p DROP TABLE ONLY public.t",
    ]


def test_schemas_come_and_go_in_place(narrowing: Server) -> None:
    old = 'CREATE SCHEMA "S"; CREATE PUBLICATION p FOR TABLE t;'
    new = 'CREATE SCHEMA "S"; CREATE PUBLICATION p FOR TABLES IN SCHEMA "S", TABLE t;'
    assert converge(narrowing, old, new, shared=TABLES) == (
        ['ALTER PUBLICATION p ADD TABLES IN SCHEMA "S"'],
        ['ALTER PUBLICATION p DROP TABLES IN SCHEMA "S"'],
    )
    converge(narrowing, "", new, shared=TABLES)
    without = "CREATE PUBLICATION p FOR TABLE t;"
    assert converge(narrowing, without, new, shared=TABLES).back == ['DROP SCHEMA "S"']


def test_children_are_published_for_themselves(server: Server) -> None:
    family = "CREATE TABLE above (a integer); CREATE TABLE below (b integer) INHERITS (above);"
    converge(server, "", "CREATE PUBLICATION p FOR TABLE ONLY above;", shared=family)
    converge(server, "", "CREATE PUBLICATION p FOR TABLE above;", shared=family)


def test_columns_and_filter_change_at_one_stroke(narrowing: Server) -> None:
    old = "CREATE PUBLICATION p FOR TABLE t WHERE (c > 1), u;"
    new = "CREATE PUBLICATION p FOR TABLE t (a, b), u;"
    assert converge(narrowing, old, new, shared=TABLES).there == [
        (
            "DO $$BEGIN ALTER PUBLICATION p DROP TABLE ONLY public.t;"
            " ALTER PUBLICATION p ADD TABLE ONLY public.t (a, b); END$$"
        )
    ]
    converge(narrowing, "", old, shared=TABLES)


@pytest.mark.parametrize("published", ["t (a, c)", "t WHERE (c > 1)"])
def test_a_table_makes_way_for_another_type_of_its_column(
    narrowing: Server, published: str
) -> None:
    publication = f"CREATE PUBLICATION p FOR TABLE {published}, u;"
    wider = TABLES.replace("c integer", "c bigint")
    there, _ = converge(narrowing, TABLES + publication, wider + publication)
    assert there[0] == "ALTER PUBLICATION p DROP TABLE ONLY public.t"
    assert there[-1].startswith("ALTER PUBLICATION p ADD TABLE ONLY public.t")
    dropped = planned(narrowing, TABLES + publication, wider + publication)[0]
    assert dropped.loses_data == (
        "for subscribers, what is written to public.t until it is published again"
    )


def test_a_column_that_is_published_goes(narrowing: Server) -> None:
    old = f"{TABLES} CREATE PUBLICATION p FOR TABLE t (a, c);"
    new = f"{TABLES.replace(', c integer', '')} CREATE PUBLICATION p FOR TABLE t (a);"
    converge(narrowing, old, new)


def test_a_table_leaves_with_itself(server: Server) -> None:
    old = "CREATE TABLE v (a integer); CREATE PUBLICATION p FOR TABLE t, v;"
    assert converge(server, old, "CREATE PUBLICATION p FOR TABLE t;", shared=TABLES).there == [
        "DROP TABLE public.v"
    ]


def test_a_table_that_is_made_again_is_published_again(server: Server) -> None:
    old = "CREATE TABLE v (a integer) PARTITION BY LIST (a); CREATE PUBLICATION p FOR TABLE t, v;"
    converge(server, old, old.replace("LIST", "HASH"), shared=TABLES)


def test_a_rename_is_no_difference_of_the_publication(narrowing: Server) -> None:
    old = """CREATE TABLE "myTable" ("isActive" integer PRIMARY KEY, b integer);
        CREATE PUBLICATION p FOR TABLE "myTable" ("isActive", b) WHERE ("isActive" > 1);"""
    columns = old.replace('"isActive"', "is_active")
    tables = columns.replace("myTable_pkey", "my_table_pkey").replace('"myTable"', "my_table")
    for before, after in ((old, columns), (columns, tables)):
        made = [each.sql for each in planned(narrowing, before, after)]
        assert made
        assert not [each for each in made if "PUBLICATION" in each]


def test_every_statement_says_which_lock_it_takes(narrowing: Server) -> None:
    """`migrate` holds it against pg_locks."""
    old = "CREATE PUBLICATION p FOR TABLE t WHERE (c > 1);"
    new = "CREATE PUBLICATION p FOR TABLE t (a), u;"
    assert len(migrate(narrowing, TABLES + old, TABLES + new)) == 2
    migrate(narrowing, TABLES + new, TABLES + old)
    migrate(narrowing, TABLES, TABLES + old)
    migrate(narrowing, TABLES + old, TABLES)


def test_no_table_has_a_list_of_columns_beside_its_schema(narrowing: Server) -> None:
    listed, whole = "FOR TABLE t (a)", "FOR TABLES IN SCHEMA public"
    plain = "FOR TABLE t, TABLES IN SCHEMA public"
    for old, new in ((listed, whole), (listed, plain)):
        before, after = (f"CREATE PUBLICATION p {each};" for each in (old, new))
        converge(narrowing, before, after, shared=TABLES)


@pytest.mark.parametrize("narrowed", ["", " (id, v)"])
def test_a_table_makes_way_while_its_schema_is_renamed(server: Server, narrowed: str) -> None:
    if server.version < _FILTERS:
        narrowed = ""
    old = f"""CREATE SCHEMA s; CREATE TABLE s.t (id integer PRIMARY KEY, v integer);
        CREATE PUBLICATION p FOR TABLE s.t{narrowed};"""
    new = old.replace("id integer", "id bigint").replace("SCHEMA s;", "SCHEMA s2;")
    renames = Renames.of((Identity("schema", ("s",)), Identity("schema", ("s2",))))
    converge(server, old, new.replace("s.t", "s2.t"), renames=renames)


def test_two_tables_change_places(narrowing: Server) -> None:
    old = """CREATE TABLE a (id integer PRIMARY KEY, x integer);
        CREATE TABLE b (id integer PRIMARY KEY, x integer);
        CREATE PUBLICATION p FOR TABLE a (id, x), b;"""
    new = """CREATE TABLE b (id integer PRIMARY KEY, x bigint);
        CREATE TABLE a (id integer PRIMARY KEY, x integer);
        CREATE PUBLICATION p FOR TABLE b (id, x), a WHERE (id > 1);"""
    a, b = (Identity("table", ("public", name)) for name in "ab")
    converge(narrowing, old, new, renames=Renames.of((a, b), (b, a)))
