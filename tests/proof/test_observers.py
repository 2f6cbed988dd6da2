"""What each observer sees of what happens to a database, and what it lets pass."""

from collections.abc import Iterator, Mapping

import pytest

from gnkmigrate.kinds.statement import Statement
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.proof.plan_claims import Path, Said
from gnkmigrate.proof.rewritten_tables import Files
from gnkmigrate.proof.rows import compare_rows, read_rows
from gnkmigrate.proof.sequences import compare_numbers, read_numbers
from gnkmigrate.proof.views_and_functions import NO_ANSWERS, compare_answers, read_answers

SCHEMA = """
CREATE TYPE mood AS ENUM ('glad', 'sad');
CREATE TYPE place AS (street text, town text);
CREATE TABLE cat (id serial PRIMARY KEY, name text, m mood, moods mood[], home place, of regclass);
CREATE TABLE kitten (mother int) INHERITS (cat);
INSERT INTO cat (name, m, moods, home, of)
    SELECT 'cat ' || n, 'sad'::mood, '{glad,sad}'::mood[], ('x', 'y')::place, 'cat'
    FROM generate_series(1, 9) AS n;
INSERT INTO kitten (name, mother) VALUES ('kit', 1);
CREATE SEQUENCE ticket; SELECT nextval('ticket'), nextval('ticket');
CREATE VIEW cats AS SELECT id, name FROM cat;
CREATE MATERIALIZED VIEW moods AS SELECT DISTINCT m FROM cat;
CREATE FUNCTION sad() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM cat WHERE m = 'sad' $$;
"""

SWAP = """
ALTER TYPE mood RENAME VALUE 'sad' TO 'x';
ALTER TYPE mood RENAME VALUE 'glad' TO 'sad';
ALTER TYPE mood RENAME VALUE 'x' TO 'glad';
"""
IDENTITY = """
ALTER TABLE cat ALTER id DROP DEFAULT;
DROP SEQUENCE cat_id_seq CASCADE;
ALTER TABLE cat ALTER id ADD GENERATED ALWAYS AS IDENTITY (START 11);
"""
LOST = """
CREATE FUNCTION f() RETURNS int LANGUAGE sql SET search_path = '' AS $$ SELECT id FROM cat $$
"""


@pytest.fixture
def session(database: DatabaseUrl) -> Iterator[Connection]:
    with connect(database, search_path=["public"]) as session:
        session.execute(SCHEMA.encode())
        yield session


def said(
    *named: Path, renamed: Mapping[Path, Path] | None = None, lost: tuple[str, ...] = ()
) -> Said:
    return Said(frozenset(named), renamed or {}, lost)


NOTHING = said()
NAME, MOOD, HOME = (("public", "cat", column) for column in ("name", "m", "home"))
MOODS = (("public", "mood"), MOOD, ("public", "cat", "moods"))
# What is said of labels, and made of them.
GLAD, SAD, SO_BLUE = (("public", "mood", label) for label in ("glad", "sad", "blue"))
BLUE, ANEW_BLUE = (said(*named, renamed={SAD: SO_BLUE}) for named in ((), MOODS))
SWAPPED, SWAPPED_ANEW = (said(*each, renamed={SAD: GLAD, GLAD: SAD}) for each in ((), MOODS))
ANEW = """
DROP MATERIALIZED VIEW moods;
ALTER TYPE mood RENAME TO old; {1}
CREATE TYPE mood AS ENUM ({0});
ALTER TABLE cat ALTER m TYPE mood USING m::text::mood,
    ALTER moods TYPE mood[] USING moods::text[]::mood[];
"""
OTHERS = ("public.cat: 9 rows, but not the same",)
ANEW_OTHERS = ("public.cat.m: not the same values", "public.cat.moods: not the same values")


