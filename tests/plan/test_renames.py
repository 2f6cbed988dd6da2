"""A rename that the user knows of is one statement, and the way back is one too."""

from typing import Any

import psycopg
import pytest

from gnkmigrate.diff.compare import compare
from gnkmigrate.diff.rename_options import read_renames
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.plan.planner import plan
from gnkmigrate.plan.undo import undo_of
from gnkmigrate.postgres.connection import connect
from gnkmigrate.servers import Server
from tests.plan.support import pair, run

BASE = """
CREATE SCHEMA yard;
CREATE TYPE mood AS ENUM ('glad', 'sad');
CREATE TYPE place AS (street text);
CREATE DOMAIN mail AS text CONSTRAINT has_at CHECK (VALUE ~ '@');
CREATE SEQUENCE turn;
CREATE TABLE dog (id int PRIMARY KEY, m mood, age int CONSTRAINT grown CHECK (age > 0), at mail);
CREATE INDEX by_age ON dog (age) WHERE age > 3;
CREATE VIEW dogs AS SELECT id FROM dog;
CREATE MATERIALIZED VIEW ages AS SELECT m FROM dog;
CREATE FUNCTION bark(n integer) RETURNS integer LANGUAGE sql AS 'SELECT n';
CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER watch BEFORE INSERT ON dog FOR EACH ROW EXECUTE FUNCTION look();
CREATE POLICY own ON dog USING (age > 1);
COMMENT ON VIEW dogs IS 'all of them';
"""


@pytest.mark.parametrize(
    ("said", "old", "new", "sql"),
    [
        (
            "schema yard = garden",
            "SCHEMA yard",
            "SCHEMA garden",
            "ALTER SCHEMA yard RENAME TO garden",
        ),
        (
            "type public.place = spot",
            "TYPE place",
            "TYPE spot",
            "ALTER TYPE public.place RENAME TO spot",
        ),
        (
            "label public.mood.sad = blue",
            "'sad'",
            "'blue'",
            "ALTER TYPE public.mood RENAME VALUE 'sad' TO 'blue'",
        ),
        ("domain public.mail = post", " mail", " post", "ALTER DOMAIN public.mail RENAME TO post"),
        ("sequence public.turn = go", "turn", "go", "ALTER SEQUENCE public.turn RENAME TO go"),
        (
            "column public.dog.age = years",
            "age ",
            "years ",
            "ALTER TABLE public.dog RENAME COLUMN age TO years",
        ),
        (
            "constraint public.dog.grown = adult",
            "grown",
            "adult",
            "ALTER TABLE public.dog RENAME CONSTRAINT grown TO adult",
        ),
        (
            "index public.by_age = aged",
            "by_age",
            "aged",
            "ALTER INDEX public.by_age RENAME TO aged",
        ),
        ("view public.dogs = hounds", "dogs", "hounds", "ALTER VIEW public.dogs RENAME TO hounds"),
        (
            "materialized view public.ages = years",
            "VIEW ages",
            "VIEW years",
            "ALTER MATERIALIZED VIEW public.ages RENAME TO years",
        ),
        (
            "function public.bark(integer) = bay",
            "bark",
            "bay",
            "ALTER FUNCTION public.bark(integer) RENAME TO bay",
        ),
        (
            "trigger public.dog.watch = guard",
            "watch",
            "guard",
            "ALTER TRIGGER watch ON public.dog RENAME TO guard",
        ),
        (
            "policy public.dog.own = mine",
            "POLICY own ",
            "POLICY mine ",
            "ALTER POLICY own ON public.dog RENAME TO mine",
        ),
    ],
)
def test_each_kind(server: Server, said: str, old: str, new: str, sql: str) -> None:
    after = BASE.replace(old, new) if old != "age " else _with_years()
    hints = read_renames([said])
    with pair(server, BASE, after) as given:
        statements = plan(compare(given.source, given.target, hints), given.source, given.target)
        assert [each.sql for each in statements] == [sql]
        undo = undo_of(statements, given.source, given.target, hints=hints)
        with connect(given.url) as connection:
            run(connection, statements)
            assert compare(read_snapshot(connection), given.target) == ()
            run(connection, undo.statements)
            assert compare(read_snapshot(connection), given.source) == ()
        assert len(undo.statements) == 1


MOODY = """
CREATE TYPE mood AS ENUM ('glad', 'sad');
CREATE TABLE dog (m mood DEFAULT 'sad', note text CHECK (note <> 'sad'), CHECK (m <> 'sad'));
CREATE INDEX sadly ON dog (note) WHERE m = 'sad' AND note <> 'x';
CREATE VIEW low AS SELECT note FROM dog WHERE m = 'sad';
"""


