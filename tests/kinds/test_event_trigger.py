"""Event triggers: what is read of them, and how each property gets another value."""

import re

import pytest

from gnkmigrate.diff.renames import NO_RENAMES, Renames
from gnkmigrate.facts.fact import Identity
from gnkmigrate.servers import Server
from tests.kinds.converge import converge, planned

FUNCTIONS = """
    CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
    CREATE FUNCTION other() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
"""
TRIGGER = "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION watch();"


def test_an_event_trigger_comes_and_goes(server: Server) -> None:
    assert converge(server, "", TRIGGER, shared=FUNCTIONS) == (
        ["CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION public.watch()"],
        ["DROP EVENT TRIGGER e"],
    )


def test_it_comes_after_its_function_and_goes_before_it(server: Server) -> None:
    converge(server, "", f"{FUNCTIONS} {TRIGGER}")


def test_tags_event_and_function_make_it_anew(server: Server) -> None:
    tagged = TRIGGER.replace("EXECUTE", "WHEN TAG IN ('DROP TABLE', 'CREATE TABLE') EXECUTE")
    assert converge(server, TRIGGER, tagged, shared=FUNCTIONS).there == [
        "DROP EVENT TRIGGER e",
        (
            "CREATE EVENT TRIGGER e ON ddl_command_end WHEN TAG IN ('DROP TABLE', 'CREATE TABLE')"
            " EXECUTE FUNCTION public.watch()"
        ),
    ]
    turned = tagged.replace("'DROP TABLE', 'CREATE TABLE'", "'CREATE TABLE', 'DROP TABLE'")
    assert planned(server, FUNCTIONS + tagged, FUNCTIONS + turned) == ()
    converge(server, TRIGGER, TRIGGER.replace("ddl_command_end", "sql_drop"), shared=FUNCTIONS)
    converge(server, TRIGGER, TRIGGER.replace("watch", "other"), shared=FUNCTIONS)


def test_it_is_disabled_and_enabled_in_place(server: Server) -> None:
    disabled = f"{TRIGGER} ALTER EVENT TRIGGER e DISABLE;"
    always = f"{TRIGGER} ALTER EVENT TRIGGER e ENABLE ALWAYS;"
    replica = f"{TRIGGER} ALTER EVENT TRIGGER e ENABLE REPLICA;"
    assert converge(server, TRIGGER, disabled, shared=FUNCTIONS) == (
        ["ALTER EVENT TRIGGER e DISABLE"],
        ["ALTER EVENT TRIGGER e ENABLE"],
    )
    assert converge(server, always, replica, shared=FUNCTIONS) == (
        ["ALTER EVENT TRIGGER e ENABLE REPLICA"],
        ["ALTER EVENT TRIGGER e ENABLE ALWAYS"],
    )
    converge(server, "", disabled, shared=FUNCTIONS)


def test_its_comment_comes_and_goes(server: Server) -> None:
    comment = f"{TRIGGER} COMMENT ON EVENT TRIGGER e IS 'watches';"
    converge(server, TRIGGER, comment, shared=FUNCTIONS)


def test_it_does_not_act_upon_the_plan_itself(server: Server) -> None:
    """It is gone or disabled before all else, and there or enabled after it."""
    function = "CREATE FUNCTION no() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE; END';"
    trigger = "CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION no();"
    enabled = f"{function} {trigger}"
    disabled = f"{enabled} ALTER EVENT TRIGGER e DISABLE;"
    table = "CREATE TABLE t (a integer); CREATE VIEW v AS SELECT a FROM t;"
    converge(server, "", f"{table} {enabled}")
    converge(server, disabled, f"{table} {enabled}")
    converge(server, f"{table} {disabled}", enabled)


LOGGING = """
    CREATE TABLE t (a integer); CREATE TABLE {0} (c text);
    CREATE FUNCTION ev() RETURNS event_trigger LANGUAGE plpgsql AS
    $$BEGIN INSERT INTO {0} SELECT command_tag FROM pg_event_trigger_ddl_commands(); END$$;
"""
HELPED = """
    CREATE TABLE {0} (c text);
    CREATE FUNCTION note() RETURNS void LANGUAGE plpgsql AS
    $$BEGIN EXECUTE 'INSERT INTO public."{0}" VALUES (1)'; END$$;
    CREATE FUNCTION ev() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN PERFORM NOTE(); END';
"""
FIRES = "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION ev();"
SILENT, LOUD = "ALTER EVENT TRIGGER e DISABLE", "ALTER EVENT TRIGGER e ENABLE"


def _renamed(kind: str, *path: str, to: str) -> tuple[Identity, Identity]:
    return Identity(kind, path), Identity(kind, (*path[:-1], to))