@pytest.mark.parametrize(
    ("done", "told", "seen"),
    [
        ("SELECT", NOTHING, ()),
        ("ALTER TABLE cat RENAME TO feline", NOTHING, ()),
        ("ALTER TABLE cat RENAME name TO title; ALTER TABLE cat ADD age int", NOTHING, ()),
        ("ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'", BLUE, ()),
        ("ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'", NOTHING, OTHERS),
        (SWAP, SWAPPED, ()),
        (SWAP, NOTHING, OTHERS),
        ("SELECT", SWAPPED, OTHERS),
        (ANEW.format("'sad', 'glad'", ""), SWAPPED_ANEW, ANEW_OTHERS),
        (SWAP + ANEW.format("'sad', 'glad'", ""), SWAPPED_ANEW, ()),
        (
            ANEW.format("'sad', 'blue', 'glad'", "ALTER TYPE old RENAME VALUE 'sad' TO 'blue';"),
            ANEW_BLUE,
            (),
        ),
        (
            "UPDATE cat SET m = 'glad' WHERE id = 2",
            NOTHING,
            ("public.cat: 9 rows, but not the same",),
        ),
        ("DELETE FROM cat WHERE id = 3", NOTHING, ("public.cat: 9 rows before, 8 rows after",)),
        ("DROP TABLE kitten", NOTHING, ("public.kitten: 1 row before, the table is gone",)),
        ("DROP TABLE kitten", said(lost=("all rows of public.kitten",)), ()),
        (
            "ALTER TABLE cat DROP name CASCADE",
            NOTHING,
            (
                "public.cat.name: the column is gone, with its values",
                "public.kitten.name: the column is gone, with its values",
            ),
        ),
        (
            "ALTER TABLE cat DROP name CASCADE",
            said(NAME, lost=("the values of public.cat.name",)),
            (),
        ),
        (
            "ALTER TABLE cat ALTER home TYPE text",
            NOTHING,
            (
                "public.cat.home: of type place before, now text",
                "public.kitten.home: of type place before, now text",
            ),
        ),
        ("ALTER TABLE cat ALTER home TYPE text", said(HOME), ()),
        (
            "ALTER TABLE cat ALTER name SET NOT NULL; UPDATE cat SET name = 'Tom' WHERE id = 1",
            said(NAME),
            ("public.cat.name: not the same values",),
        ),
    ],
)
def test_rows(session: Connection, done: str, told: Said, seen: tuple[str, ...]) -> None:
    before = read_rows(session, told)
    session.execute(done.encode())
    assert compare_rows(session, before, told, "UTC").problems == seen
    with session.transaction():
        session.execute("SELECT")  # it is as it was


def test_what_was_computed_is_looked_at_where_it_is_no_more(session: Connection) -> None:
    session.execute("ALTER TABLE kitten ADD twice int GENERATED ALWAYS AS (mother * 2) STORED")
    told = said(("public", "kitten", "twice"))
    before = read_rows(session, told)
    session.execute("ALTER TABLE kitten ALTER twice DROP EXPRESSION")
    assert compare_rows(session, before, told, "UTC").problems == ()
    session.execute("ALTER TABLE kitten DROP twice; ALTER TABLE kitten ADD twice int")
    assert compare_rows(session, before, told, "UTC").problems == (
        "public.kitten.twice: the column is gone, with its values",
    )


def test_a_table_made_again_is_known_by_its_name(session: Connection) -> None:
    told = said(renamed={("public", "kitten"): ("public", "young")})
    before = read_rows(session, told)
    session.execute("CREATE TABLE young AS SELECT * FROM kitten; DROP TABLE kitten")
    assert compare_rows(session, before, told, "UTC").problems == ()
    session.execute("UPDATE young SET mother = 2")
    assert compare_rows(session, before, told, "UTC").problems == (
        "public.kitten: 1 row, but not the same",
    )


@pytest.mark.parametrize(
    ("done", "converted"),
    [
        ("ALTER TABLE kitten ALTER mother TYPE text", ()),
        ("ALTER TABLE kitten ALTER mother TYPE boolean USING true", ()),
        ("ALTER TABLE kitten ALTER mother TYPE text USING 'm' || mother",
         ("public.kitten.mother (integer to text)",)),
    ],
)  # fmt: skip
def test_values_of_another_type_are_the_same_if_they_cast_back(
    session: Connection, done: str, converted: tuple[str, ...]
) -> None:
    told = said(("public", "kitten", "mother"))
    before = read_rows(session, told)
    session.execute(done.encode())
    kept = compare_rows(session, before, told, "UTC")
    assert (kept.problems, kept.converted) == ((), converted)


def test_times_without_a_zone_are_cast_back_in_the_zone_they_were_written_in(
    session: Connection,
) -> None:
    session.execute(
        "CREATE TABLE event (at timestamp); INSERT INTO event VALUES ('2024-07-01 12:00')"
    )
    told = said(("public", "event", "at"))
    before = read_rows(session, told)
    zoned = "ALTER TABLE event ALTER at TYPE timestamptz USING at AT TIME ZONE 'Europe/Berlin'"
    session.execute(zoned)
    assert compare_rows(session, before, told, "Europe/Berlin").converted == ()
    assert compare_rows(session, before, told, "UTC").converted == (
        "public.event.at (timestamp without time zone to timestamp with time zone)",
    )


