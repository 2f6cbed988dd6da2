"""Privileges on every kind of thing, kept by what is made again."""

import pytest

from gnkmigrate.servers import Server
from tests.kinds.converge import converge

ROLES = ("app", "carol", "reporter")
TABLE = "CREATE TABLE t (a integer, b integer);"


def test_privileges_come_and_go(server: Server) -> None:
    granted = (
        "GRANT SELECT, INSERT ON t TO reporter; GRANT SELECT ON t TO PUBLIC;"
        "GRANT UPDATE ON t TO carol WITH GRANT OPTION; GRANT SELECT (a), UPDATE (b) ON t TO app;"
    )
    assert converge(server, "", granted, shared=TABLE, roles=ROLES) == (
        [
            "GRANT SELECT ON TABLE public.t TO PUBLIC",
            "GRANT UPDATE ON TABLE public.t TO carol WITH GRANT OPTION",
            "GRANT SELECT, INSERT ON TABLE public.t TO reporter",
            "GRANT SELECT (a) ON TABLE public.t TO app",
            "GRANT UPDATE (b) ON TABLE public.t TO app",
        ],
        [
            "REVOKE SELECT (a) ON TABLE public.t FROM app",
            "REVOKE UPDATE (b) ON TABLE public.t FROM app",
            "REVOKE SELECT ON TABLE public.t FROM PUBLIC",
            "REVOKE UPDATE ON TABLE public.t FROM carol",
            "REVOKE SELECT, INSERT ON TABLE public.t FROM reporter",
        ],
    )


@pytest.mark.parametrize(
    ("made", "granted", "command"),
    [
        ("CREATE SCHEMA s", "USAGE ON SCHEMA s", "USAGE ON SCHEMA s"),
        ("CREATE SEQUENCE s", "USAGE ON SEQUENCE s", "USAGE ON SEQUENCE public.s"),
        ("CREATE VIEW v AS SELECT 1 AS a", "SELECT (a) ON v", "SELECT (a) ON TABLE public.v"),
        ("CREATE MATERIALIZED VIEW v AS SELECT 1 AS a", "SELECT ON v", "SELECT ON TABLE public.v"),
        ("CREATE TYPE e AS ENUM ()", "USAGE ON TYPE e", "USAGE ON TYPE public.e"),
        ("CREATE DOMAIN d AS integer", "USAGE ON DOMAIN d", "USAGE ON DOMAIN public.d"),
        (
            "CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'",
            "EXECUTE ON FUNCTION f",
            "EXECUTE ON FUNCTION public.f(integer)",
        ),
        (
            "CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1'",
            "EXECUTE ON PROCEDURE p",
            "EXECUTE ON PROCEDURE public.p()",
        ),
        (
            "CREATE AGGREGATE g(integer) (SFUNC = int4pl, STYPE = integer)",
            "EXECUTE ON FUNCTION g",
            "EXECUTE ON FUNCTION public.g(integer)",
        ),
        (
            "CREATE FOREIGN DATA WRAPPER w",
            "USAGE ON FOREIGN DATA WRAPPER w",
            "USAGE ON FOREIGN DATA WRAPPER w",
        ),
        (
            "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w",
            "USAGE ON FOREIGN SERVER s",
            "USAGE ON FOREIGN SERVER s",
        ),
        (
            "CREATE TABLE t (a integer GENERATED ALWAYS AS IDENTITY)",
            "USAGE ON SEQUENCE t_a_seq",
            "USAGE ON SEQUENCE public.t_a_seq",
        ),
        (
            "CREATE EXTENSION hstore",
            "EXECUTE ON FUNCTION akeys(hstore) ",
            "EXECUTE ON FUNCTION public.akeys(public.hstore)",
        ),
        (
            (
                "CREATE EXTENSION hstore;"
                "CREATE PROCEDURE p(a integer, OUT b text) LANGUAGE sql AS 'SELECT 1';"
                "CREATE PROCEDURE p(a integer, b text) LANGUAGE sql AS 'SELECT 1';"
                "ALTER EXTENSION hstore ADD PROCEDURE p(IN integer);"
                "ALTER EXTENSION hstore ADD PROCEDURE p(IN integer, IN text)"
            ),
            "EXECUTE ON PROCEDURE p(IN integer, IN text)",
            "EXECUTE ON PROCEDURE public.p(IN integer, IN pg_catalog.text)",
        ),
    ],
)
def test_on_every_kind_of_thing(server: Server, made: str, granted: str, command: str) -> None:
    ways = converge(server, "", f"GRANT {granted} TO carol;", shared=f"{made};", roles=ROLES)
    assert ways == ([f"GRANT {command} TO carol"], [f"REVOKE {command} FROM carol"])


