"""Triggers: what is read of them, and how each property gets another value."""

from gnkmigrate.servers import Server
from tests.kinds.converge import converge, planned
from tests.plan.support import migrate

FUNCTIONS = """
    CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
"""
TABLE = f"{FUNCTIONS} CREATE TABLE t (a integer, b text); CREATE TABLE u (a integer);"
TRIGGER = "CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();"
PARTITIONS = f"""{FUNCTIONS}
    CREATE TABLE p (a integer) PARTITION BY LIST (a);
    CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
    CREATE TABLE p2 PARTITION OF p DEFAULT PARTITION BY LIST (a);
    CREATE TABLE p21 PARTITION OF p2 DEFAULT;
"""
CLONED = "CREATE TRIGGER x AFTER INSERT ON p FOR EACH ROW EXECUTE FUNCTION f();"


def test_a_trigger_comes_and_goes(server: Server) -> None:
    assert converge(server, "", TRIGGER, shared=TABLE) == (
        [("CREATE TRIGGER x BEFORE INSERT ON public.t FOR EACH ROW EXECUTE FUNCTION public.f()")],
        ["DROP TRIGGER x ON public.t"],
    )
    converge(server, "", f"{TABLE} {TRIGGER}")


def test_its_definition_is_replaced_in_place(server: Server) -> None:
    other = """CREATE TRIGGER x AFTER UPDATE OF b ON t FOR EACH ROW
        WHEN (OLD.b IS DISTINCT FROM NEW.b) EXECUTE FUNCTION g('one', 'two');"""
    there, back = converge(server, TRIGGER, other, shared=TABLE)
    assert [each.split(" BEFORE")[0].split(" AFTER")[0] for each in (*there, *back)] == [
        "CREATE OR REPLACE TRIGGER x",
        "CREATE OR REPLACE TRIGGER x",
    ]


def test_it_fires_when_the_target_says(server: Server) -> None:
    disabled = f"{TRIGGER} ALTER TABLE t DISABLE TRIGGER x;"
    always = f"{TRIGGER} ALTER TABLE t ENABLE ALWAYS TRIGGER x;"
    replica = f"{TRIGGER} ALTER TABLE t ENABLE REPLICA TRIGGER x;"
    assert converge(server, TRIGGER, disabled, shared=TABLE) == (
        ["ALTER TABLE public.t DISABLE TRIGGER x"],
        ["ALTER TABLE public.t ENABLE TRIGGER x"],
    )
    assert converge(server, always, replica, shared=TABLE).there == [
        "ALTER TABLE public.t ENABLE REPLICA TRIGGER x"
    ]
    converge(server, "", disabled, shared=TABLE)
    converge(server, disabled, disabled.replace("BEFORE", "AFTER"), shared=TABLE)


def test_a_constraint_trigger(server: Server) -> None:
    constraint = """CREATE CONSTRAINT TRIGGER x AFTER INSERT ON t FROM u
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION f();"""
    immediate = constraint.replace("DEFERRED", "IMMEDIATE")
    converge(server, "", constraint, shared=TABLE)
    converge(server, constraint, immediate, shared=TABLE)
    assert converge(server, TRIGGER, constraint, shared=TABLE).there == [
        "DROP TRIGGER x ON public.t",
        (
            "CREATE CONSTRAINT TRIGGER x AFTER INSERT ON public.t FROM public.u DEFERRABLE "
            "INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.f()"
        ),
    ]


def test_a_trigger_that_sees_all_changed_rows(server: Server) -> None:
    rows = """CREATE TRIGGER x AFTER UPDATE ON t REFERENCING OLD TABLE AS was NEW TABLE AS "Is"
        FOR EACH STATEMENT EXECUTE FUNCTION f();"""
    converge(server, "", rows, shared=TABLE)
    converge(server, rows, rows.replace("OLD TABLE AS was ", ""), shared=TABLE)


def test_the_triggers_of_a_view_come_back_with_it(server: Server) -> None:
    view = """CREATE VIEW v AS SELECT a FROM t;
        CREATE TRIGGER x INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION f();
        COMMENT ON TRIGGER x ON v IS 'how rows get in';"""
    converge(server, "", f"{TABLE} {view}")
    converge(server, f"{TABLE} {view}", f"{TABLE.replace('a integer, b', 'a bigint, b')} {view}")


def test_a_function_that_is_made_anew_keeps_its_triggers(server: Server) -> None:
    other = "CREATE FUNCTION h() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
    trigger = TRIGGER.replace("f()", "h()")
    converge(server, f"{TABLE} {TRIGGER}", f"{TABLE} {other} {trigger}")


def test_a_trigger_of_a_partitioned_table_is_cloned(server: Server) -> None:
    there, back = converge(server, "", CLONED, shared=PARTITIONS)
    assert (len(there), len(back)) == (1, 1)
    converge(server, CLONED, CLONED.replace("INSERT", "DELETE"), shared=PARTITIONS)
    disabled = f"{CLONED} ALTER TABLE p DISABLE TRIGGER x;"
    assert converge(server, CLONED, disabled, shared=PARTITIONS) == (
        ["ALTER TABLE public.p DISABLE TRIGGER x"],
        ["ALTER TABLE public.p ENABLE TRIGGER x"],
    )
    converge(server, "", f"{PARTITIONS} {CLONED}")