def test_what_mentions_a_label_has_its_new_name_too(server: Server) -> None:
    hints = read_renames(["label public.mood.sad = so 'blue'"])
    blue = "so ''blue''"
    after = MOODY
    for text in ("'glad', '{}'", "DEFAULT '{}'", "m <> '{}'", "m = '{}'"):
        after = after.replace(text.format("sad"), text.format(blue))
    with pair(server, MOODY, after) as given:
        changes = compare(given.source, given.target, hints)
        assert [str(each.identity) for each in changes] == ["enum public.mood"]
        other = compare(given.source, given.target)
        assert len(other) > 4


WORN = """
CREATE TYPE size AS ENUM ({labels});
CREATE DOMAIN fit AS size CHECK (VALUE <> '{one}');
CREATE TABLE hat (id int, s size DEFAULT '{one}', all_s size[] DEFAULT '{{{one},{two}}}',
    f fit DEFAULT '{two}', CHECK (s = ANY ('{{{two},{one}}}'::size[]) OR id > 0));
CREATE INDEX of_one ON hat (id) WHERE s = '{one}';
CREATE VIEW ones AS SELECT id FROM hat WHERE s = '{one}';
"""
ROWS = "INSERT INTO public.hat VALUES (1, 'one', '{one,two}', 'two'), (2, 'two', '{two}', 'two')"
SWAPPED = [("two", ["two", "one"]), ("one", ["one"])]


@pytest.mark.parametrize(
    ("labels", "said", "one", "two", "sql", "rows"),
    [
        (
            "'two', 'one'",
            ["one = two", "two = one"],
            "two",
            "one",
            [
                "RENAME VALUE 'one' TO 'one_renamed'",
                "RENAME VALUE 'two' TO 'one'",
                "RENAME VALUE 'one_renamed' TO 'two'",
            ],
            SWAPPED,
        ),
        (
            "'two', 'three'",
            ["one = two", "two = three"],
            "two",
            "three",
            ["RENAME VALUE 'two' TO 'three'", "RENAME VALUE 'one' TO 'two'"],
            [("two", ["two", "three"]), ("three", ["three"])],
        ),
        (
            "'no', 'two', 'one'",
            ["one = two", "two = one"],
            "two",
            "one",
            [
                "RENAME VALUE 'one' TO 'one_renamed'",
                "RENAME VALUE 'two' TO 'one'",
                "RENAME VALUE 'one_renamed' TO 'two'",
                "ADD VALUE 'no' BEFORE 'two'",
            ],
            SWAPPED,
        ),
        ("'one', 'two'", ["one = two", "two = one"], "two", "one", None, SWAPPED),
        (
            "'three', 'one', 'two'",
            ["one = two", "two = three"],
            "two",
            "three",
            None,
            [("two", ["two", "three"]), ("three", ["three"])],
        ),
    ],
    ids=["swapped", "in a chain", "beside a new one", "in another order", "a name given anew"],
)
def test_labels_that_change_hands(
    server: Server, labels: str, said: list[str], one: str, two: str, sql: Any, rows: Any
) -> None:
    """Rows keep what they mean, whatever that is called; `sql` is None where the type is new."""
    hints = read_renames([f"label public.size.{each}" for each in said])
    before = WORN.format(labels="'one', 'two'", one="one", two="two")
    with pair(server, before, WORN.format(labels=labels, one=one, two=two)) as given:
        statements = plan(compare(given.source, given.target, hints), given.source, given.target)
        assert sql is None or [each.sql.split(" ", 3)[3] for each in statements] == sql
        undo = undo_of(statements, given.source, given.target, hints=hints)
        with connect(given.url) as connection:
            connection.execute(ROWS)
            found = "SELECT s::text, all_s::text[] FROM public.hat ORDER BY id"
            run(connection, statements)
            assert compare(read_snapshot(connection), given.target) == ()
            assert connection.execute(found).fetchall() == rows
            run(connection, undo.statements)
            assert compare(read_snapshot(connection), given.source) == ()
            assert connection.execute(found).fetchall() == [
                ("one", ["one", "two"]),
                ("two", ["two"]),
            ]


LEFT = """
CREATE TYPE {size} AS ENUM ({labels});
CREATE FUNCTION inches({size}) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE DOMAIN fit AS {size};
CREATE TABLE hat (s {size}, f fit, note {note});
"""


