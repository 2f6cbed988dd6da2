"""What a stored query puts out keeps its name when that comes from what is renamed."""

import pytest

from gnkmigrate.diff.rename_options import read_renames
from gnkmigrate.servers import Server
from tests.kinds.converge import converge, planned

ATOMIC = "RETURNS TABLE (x integer) LANGUAGE sql BEGIN ATOMIC"
ONE = "(integer) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT 1';\n"

# What is there, in which {0} and {1} are called otherwise in the target, and what is renamed.
_SWAPPED = ["column public.t.{0} = {1}", "column public.t.{1} = {0}"]
_TABLE = "CREATE TABLE t ({0} integer, {1} integer);\n"
_FUNCTION = ["function public.{0}(integer) = {1}"]
_CALLED = "CREATE FUNCTION {0}" + ONE + "CREATE TABLE t (x integer);\n"
_ROWS = (
    "CREATE FUNCTION {0}(integer) RETURNS SETOF integer LANGUAGE sql AS 'SELECT 1';\n"
    "CREATE TABLE t (x integer);\n"
)
_COLUMN = ["column public.t.{0} = {1}"]
_COLUMNS = "CREATE TABLE t ({0} integer, x integer);\nCREATE TABLE l (y integer);\n"
_BOTH = ["column public.t.{0} = {1}", "column public.u.{0} = {1}"]
_JOINED = "CREATE TABLE t ({0} integer, k integer);\nCREATE TABLE u ({0} integer, z integer);\n"

