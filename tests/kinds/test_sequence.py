"""Sequences, and serial columns, which own one."""

import pytest

from gnkmigrate.servers import Server
from tests.plan.support import Case, case

SERIAL = "CREATE TABLE item (id serial);"

CASES = {
    "options that are not the usual ones are written down": case(
        "",
        "CREATE SEQUENCE ticket AS smallint INCREMENT 2 MINVALUE 10 MAXVALUE 90 CACHE 5 CYCLE;",
        "CREATE SEQUENCE public.ticket AS smallint INCREMENT BY 2 MINVALUE 10 MAXVALUE 90 "
        "CACHE 5 CYCLE",
    ),
    "only what differs is altered, and a type brings its bounds": case(
        "CREATE SEQUENCE ticket AS integer;",
        "CREATE SEQUENCE ticket AS bigint CACHE 7;",
        "DO $$DECLARE place bigint; BEGIN SELECT last_value INTO place FROM public.ticket; "
        "IF place BETWEEN 1 AND 9223372036854775807 "
        "THEN ALTER SEQUENCE public.ticket AS bigint MINVALUE 1 MAXVALUE 9223372036854775807 "
        "CACHE 7; "
        "ELSE ALTER SEQUENCE public.ticket AS bigint MINVALUE 1 MAXVALUE 9223372036854775807 "
        "CACHE 7 RESTART WITH 1; END IF; END$$",
    ),
    "a serial column's belongs to it in the end": case(
        "",
        SERIAL,
        "CREATE SEQUENCE public.item_id_seq AS integer",
        "CREATE TABLE public.item (\n"
        "    id integer DEFAULT nextval('public.item_id_seq'::regclass) NOT NULL\n)",
        "ALTER SEQUENCE public.item_id_seq OWNED BY public.item.id",
    ),
    "and goes with it": case(SERIAL, "", "DROP TABLE public.item"),
    "a new serial column fills the rows that are there": case(
        "CREATE TABLE item ();",
        SERIAL,
        "CREATE SEQUENCE public.item_id_seq AS integer",
        "ALTER TABLE public.item ADD COLUMN id integer "
        "DEFAULT nextval('public.item_id_seq'::regclass) NOT NULL",
        "ALTER SEQUENCE public.item_id_seq OWNED BY public.item.id",
        rows="INSERT INTO item DEFAULT VALUES",
    ),
    "the column may stop using it": case(
        SERIAL,
        "CREATE TABLE item (id integer NOT NULL);",
        "ALTER TABLE public.item ALTER COLUMN id DROP DEFAULT",
        "DROP SEQUENCE public.item_id_seq",
    ),
    "an owner that goes does not take it along": case(
        SERIAL,
        "CREATE SEQUENCE item_id_seq AS integer; CREATE TABLE item ();",
        "ALTER TABLE public.item ALTER COLUMN id DROP DEFAULT",
        "ALTER SEQUENCE public.item_id_seq OWNED BY NONE",
        "ALTER TABLE public.item DROP COLUMN id",
    ),
}


@pytest.mark.parametrize("given", CASES.values(), ids=CASES)
def test_case(server: Server, given: Case) -> None:
    assert given.migrate(server) == given.expected
