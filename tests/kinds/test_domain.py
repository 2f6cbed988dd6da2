"""Domains and their checks: altered in place, or set aside for a new one."""

import psycopg
import pytest

from gnkmigrate.diff.compare import compare
from gnkmigrate.diff.rename_options import read_renames
from gnkmigrate.plan.planner import plan
from gnkmigrate.servers import Server
from tests.kinds.converge import converge
from tests.plan.support import arrive, pair
from tests.support import execute, rows

TABLE = "CREATE TABLE t (mail email);"


def test_a_domain_comes_and_goes(server: Server) -> None:
    new = """
        CREATE DOMAIN email AS text COLLATE "C" DEFAULT 'a@b' NOT NULL
            CONSTRAINT at CHECK (VALUE LIKE '%@%');
        COMMENT ON DOMAIN email IS 'a mailbox'; COMMENT ON CONSTRAINT at ON DOMAIN email IS 'RFC';
        GRANT USAGE ON DOMAIN email TO clerk; ALTER DOMAIN email OWNER TO clerk;
    """
    there, back = converge(server, "", new, roles=["clerk"])
    assert there[0] == (
        "CREATE DOMAIN public.email AS text COLLATE \"C\" DEFAULT 'a@b'::text NOT NULL "
        "CONSTRAINT at CHECK ((VALUE ~~ '%@%'::text))"
    )
    assert back == ["DROP DOMAIN public.email"]


def test_default_and_not_null_are_altered(server: Server) -> None:
    there, back = converge(
        server,
        "CREATE DOMAIN email AS text;",
        "CREATE DOMAIN email AS text DEFAULT 'a@b' NOT NULL;",
    )
    assert there == [
        "ALTER DOMAIN public.email SET DEFAULT 'a@b'::text",
        "ALTER DOMAIN public.email SET NOT NULL",
    ]
    assert back == [
        "ALTER DOMAIN public.email DROP DEFAULT",
        "ALTER DOMAIN public.email DROP NOT NULL",
    ]


def test_not_null_has_a_name_since_17(server: Server) -> None:
    if server.version < 170000:
        pytest.skip("older servers do not keep the name")
    there, back = converge(
        server,
        "CREATE DOMAIN email AS text CONSTRAINT filled NOT NULL; CREATE DOMAIN zip AS text;",
        "CREATE DOMAIN email AS text NOT NULL; CREATE DOMAIN zip AS text CONSTRAINT z NOT NULL;",
    )
    assert there == [
        "ALTER DOMAIN public.email RENAME CONSTRAINT filled TO email_not_null",
        "ALTER DOMAIN public.zip ADD CONSTRAINT z NOT NULL",
    ]
    assert back == [
        "ALTER DOMAIN public.email RENAME CONSTRAINT email_not_null TO filled",
        "ALTER DOMAIN public.zip DROP NOT NULL",
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("CREATE DOMAIN d AS {} NOT NULL; CREATE TABLE t (a d);", ("integer", "bigint")),
        (
            (
                "CREATE DOMAIN d AS {} CONSTRAINT d_check CHECK (VALUE > 0) NOT NULL;"
                "CREATE DOMAIN e AS d NOT NULL; CREATE TABLE t (a e, b d);"
            ),
            ("integer", "bigint"),
        ),
        ("CREATE DOMAIN d AS text COLLATE {} NOT NULL; CREATE TABLE t (a d);", ('"C"', '"POSIX"')),
        (
            "CREATE DOMAIN d AS {}; CREATE TABLE t (a d[]);",
            ("integer CONSTRAINT nn NOT NULL", "integer CONSTRAINT d_not_null NOT NULL"),
        ),
        (
            "CREATE DOMAIN d AS {}; CREATE TABLE t (a d);",
            ("integer CONSTRAINT nn NOT NULL", "bigint NOT NULL"),
        ),
        ("CREATE DOMAIN d AS {} NOT NULL;", ("integer", "bigint")),
        (
            (
                "CREATE DOMAIN d AS {} NOT NULL;"
                "CREATE FUNCTION f(d) RETURNS d LANGUAGE sql AS 'SELECT $1';"
                "CREATE TABLE t (d integer NOT NULL, a d, CONSTRAINT d_not_null CHECK (d > 0));"
            ),
            ("integer", "bigint"),
        ),
    ],
    ids=["column", "domain over it", "collation", "in place", "other name", "unused", "taken too"],
)
def test_not_null_keeps_its_name_in_a_domain_that_is_made_again(
    server: Server, old: str, new: tuple[str, str]
) -> None:
    one, other = new
    converge(server, old.format(one), old.format(other))


def test_a_domain_made_again_under_another_name(server: Server) -> None:
    sql = "CREATE DOMAIN {} AS {} NOT NULL; CREATE DOMAIN {} AS {} NOT NULL;"
    sql += "CREATE TABLE t (a {}, b {});"
    old = sql.format("d", "integer", "e", "text", "d", "e")
    new = sql.format("e", "bigint", "d", "text", "e", "d")
    hints = read_renames(["domain public.d = e", "domain public.e = d"])
    converge(server, old, new, renames=hints)
    there = sql.format("f", "bigint", "e", "text", "f", "e")
    converge(server, old, there, renames=read_renames(["domain public.d = f"]))