def test_what_everybody_has_may_be_taken_away(server: Server) -> None:
    function = "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';"
    closed = "REVOKE ALL ON FUNCTION f FROM PUBLIC; REVOKE DELETE ON t FROM CURRENT_USER;"
    assert converge(server, "", closed, shared=TABLE + function).there == [
        "REVOKE EXECUTE ON FUNCTION public.f() FROM PUBLIC",
        "REVOKE DELETE ON TABLE public.t FROM postgres",
    ]


def test_columns_keep_theirs_when_the_table_loses_the_same(server: Server) -> None:
    columns = "GRANT SELECT (a), UPDATE (b) ON t TO carol;"
    ways = converge(server, f"GRANT ALL ON t TO carol; {columns}", columns, shared=TABLE,
                    roles=ROLES)  # fmt: skip
    assert "GRANT SELECT (a) ON TABLE public.t TO carol" in ways.there
    assert "GRANT UPDATE (b) ON TABLE public.t TO carol" in ways.there


def test_what_another_role_than_the_owner_grants(server: Server) -> None:
    first = f"{TABLE} GRANT SELECT ON t TO carol WITH GRANT OPTION;"
    passed = f"{first} SET ROLE carol; GRANT SELECT ON t TO reporter; RESET ROLE;"
    there = converge(server, first, passed, roles=ROLES).there
    assert "set_config('role', 'carol', true)" in there[0]
    converge(server, TABLE, passed, roles=ROLES)


def test_the_new_owner_has_what_it_was_granted_already(server: Server) -> None:
    old = "ALTER TABLE t OWNER TO app; GRANT SELECT ON t TO carol, reporter;"
    new = "ALTER TABLE t OWNER TO carol; GRANT INSERT ON t TO app;"
    assert converge(server, old, new, shared=TABLE, roles=ROLES).there == [
        (
            "ALTER TABLE public.t OWNER TO carol;\n"
            "REVOKE SELECT ON TABLE public.t FROM reporter;\n"
            "GRANT INSERT ON TABLE public.t TO app"
        )
    ]


VIEW = (
    "CREATE VIEW v AS SELECT a FROM t; GRANT SELECT ON v TO reporter; GRANT UPDATE (a) ON v TO app;"
)


@pytest.mark.parametrize(
    ("old", "change"),
    [
        (TABLE + VIEW, ("a integer", "a bigint")),
        (
            (
                "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';"
                "REVOKE ALL ON FUNCTION f FROM PUBLIC; GRANT EXECUTE ON FUNCTION f TO carol;"
            ),
            ("RETURNS int", "RETURNS bigint"),
        ),
        (
            (
                "CREATE TYPE e AS ENUM ('x', 'y'); REVOKE USAGE ON TYPE e FROM PUBLIC;"
                "GRANT USAGE ON TYPE e TO carol; CREATE TABLE u (a e);"
            ),
            ("'y'", "'z'"),
        ),
        (
            (
                "CREATE TABLE u (a integer, b integer GENERATED ALWAYS AS (a + 1) STORED);"
                "GRANT SELECT (b) ON u TO carol;"
            ),
            ("a + 1", "a + 2"),
        ),
    ],
    ids=["view", "function", "type", "column"],
)
def test_what_is_made_again_has_them_back(
    server: Server, old: str, change: tuple[str, str]
) -> None:
    converge(server, old, old.replace(*change), roles=ROLES)


def test_odd_names(server: Server) -> None:
    schema = 'CREATE SCHEMA "S 1"; CREATE TABLE "S 1"."T/x=" ("C*" integer);'
    granted = (
        'GRANT USAGE ON SCHEMA "S 1" TO "r/o=le*"; GRANT UPDATE ("C*") ON "S 1"."T/x=" TO "PUBLIC";'
        'GRANT SELECT ON "S 1"."T/x=" TO "OWNER" WITH GRANT OPTION;'
        'ALTER TABLE "S 1"."T/x=" OWNER TO "a""b"'
    )
    roles = ("r/o=le*", "PUBLIC", "OWNER", 'a"b')
    converge(server, "", granted, shared=schema, roles=roles)
