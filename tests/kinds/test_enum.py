"""Enum types: labels are added in place; anything else takes a new type."""

import pytest

from gnkmigrate.diff.renames import Renames
from gnkmigrate.facts.fact import Identity
from gnkmigrate.servers import Server
from tests.kinds.converge import converge
from tests.plan.support import Case, case

TABLE = "CREATE TABLE item (mood mood DEFAULT 'ok' NOT NULL, moods mood[]);"
TWO = "CREATE TYPE mood AS ENUM ('ok', 'bad');"
THREE = "CREATE TYPE mood AS ENUM ('good', 'ok', 'odd', 'bad', 'worst');"

CASES = {
    "a missing type is created before its columns": case(
        "",
        TWO + "CREATE TABLE item (mood mood);",
        "CREATE TYPE public.mood AS ENUM ('ok', 'bad')",
        "CREATE TABLE public.item (\n    mood public.mood\n)",
    ),
    "labels are added where they belong": case(
        TWO + TABLE,
        THREE + TABLE,
        "ALTER TYPE public.mood ADD VALUE 'good' BEFORE 'ok'",
        "ALTER TYPE public.mood ADD VALUE 'odd' BEFORE 'bad'",
        "ALTER TYPE public.mood ADD VALUE 'worst'",
    ),
    "without them the columns move to a new type": case(
        THREE + TABLE,
        TWO + TABLE,
        "ALTER TABLE public.item ALTER COLUMN mood DROP DEFAULT",
        "ALTER TYPE public.mood RENAME TO mood_replaced",
        "CREATE TYPE public.mood AS ENUM ('ok', 'bad')",
        "ALTER TABLE public.item ALTER COLUMN mood TYPE public.mood USING mood::text::public.mood, "
        "ALTER COLUMN moods TYPE public.mood[] USING moods::text[]::public.mood[]",
        "ALTER TABLE public.item ALTER COLUMN mood SET DEFAULT 'ok'::public.mood",
        "DROP TYPE public.mood_replaced",
        rows="INSERT INTO item VALUES ('ok', '{bad,ok}')",
    ),
    "and what uses it makes way": case(
        "CREATE TYPE mood AS ENUM ('ok', 'bad', 'odd'); CREATE TABLE item (mood mood);"
        "CREATE INDEX odd ON item (mood) WHERE mood <> 'ok';"
        "CREATE VIEW moods AS SELECT mood FROM item;"
        "CREATE FUNCTION worse(mood) RETURNS mood LANGUAGE sql AS 'SELECT $1';",
        TWO + "CREATE TABLE item (mood mood);"
        "CREATE INDEX odd ON item (mood) WHERE mood <> 'ok';"
        "CREATE VIEW moods AS SELECT mood FROM item;"
        "CREATE FUNCTION worse(mood) RETURNS mood LANGUAGE sql AS 'SELECT $1';",
        "SET check_function_bodies = off",
        "DROP FUNCTION public.worse(public.mood)",
        "DROP INDEX CONCURRENTLY public.odd",
        "DROP VIEW public.moods",
        "ALTER TYPE public.mood RENAME TO mood_replaced",
        "CREATE TYPE public.mood AS ENUM ('ok', 'bad')",
        "CREATE OR REPLACE FUNCTION public.worse(public.mood)\n"
        " RETURNS public.mood\n LANGUAGE sql\nAS $function$SELECT $1$function$",
        "ALTER TABLE public.item ALTER COLUMN mood TYPE public.mood USING mood::text::public.mood",
        "CREATE INDEX CONCURRENTLY odd ON public.item USING btree (mood) "
        "WHERE (mood <> 'ok'::public.mood)",
        "CREATE VIEW public.moods AS\nSELECT mood\n   FROM public.item",
        "DROP TYPE public.mood_replaced",
        since=160000,
    ),
    "an enum turns into a checked varchar": case(
        TWO + "CREATE TABLE item (mood mood DEFAULT 'ok' NOT NULL);",
        "CREATE TABLE item (mood varchar(20) DEFAULT 'ok' CHECK (mood IN ('ok', 'bad')));",
        "ALTER TABLE public.item ALTER COLUMN mood DROP DEFAULT",
        "ALTER TABLE public.item ALTER COLUMN mood DROP NOT NULL",
        "ALTER TABLE public.item ALTER COLUMN mood TYPE character varying(20)",
        "ALTER TABLE public.item ALTER COLUMN mood SET DEFAULT 'ok'::character varying",
        "ALTER TABLE public.item ADD CONSTRAINT item_mood_check CHECK (((mood)::text = "
        "ANY ((ARRAY['ok'::character varying, 'bad'::character varying]::character varying[])"
        "::text[]))) NOT VALID",
        "ALTER TABLE public.item VALIDATE CONSTRAINT item_mood_check",
        "DROP TYPE public.mood",
        rows="INSERT INTO item VALUES ('bad')",
    ),
    "and back again": case(
        "CREATE TABLE item (mood varchar(20) DEFAULT 'ok' CHECK (mood IN ('ok', 'bad')));",
        TWO + "CREATE TABLE item (mood mood DEFAULT 'ok');",
        "CREATE TYPE public.mood AS ENUM ('ok', 'bad')",
        "ALTER TABLE public.item ALTER COLUMN mood DROP DEFAULT",
        "ALTER TABLE public.item DROP CONSTRAINT item_mood_check",
        "ALTER TABLE public.item ALTER COLUMN mood TYPE public.mood USING mood::public.mood",
        "ALTER TABLE public.item ALTER COLUMN mood SET DEFAULT 'ok'::public.mood",
        rows="INSERT INTO item VALUES ('bad'), (NULL)",
    ),
}