def test_a_check_holds_for_new_values_first(server: Server) -> None:
    there, back = converge(
        server,
        "CREATE DOMAIN email AS text;" + TABLE,
        "CREATE DOMAIN email AS text CONSTRAINT at CHECK (VALUE LIKE '%@%');" + TABLE,
    )
    assert there == [
        "ALTER DOMAIN public.email ADD CONSTRAINT at CHECK ((VALUE ~~ '%@%'::text)) NOT VALID",
        "ALTER DOMAIN public.email VALIDATE CONSTRAINT at",
    ]
    assert back == ["ALTER DOMAIN public.email DROP CONSTRAINT at"]


def test_locks_are_told(server: Server) -> None:
    new = "CREATE DOMAIN email AS text NOT NULL CONSTRAINT at CHECK (VALUE LIKE '%@%');"
    with pair(server, "CREATE DOMAIN email AS text;" + TABLE, new + TABLE) as given:
        locks = [(each.lock, each.relation, each.scans) for each in arrive(given)]
    assert locks == [("SHARE", "public.t", True), ("", "", False), ("SHARE", "public.t", True)]


def test_a_check_is_renamed_in_place_inside_of_arrays_as_well(server: Server) -> None:
    old = "CREATE DOMAIN d AS int CONSTRAINT one CHECK (VALUE > 0); CREATE TABLE t (a d[]);"
    there, _ = converge(server, old, old.replace("one", "two"))
    assert there == ["ALTER DOMAIN public.d RENAME CONSTRAINT one TO two"]


def test_a_check_that_is_not_valid(server: Server) -> None:
    old = "CREATE DOMAIN email AS text;"
    check = "ALTER DOMAIN email ADD CONSTRAINT at CHECK (VALUE LIKE '%@%')"
    there, back = converge(server, f"{old} {check} NOT VALID;", f"{old} {check};")
    assert there == ["ALTER DOMAIN public.email VALIDATE CONSTRAINT at"]
    assert back == [
        "ALTER DOMAIN public.email DROP CONSTRAINT at",
        "ALTER DOMAIN public.email ADD CONSTRAINT at CHECK ((VALUE ~~ '%@%'::text)) NOT VALID",
    ]


def test_another_check_by_the_same_name(server: Server) -> None:
    old = "CREATE DOMAIN positive AS integer CONSTRAINT c CHECK (VALUE > 0);"
    assert converge(server, old, old.replace("> 0", ">= 0")).there == [
        "ALTER DOMAIN public.positive DROP CONSTRAINT c",
        "ALTER DOMAIN public.positive ADD CONSTRAINT c CHECK ((VALUE >= 0))",
    ]


def test_columns_go_over_to_a_domain_over_another_type(server: Server) -> None:
    uses = """
        CREATE DOMAIN codes AS code[]; CREATE TABLE t (one code DEFAULT '1', more codes);
        CREATE FUNCTION f(code) RETURNS code LANGUAGE sql AS 'SELECT $1';
        CREATE INDEX ON t (one);
    """
    there, back = converge(
        server,
        "CREATE DOMAIN code AS text CHECK (VALUE <> '');" + uses,
        "CREATE DOMAIN code AS varchar(5) CHECK (VALUE <> '');" + uses,
    )
    assert "ALTER DOMAIN public.code RENAME TO code_replaced" in there
    assert any("ALTER COLUMN one TYPE public.code" in each for each in there)
    assert back[-2:] == ["DROP DOMAIN public.codes_replaced", "DROP DOMAIN public.code_replaced"]


def test_values_are_cast_as_those_of_the_types_below(server: Server) -> None:
    table = "CREATE TABLE t (one code, more code[]);"
    with pair(
        server,
        "CREATE DOMAIN code AS text;" + table,
        "CREATE DOMAIN code AS integer CHECK (VALUE > 0);" + table,
    ) as given:
        execute(given.url, "INSERT INTO t VALUES ('7', '{8,NULL}'), (NULL, NULL)")
        arrive(given)
        assert rows(given.url, "SELECT one, more::integer[] FROM t ORDER BY 1") == [
            (7, [8, None]),
            (None, None),
        ]


def test_nothing_is_cut_to_fit(server: Server) -> None:
    old, new = "CREATE DOMAIN code AS text;", "CREATE DOMAIN code AS varchar(3);"
    table = "CREATE TABLE t (one code);"
    with pair(server, old + table, new + table) as given:
        execute(given.url, "INSERT INTO t VALUES ('12345')")
        with pytest.raises(psycopg.DataError, match="value too long"):
            arrive(given)


