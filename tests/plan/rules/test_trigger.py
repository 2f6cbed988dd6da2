"""Triggers of tables and views."""

import pytest

from gnkmigrate.servers import Server
from tests.plan.support import Case, case

BEFORE = (
    "CREATE TABLE item (id integer, name text);"
    "CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
)
TRIGGER = (
    BEFORE + "CREATE TRIGGER stamp BEFORE UPDATE ON item FOR EACH ROW EXECUTE FUNCTION stamp();"
)

CASES = {
    "missing": case(
        BEFORE,
        TRIGGER,
        "CREATE TRIGGER stamp BEFORE UPDATE ON public.item FOR EACH ROW "
        "EXECUTE FUNCTION public.stamp()",
    ),
    "extra": case(TRIGGER, BEFORE, "DROP TRIGGER stamp ON public.item"),
    "defined otherwise, it is replaced in one": case(
        TRIGGER,
        BEFORE + "CREATE TRIGGER stamp BEFORE INSERT OR UPDATE OF name ON item FOR EACH ROW "
        "WHEN (NEW.id > 0) EXECUTE FUNCTION stamp();",
        "CREATE OR REPLACE TRIGGER stamp BEFORE INSERT OR UPDATE OF name ON public.item "
        "FOR EACH ROW WHEN ((new.id > 0)) EXECUTE FUNCTION public.stamp()",
    ),
    "disabled, and always": case(
        TRIGGER,
        TRIGGER + "ALTER TABLE item DISABLE TRIGGER stamp;",
        "ALTER TABLE public.item DISABLE TRIGGER stamp",
    ),
    "a constraint trigger is made anew": case(
        TRIGGER,
        BEFORE + "CREATE CONSTRAINT TRIGGER stamp AFTER UPDATE ON item DEFERRABLE FOR EACH ROW "
        "EXECUTE FUNCTION stamp(); ALTER TABLE item ENABLE ALWAYS TRIGGER stamp;",
        "DROP TRIGGER stamp ON public.item",
        "CREATE CONSTRAINT TRIGGER stamp AFTER UPDATE ON public.item DEFERRABLE "
        "INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION public.stamp()",
        "ALTER TABLE public.item ENABLE ALWAYS TRIGGER stamp",
    ),
    "a function of another result takes it along": case(
        "CREATE VIEW v AS SELECT 1 AS a;"
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
        "CREATE TRIGGER t INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION f();",
        "",
        "DROP VIEW public.v",
        "DROP FUNCTION public.f()",
    ),
}


@pytest.mark.parametrize("given", CASES.values(), ids=CASES)
def test_case(server: Server, given: Case) -> None:
    assert given.migrate(server) == given.expected