@pytest.mark.parametrize(
    ("size", "labels"),
    [("size", "'two', 'one'"), ("measure", "'one', 'two'")],
    ids=["in place", "in a new type"],
)
def test_values_stay_with_their_labels_and_leave_before_those_change(
    server: Server, size: str, labels: str
) -> None:
    hints = read_renames(
        ["label public.size.one = two", "label public.size.two = one", f"type public.size = {size}"]
    )
    before = LEFT.format(size="size", labels="'one', 'two'", note="size")
    after = LEFT.format(size=size, labels=labels, note="text")
    with pair(server, before, after) as given, connect(given.url) as connection:
        statements = plan(compare(given.source, given.target, hints), given.source, given.target)
        undo = undo_of(statements, given.source, given.target, hints=hints)
        connection.execute("INSERT INTO public.hat VALUES ('one', 'one', 'one')")
        found = "SELECT s::text, f::text, note::text FROM public.hat"
        run(connection, statements)
        assert compare(read_snapshot(connection), given.target) == ()
        assert connection.execute(found).fetchall() == [("two", "two", "one")]
        run(connection, undo.statements)
        assert compare(read_snapshot(connection), given.source) == ()
        assert connection.execute(found).fetchall() == [("one", "one", "one")]


def test_a_value_does_not_pass_for_another_whose_label_gets_its_name(server: Server) -> None:
    hints = read_renames(["label public.size.one = two"])
    schema = "CREATE TYPE size AS ENUM ({}); CREATE TABLE hat (s size);"
    with pair(server, schema.format("'one', 'two'"), schema.format("'two'")) as given:
        statements = plan(compare(given.source, given.target, hints), given.source, given.target)
        with connect(given.url) as connection:
            connection.execute("INSERT INTO public.hat VALUES ('two')")
            with pytest.raises(psycopg.errors.InvalidTextRepresentation, match="two_gone"):
                run(connection, statements)


SHOWN = """
CREATE TABLE picture (id int, {0} text);
CREATE VIEW {1} AS SELECT id, {0} FROM picture;
COMMENT ON COLUMN {1}.{0} IS 'what it shows';
GRANT SELECT ({0}) ON {1} TO PUBLIC;
CREATE RULE put AS ON INSERT TO {1} DO INSTEAD INSERT INTO picture VALUES (NEW.id, NEW.{0});
CREATE VIEW found AS SELECT {0} AS text, id FROM {1} WHERE {0} <> '';
"""


def test_a_view_keeps_what_uses_it_when_its_columns_are_renamed_too(server: Server) -> None:
    hints = read_renames(["view public.shown = photos", "column public.picture.title = caption"])
    before, after = SHOWN.format("title", "shown"), SHOWN.format("caption", "photos")
    with pair(server, before, after) as given:
        statements = plan(compare(given.source, given.target, hints), given.source, given.target)
        undo = undo_of(statements, given.source, given.target, hints=hints)
        made = [each.sql for each in statements]
        assert made[made.index("ALTER VIEW public.shown RENAME TO photos") + 1].startswith(
            "ALTER VIEW public.photos RENAME COLUMN title TO caption;\n"
        )
        assert not any(sql.startswith("DROP") for sql in made)
        with connect(given.url) as connection:
            run(connection, statements)
            assert compare(read_snapshot(connection), given.target) == ()
            run(connection, undo.statements)
            assert compare(read_snapshot(connection), given.source) == ()


def test_what_is_made_again_under_another_name_says_why(server: Server) -> None:
    hints = read_renames(["view public.shown = photos"])
    schema = "CREATE TABLE picture (id int, title text); CREATE VIEW {} AS SELECT {} FROM picture"
    before, after = schema.format("shown", "id, title"), schema.format("photos", "title, id")
    with pair(server, before, after) as given:
        statements = plan(compare(given.source, given.target, hints), given.source, given.target)
    assert {each.sql.partition(" AS")[0]: each.reason for each in statements} == {
        "CREATE VIEW public.photos": (
            "View public.photos, shown before, differs in: columns, definition."
        ),
        "DROP VIEW public.shown": (
            "View public.shown, photos in the target, differs in: columns, definition."
        ),
    }


def _with_years() -> str:
    text = BASE.replace(
        "age int CONSTRAINT grown CHECK (age", "years int CONSTRAINT grown CHECK (years"
    )
    text = text.replace("ON dog (age) WHERE age > 3", "ON dog (years) WHERE years > 3")
    return text.replace("USING (age > 1)", "USING (years > 1)")


