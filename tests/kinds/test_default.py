"""Defaults of columns."""

import pytest

from gnkmigrate.servers import Server
from tests.kinds.converge import converge
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


CHILD = "CREATE TABLE a (x integer); CREATE TABLE z (x integer); CREATE TABLE b () INHERITS (a);"
CHILD += "CREATE TABLE c () INHERITS (z);"
OWN = "ALTER TABLE b ALTER x SET DEFAULT 1; ALTER TABLE c ALTER x SET DEFAULT 1;"
ABOVE = "ALTER TABLE a ALTER x SET DEFAULT 2; ALTER TABLE z ALTER x SET DEFAULT 2;"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (OWN, ABOVE + OWN),
        ("", ABOVE + OWN),
        (ABOVE, ABOVE + OWN),
        (ABOVE, OWN),
        (ABOVE + OWN, ABOVE + OWN.replace("1", "3")),
        (ABOVE + OWN.replace("SET DEFAULT 1", "DROP DEFAULT"), ABOVE.replace("2", "4") + OWN),
        (
            ABOVE + OWN.replace("SET DEFAULT 1", "DROP DEFAULT"),
            ABOVE.replace("2", "4") + OWN.replace("SET DEFAULT 1", "DROP DEFAULT"),
        ),
    ],
)
def test_a_child_s_own_default_is_not_its_parent_s(server: Server, old: str, new: str) -> None:
    """Whichever of the two comes first in the alphabet."""
    converge(server, old, new, shared=CHILD)


def test_a_new_child_s_default_comes_after_its_parent_s(server: Server) -> None:
    parents = CHILD[: CHILD.index("CREATE TABLE b")]
    converge(server, parents, CHILD + ABOVE + OWN)