TABLE = _renamed("table", "public", "log", to="lg")
COLUMN = _renamed("column", "public", "log", "c", to="d")


@pytest.mark.parametrize(
    ("old", "new", "renames"),
    [
        pytest.param(
            LOGGING.format("log"), LOGGING.format("lg"), Renames.of(TABLE), id="a table renamed"
        ),
        pytest.param(
            HELPED.format("log"),
            HELPED.format("lg"),
            Renames.of(TABLE),
            id="a table that what it calls names in a text",
        ),
        pytest.param(
            LOGGING.format("log").replace("INTO log", "INTO log (c)"),
            LOGGING.format("log").replace("INTO log", "INTO log (d)").replace("c text", "d text"),
            Renames.of(COLUMN),
            id="a column renamed",
        ),
        pytest.param(
            LOGGING.format("log"),
            LOGGING.format("log").replace("(c text)", "(c text) PARTITION BY LIST (c)")
            + "CREATE TABLE rest PARTITION OF log DEFAULT;",
            NO_RENAMES,
            id="a table made again",
        ),
        pytest.param(
            LOGGING.format("log"),
            LOGGING.format("log").replace("(c text)", "(b integer, c text)").replace(
                "log SELECT", "log SELECT 1,"
            ),
            NO_RENAMES,
            id="a column that the new text counts on",
        ),
        pytest.param(
            LOGGING.format("log").replace("ev()", "old_ev()"),
            LOGGING.format("lg").replace("ev()", "new_ev()"),
            Renames.of(
                TABLE, _renamed("function", "public", "old_ev()", to="new_ev()"),
            ),
            id="its function renamed as well",
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("state", ["", "ALTER EVENT TRIGGER e ENABLE ALWAYS;"])
def test_it_is_silent_while_what_its_function_names_changes(
    server: Server, old: str, new: str, renames: Renames, state: str
) -> None:
    first, second = (
        text + FIRES.replace("ev()", re.findall(r"\w*ev\(\)", text)[-1]) + state
        for text in (old, new)
    )
    there = converge(server, first, second, renames=renames).there
    assert there[0] == SILENT
    assert there[-1] == LOUD + (" ALWAYS" if state else "")


@pytest.mark.parametrize("becomes", ["DISABLE", "ENABLE REPLICA"])
@pytest.mark.parametrize("state", ["", "ALTER EVENT TRIGGER e ENABLE ALWAYS;"])
def test_it_is_silent_for_good_before_what_its_function_names_changes(
    server: Server, state: str, becomes: str
) -> None:
    old = LOGGING.format("log") + FIRES + state
    new = LOGGING.format("lg") + FIRES + f"ALTER EVENT TRIGGER e {becomes};"
    ways = converge(server, old, new, renames=Renames.of(TABLE))
    assert ways.there[0] == f"ALTER EVENT TRIGGER e {becomes}"
    assert ways.back[-1] == LOUD + (" ALWAYS" if state else "")


def test_it_and_its_function_are_renamed_as_well(server: Server) -> None:
    renames = Renames.of(
        TABLE,
        _renamed("event trigger", "e", to="f"),
        _renamed("function", "public", "old_ev()", to="new_ev()"),
    )
    old = LOGGING.format("log").replace("ev()", "old_ev()") + FIRES.replace("ev()", "old_ev()")
    new = LOGGING.format("lg").replace("ev()", "new_ev()")
    new += FIRES.replace(" e ", " f ").replace("ev()", "new_ev()")
    always = "ALTER EVENT TRIGGER {} ENABLE ALWAYS;"
    converge(server, old + always.format("e"), new + always.format("f"), renames=renames)


def test_it_is_renamed_before_it_is_silent(server: Server) -> None:
    renames = Renames.of(TABLE, _renamed("event trigger", "e", to="f"))
    new = LOGGING.format("lg") + FIRES.replace(" e ", " f ")
    there = converge(server, LOGGING.format("log") + FIRES, new, renames=renames).there
    assert there[:2] == ["ALTER EVENT TRIGGER e RENAME TO f", SILENT.replace(" e ", " f ")]


@pytest.mark.parametrize(
    "new",
    [
        pytest.param(LOGGING.format("log") + "CREATE TABLE u (a integer);", id="something else"),
        pytest.param(
            LOGGING.format("log").replace("t (a integer)", "t (a bigint, b text)"),
            id="a table that it does not name",
        ),
        pytest.param(
            LOGGING.format("log").replace("BEGIN INSERT", "BEGIN PERFORM 1; INSERT"),
            id="its text alone",
        ),
    ],
)
def test_it_fires_at_a_plan_that_does_not_concern_it(server: Server, new: str) -> None:
    there = converge(server, LOGGING.format("log") + FIRES, new + FIRES).there
    assert not any("EVENT TRIGGER" in each for each in there)