@pytest.mark.parametrize("given", CASES.values(), ids=CASES)
def test_case(server: Server, given: Case) -> None:
    assert given.migrate(server) == given.expected


def test_generated_columns_and_children_s_defaults_go_over_to_a_type_that_is_made_again(
    server: Server,
) -> None:
    tables = """
        CREATE DOMAIN moods AS mood[] DEFAULT '{sad}';
        CREATE TABLE t (
            a mood GENERATED ALWAYS AS ('sad'::mood) STORED,
            b mood[] GENERATED ALWAYS AS (ARRAY['sad'::mood]) STORED,
            c moods GENERATED ALWAYS AS (ARRAY['sad'::mood]) STORED
        );
        CREATE INDEX ON t (a);
        CREATE TABLE p (a integer, b mood DEFAULT 'sad') PARTITION BY HASH (a);
        CREATE TABLE p1 PARTITION OF p FOR VALUES WITH (MODULUS 1, REMAINDER 0);
        ALTER TABLE p1 ALTER b SET DEFAULT 'glad';
    """
    old = "CREATE TYPE mood AS ENUM ('sad', 'glad', 'mad');"
    new = "CREATE TYPE mood AS ENUM ('glad', 'sad');"
    converge(server, old + tables, new + tables)


def test_values_go_over_once_labels_have_their_new_names(server: Server) -> None:
    rest = "CREATE TABLE t (a {0}); CREATE FUNCTION f({0}) RETURNS int LANGUAGE sql AS 'SELECT 1';"
    old = "CREATE TYPE mood AS ENUM ('sad', 'glad', 'mad');" + rest.format("mood")
    new = "CREATE TYPE temper AS ENUM ('glad', 'sad');" + rest.format("temper")
    labels = [
        (Identity("label", ("public", "mood", was)), Identity("label", ("public", "temper", is_)))
        for was, is_ in (("sad", "glad"), ("glad", "sad"))
    ]
    type_ = Identity("enum", ("public", "mood")), Identity("enum", ("public", "temper"))
    there = converge(server, old, new, renames=Renames.of(type_, *labels)).there
    (over,) = (each for each in there if " ALTER COLUMN a " in each)
    assert all(there.index(each) < there.index(over) for each in there if "RENAME VALUE" in each)
    assert sum("RENAME VALUE" in each for each in there) == 3
