"""What types have in common: names in texts, and what goes over when one is replaced."""

import pytest

from gnkmigrate.diff.rename_options import read_renames
from gnkmigrate.facts.fact import Identity
from gnkmigrate.kinds.change import Unplannable
from gnkmigrate.kinds.user_type import with_name
from gnkmigrate.servers import Server
from tests.kinds.converge import converge, planned
from tests.plan.support import arrive, pair
from tests.support import execute, rows

OLD, ASIDE = Identity("enum", ("public", "My mood")), Identity("enum", ("public", "away"))


def test_a_name_changes_where_it_is_the_whole_name() -> None:
    for text, changed in {
        'public."My mood"': "public.away",
        'public."My mood"[]': "public.away[]",
        'public."My mood"(3)': "public.away(3)",
        'public."My mood"s': 'public."My mood"s',
        "public.mood": "public.mood",
    }.items():
        assert with_name(text, OLD, ASIDE) == changed


def test_types_made_of_a_type_go_over_with_it(server: Server) -> None:
    uses = """
        CREATE DOMAIN kind AS mood CHECK (VALUE <> 'bad');
        CREATE TYPE two AS (a mood, b kind[]);
        CREATE TYPE span AS RANGE (SUBTYPE = mood);
        CREATE TABLE t (a mood, b two, c two[], d span, e span_multirange, f kind);
        CREATE VIEW v AS SELECT (b).a, f FROM t;
        CREATE FUNCTION f(mood, two) RETURNS span LANGUAGE sql AS 'SELECT NULL::span';
        CREATE FUNCTION g(x mood) RETURNS boolean LANGUAGE sql BEGIN ATOMIC SELECT x = 'ok'; END;
    """
    old = "CREATE TYPE mood AS ENUM ('odd', 'ok', 'bad');" + uses
    new = "CREATE TYPE mood AS ENUM ('ok', 'bad');" + uses
    converge(server, old, new)
    with pair(server, old, new) as given:
        execute(
            given.url,
            "INSERT INTO t VALUES ('ok', ROW('bad', '{ok}'), ARRAY[ROW('ok', NULL)::two],"
            " '[ok,bad)', '{[ok,ok]}', 'ok')",
        )
        arrive(given)
        assert rows(given.url, "SELECT a, b::text, c::text, d::text, e::text, f FROM t") == [
            ("ok", "(bad,{ok})", '{"(ok,)"}', "[ok,bad)", "{[ok,ok]}", "ok")
        ]


def test_what_is_said_of_a_type_is_said_of_its_successor(server: Server) -> None:
    said = """
        CREATE TABLE t (m mood); COMMENT ON TYPE mood IS 'how one feels';
        REVOKE USAGE ON TYPE mood FROM PUBLIC; GRANT USAGE ON TYPE mood TO clerk;
        ALTER TYPE mood OWNER TO clerk;
    """
    converge(
        server,
        "CREATE TYPE mood AS ENUM ('ok', 'bad');" + said,
        "CREATE TYPE mood AS ENUM ('bad', 'ok');" + said,
        roles=["clerk"],
    )


def test_columns_of_children_go_over_with_their_parents(server: Server) -> None:
    uses = """
        CREATE TABLE p (m mood); CREATE TABLE c (m mood NOT NULL) INHERITS (p);
        CREATE TABLE d () INHERITS (c); CREATE VIEW v AS SELECT m FROM c;
    """
    old, new = "CREATE TYPE mood AS ENUM ('ok', 'bad');", "CREATE TYPE mood AS ENUM ('bad', 'ok');"
    there, _ = converge(server, old + uses, new + uses)
    assert [each for each in there if "ALTER COLUMN" in each] == [
        "ALTER TABLE public.p ALTER COLUMN m TYPE public.mood USING m::text::public.mood"
    ]


