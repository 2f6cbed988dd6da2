"""Defaults of columns."""

import pytest

from gnkmigrate.servers import Server
from tests.plan.support import Case, case

CASES = {
    "set, changed and dropped": case(
        "CREATE TABLE item (a integer, b integer DEFAULT 1, c text DEFAULT 'x');",
        "CREATE TABLE item (a integer DEFAULT 5, b integer DEFAULT 2, c text);",
        "ALTER TABLE public.item ALTER COLUMN a SET DEFAULT 5",
        "ALTER TABLE public.item ALTER COLUMN b SET DEFAULT 2",
        "ALTER TABLE public.item ALTER COLUMN c DROP DEFAULT",
    ),
    "one that needs its own table's function waits for it": case(
        "",
        "CREATE TABLE item (id integer);"
        "CREATE FUNCTION next(item) RETURNS integer LANGUAGE sql AS 'SELECT 1';"
        "ALTER TABLE item ALTER COLUMN id SET DEFAULT next(NULL::item);",
        "SET check_function_bodies = off",
        "CREATE TABLE public.item (\n    id integer\n)",
        "CREATE OR REPLACE FUNCTION public.next(public.item)\n"
        " RETURNS integer\n LANGUAGE sql\nAS $function$SELECT 1$function$",
        "ALTER TABLE public.item ALTER COLUMN id SET DEFAULT public.next(NULL::public.item)",
    ),
}


@pytest.mark.parametrize("given", CASES.values(), ids=CASES)
def test_case(server: Server, given: Case) -> None:
    assert given.migrate(server) == given.expected