CASES = [
    ("columns swapped", _SWAPPED, _TABLE + "CREATE VIEW v AS SELECT {0}, {1} FROM t;"),
    (
        "columns swapped below others",
        _SWAPPED,
        _TABLE
        + "CREATE VIEW v AS SELECT {0}, {1} FROM t; CREATE VIEW w AS SELECT {0}, 1 AS one FROM v;",
    ),
    (
        "columns swapped in a materialized view",
        _SWAPPED,
        _TABLE + "CREATE MATERIALIZED VIEW v AS SELECT {0}, {1} FROM t; CREATE INDEX i ON v ({0});",
    ),
    (
        "columns swapped inside",
        _SWAPPED,
        _TABLE + "CREATE VIEW v AS SELECT s.{0} AS y FROM (SELECT DISTINCT ON ({0}) {0} FROM t) s;",
    ),
    (
        "columns swapped in a union",
        _SWAPPED,
        _TABLE + "CREATE VIEW v AS SELECT {0} FROM t UNION SELECT {1} FROM t;",
    ),
    (
        "columns swapped in a function",
        _SWAPPED,
        _TABLE + "CREATE FUNCTION f() " + ATOMIC + " SELECT s.{0} FROM (SELECT {0} FROM t) s; END;",
    ),
    (
        "columns swapped in a rule",
        _SWAPPED,
        _TABLE + "CREATE RULE r AS ON DELETE TO t DO ALSO INSERT INTO t ({0}) SELECT old.{0};",
    ),
    (
        "columns swapped in a policy",
        _SWAPPED,
        _TABLE + "CREATE POLICY p ON t USING (EXISTS (SELECT t.{0}, x.{1} FROM t x));",
    ),
    ("function", _FUNCTION, _CALLED + "CREATE VIEW v AS SELECT {0}(x) FROM t;"),
    (
        "function in a materialized view",
        _FUNCTION,
        _CALLED + "CREATE MATERIALIZED VIEW v AS SELECT {0}(x) FROM t;",
    ),
    (
        "function with a view on the view",
        _FUNCTION,
        _CALLED + "CREATE VIEW v AS SELECT {0}(x) FROM t; CREATE VIEW w AS SELECT * FROM v;",
    ),
    ("function in FROM", _FUNCTION, _ROWS + "CREATE VIEW v AS SELECT * FROM {0}(1);"),
    (
        "function in FROM with an alias",
        _FUNCTION,
        _ROWS + "CREATE VIEW v AS SELECT x.y FROM {0}(1) AS x (y), {0}(2);",
    ),
    (
        "function in a rule",
        _FUNCTION,
        _CALLED + "CREATE RULE r AS ON DELETE TO t DO ALSO SELECT {0}(old.x);",
    ),
    (
        "function in a policy",
        _FUNCTION,
        _CALLED + "CREATE POLICY p ON t USING (EXISTS (SELECT FROM (SELECT {0}(1)) s));",
    ),
    (
        "function in FROM of a policy",
        _FUNCTION,
        _ROWS + "CREATE POLICY p ON t USING (x IN (SELECT * FROM {0}(1)));",
    ),
    (
        "function in a function",
        _FUNCTION,
        _CALLED + "CREATE FUNCTION f() " + ATOMIC + " SELECT {0}(x) FROM t; END;",
    ),
    (
        "function in another query's name",
        _FUNCTION,
        _CALLED + "CREATE VIEW v AS WITH {0} AS (SELECT {0}(1) AS y) SELECT y FROM {0};",
    ),
    (
        "enum",
        ["type public.{0} = {1}"],
        "CREATE TYPE {0} AS ENUM ('x'); CREATE VIEW v AS SELECT 'x'::{0};",
    ),
    (
        "enum in a materialized view",
        ["type public.{0} = {1}"],
        "CREATE TYPE {0} AS ENUM ('x'); CREATE MATERIALIZED VIEW v AS SELECT 'x'::{0}, 1 AS y;",
    ),
    (
        "enum in a rule",
        ["type public.{0} = {1}"],
        (
            "CREATE TYPE {0} AS ENUM ('x'); CREATE TABLE t (x text);"
            "CREATE RULE r AS ON DELETE TO t DO ALSO SELECT old.x::{0};"
        ),
    ),
    (
        "domain",
        ["domain public.{0} = {1}"],
        "CREATE DOMAIN {0} AS integer; CREATE VIEW v AS SELECT 1::{0};",
    ),
    (
        "domain with a view on the view",
        ["domain public.{0} = {1}"],
        (
            "CREATE DOMAIN {0} AS integer; CREATE VIEW v AS SELECT 1::{0};"
            "CREATE VIEW w AS SELECT {0} FROM v;"
        ),
    ),
    (
        "composite type",
        ["type public.{0} = {1}"],
        "CREATE TYPE {0} AS (x integer); CREATE VIEW v AS SELECT ROW(1)::{0};",
    ),
    (
        "table",
        ["table public.{0} = {1}"],
        "CREATE TABLE {0} (x integer); CREATE VIEW v AS SELECT {0} FROM {0};",
    ),
    (
        "table in a materialized view",
        ["table public.{0} = {1}"],
        (
            "CREATE TABLE {0} (x integer);"
            "CREATE MATERIALIZED VIEW v AS SELECT count({0}) AS n, {0} FROM {0} GROUP BY {0};"
        ),
    ),
    (
        "table in a policy",
        ["table public.{0} = {1}"],
        (
            "CREATE TABLE {0} (x integer); CREATE TABLE t (x integer);"
            "CREATE POLICY p ON t USING (EXISTS (SELECT FROM (SELECT {0} FROM {0}) s));"
        ),
    ),
    (
        "column in a rule",
        _COLUMN,
        _COLUMNS + "CREATE RULE r AS ON DELETE TO t DO ALSO SELECT {0} FROM t;",
    ),
    (
        "column that a rule returns",
        _COLUMN,
        _COLUMNS + "CREATE RULE r AS ON DELETE TO t DO INSTEAD"
        " UPDATE t SET x = 1 WHERE {0} = old.{0} RETURNING {0}, x;",
    ),
    (
        "column in a rule that inserts",
        ["column public.t.{0} = {1}", "column public.l.{0} = {1}"],
        (
            "CREATE TABLE t ({0} integer); CREATE TABLE l ({0} integer);"
            "CREATE RULE r AS ON UPDATE TO t DO ALSO INSERT INTO l ({0}) SELECT new.{0};"
        ),
    ),
    (
        "column in a policy",
        _COLUMN,
        _COLUMNS + "CREATE POLICY p ON l USING"
        " (EXISTS (SELECT FROM (SELECT {0} FROM t) s WHERE s.{0} = y));",
    ),
    (
        "column joined by USING in a policy",
        _BOTH,
        _JOINED + "CREATE TABLE l (y integer);"
        "CREATE POLICY p ON l USING (EXISTS (SELECT FROM t x JOIN u USING ({0}) WHERE x.k = y));",
    ),
    (
        "column joined by USING in a view",
        _BOTH,
        _JOINED + "CREATE VIEW v AS SELECT {0}, k, z FROM t JOIN u USING ({0});",
    ),
]


