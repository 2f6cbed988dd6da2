"""Event triggers: what is read of them, and how each property gets another value."""

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