def test_foreign_columns_have_no_values_to_convert(server: Server) -> None:
    uses = """
        CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
        CREATE FOREIGN TABLE f (m mood) SERVER s;
    """
    old, new = "CREATE TYPE mood AS ENUM ('ok', 'bad');", "CREATE TYPE mood AS ENUM ('bad', 'ok');"
    there, _ = converge(server, old + uses, new + uses)
    assert len([each for each in there if each.endswith("COLUMN m TYPE public.mood")]) == 1


def test_a_key_of_partitions_does_not_go_over(server: Server) -> None:
    table = "CREATE TABLE p (m mood) PARTITION BY LIST (m);"
    with pytest.raises(Unplannable, match="partitioned by it"):
        planned(
            server,
            "CREATE TYPE mood AS ENUM ('ok', 'bad');" + table,
            "CREATE TYPE mood AS ENUM ('bad', 'ok');" + table,
        )


def test_two_types_below_one_go_when_that_has_gone(server: Server) -> None:
    uses = """
        CREATE TYPE price AS (amount cents, code currency);
        CREATE TABLE t (total price, tax cents DEFAULT 1);
    """
    old = "CREATE DOMAIN cents AS numeric(12,2); CREATE DOMAIN currency AS char(3);"
    new = "CREATE DOMAIN cents AS integer; CREATE DOMAIN currency AS text;"
    there, back = converge(server, old + uses, new + uses)
    for way in there, back:
        drops = [each for each in way if each.startswith("DROP")]
        assert drops[0] == "DROP TYPE public.price_replaced"


USED = (
    "CREATE TABLE t (y {0}); CREATE INDEX ON t (public.g(y));"
    "COMMENT ON FUNCTION g({0}) IS 'of g'; REVOKE EXECUTE ON FUNCTION g({0}) FROM PUBLIC;"
)
FUNCTION = "CREATE FUNCTION g(x {0}) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT 1';"
ARRAY = "CREATE FUNCTION h(x {0}[]) RETURNS integer LANGUAGE sql AS 'SELECT 1';"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("CREATE TYPE e AS ENUM ('a', 'b');", "CREATE TYPE f AS ENUM ('b', 'a');"),
        ("CREATE DOMAIN e AS text;", "CREATE DOMAIN f AS varchar(10);"),
        (
            "CREATE TYPE e AS RANGE (SUBTYPE = integer);",
            "CREATE TYPE f AS RANGE (SUBTYPE = bigint);",
        ),
        (
            "CREATE DOMAIN d AS text; CREATE TYPE e AS (a d);",
            "CREATE DOMAIN d AS varchar(10); CREATE TYPE f AS (a d);",
        ),
    ],
)
def test_functions_of_a_type_that_is_renamed_and_made_again(
    server: Server, old: str, new: str
) -> None:
    of = FUNCTION + ARRAY + USED
    word = "domain" if new.startswith("CREATE DOMAIN f") else "type"
    renames = read_renames([f"{word} public.e = f"])
    converge(server, old + of.format("e"), new + of.format("f"), renames=renames)


def test_functions_of_a_type_in_a_schema_that_is_renamed(server: Server) -> None:
    of = (FUNCTION + "COMMENT ON FUNCTION g({0}) IS 'of g';").replace(" g(", " {1}.g(")
    old = "CREATE SCHEMA s; CREATE TYPE s.e AS ENUM ('a', 'b');" + of.format("s.e", "s")
    new = "CREATE SCHEMA r; CREATE TYPE r.e AS ENUM ('b', 'a');" + of.format("r.e", "r")
    converge(server, old, new, renames=read_renames(["schema s = r"]))


def test_functions_of_the_row_of_a_table_that_is_renamed(server: Server) -> None:
    table = "CREATE TABLE {0} (id integer, n {1});"
    of = (
        "CREATE FUNCTION f(x {0}) RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT (x).n; END;"
        "COMMENT ON FUNCTION f({0}) IS 'of f'; CREATE VIEW shown AS SELECT f({0}) FROM {0};"
    )
    renames = read_renames(["table public.a = b"])
    old, new = ((table + of).format(*each) for each in (("a", "integer"), ("b", "smallint")))
    converge(server, old, new, renames=renames)