@pytest.mark.parametrize(
    ("done", "told", "seen"),
    [
        ("SELECT", NOTHING, ()),
        ("SELECT nextval('ticket')", NOTHING, ("public.ticket: stood at 2, stands at 3",)),
        ("ALTER SEQUENCE ticket MINVALUE 50 START 50 RESTART 50", NOTHING, ()),
        ("ALTER SEQUENCE ticket RENAME TO coupon", NOTHING, ()),
        ("DROP SEQUENCE ticket", NOTHING, ("public.ticket: stood at 2, and is gone",)),
        ("DROP SEQUENCE ticket", said(lost=("the position of public.ticket",)), ()),
        ("SELECT setval('cat_id_seq', 40)", NOTHING, ()),
        (
            "SELECT setval('cat_id_seq', 4)",
            NOTHING,
            (
                "public.cat_id_seq: stood at 10, stands at 4",
                "public.cat.id: the next value is 5, but 10 is there already",
                "public.kitten.id: the next value is 6, but 10 is there already",
            ),
        ),
        (
            IDENTITY,
            NOTHING,
            (),
        ),
        (
            "ALTER SEQUENCE cat_id_seq MAXVALUE 10",
            NOTHING,
            (
                "public.cat.id: its sequence public.cat_id_seq has no value left",
                "public.kitten.id: its sequence public.cat_id_seq has no value left",
            ),
        ),
    ],
)
def test_numbers(session: Connection, done: str, told: Said, seen: tuple[str, ...]) -> None:
    before = read_numbers(session)
    session.execute(done.encode())
    assert compare_numbers(session, before, told) == seen


def test_a_sequence_that_goes_down_or_was_behind_before(session: Connection) -> None:
    session.execute(
        "CREATE TABLE low (id int GENERATED ALWAYS AS IDENTITY (INCREMENT -1), old serial);"
        "INSERT INTO low (old) VALUES (7), (8)"
    )
    before = read_numbers(session)
    assert compare_numbers(session, before, NOTHING) == ()
    session.execute("ALTER TABLE low ALTER id RESTART")
    assert compare_numbers(session, before, NOTHING) == (
        "public.low_id_seq: stood at -2, stands at -1",
        "public.low.id: the next value is -1, but -2 is there already",
    )


@pytest.mark.parametrize(
    ("done", "seen"),
    [
        ("SELECT", []),
        ("ALTER TABLE cat RENAME m TO feeling", ['public.sad(): column "m" does not exist']),
        ("ALTER TABLE cat RENAME name TO title", []),
        ("REFRESH MATERIALIZED VIEW moods WITH NO DATA",
         ["public.moods: the materialized view has been emptied"]),
        ("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$", []),
        (LOST, ['public.f(): relation "cat" does not exist']),
    ],
)  # fmt: skip
def test_answers(session: Connection, done: str, seen: list[str]) -> None:
    before = read_answers(session)
    session.execute("SET check_function_bodies = off")
    session.execute(done.encode())
    assert [*compare_answers(before, read_answers(session), NO_ANSWERS, NOTHING)] == seen


def test_what_never_answered_need_not_answer(session: Connection) -> None:
    session.execute(
        "SET check_function_bodies = off;"
        "CREATE FUNCTION lost() RETURNS int LANGUAGE sql AS $$ SELECT nothing FROM nowhere $$"
    )
    before = read_answers(session)
    assert before.silent == {("public", "lost()"): 'relation "nowhere" does not exist'}
    assert [*compare_answers(before, read_answers(session), NO_ANSWERS, NOTHING)] == []


def test_files(session: Connection) -> None:
    files = Files(session)

    def after(sql: str, *, rewrites: bool = False, relation: str = "") -> tuple[str, ...]:
        session.execute(sql.encode())
        return files.rewritten(Statement(sql, "", relation=relation, rewrites=rewrites))

    retype = "ALTER TABLE cat ALTER id TYPE {}"
    assert after("ALTER TABLE cat ADD age int DEFAULT 3") == ()
    assert sorted(after("DROP VIEW cats; " + retype.format("bigint"))) == [
        "public.cat",
        "public.kitten",
    ]
    assert after(retype.format("int"), rewrites=True, relation="public.cat") == ()
    assert after(retype.format("bigint"), rewrites=True, relation="public.other") != ()
    assert after("CREATE TABLE another ()") == ()
    assert after("CREATE MATERIALIZED VIEW more AS SELECT id FROM cat; TRUNCATE another") == (
        "public.another",
    )
    assert after("DROP MATERIALIZED VIEW more; DROP TABLE another") == ()
    # A table goes by the name that it has afterwards, and is written anew with its grandparent.
    assert after("ALTER TABLE kitten RENAME TO young; TRUNCATE young") == ("public.young",)
    session.execute("CREATE TABLE cub (LIKE young); ALTER TABLE cub INHERIT young")
    assert after("SELECT") == ()
    assert after(retype.format("int"), rewrites=True, relation="public.cat") == ()
    assert after(retype.format("bigint"), rewrites=True, relation="public.young") == ("public.cat",)