def test_what_is_replaced_in_a_schema_that_gets_another_name(server: Server) -> None:
    old = (
        "CREATE SCHEMA yard; CREATE TYPE yard.mood AS ENUM ('glad', 'sad');"
        "CREATE TABLE yard.dog (id integer, m yard.mood); CREATE INDEX i ON yard.dog (id);"
    )
    new = old.replace("yard", "garden").replace(", 'sad'", "").replace("(id);", "(m, id);")
    hints = read_renames(["schema yard = garden"])
    with pair(server, old, new) as given:
        changes = compare(given.source, given.target, hints)
        statements = plan(changes, given.source, given.target)
        assert statements[0].sql == "ALTER SCHEMA yard RENAME TO garden"
        with connect(given.url) as connection:
            run(connection, statements)
            assert compare(read_snapshot(connection), given.target) == ()


def test_what_is_replaced_and_gets_another_name_while_what_is_of_it_changes_too(
    server: Server,
) -> None:
    schema = (
        "CREATE TYPE {0} AS ENUM ({1}); CREATE TYPE {2} AS ENUM ({3});"
        "CREATE DOMAIN tone AS {0} {4}; CREATE TABLE dog (m {0} {4}, f {2}[] {4}, t tone)"
    )
    old = schema.format("mood", "'glad', 'sad'", "fur", "'red', 'grey'", "")
    new = schema.format("fur", "'sad', 'glad'", "mood", "'grey', 'red'", "NOT NULL")
    hints = read_renames(["type public.mood = fur", "type public.fur = mood"])
    with pair(server, old, new) as given, connect(given.url) as connection:
        connection.execute("INSERT INTO public.dog VALUES ('glad', '{red}', 'sad')")
        changes = compare(given.source, given.target, hints)
        run(connection, plan(changes, given.source, given.target))
        assert compare(read_snapshot(connection), given.target) == ()
        rows = connection.execute("SELECT m::text, f::text, t::text FROM public.dog").fetchall()
        assert rows == [("glad", "{red}", "sad")]


CLOSED = """CREATE FUNCTION two() RETURNS {type} LANGUAGE sql IMMUTABLE AS 'SELECT 2';
CREATE DOMAIN {domain} AS bigint DEFAULT two();
CREATE TABLE {table} (a {type}, b {type}); ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY {one} ON {table} USING (a > 0); CREATE POLICY {other} ON {table} USING (b > 0);
"""


def test_what_does_without_something_for_a_while_is_called_by_its_new_name(server: Server) -> None:
    old = CLOSED.format(type="integer", domain="d", table="t", one="x", other="y")
    new = CLOSED.format(type="bigint", domain="e", table="u", one="y", other="x")
    policies = ("policy public.t.x = y", "policy public.t.y = x")
    hints = read_renames(["table public.t = u", "domain public.d = e", *policies])
    with pair(server, old, new) as given, connect(given.url) as connection:
        changes = compare(given.source, given.target, hints)
        run(connection, plan(changes, given.source, given.target))
        assert compare(read_snapshot(connection), given.target) == ()


PARTED = """
CREATE FUNCTION {f}(integer) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT $1';
CREATE TABLE part (other int, b int, {a} int, PRIMARY KEY ({a}, b)) PARTITION BY RANGE ({a}, b);
CREATE TABLE {one} PARTITION OF part FOR VALUES FROM (1, 1) TO (2, 2) PARTITION BY LIST ({a});
CREATE TABLE {one}1 PARTITION OF {one} DEFAULT;
ALTER TABLE part ADD FOREIGN KEY ({a}, other) REFERENCES part;
CREATE TABLE by_text ({a} int, b int) PARTITION BY HASH ({f}({a}), ((b + {a})));
CREATE TABLE by_text1 PARTITION OF by_text FOR VALUES WITH (MODULUS 1, REMAINDER 0);
"""


def test_a_column_and_a_function_of_a_partition_key(server: Server) -> None:
    """By the user's word, or found by its spelling; the rows stay where they are."""
    said = ["function public.f(integer) = g", "table public.p = q", "table public.p1 = q1"]
    before = PARTED.format(f="f", a='"orderId"', one="p")
    after = PARTED.format(f="g", a="order_id", one="q")
    hints = read_renames(said)
    with pair(server, before, after) as given:
        statements = plan(compare(given.source, given.target, hints), given.source, given.target)
        assert all(" RENAME " in each.sql for each in statements)
        undo = undo_of(statements, given.source, given.target, hints=hints)
        with connect(given.url) as connection:
            connection.execute("INSERT INTO public.part VALUES (1, 1, 1)")
            run(connection, statements)
            assert compare(read_snapshot(connection), given.target) == ()
            run(connection, undo.statements)
            assert compare(read_snapshot(connection), given.source) == ()
            assert connection.execute("TABLE public.part").fetchall() == [(1, 1, 1)]