def test_another_collation_takes_a_new_domain(server: Server) -> None:
    table = "CREATE TABLE t (c code);"
    there, _ = converge(
        server,
        "CREATE DOMAIN code AS text;" + table,
        'CREATE DOMAIN code AS text COLLATE "C";' + table,
    )
    assert there == [
        "ALTER DOMAIN public.code RENAME TO code_replaced",
        'CREATE DOMAIN public.code AS text COLLATE "C"',
        "ALTER TABLE public.t ALTER COLUMN c TYPE public.code",
        "DROP DOMAIN public.code_replaced",
    ]


@pytest.mark.parametrize("rule", ["NOT NULL", "CONSTRAINT c CHECK (VALUE > 0)"])
def test_what_postgresql_cannot_check_in_arrays_takes_a_new_domain(
    server: Server, rule: str
) -> None:
    table = "CREATE TABLE t (codes code[]);"
    there, back = converge(
        server,
        "CREATE DOMAIN code AS integer;" + table,
        f"CREATE DOMAIN code AS integer {rule};" + table,
    )
    assert there[0] == "ALTER DOMAIN public.code RENAME TO code_replaced"
    assert len(back) == 1


def test_a_default_makes_way_for_its_function(server: Server) -> None:
    domain = "CREATE DOMAIN number AS bigint DEFAULT next(); CREATE TABLE t (n number);"
    there, _ = converge(
        server,
        "CREATE FUNCTION next() RETURNS integer LANGUAGE sql AS 'SELECT 1';" + domain,
        "CREATE FUNCTION next() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint';" + domain,
    )
    assert there[0] == "ALTER DOMAIN public.number DROP DEFAULT"
    assert there[-1] == "ALTER DOMAIN public.number SET DEFAULT public.next()"


def test_a_domain_becomes_an_enum_of_the_same_name(server: Server) -> None:
    table = "CREATE TABLE t (m mood);"
    there, back = converge(
        server,
        "CREATE DOMAIN mood AS text CHECK (VALUE IN ('ok', 'bad'));" + table,
        "CREATE TYPE mood AS ENUM ('ok', 'bad');" + table,
    )
    assert there == [
        "ALTER DOMAIN public.mood RENAME TO mood_replaced",
        "CREATE TYPE public.mood AS ENUM ('ok', 'bad')",
        "ALTER TABLE public.t ALTER COLUMN m TYPE public.mood USING m::text::public.mood",
        "DROP DOMAIN public.mood_replaced",
    ]
    assert back[0] == "ALTER TYPE public.mood RENAME TO mood_replaced"


def test_a_check_s_comment_goes_with_a_domain_that_is_replaced(server: Server) -> None:
    old = """CREATE DOMAIN code AS varchar(40) CONSTRAINT c CHECK (VALUE <> '');
        COMMENT ON CONSTRAINT c ON DOMAIN code IS 'filled';"""
    converge(server, old, "CREATE DOMAIN code AS text;")


def test_the_comment_on_not_null_is_kept(server: Server) -> None:
    if server.major < 17:
        pytest.skip("NOT NULL is no constraint of its own yet")
    old = "CREATE DOMAIN email AS text CONSTRAINT filled NOT NULL;"
    comment = "COMMENT ON CONSTRAINT filled ON DOMAIN email IS 'never empty';"
    converge(server, old, old + comment)
    converge(server, "CREATE DOMAIN email AS text;", old + comment)


@pytest.mark.parametrize(
    ("column", "statements"),
    [("{}[]", "DROP DOMAIN"), ("{}", "VALIDATE CONSTRAINT")],
    ids=["inside of others", "in columns"],
)
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [("public.d", "public.e", "domain public.d = e"), ("one.d", "two.d", "schema one = two")],
    ids=["domain", "schema"],
)
def test_a_check_changes_where_names_do(
    server: Server, old: str, new: str, said: str, column: str, statements: str
) -> None:
    made = "CREATE SCHEMA IF NOT EXISTS {1}; CREATE DOMAIN {0} AS int CHECK (VALUE > {2});"
    made += f"CREATE TABLE public.t (v {column.replace('{}', '{0}')});"
    ways = converge(
        server,
        made.format(old, old.removesuffix(".d"), 0),
        made.format(new, new.removesuffix(".d").removesuffix(".e"), 1),
        renames=read_renames([said]),
    )
    assert all(any(statements in each for each in way) for way in ways)


def test_what_locks_a_renamed_table_says_its_new_name(server: Server) -> None:
    old = "CREATE DOMAIN d AS int; CREATE DOMAIN e AS int; CREATE TABLE t (v d, w e);"
    new = "CREATE DOMAIN d AS int CHECK (VALUE > 0); CREATE DOMAIN e AS int NOT NULL;"
    with pair(server, old, new + "CREATE TABLE u (v d, w e);") as given:
        changes = compare(given.source, given.target, read_renames(["table public.t = u"]))
        statements = plan(changes, given.source, given.target)
    assert [each.relation for each in statements if each.scans] == ["public.u", "public.u"]