def test_a_trigger_of_one_name_passes_from_partition_to_parent(server: Server) -> None:
    shared = """CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql
            AS 'BEGIN RETURN NULL; END';
        CREATE TABLE p (a integer) PARTITION BY LIST (a);
        CREATE TABLE p1 PARTITION OF p DEFAULT;"""
    trigger = "CREATE TRIGGER t AFTER INSERT ON {} FOR EACH ROW EXECUTE FUNCTION noted();"
    ways = converge(server, trigger.format("p1"), trigger.format("p"), shared=shared)
    assert ways.there[0] == "DROP TRIGGER t ON public.p1"
    assert ways.back[0] == "DROP TRIGGER t ON public.p"


def test_a_clone_may_fire_at_other_times(server: Server) -> None:
    one = f"{CLONED} ALTER TABLE p1 DISABLE TRIGGER x;"
    assert converge(server, CLONED, one, shared=PARTITIONS) == (
        ["ALTER TABLE ONLY public.p1 DISABLE TRIGGER x"],
        ["ALTER TABLE ONLY public.p1 ENABLE TRIGGER x"],
    )
    deep = f"{CLONED} ALTER TABLE p2 ENABLE ALWAYS TRIGGER x;"
    converge(server, one, deep, shared=PARTITIONS)
    converge(server, "", deep, shared=PARTITIONS)
    converge(server, "", f"{PARTITIONS} {deep}")
    none = f"{CLONED} ALTER TABLE p DISABLE TRIGGER x; ALTER TABLE p21 ENABLE TRIGGER x;"
    converge(server, deep, none, shared=PARTITIONS)
    constraint = one.replace("CREATE TRIGGER", "CREATE CONSTRAINT TRIGGER")
    converge(server, one, constraint, shared=PARTITIONS)
    converge(server, deep, constraint.replace("INSERT", "DELETE"), shared=PARTITIONS)
    assert converge(server, one, one.replace("INSERT", "DELETE"), shared=PARTITIONS).there == [
        (
            "CREATE OR REPLACE TRIGGER x AFTER DELETE ON public.p"
            " FOR EACH ROW EXECUTE FUNCTION public.f()"
        ),
        "ALTER TABLE ONLY public.p1 DISABLE TRIGGER x",
    ]


def test_a_partition_comes_and_goes_while_another_ones_clone_differs(server: Server) -> None:
    without = PARTITIONS.replace("CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);", "")
    only = f"{without} {CLONED}"
    converge(server, only, f"{PARTITIONS} {CLONED} ALTER TABLE p1 DISABLE TRIGGER x;")


def test_a_partition_whose_clone_differs_changes(server: Server) -> None:
    one = f"{PARTITIONS} {CLONED} ALTER TABLE p1 DISABLE TRIGGER x;"
    converge(server, one, one.replace("IN (1)", "IN (1, 2)"))
    deep = f"{PARTITIONS} {CLONED} ALTER TABLE p21 ENABLE ALWAYS TRIGGER x;"
    converge(server, deep, deep.replace("OF p DEFAULT", "OF p FOR VALUES IN (5)"))
    alone = PARTITIONS.replace("PARTITION OF p FOR VALUES IN (1)", "(a integer)")
    converge(server, one, f"{alone} {CLONED}")


def test_it_is_renamed_with_its_clones(server: Server) -> None:
    spelled = CLONED.replace("TRIGGER x", "TRIGGER my_x")
    old = CLONED.replace("TRIGGER x", 'TRIGGER "myX"')
    there = converge(server, old, spelled, shared=PARTITIONS).there
    assert there[0] == 'ALTER TRIGGER "myX" ON public.p RENAME TO my_x'
    assert len(there) == (1 if server.major >= 15 else 4)
    disabled = "ALTER TABLE p1 DISABLE TRIGGER {};"
    converge(
        server,
        old + disabled.format('"myX"'),
        spelled + disabled.format("my_x"),
        shared=PARTITIONS,
    )


def test_every_statement_says_why(server: Server) -> None:
    wanted = f"{TRIGGER.replace('BEFORE', 'AFTER')} ALTER TABLE t DISABLE TRIGGER x;"
    assert [each.reason for each in planned(server, TABLE + TRIGGER, TABLE + wanted)] == [
        "Trigger x ON public.t differs in: definition.",
        "Trigger x ON public.t is disabled in the target.",
    ]


def test_every_statement_says_which_lock_it_takes(server: Server) -> None:
    """`migrate` holds it against pg_locks."""
    always = f"{TRIGGER.replace('BEFORE', 'AFTER')} ALTER TABLE t ENABLE ALWAYS TRIGGER x;"
    assert len(migrate(server, TABLE + TRIGGER, TABLE + always)) == 2
    migrate(server, TABLE + TRIGGER, TABLE)
    migrate(server, TABLE + TRIGGER.replace("TRIGGER x", 'TRIGGER "X"'), TABLE + TRIGGER)
    migrate(server, PARTITIONS + CLONED, f"{PARTITIONS + CLONED} ALTER TABLE p1 DISABLE TRIGGER x;")