@pytest.mark.parametrize(("said", "sql"), [each[1:] for each in CASES], ids=[c[0] for c in CASES])
@pytest.mark.parametrize("names", [("a", "b"), ("A x", "say")], ids=["plain", "quoted"])
def test_both_ways(server: Server, said: list[str], sql: str, names: tuple[str, str]) -> None:
    one, other = names
    quoted = f'"{one}"' if one != "a" else one
    hints = read_renames([each.format(quoted, other) for each in said])
    converge(server, sql.format(quoted, other), sql.format(other, quoted), renames=hints)


ONLY_RENAMED = [
    (_FUNCTION, _CALLED + "CREATE MATERIALIZED VIEW v AS SELECT {0}(x) AS y FROM t;"),
    (
        _FUNCTION,
        _ROWS + "CREATE MATERIALIZED VIEW v AS SELECT x.y FROM {0}(1) AS x (y);",
    ),
    (
        ["table public.{0} = {1}"],
        (
            "CREATE TABLE {0} (x integer);"
            "CREATE MATERIALIZED VIEW v AS SELECT x, {0}.x AS y FROM {0} GROUP BY x, {0}.x;"
        ),
    ),
    (
        ["domain public.{0} = {1}"],
        "CREATE DOMAIN {0} AS integer; CREATE MATERIALIZED VIEW v AS SELECT 1::{0} AS y;",
    ),
    (
        ["schema {0} = {1}"],
        (
            "CREATE SCHEMA {0}; CREATE TABLE {0}.t (x integer);"
            "CREATE MATERIALIZED VIEW v AS SELECT x, y FROM {0}.t AS z (y), {0}.t;"
        ),
    ),
    (_COLUMN, _COLUMNS + "CREATE RULE r AS ON DELETE TO t DO ALSO INSERT INTO l VALUES (old.{0});"),
    (_COLUMN, _COLUMNS + "CREATE POLICY p ON t USING ({0} = lower({0}::text)::integer);"),
]


@pytest.mark.parametrize(("said", "sql"), ONLY_RENAMED)
def test_what_follows_by_itself_is_left_alone(server: Server, said: list[str], sql: str) -> None:
    hints = read_renames([each.format("a", "b") for each in said])
    made = planned(server, sql.format("a", "b"), sql.format("b", "a"), renames=hints)
    assert len([each for each in made if "RENAME" in each.sql]) == len(made) == len(said)


def test_a_column_that_keeps_its_name_by_an_alias_is_left_alone(server: Server) -> None:
    rule = "CREATE RULE r AS ON DELETE TO t DO ALSO SELECT {} FROM t;"
    made = planned(
        server,
        "CREATE TABLE t (a integer);" + rule.format("a"),
        "CREATE TABLE t (b integer);" + rule.format("b AS a"),
        renames=read_renames(["column public.t.a = b"]),
    )
    assert [each.sql for each in made] == ["ALTER TABLE public.t RENAME COLUMN a TO b"]