HEIRS = """
CREATE TABLE parent ("fooBar" int, other int);
CREATE TABLE child () INHERITS (parent); CREATE TABLE grandchild () INHERITS (child);
CREATE TABLE whole (a int, "fooBar" int) PARTITION BY LIST (a);
CREATE TABLE part PARTITION OF whole DEFAULT;
COMMENT ON COLUMN parent."fooBar" IS 'p'; COMMENT ON COLUMN grandchild."fooBar" IS 'g';
COMMENT ON COLUMN part."fooBar" IS 'x'; COMMENT ON COLUMN child.other IS 'o';
GRANT SELECT ("fooBar") ON child TO PUBLIC; GRANT UPDATE ("fooBar") ON part TO PUBLIC;
"""


def test_what_is_said_of_inherited_columns_follows_them(server: Server) -> None:
    with pair(server, HEIRS, HEIRS.replace('"fooBar"', "foo_bar")) as given:
        statements = plan(compare(given.source, given.target), given.source, given.target)
        assert [each.sql for each in statements] == [
            'ALTER TABLE public.parent RENAME COLUMN "fooBar" TO foo_bar',
            'ALTER TABLE public.whole RENAME COLUMN "fooBar" TO foo_bar',
        ]
        undo = undo_of(statements, given.source, given.target)
        with connect(given.url) as connection:
            run(connection, statements)
            assert compare(read_snapshot(connection), given.target) == ()
            run(connection, undo.statements)
            assert compare(read_snapshot(connection), given.source) == ()


def test_a_check_passes_from_a_table_that_gets_another_name_to_its_parent(server: Server) -> None:
    old = """CREATE TABLE p (a integer);
        CREATE TABLE c (CONSTRAINT k CHECK (a > 5)) INHERITS (p);"""
    new = "CREATE TABLE q (a integer, CONSTRAINT k CHECK (a > 0)); CREATE TABLE d () INHERITS (q);"
    hints = read_renames(["table public.p = q", "table public.c = d"])
    with pair(server, old, new) as given:
        statements = plan(compare(given.source, given.target, hints), given.source, given.target)
        undo = undo_of(statements, given.source, given.target, hints=hints)
        with connect(given.url) as connection:
            run(connection, statements)
            assert compare(read_snapshot(connection), given.target) == ()
            run(connection, undo.statements)
            assert compare(read_snapshot(connection), given.source) == ()


@pytest.mark.parametrize(
    ("new", "said", "left"),
    [
        ("CREATE TABLE q (a int)", ["table public.p = q"], "public.q"),
        (
            "CREATE TABLE p (b int); CREATE TABLE q (a int)",
            ["table public.p = q", "table public.q = p"],
            "public.q",
        ),
    ],
    ids=["renamed", "swapped"],
)
def test_a_parent_is_left_by_its_new_name(
    server: Server, new: str, said: list[str], left: str
) -> None:
    old = "CREATE TABLE p (a int); CREATE TABLE r (x int); CREATE TABLE c () INHERITS (r, p);"
    old += " CREATE TABLE q (b int)" if len(said) > 1 else ""
    new += "; CREATE TABLE r (x int); CREATE TABLE c (a int) INHERITS (r)"
    with pair(server, old, new) as given, connect(given.url) as connection:
        changes = compare(given.source, given.target, read_renames(said))
        statements = plan(changes, given.source, given.target)
        assert statements[-1].sql == f"ALTER TABLE public.c NO INHERIT {left}"
        run(connection, statements)
        assert compare(read_snapshot(connection), given.target) == ()


OWN_TYPE = """CREATE SCHEMA {0}; CREATE TYPE {0}.e AS ENUM ('a'); CREATE TABLE {0}.t (e {0}.e);
    CREATE FUNCTION {0}.f({0}.e, "f(x)" integer) RETURNS integer LANGUAGE sql IMMUTABLE
    AS 'SELECT 1'; CREATE INDEX i ON {0}.t ({0}.f(e, 1));"""


def test_a_schema_with_functions_of_its_own_types(server: Server) -> None:
    names = (("a", "b"), ("b", "c"), ("c", "a"))
    hints = read_renames([f"schema {old} = {new}" for old, new in names])
    before = OWN_TYPE.format("a") + OWN_TYPE.format("b") + "CREATE SCHEMA c;"
    after = OWN_TYPE.format("b") + OWN_TYPE.format("c") + "CREATE SCHEMA a;"
    with pair(server, before, after) as given:
        statements = plan(compare(given.source, given.target, hints), given.source, given.target)
        assert {each.sql.split()[1] for each in statements} == {"SCHEMA"}
        with connect(given.url) as connection:
            run(connection, statements)
            assert compare(read_snapshot(connection), given.target) == ()
