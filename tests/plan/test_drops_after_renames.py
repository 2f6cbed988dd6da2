"""A table gets another name, and a column goes that others use no longer."""

import pytest

from gnkmigrate.diff.rename_options import read_renames
from gnkmigrate.servers import Server
from tests.kinds.converge import converge

RENAMES = read_renames(["table public.a = b"])
A = "CREATE TABLE a (id int PRIMARY KEY, x int NOT NULL);"
B = "CREATE TABLE b (id int PRIMARY KEY, x_id bigint);"
# What uses the column of the one, and that of the other, in its place.
USERS = {
    "a view": "CREATE VIEW v AS SELECT id FROM {} WHERE {} > 1;",
    "a policy": "CREATE POLICY p ON {} USING ({} > 1);",
    "a check": "ALTER TABLE {} ADD CONSTRAINT c CHECK ({} > 1);",
    "a function": "CREATE FUNCTION f() RETURNS bigint LANGUAGE sql"
    " BEGIN ATOMIC SELECT count(*) FROM {} WHERE {} > 1; END;",
    "a rule": "CREATE TABLE log (n bigint);"
    "CREATE RULE r AS ON INSERT TO {} DO ALSO INSERT INTO log VALUES (new.{});",
    "a publication": "CREATE PUBLICATION p FOR TABLE {} (id, {});",
    "two of them": "CREATE INDEX i ON {0} ({1}); COMMENT ON COLUMN {0}.{1} IS 'worth';"
    "ALTER TABLE {0} ALTER {1} SET DEFAULT 7; CREATE VIEW v AS SELECT id FROM {0} WHERE {1} > 1;",
}


@pytest.mark.parametrize("user", USERS.values(), ids=USERS)
def test_what_used_the_column_is_changed_before_it_goes(server: Server, user: str) -> None:
    if server.major == 14 and "PUBLICATION" in user:
        pytest.skip("a publication of PostgreSQL 14 has no columns")
    converge(server, A + user.format("a", "x"), B + user.format("b", "x_id"), renames=RENAMES)


def test_a_schema_that_is_renamed_is_no_other_matter(server: Server) -> None:
    table = "CREATE SCHEMA {0}; CREATE TABLE {0}.t (id int PRIMARY KEY, {1} int);"
    view = "CREATE VIEW public.v AS SELECT id FROM {0}.t WHERE {1} > 1;"
    converge(
        server,
        (table + view).format("one", "x"),
        (table + view).format("two", "y"),
        renames=read_renames(["schema one = two"]),
    )


def test_a_function_goes_by_the_new_names_of_its_types(server: Server) -> None:
    schema = (
        "CREATE SCHEMA {0}; CREATE TYPE {0}.e AS ENUM ('a'); CREATE TABLE t (e {0}.e);"
        "CREATE TYPE {0} AS ENUM ('b'); ALTER TABLE t ADD b {0};"
        "CREATE FUNCTION {0}({0}.e, {0}) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';"
        "REVOKE EXECUTE ON FUNCTION {0}({0}.e, {0}) FROM PUBLIC;"
        "CREATE INDEX i ON t ({0}(e, b)); CREATE VIEW v AS SELECT {0}(e, b) FROM t;"
    )
    made = converge(
        server,
        schema.format("one"),
        schema.format("two"),
        renames=read_renames(["schema one = two", "type public.one = two"]),
    )
    assert made.there[-1] == "DROP FUNCTION public.one(two.e, public.two)"


def test_the_constraint_of_a_column_that_has_gone_is_not_renamed(server: Server) -> None:
    """NOT NULL is a constraint with a name from PostgreSQL 18 on."""
    converge(
        server,
        "CREATE TABLE a (id int NOT NULL, x int NOT NULL, y int);",
        "CREATE TABLE b (id int NOT NULL, y int);",
        renames=RENAMES,
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        (
            "ALTER TABLE {} REPLICA IDENTITY USING INDEX ug;",
            "ALTER TABLE {} REPLICA IDENTITY FULL;",
        ),
    ],
)
def test_a_key_goes_before_another_of_its_columns_is_referred_to(
    server: Server, old: str, new: str
) -> None:
    keyed = "CREATE TABLE u (id integer PRIMARY KEY, g uuid NOT NULL CONSTRAINT ug UNIQUE);"
    other = "CREATE TABLE v (id integer, g uuid PRIMARY KEY);"
    refers = "CREATE TABLE s (g uuid CONSTRAINT sf REFERENCES {} (g){});"
    converge(
        server,
        keyed + refers.format("u", "") + old.format("u"),
        other + refers.format("v", " ON UPDATE CASCADE") + new.format("v"),
        renames=read_renames(["table public.u = v"]),
    )


SCHEMA = (
    "CREATE SCHEMA {0}; CREATE TYPE {0}.e AS ENUM ('a'); CREATE DOMAIN {0}.d AS int;"
    "CREATE TYPE {0}.c AS (a int); CREATE TABLE {0}.t (i int, a {0}.e);"
)
TAKES = "CREATE FUNCTION {}({}) RETURNS {} IMMUTABLE LANGUAGE sql AS 'SELECT 1';"
USED = "CREATE INDEX i ON {0}.t (f(a)); CREATE VIEW v AS SELECT f(a) FROM {0}.t;"
OPERATOR = (
    "CREATE FUNCTION eq({0}.e, {0}.e) RETURNS bool LANGUAGE sql AS 'SELECT true';"
    "CREATE OPERATOR === (LEFTARG = {0}.e, RIGHTARG = {0}.e, FUNCTION = eq);"
)
CAST = TAKES.format("c", "{0}.c", "int") + "CREATE CAST ({0}.c AS int) WITH FUNCTION c({0}.c)"
FAMILY = "CREATE OPERATOR FAMILY o USING btree;"
MEMBER = "ALTER OPERATOR FAMILY o USING btree ADD FUNCTION 1 ({0}.d, {0}.d) btint4cmp(int, int);"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            TAKES.format("f", "{0}.e", "int") + USED,
            TAKES.format("f", "{0}.e", "bigint") + USED,
        ),
        (
            TAKES.format("g", "{0}.t[]", "int") + OPERATOR + FAMILY + MEMBER,
            FAMILY,
        ),
        (
            TAKES.format("h", "{0}.d", "int") + "REVOKE ALL ON FUNCTION h FROM PUBLIC;" + CAST,
            TAKES.format("h", "{0}.d", "int")
            + "COMMENT ON FUNCTION h IS 'open';"
            + CAST
            + " AS ASSIGNMENT",
        ),
    ],
    ids=["made again", "goes", "changes"],
)
def test_what_is_named_by_types_is_called_by_the_name_that_their_schema_has(
    server: Server, old: str, new: str
) -> None:
    renames = read_renames(["schema one = two"])
    converge(server, (SCHEMA + old).format("one"), (SCHEMA + new).format("two"), renames=renames)
